"""The kinds and the structure of Kubernetes objects, and how Kubernetes reads YAML; nothing about Linkerd."""
