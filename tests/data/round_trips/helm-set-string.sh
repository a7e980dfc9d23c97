#!/usr/bin/env bash
helm repo add example https://charts.example.com
helm upgrade --install web example/web \
  --namespace shop --create-namespace \
  --set image.tag="${TAG:-latest}" \
  --set-string "podAnnotations.@PATH@=@VALUE@" \
  --set-string podAnnotations.linkerd\\.io/inject=enabled \
  --wait
