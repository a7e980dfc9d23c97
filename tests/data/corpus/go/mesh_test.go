package web

import "testing"

func TestInject(t *testing.T) {
	if got := keys()["linkerd.io/inject"]; got != "enabled" {
		t.Fatalf("linkerd.io/inject is %q", got)
	}
}
