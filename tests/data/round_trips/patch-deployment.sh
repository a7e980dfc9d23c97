#!/bin/bash
kubectl -n shop patch deployment web --type merge \
  -p '{"spec":{"template":{"metadata":{"annotations":{"@KEY@":@VALUE@}}}}}'
kubectl rollout status -n shop deployment/web --timeout=120s
