locals {
  mesh = { "linkerd.io/inject" = var.mesh ? "enabled" : "disabled" }
  tags = merge(local.mesh, { team = "shop" })
}
