package web

func spec() *Builder {
	return New().WithAnnotations(map[string]string{"config.linkerd.io/skip-inbound-ports": "8081"})
}
