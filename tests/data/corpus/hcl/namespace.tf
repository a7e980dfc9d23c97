resource "kubernetes_namespace" "shop" {
  metadata {
    name = "shop"
    annotations = {
      "linkerd.io/inject" = "enabled"
      "config.linkerd.io/opaque-ports" = "3306,11211"
    }
  }
}
