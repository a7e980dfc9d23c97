#!/bin/sh
kubectl annotate namespace shop linkerd.io/inject=enabled --overwrite
