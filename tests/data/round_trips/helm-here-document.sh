#!/bin/bash
helm upgrade --install metrics example/metrics -n monitoring --values - <<'EOF'
server:
  replicas: 2
  podAnnotations:
    linkerd.io/inject: enabled
    @KEY@: @VALUE@
EOF
kubectl -n monitoring get pods
