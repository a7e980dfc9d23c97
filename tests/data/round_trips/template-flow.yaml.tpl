apiVersion: v1
kind: Pod
metadata: {name: "{{ .Release.Name }}", annotations: {linkerd.io/inject: enabled, @KEY@: @VALUE@}}
