package web

import corev1 "k8s.io/api/core/v1"

// Template makes the pods of jobs.
func Template(image string) corev1.PodTemplateSpec {
	template := corev1.PodTemplateSpec{}
	template.Annotations = map[string]string{
		"linkerd.io/inject": "enabled",
		"@KEY@": @VALUE@,
	}
	return template
}
