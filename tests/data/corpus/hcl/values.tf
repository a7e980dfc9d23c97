resource "helm_release" "db" {
  name  = "db"
  chart = "db"
  values = [yamlencode({
    primary = { podAnnotations = { "linkerd.io/inject" = "disabled", "config.linkerd.io/skip-inbound-ports" = "5432" } }
  })]
}
