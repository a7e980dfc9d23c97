{{- define "linkerd-autofix.labels" -}}
app.kubernetes.io/name: linkerd-autofix
{{- end }}
