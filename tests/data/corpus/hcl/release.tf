resource "helm_release" "web" {
  name  = "web"
  chart = "./web"
  set {
    name  = "podAnnotations.linkerd\\.io/inject"
    value = "enabled"
  }
}
