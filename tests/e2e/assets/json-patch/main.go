// Applies JSON Patches with the library that the API server applies them with.
//
// Standard input is JSON values, each a task: an object and a patch, both in base64. Standard output is as many
// lines, each with what every version of the library made of it: the patched object in base64, or an error. A
// process does all of them, as fast as they can be read.
//
// Source: k8s.io/apiserver pkg/admission/plugin/webhook/mutating/dispatcher.go, callAttrMutatingHook: DecodePatch,
// then Apply to the object's JSON. The versions are those of Kubernetes 1.34 and 1.36 (go.mod).
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"

	v134 "gopkg.in/evanphx/json-patch.v4"
	v136 "linkerd-autofix.io/tests/cluster/json-patch-1.36"
)

type task struct {
	Object []byte `json:"object"`
	Patch  []byte `json:"patch"`
}

type outcome struct {
	Object []byte `json:"object,omitempty"`
	Error  string `json:"error,omitempty"`
}

func by134(t task) ([]byte, error) {
	patch, err := v134.DecodePatch(t.Patch)
	if err != nil {
		return nil, err
	}
	return patch.Apply(t.Object)
}

func by136(t task) ([]byte, error) {
	patch, err := v136.DecodePatch(t.Patch)
	if err != nil {
		return nil, err
	}
	return patch.Apply(t.Object)
}

func outcomeOf(apply func(task) ([]byte, error), t task) outcome {
	object, err := apply(t)
	if err != nil {
		return outcome{Error: err.Error()}
	}
	return outcome{Object: object}
}

func main() {
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	buffer := bufio.NewWriter(os.Stdout)
	out := json.NewEncoder(buffer)
	for {
		var t task
		if err := in.Decode(&t); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			log.Fatalf("cannot read a task: %v", err)
		}
		if err := out.Encode(map[string]outcome{"1.34": outcomeOf(by134, t), "1.36": outcomeOf(by136, t)}); err != nil {
			log.Fatal(err)
		}
	}
	if err := buffer.Flush(); err != nil {
		log.Fatal(err)
	}
}
