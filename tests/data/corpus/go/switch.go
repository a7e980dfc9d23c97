package web

func mesh(key string) bool {
	switch key {
	case "linkerd.io/inject", "sidecar.istio.io/inject":
		return true
	}
	return false
}
