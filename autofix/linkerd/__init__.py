"""What Linkerd does: its releases, its annotations and its injector's decision.

Facts live in ``data/``; the modules here only read them. Nothing in this package knows about Kubernetes
objects, rules, files or clusters.
"""
