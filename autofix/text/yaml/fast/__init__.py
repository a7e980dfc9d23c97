"""A line reader for plain YAML in block style; private to ``autofix.text.yaml``."""
