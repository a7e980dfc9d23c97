"""Keys of the mesh."""

INJECT = "linkerd.io/inject"
PORTS = "config.linkerd.io/opaque-ports"
