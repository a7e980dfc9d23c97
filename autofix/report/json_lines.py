"""JSON for other programs, in lines that do not steer a terminal or a runner."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from autofix.report.printable import COMMAND_ANYWHERE


def json_lines(value: object, *, indent: int | None = None) -> Iterator[str]:
    """Write a value as JSON, with JSON's own escapes for what steers a terminal or a runner.

    Args:
        value: JSON data.
        indent: as for ``json.dumps``; None for one line.

    Yields:
        Lines without their ends, in ASCII; a JSON parser reads exactly the value in them.
    """
    # DEL is the only control character that json.dumps does not escape.
    text = json.dumps(value, indent=indent).replace("\x7f", r"\u007f")
    # In JSON two number signs can stand only in a string.
    harmless = re.sub(COMMAND_ANYWHERE, r"#\\u0023", text) if "##" in text else text
    yield from harmless.split("\n")
