resource "helm_release" "web" {
  name  = "web"
  chart = "./charts/web"
  set = [
    { name = "replicas", value = 2 },
    { name = "podAnnotations.@PATH2@", value = @VALUE@, type = "string" },
  ]
}
