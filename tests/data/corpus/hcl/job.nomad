job "mesh" {
  group "web" {
    task "web" {
      driver = "docker"
      env { ANNOTATION = "linkerd.io/inject" }
    }
  }
}
