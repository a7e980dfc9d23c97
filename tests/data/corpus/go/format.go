package web

import "fmt"

func annotate(ns string) string {
	return fmt.Sprintf("kubectl annotate ns %s linkerd.io/inject=enabled", ns)
}
