"""YAML: values, and where each key and value stands."""
