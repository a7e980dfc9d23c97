package mesh

const (
	// InjectKey says whether a pod gets a proxy.
	InjectKey = "linkerd.io/inject"
	AwaitKey  = "config.linkerd.io/proxy-await"
)
