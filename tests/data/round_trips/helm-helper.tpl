{{- define "web.podAnnotations" -}}
linkerd.io/inject: enabled
@KEY@: @VALUE@
{{- end -}}
