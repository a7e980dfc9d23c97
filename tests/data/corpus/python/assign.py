def annotate(pod):
    pod["metadata"]["annotations"]["linkerd.io/inject"] = "enabled"
    pod["metadata"]["annotations"].pop("config.linkerd.io/proxy-native-sidecar", None)
