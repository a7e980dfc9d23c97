"""Writes every rule's page as one Markdown document: ``python -m autofix.rules > docs/rules.md``."""

from __future__ import annotations

from collections.abc import Iterator

from autofix.rules.registry import RULES

_HEAD = """\
# Rules

Written by `make docs` from the docstrings of `autofix/rules/`; change them there.

A fix is **safe** (applied by default), **unsafe** (applied when asked for) or for **display** only. Every fix
of the native-sidecar annotation is proven with the model of Linkerd's injector before it is made.
"""


def document() -> Iterator[str]:
    """Yield the parts of the document: its head, a table of the rules, and their pages."""
    yield _HEAD
    yield "| code | what |\n|---|---|"
    for rule in RULES.values():
        yield f"| [{rule.code}](#{rule.code.lower()}) | {rule.title.rstrip('.')} |"
    for rule in RULES.values():
        page = rule.page.strip().replace("\n## ", "\n### ")
        yield f"\n## {rule.code}\n\n{page}"


if __name__ == "__main__":
    print("\n".join(document()))  # noqa: T201  # its output is its purpose
