"""Writes ``docs/doctor.md``: ``python -m autofix.cluster.doctor`` in a checkout, or ``make docs``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from autofix.cluster.doctor.registry import CHECKS, check_page

_HEAD: Final = """\
# What `autofix doctor` checks

`make docs` writes this file from the docstrings of `autofix/cluster/doctor/checks/`. Change them there.
`autofix rules NAME` shows the page of a check in a terminal.

`autofix doctor` asks a cluster if Kubernetes, Linkerd and the webhook fit together. It stores nothing: it
tries a pod with the server's own dry run. Every check says ok, warn or fail. A warn or fail makes the exit
code 1, and a cluster that does not answer makes it 2. If doctor may not read something, it says so, and does
not judge what depends on it. `-o json` is for scripts.
"""


def doctor_document() -> str:
    """Return ``docs/doctor.md``: its head, a table of the checks, and their pages."""
    parts = [_HEAD, "| check | question |\n|---|---|"]
    parts += (f"| [{name}](#{name}) | {check.title} |" for name, check in CHECKS.items())
    for name, check in CHECKS.items():
        text = check_page(check).replace("\n## ", "\n### ")
        parts.append(f"\n## {name}\n\n{text}")
    return "\n".join(parts) + "\n"


def main() -> None:
    """Write ``docs/doctor.md`` of the checkout in the working directory."""
    Path("docs", "doctor.md").write_text(doctor_document(), encoding="utf-8")


if __name__ == "__main__":
    main()
