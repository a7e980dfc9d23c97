{{- define "linkerd-autofix.labels" -}}
app.kubernetes.io/name: linkerd-autofix
{{- end }}

{{/* Whether there is ValidatingAdmissionPolicy of v1: from 1.30 on; `helm template` knows versions and no kinds. */}}
{{- define "linkerd-autofix.hasPolicies" -}}
{{- if or (.Capabilities.APIVersions.Has "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy") (semverCompare ">=1.30.0-0" .Capabilities.KubeVersion.Version) -}}
true
{{- end }}
{{- end }}

{{/* Whether the webhook gets a Role in Linkerd's Namespace. */}}
{{- define "linkerd-autofix.seesUpgrades" -}}
{{- $upgrades := .Values.linkerd.upgrades -}}
{{- if or (eq $upgrades "always") (and (eq $upgrades "auto") (lookup "v1" "Namespace" "" .Values.linkerd.namespace)) -}}
true
{{- end }}
{{- end }}

{{/* The container's settings, a NAME=VALUE a line. */}}
{{- define "linkerd-autofix.env" -}}
AUTOFIX_LISTEN=:8443
AUTOFIX_ADMIN_LISTEN=:8080
{{- if eq .Values.certificates.mode "cert-manager" }}
AUTOFIX_TLS_CERT=/tls/tls.crt
AUTOFIX_TLS_KEY=/tls/tls.key
{{- else }}
AUTOFIX_TLS_SECRET={{ .Release.Namespace }}/linkerd-autofix-tls
AUTOFIX_TLS_NAMES=linkerd-autofix.{{ .Release.Namespace }}.svc
{{- end }}
{{- if .Values.certificates.clientCAConfigMap }}
AUTOFIX_TLS_CLIENT_CA=/client-ca/ca.crt
{{- end }}
AUTOFIX_CONFIGURATION=linkerd-autofix
AUTOFIX_WATCH=true
AUTOFIX_EVENTS=true
AUTOFIX_SHUTDOWN_DELAY_SECONDS=5
AUTOFIX_SHUTDOWN_TIMEOUT_SECONDS=15
MALLOC_MMAP_THRESHOLD_=1048576
MALLOC_TRIM_THRESHOLD_=8388608
{{- if .Values.mutateWorkloads }}
AUTOFIX_MUTATE_WORKLOADS=true
{{- end }}
{{- if .Values.completeJobs }}
AUTOFIX_COMPLETE_JOBS=true
{{- end }}
{{- if ne .Values.linkerd.namespace "linkerd" }}
AUTOFIX_LINKERD_NAMESPACE={{ .Values.linkerd.namespace }}
{{- end }}
{{- with .Values.linkerd.release }}
AUTOFIX_LINKERD={{ . }}
{{- end }}
{{- end }}
