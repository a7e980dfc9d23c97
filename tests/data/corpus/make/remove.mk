clean:
	-kubectl annotate ns shop config.linkerd.io/proxy-native-sidecar-
