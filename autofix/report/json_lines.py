"""JSON for other programs, in lines that are also harmless to whoever looks at them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from autofix.report.printable import COMMAND_ANYWHERE


def json_lines(value: object, *, indent: int | None = None) -> Iterator[str]:
    """Write a value as JSON; what steers a terminal or a runner stands in JSON's own escapes.

    Args:
        value: JSON data.
        indent: as for ``json.dumps``; None for one line.

    Yields:
        Lines without their ends, in ASCII; the value is exactly what they say.
    """
    # Of the control characters DEL alone needs no escape in JSON.
    text = json.dumps(value, indent=indent).replace("\x7f", r"\u007f")
    # Two number signs can only stand in a string.
    harmless = re.sub(COMMAND_ANYWHERE, r"#\\u0023", text) if "##" in text else text
    yield from harmless.split("\n")
