"""A unified diff of each object that would change, rendered as YAML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import unified_diff

from autofix.kubernetes.pointer import get
from autofix.report.checked import Checked, Failure, title_of
from autofix.report.yaml_text import as_yaml


def render(checked: Sequence[Checked], failures: Sequence[Failure]) -> Iterator[str]:
    """Write a unified diff of every object that the patch changes.

    The diff is of the object as YAML, and not of the file: comments and layout are not in it.

    Args:
        checked: the documents, in order.
        failures: what could not be read; left to standard error.

    Yields:
        Lines without their line end.

    Raises:
        AutofixError: when an object is nested too deeply to be written as YAML.
    """
    del failures
    for one in checked:
        for item in one.result.items if one.result.patch.patch else ():
            before, after = get(one.document.value, item.path), get(one.result.object, item.path)
            if before is after:
                continue
            name = f"{one.document.source} ({title_of(item)}, as YAML)"
            yield from unified_diff(
                as_yaml(before).splitlines(), as_yaml(after).splitlines(), name, name, lineterm=""
            )
