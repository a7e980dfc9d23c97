"""Where things stand in Kubernetes objects, and how Kubernetes reads YAML. Knows nothing of Linkerd."""
