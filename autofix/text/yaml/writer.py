"""Objects as YAML that Kubernetes reads back as the same data."""

from __future__ import annotations

from typing import Final

import yaml

from autofix.errors import AutofixError
from autofix.kubernetes.scalars import WrittenFloat, WrittenInt, needs_quotes

_Dumper: Final = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_WIDTH: Final = 2**31 - 1


class _KubernetesDumper(_Dumper):  # type: ignore[misc, valid-type]  # C dumper where there is one
    """Quotes what Kubernetes would not read as a string, and shares nothing by anchors."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else '"' if needs_quotes(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _number(dumper: yaml.SafeDumper, number: WrittenInt | WrittenFloat) -> yaml.ScalarNode:
    # The tag that PyYAML itself gives to the plain text, so that it writes the text plain.
    tag = dumper.resolve(yaml.ScalarNode, number.text, (True, False))  # type: ignore[no-untyped-call]
    return dumper.represent_scalar(tag, number.text)


_KubernetesDumper.add_representer(str, _string)
_KubernetesDumper.add_representer(WrittenInt, _number)
_KubernetesDumper.add_representer(WrittenFloat, _number)


def as_yaml(value: object) -> str:
    """Write a value for ``autofix.text.yaml.write_yaml``, which says what it takes and returns."""
    try:
        text: str = yaml.dump(
            value, Dumper=_KubernetesDumper, sort_keys=False, allow_unicode=True, width=_WIDTH
        )
    except RecursionError:
        raise AutofixError("the object is nested too deeply to be written as YAML") from None
    return text
