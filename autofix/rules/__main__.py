"""Writes what documents repeat from the code: ``python -m autofix.rules`` in a checkout, or ``make docs``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from autofix.errors import AutofixError
from autofix.linkerd.eras import table_of_keys_to_write
from autofix.rules.pages import page
from autofix.rules.registry import RULES

_HEAD: Final = """\
# Rules

`make docs` writes this file from the docstrings of `autofix/rules/`. Change them there.

A fix is **safe** (autofix applies it by default), **unsafe** (autofix applies it if you ask for it) or for
**display** only. autofix makes a fix of the native-sidecar annotation only after it has proven the fix with
its model of Linkerd's injector.
"""
_BEGIN: Final = "<!-- eras: `make docs` writes this table from autofix/linkerd/data/releases.json -->\n"
_END: Final = "<!-- /eras -->\n"


def rules_document() -> str:
    """Return ``docs/rules.md``: its head, a table of the rules, and their pages."""
    parts = [_HEAD, "| code | what |\n|---|---|"]
    rules = RULES.values()
    parts += (f"| [{rule.code}](#{rule.code.lower()}) | {rule.title.rstrip('.')} |" for rule in rules)
    for rule in rules:
        text = page(rule).replace("\n## ", "\n### ")
        parts.append(f"\n## {rule.code}\n\n{text}")
    return "\n".join(parts) + "\n"


def with_eras(text: str) -> str:
    """Return a document with the table of eras between its two markers.

    Args:
        text: a Markdown document.

    Returns:
        The document; only the lines between the markers differ.

    Raises:
        AutofixError: when the document has not both markers.
    """
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise AutofixError(f"the document needs the lines {_BEGIN.strip()!r} and {_END.strip()!r}; add them")
    return f"{before}{begin}\n{table_of_keys_to_write()}\n\n{end}{after}"


def main() -> None:
    """Write ``docs/rules.md`` and the table in ``README.md`` of the checkout in the working directory."""
    readme = Path("README.md")
    readme.write_text(with_eras(readme.read_text(encoding="utf-8")), encoding="utf-8")
    Path("docs", "rules.md").write_text(rules_document(), encoding="utf-8")


if __name__ == "__main__":
    main()
