resource "helm_release" "queue" {
  name  = "queue"
  chart = "queue"
  set = [
    { name = "podAnnotations.config\\.linkerd\\.io/proxy-log-level", value = "warn\\,linkerd=debug" },
    { name = "persistence.enabled", value = true },
  ]
}
