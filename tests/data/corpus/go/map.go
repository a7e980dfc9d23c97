package web

var annotations = map[string]string{
	"linkerd.io/inject":               "enabled",
	"config.linkerd.io/opaque-ports":  "3306",
	"sidecar.istio.io/nativeSidecar":  "true",
}
