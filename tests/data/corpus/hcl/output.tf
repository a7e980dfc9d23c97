# Prints what the mesh does.
output "inject" {
  value = kubernetes_namespace.shop.metadata[0].annotations["linkerd.io/inject"]
}
