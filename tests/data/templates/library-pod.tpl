{{- define "library.pod" -}}
{{- $root := index . 0 }}
metadata:
  annotations:
    {{- range $key, $value := $root.Values.annotations }}
    {{ $key }}: {{ $value | quote }}
    {{ $key }}-copy: {{ $value | quote }}
    {{- end }}
    config.linkerd.io/proxy-native-sidecar: 'true'
spec:
  {{- with $root.Values.hostAliases }}
  hostAliases: {{ toYaml . | nindent 4 }}
  {{- end }}
  containers:
    {{- range $root.Values.containers }}
    - name: {{ .name }}
      image: {{ .image }}:{{ .tag }}
      {{- if .args }}
      args: {{ toJson .args }}
      {{- end }}
    {{- end }}
{{- end -}}
{{- define "library.deployment" -}}
apiVersion: apps/v1
kind: Deployment
{{ template "library.metadata" . }}
  annotations:
    owner: {{ .Values.owner }}
spec:
  template:
{{ include "library.pod" (list .) | indent 4 }}
{{- end -}}
