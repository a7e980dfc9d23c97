resource "kubernetes_labels" "system" {
  api_version = "v1"
  kind        = "Namespace"
  metadata { name = "kube-system" }
  labels = { "config.linkerd.io/admission-webhooks" = "disabled" }
}
