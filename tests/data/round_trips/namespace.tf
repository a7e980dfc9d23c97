variable "team" {
  type    = string
  default = "shop"
}

resource "kubernetes_namespace" "shop" {
  metadata {
    name = var.team

    annotations = {
      "linkerd.io/inject" = "enabled"
      "@KEY@" = @VALUE@ # proxies of jobs must end
    }
    labels = { team = var.team }
  }
}
