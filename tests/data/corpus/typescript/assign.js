pod.metadata.annotations["linkerd.io/inject"] = mesh ? "enabled" : "disabled";
