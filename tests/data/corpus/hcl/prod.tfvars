namespaces = {
  shop = { annotations = { "linkerd.io/inject" = "enabled" } }
  cart = { annotations = {} }
}
