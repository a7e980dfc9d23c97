"""Keys in text that is no YAML."""
