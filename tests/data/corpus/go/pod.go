package web

import corev1 "k8s.io/api/core/v1"

func annotate(pod *corev1.Pod) {
	pod.Annotations["linkerd.io/inject"] = "enabled"
}
