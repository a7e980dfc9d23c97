for ns in $(kubectl get ns -l linkerd.io/is-control-plane!=true -o name); do
  state=$(kubectl get "$ns" -o jsonpath='{.metadata.annotations.linkerd\.io/inject}')
  [ "$state" = enabled ] && echo "$ns is in the mesh"
done
