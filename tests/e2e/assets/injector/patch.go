package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

var pointer = strings.NewReplacer("~", "~0", "/", "~1")

// written is the patch that adds the proxy. The annotations of the Namespace that the pod inherits are written on
// the pod too, their values without any escape, as Linkerd's template does it (patch.json): some values make a
// patch that is no JSON.
func written(p pod, inherited annotations, release string, native, debugging bool) []byte {
	var operations []string
	if p.Metadata.Annotations == nil {
		operations = append(operations, added("/metadata/annotations", "{}"))
	}
	inherited["linkerd.io/created-by"] = "linkerd/proxy-injector " + release
	for _, key := range slices.Sorted(maps.Keys(inherited)) {
		operations = append(operations, added("/metadata/annotations/"+pointer.Replace(key), `"`+inherited[key]+`"`))
	}
	if native && len(p.Spec.InitContainers) == 0 {
		operations = append(operations, added("/spec/initContainers", "[]"))
	}
	if native {
		operations = append(operations, added("/spec/initContainers/0", sidecar(proxy, "Always")))
	} else {
		operations = append(operations, added("/spec/containers/-", sidecar(proxy, "")))
	}
	if debugging {
		operations = append(operations, added("/spec/containers/-", sidecar("linkerd-debug", "")))
	}
	return []byte("[" + strings.Join(operations, ",") + "]")
}

func added(path, value string) string {
	return fmt.Sprintf(`{"op":"add","path":"%s","value":%s}`, path, value)
}

func sidecar(name, restart string) string {
	content := map[string]string{"name": name, "image": "cr.l5d.io/linkerd/" + name + ":test"}
	if restart != "" {
		content["restartPolicy"] = restart
	}
	text, _ := json.Marshal(content)
	return string(text)
}

func isTrue(text string) bool {
	value, err := strconv.ParseBool(text)
	return err == nil && value
}
