// A stand-in for Linkerd's proxy-injector: the same admission webhook as far as the proxy's kind is concerned.
//
// Linkerd's own module cannot be had from the Go module proxy. So this program does what its injector was
// observed to do (pkg/inject/inject.go, controller/proxy-injector/webhook.go, charts/partials _proxy.tpl, each
// at the era's tags): it copies the Namespace's annotations, decides, and adds the proxy as a container or as an
// init container that restarts, or denies the pod. Booleans and numbers are read by Go's own strconv.
package main

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	alpha  = "config.alpha.linkerd.io/proxy-enable-native-sidecar"
	beta   = "config.beta.linkerd.io/proxy-enable-native-sidecar"
	ga     = "config.linkerd.io/proxy-enable-native-sidecar"
	wait   = "config.alpha.linkerd.io/proxy-wait-before-exit-seconds"
	inject = "linkerd.io/inject"
)

// era is what differs between the releases: the keys read on a pod, the first one that is present deciding;
// the keys copied from the Namespace; and whether a wait before exit forbids a native sidecar.
type era struct {
	chain     []string
	inherited []string
	denies    bool
}

var eras = map[string]era{
	"edge-24.10.1": {[]string{alpha}, []string{alpha, wait, inject}, true},
	"edge-25.10.7": {[]string{beta, alpha}, []string{beta, alpha, wait, inject}, true},
	"edge-26.6.3":  {[]string{ga, beta, alpha}, []string{ga, alpha, wait, inject}, false},
}

type annotations map[string]string

type values struct {
	native bool
	wait   uint64
}

var errConflict = errors.New("proxy.nativeSidecar and waitBeforeExitSeconds cannot be used simultaneously")

// merged returns the pod's annotations with those that it inherits from its Namespace.
func merged(own, outer annotations, e era) annotations {
	all := annotations{}
	for _, key := range e.inherited {
		if value, ok := outer[key]; ok {
			all[key] = value
		}
	}
	for key, value := range own {
		all[key] = value
	}
	return all
}

// decide tells whether the proxy becomes a native sidecar.
func decide(all annotations, e era, helm values) (bool, error) {
	for _, key := range e.chain {
		if text, ok := all[key]; ok {
			if value, err := strconv.ParseBool(text); err == nil {
				helm.native = value
			}
			break
		}
	}
	if value, err := strconv.ParseUint(all[wait], 10, 64); err == nil {
		helm.wait = value
	}
	if helm.native && helm.wait > 0 && e.denies {
		return helm.native, errConflict
	}
	return helm.native, nil
}

type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value"`
}

type pod struct {
	Metadata struct {
		Annotations annotations `json:"annotations"`
	} `json:"metadata"`
	Spec struct {
		InitContainers []json.RawMessage `json:"initContainers"`
	} `json:"spec"`
}

// added is the patch that adds the proxy; the Namespace's annotations that were copied are written on the pod too.
func added(p pod, all annotations, native bool) []operation {
	ops := []operation{{"add", "/metadata/annotations", all}}
	proxy := map[string]any{"name": "linkerd-proxy", "image": "cr.l5d.io/linkerd/proxy:test"}
	if !native {
		return append(ops, operation{"add", "/spec/containers/-", proxy})
	}
	proxy["restartPolicy"] = "Always"
	if len(p.Spec.InitContainers) == 0 {
		ops = append(ops, operation{"add", "/spec/initContainers", []any{}})
	}
	return append(ops, operation{"add", "/spec/initContainers/0", proxy})
}

type status struct {
	Message string `json:"message"`
}

type response struct {
	UID       string  `json:"uid"`
	Allowed   bool    `json:"allowed"`
	Status    *status `json:"status,omitempty"`
	Patch     []byte  `json:"patch,omitempty"`
	PatchType string  `json:"patchType,omitempty"`
}

type review struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Request    *struct {
		UID       string `json:"uid"`
		Namespace string `json:"namespace"`
		Object    pod    `json:"object"`
	} `json:"request,omitempty"`
	Response *response `json:"response,omitempty"`
}

type injector struct {
	release   era
	helm      values
	namespace func(name string) (annotations, error)
}

// answer decides like the real handler: an error of its own denies the pod.
func (i injector) answer(r review) review {
	found, err := i.patch(r)
	if err != nil {
		found = response{Status: &status{err.Error()}}
	}
	found.UID, found.Allowed = r.Request.UID, err == nil
	return review{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview", Response: &found}
}

func (i injector) patch(r review) (response, error) {
	outer, err := i.namespace(r.Request.Namespace)
	if err != nil {
		return response{}, err
	}
	all := merged(r.Request.Object.Metadata.Annotations, outer, i.release)
	if all[inject] != "enabled" && all[inject] != "ingress" {
		return response{}, nil
	}
	native, err := decide(all, i.release, i.helm)
	if err != nil {
		return response{}, err
	}
	all["linkerd.io/created-by"] = "linkerd/proxy-injector stand-in"
	body, err := json.Marshal(added(r.Request.Object, all, native))
	return response{Patch: body, PatchType: "JSONPatch"}, err
}

func (i injector) ServeHTTP(w http.ResponseWriter, http *http.Request) {
	var r review
	body, err := io.ReadAll(http.Body)
	if err == nil {
		err = json.Unmarshal(body, &r)
	}
	if err != nil || r.Request == nil {
		w.WriteHeader(400)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(i.answer(r))
}

// fromServer reads a Namespace's annotations as an administrator of the test's API server.
func fromServer(server, token string) func(string) (annotations, error) {
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // The test's own server, on loopback.
	}}
	return func(name string) (annotations, error) {
		request, err := http.NewRequest("GET", server+"/api/v1/namespaces/"+name, nil)
		if err != nil {
			return nil, err
		}
		request.Header.Set("Authorization", "Bearer "+token)
		answer, err := client.Do(request)
		if err != nil {
			return nil, err
		}
		defer answer.Body.Close()
		var found pod
		err = json.NewDecoder(answer.Body).Decode(&found)
		return found.Metadata.Annotations, err
	}
}

// cases answers decision cases, one JSON object a line, so that the stand-in itself can be held against Linkerd.
func cases(in io.Reader, out io.Writer) error {
	decoder, encoder := json.NewDecoder(in), json.NewEncoder(out)
	for decoder.More() {
		var c struct {
			Pod       annotations `json:"pod"`
			Namespace annotations `json:"namespace"`
			Default   bool        `json:"default"`
			Wait      uint64      `json:"wait"`
			Release   string      `json:"release"`
		}
		if err := decoder.Decode(&c); err != nil {
			return err
		}
		known := eras[c.Release]
		native, err := decide(merged(c.Pod, c.Namespace, known), known, values{c.Default, c.Wait})
		if err := encoder.Encode(map[string]bool{"native": native, "denied": err != nil}); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	release := flag.String("release", "edge-26.6.3", "Linkerd release to behave like")
	native := flag.Bool("native-sidecar", false, "Helm's proxy.nativeSidecar")
	wait := flag.Uint64("wait-before-exit-seconds", 0, "Helm's proxy.waitBeforeExitSeconds")
	server := flag.String("server", "", "URL of the API server")
	cert := flag.String("tls-cert", "", "certificate")
	key := flag.String("tls-key", "", "private key")
	answer := flag.Bool("cases", false, "answer decision cases from standard input, and end")
	flag.Parse()
	if *answer {
		if err := cases(os.Stdin, os.Stdout); err != nil {
			log.Fatal(err)
		}
		return
	}
	known, ok := eras[*release]
	if !ok {
		log.Fatalf("unknown release %s", *release)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	handler := injector{known, values{*native, *wait}, fromServer(*server, strings.TrimSpace(os.Getenv("TOKEN")))}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.ServeTLS(listener, handler, *cert, *key))
}
