#!/usr/bin/env bash
set -euo pipefail

NS="${1:?usage: $0 NAMESPACE}"
kubectl get namespace "$NS" >/dev/null 2>&1 || kubectl create namespace "$NS"
kubectl annotate namespace "$NS" --overwrite \
  linkerd.io/inject=enabled \
  @KEY@=@VALUE@
echo "done: $NS"
