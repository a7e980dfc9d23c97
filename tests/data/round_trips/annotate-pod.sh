#!/bin/sh
for pod in $(kubectl get pods -o name -l app=web); do
  kubectl annotate "$pod" '@KEY@=@VALUE@' --overwrite
done
kubectl -n shop annotate pod web-0 "@KEY@"="@VALUE@"
