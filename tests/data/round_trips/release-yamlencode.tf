resource "helm_release" "queue" {
  name  = "queue"
  chart = "queue"
  values = [yamlencode({
    replicas = var.replicas
    podAnnotations = {
      "linkerd.io/inject" = "enabled"
      "@KEY@" = @VALUE@
    }
  })]
}
