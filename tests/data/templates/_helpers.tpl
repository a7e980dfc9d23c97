{{/*
The name of the chart. Don't use more than 63 characters.
*/}}
{{- define "shop.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "shop.fullname" -}}
{{- if contains "x" .Release.Name }}
{{- .Release.Name | trunc 63 }}
{{- else }}
{{- printf "%s-%s" .Release.Name .Chart.Name }}
{{- end }}
{{- end }}

{{- define "shop.labels" -}}
helm.sh/chart: {{ include "shop.chart" . }}
{{ include "shop.selectorLabels" . }}
config.linkerd.io/proxy-native-sidecar: "true"
{{- if .Chart.AppVersion }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
{{- end }}

{{- define "shop.selectorLabels" -}}
app.kubernetes.io/name: {{ include "shop.name" . }}
{{- end }}

{{- define "shop.podAnnotations" -}}
config.linkerd.io/proxy-native-sidecar: "true"
{{ with .Values.extra }}{{ toYaml . }}{{ end }}
{{- end }}

{{- define "shop.namespaceAnnotations" }}
  config.linkerd.io/proxy-native-sidecar: "false"
{{- end }}
