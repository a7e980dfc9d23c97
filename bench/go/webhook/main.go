// Command webhook is what linkerd-autofix's webhook is measured against: the same repair in Go.
//
// /usual does as most webhooks in Go do: the review is decoded into admission/v1 with the object left raw,
// and that a second time into core/v1. /annotations decodes once, and of the object only what it needs.
// /read only reads the body and answers with constant bytes.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"

	admission "k8s.io/api/admission/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const (
	wrong = "config.linkerd.io/proxy-enable-native-sidecar"
	right = "config.alpha.linkerd.io/proxy-enable-native-sidecar"
)

type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value string `json:"value,omitempty"`
}

type lean struct {
	meta.TypeMeta `json:",inline"`
	Request       *struct {
		UID    types.UID `json:"uid"`
		Object struct {
			Metadata struct {
				Annotations map[string]string `json:"annotations"`
			} `json:"metadata"`
		} `json:"object"`
	} `json:"request"`
}

func main() {
	cert := flag.String("cert", "", "PEM file with the certificate")
	key := flag.String("key", "", "PEM file with the private key")
	flag.Parse()
	http.HandleFunc("/read", func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}`)
	})
	http.HandleFunc("/usual", handler(usual))
	http.HandleFunc("/annotations", handler(annotations))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr())
	log.Fatal(http.ServeTLS(listener, nil, *cert, *key))
}

type decode func(body []byte) (meta.TypeMeta, types.UID, map[string]string, error)

func usual(body []byte) (meta.TypeMeta, types.UID, map[string]string, error) {
	var review admission.AdmissionReview
	if err := json.Unmarshal(body, &review); err != nil || review.Request == nil {
		return review.TypeMeta, "", nil, fmt.Errorf("no review: %w", err)
	}
	var pod core.Pod
	err := json.Unmarshal(review.Request.Object.Raw, &pod)
	return review.TypeMeta, review.Request.UID, pod.Annotations, err
}

func annotations(body []byte) (meta.TypeMeta, types.UID, map[string]string, error) {
	var review lean
	if err := json.Unmarshal(body, &review); err != nil || review.Request == nil {
		return review.TypeMeta, "", nil, fmt.Errorf("no review: %w", err)
	}
	return review.TypeMeta, review.Request.UID, review.Request.Object.Metadata.Annotations, nil
}

func handler(decode decode) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		kind, uid, found, err := decode(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answer := admission.AdmissionReview{
			TypeMeta: kind,
			Response: &admission.AdmissionResponse{UID: uid, Allowed: true},
		}
		if value, ok := found[wrong]; ok {
			if err := repair(answer.Response, value); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			log.Print(err)
		}
	}
}

func repair(response *admission.AdmissionResponse, value string) error {
	patch, err := json.Marshal([]operation{
		{Op: "add", Path: "/metadata/annotations/" + escaped(right), Value: value},
		{Op: "remove", Path: "/metadata/annotations/" + escaped(wrong)},
	})
	if err != nil {
		return err
	}
	jsonPatch := admission.PatchTypeJSONPatch
	response.Patch, response.PatchType = patch, &jsonPatch
	response.Warnings = []string{"use " + right + ", not " + wrong}
	return nil
}

func escaped(key string) string {
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}
