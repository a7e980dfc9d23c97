package web

import "strings"

func isMesh(key string) bool { return strings.HasPrefix(key, "config.linkerd.io/") }
