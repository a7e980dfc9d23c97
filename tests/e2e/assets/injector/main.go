// A stand-in for Linkerd's proxy-injector: the same admission webhook as far as the proxy is concerned.
//
// Linkerd's own module cannot be had from the Go module proxy. So this program does what its injector was
// observed to do (pkg/inject/inject.go and report.go, controller/proxy-injector/webhook.go, charts/partials
// _proxy.tpl, each at the era's tags): it says whether a pod gets a proxy, copies the Namespace's annotations,
// decides, and adds the proxy as a container or as an init container that restarts, or denies the pod. Booleans
// and numbers are read by Go's own strconv. Helm's values are those of a file, which stands for the mounted
// ConfigMap: a test writes it later than the ConfigMap, as a kubelet does.
package main

import (
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

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
		UID  string `json:"uid"`
		Kind struct {
			Kind string `json:"kind"`
		} `json:"kind"`
		Namespace string `json:"namespace"`
		Object    pod    `json:"object"`
	} `json:"request,omitempty"`
	Response *response `json:"response,omitempty"`
}

type injector struct {
	release   string
	values    func() (values, error)
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
	if r.Request.Kind.Kind != "Pod" {
		return response{}, nil
	}
	helm, err := i.values()
	if err != nil {
		return response{}, err
	}
	outer, err := i.namespace(r.Request.Namespace)
	if err != nil {
		return response{}, err
	}
	p, release := r.Request.Object, eras[i.release]
	if skipped(p, outer, helm) != "" {
		return response{}, nil
	}
	all := merged(p.Metadata.Annotations, outer, release)
	native, err := decide(all, release, helm)
	if err != nil {
		return response{}, err
	}
	inherited := copied(p.Metadata.Annotations, outer, release)
	return response{
		Patch:     written(p, inherited, i.release, native, isTrue(all[debug])),
		PatchType: "JSONPatch",
	}, nil
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

// fromFile reads Helm's values anew for each pod.
func fromFile(path string) func() (values, error) {
	return func() (values, error) {
		var found values
		text, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(text, &found)
		}
		return found, err
	}
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
		var helm values
		helm.Proxy.NativeSidecar, helm.Proxy.WaitBeforeExitSeconds = c.Default, c.Wait
		known := eras[c.Release]
		native, err := decide(merged(c.Pod, c.Namespace, known), known, helm)
		if err := encoder.Encode(map[string]bool{"native": native, "denied": err != nil}); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	release := flag.String("release", "edge-26.6.3", "Linkerd release to behave like")
	file := flag.String("values", "", "file with Helm's values as JSON, read for each pod")
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
	if _, ok := eras[*release]; !ok {
		log.Fatalf("unknown release %s", *release)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	handler := injector{*release, fromFile(*file), fromServer(*server, strings.TrimSpace(os.Getenv("TOKEN")))}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	// One review for each connection, so that a balancer shares the reviews out among several injectors.
	serving := &http.Server{Handler: handler, TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){}}
	serving.SetKeepAlivesEnabled(false)
	log.Fatal(serving.ServeTLS(listener, *cert, *key))
}
