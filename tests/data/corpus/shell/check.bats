@test "the namespace is injected" {
  run kubectl get ns shop -o jsonpath="{.metadata.annotations.linkerd\.io/inject}"
  [ "$output" = "enabled" ]
}
