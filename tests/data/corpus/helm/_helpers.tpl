{{- define "web.annotations" -}}
{{- if .Values.linkerd -}}
linkerd.io/inject: enabled
config.linkerd.io/skip-outbound-ports: {{ .Values.ports | join "," | quote }}
{{- end -}}
{{- end -}}
