package web

func clean(annotations map[string]string) {
	delete(annotations, "config.linkerd.io/proxy-native-sidecar")
}
