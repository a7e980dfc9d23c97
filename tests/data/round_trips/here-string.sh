#!/usr/bin/env bash
kubectl apply -n shop -f - <<< '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "annotations": {"@KEY@": @VALUE@}}}'
