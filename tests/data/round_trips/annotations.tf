resource "kubernetes_annotations" "default" {
  api_version = "v1"
  kind        = "Namespace"
  metadata {
    name = "default"
  }
  annotations = {
    "@KEY@" = @VALUE@
  }
  force = true
}
