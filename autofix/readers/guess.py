"""Which language a text is written in, where nothing says it: YAML, JSON or shell."""

from __future__ import annotations

import re
from typing import Final

_COMMANDS: Final = (
    *("kubectl", "oc", "helm", "linkerd", "kustomize", "argocd", "argo", "flux", "skaffold", "spark-submit"),
    *("kamel", "tkn", "flink", "helmfile", "k3s", "minikube", "microk8s", "curl", "export", "sudo", "cat"),
)
_SHELL: Final = re.compile(
    rf"^[ \t]{{0,40}}(?:[$#%>][ \t])?(?:{'|'.join(_COMMANDS)})[ \t]|\A#![^\n]{{0,80}}sh\b", re.MULTILINE
)
# What JSON begins with: an object, or a list of objects.
_JSON: Final = re.compile(r"\s*\{\s*\"|\s*\[\s*\{\s*\"")
_YAML_LINE: Final = re.compile(
    r"[ \t]*(?:-[ \t]+)*(?:\"[^\"\n]*\"|'[^'\n]*'|[\w./~${}+-]+)[ \t]*:(?:[ \t\r]|\Z)"
    r"|[ \t]*-[ \t]|[ \t]*#|---|\.\.\.|[ \t]*\{\{"
)
_ACTION: Final = re.compile(r"\{\{-?[ \t]*(?:[.$/(]|if|range|with|include|define|toYaml|template|end|else)")
# So many lines of a text tell what it is.
_LINES: Final = 400


def guess_language(text: str) -> str:
    """Guess the language of a text by its content.

    Args:
        text: the text.

    Returns:
        ``json``, ``sh``, ``gotmpl`` for YAML with actions of Go's templates, or ``yaml``; empty if it looks
        like none of them.
    """
    if _JSON.match(text):
        return "json"
    lines = [line for line in text.split("\n", _LINES)[:_LINES] if line.strip()]
    if _SHELL.search("\n".join(lines)):
        return "sh"
    like_yaml = sum(_YAML_LINE.match(line) is not None for line in lines)
    has_key = any(":" in line and _YAML_LINE.match(line) for line in lines)
    if not has_key or 2 * like_yaml <= len(lines):
        return ""
    return "gotmpl" if _ACTION.search(text) else "yaml"
