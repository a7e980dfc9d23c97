#!/bin/bash
cat <<-'YAML' > /tmp/pod.yaml
	apiVersion: v1
	kind: Pod
	metadata:
	  name: web
	  annotations:
	    linkerd.io/inject: "enabled"
	    config.linkerd.io/proxy-await: enabled
	YAML
kubectl apply -f /tmp/pod.yaml
