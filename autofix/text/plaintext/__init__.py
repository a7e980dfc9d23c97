"""Native-sidecar keys in text that is not YAML: where they stand, and which of them may be fixed."""
