resource "kubernetes_deployment_v1" "web" {
  metadata { name = "web" }
  spec {
    replicas = 2
    selector { match_labels = { app = "web" } }
    template {
      metadata {
        labels      = { app = "web" }
        annotations = { "linkerd.io/inject" : "enabled", "@KEY@" : @VALUE@ }
      }
      spec {
        container {
          name  = "web"
          image = "nginx:${var.tag}"
        }
      }
    }
  }
}
