# linkerd.io/inject: enabled is set on the namespace, config.linkerd.io/proxy-await on the pods.
NAMESPACE = "shop"
