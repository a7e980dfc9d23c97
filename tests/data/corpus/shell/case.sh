case "${MESH:-linkerd}" in
  linkerd) key=linkerd.io/inject value=enabled ;;
  istio) key=sidecar.istio.io/inject value=true ;;
  *) echo "unknown mesh" >&2; exit 2 ;;
esac
kubectl annotate ns "$NS" "$key=$value"
