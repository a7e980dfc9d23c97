resource "kubernetes_manifest" "job" {
  manifest = {
    apiVersion = "batch/v1"
    kind       = "Job"
    metadata   = { name = "seed", namespace = var.namespace }
    spec = {
      template = {
        metadata = {
          annotations = {
            "@KEY@" = @VALUE@
          }
        }
        spec = { restartPolicy = "Never", containers = [{ name = "seed", image = var.image }] }
      }
    }
  }
}
