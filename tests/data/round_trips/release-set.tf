resource "helm_release" "web" {
  name       = "web"
  repository = "https://charts.example.com"
  chart      = "web"
  version    = "1.2.3"

  set {
    name  = "image.tag"
    value = var.tag
  }
  set {
    name  = "podAnnotations.@PATH2@"
    value = @VALUE@
    type  = "string"
  }
}
