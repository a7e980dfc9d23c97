package main

import "slices"

const (
	inject = "linkerd.io/inject"
	proxy  = "linkerd-proxy"
	token  = "/var/run/secrets/kubernetes.io/serviceaccount"
)

type container struct {
	Name         string `json:"name"`
	VolumeMounts []struct {
		MountPath string `json:"mountPath"`
	} `json:"volumeMounts"`
}

type pod struct {
	Metadata struct {
		Annotations annotations `json:"annotations"`
	} `json:"metadata"`
	Spec struct {
		Containers     []container `json:"containers"`
		InitContainers []container `json:"initContainers"`
		HostNetwork    bool        `json:"hostNetwork"`
		Automount      *bool       `json:"automountServiceAccountToken"`
	} `json:"spec"`
}

// skipped says why a pod gets no proxy; empty when it gets one (pkg/inject/report.go, pkg/healthcheck/sidecar.go).
func skipped(p pod, outer annotations, helm values) string {
	switch {
	case p.Spec.HostNetwork:
		return "host_network_enabled"
	case hasProxy(p):
		return "sidecar_already_exists"
	case !isValid(outer[inject]):
		return "invalid_inject_annotation_at_ns"
	case !isValid(p.Metadata.Annotations[inject]):
		return "invalid_inject_annotation_at_workload"
	case p.Metadata.Annotations[inject] == "disabled":
		return "injection_disable_annotation_present"
	case !asks(outer[inject]) && !asks(p.Metadata.Annotations[inject]):
		return "injection_enable_annotation_absent"
	case !helm.Identity.ServiceAccountTokenProjection && !hasToken(p):
		return "disabled_automount_service_account_token_account"
	}
	return ""
}

func asks(value string) bool {
	return value == "enabled" || value == "ingress"
}

func isValid(value string) bool {
	return value == "" || value == "disabled" || asks(value)
}

func hasProxy(p pod) bool {
	return slices.ContainsFunc(slices.Concat(p.Spec.Containers, p.Spec.InitContainers), func(c container) bool {
		return c.Name == proxy
	})
}

func hasToken(p pod) bool {
	if p.Spec.Automount != nil && !*p.Spec.Automount {
		return false
	}
	for _, c := range p.Spec.Containers {
		for _, mount := range c.VolumeMounts {
			if mount.MountPath == token {
				return true
			}
		}
	}
	return false
}
