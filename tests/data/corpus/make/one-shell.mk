.ONESHELL:
SHELL := /bin/bash
check:
	set -e
	kubectl get ns shop -o jsonpath='{.metadata.annotations.linkerd\.io/inject}'
