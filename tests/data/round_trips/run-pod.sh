set -x
kubectl run curl --rm -it --image=curlimages/curl --restart=Never \
  --annotations="linkerd.io/inject=enabled" --annotations="@KEY@=@VALUE@" -- sh
kubectl run once --image=busybox --overrides='{"metadata":{"annotations":{"@KEY@":"@VALUE@"}}}'
