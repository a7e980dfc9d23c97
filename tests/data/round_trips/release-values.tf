resource "helm_release" "queue" {
  name  = "queue"
  chart = "oci://charts.example.com/queue"
  values = [
    <<-EOT
    persistence:
      size: ${var.size}
    podAnnotations:
      linkerd.io/inject: enabled
      @KEY@: @VALUE@
    EOT
    , file("${path.module}/values.yaml"),
  ]
}
