helm upgrade --install web ./web -n shop \
  --set replicas=3 \
  --set-string 'podAnnotations.linkerd\.io/inject=enabled' \
  --set-string podAnnotations.config\\.linkerd\\.io/opaque-ports='3306\,5432'
