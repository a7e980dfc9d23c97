"""What the reader of reStructuredText understands: its code blocks."""

from __future__ import annotations

import pytest
from readings import KEY, reading, texts

YAML = f"annotations:\n  {KEY}: true\n"
COMMAND = f"kubectl annotate pod web {KEY}=true\n"


def indented(text: str, prefix: str = "   ") -> str:
    return "".join(prefix + line for line in text.splitlines(keepends=True))


CASES = {
    "a directive": (f".. code-block:: yaml\n\n{indented(YAML)}\ntext\n", [("yaml", YAML)]),
    "options": (f".. code-block:: yaml\n   :linenos:\n\n{indented(YAML)}", [("yaml", YAML)]),
    "in a list": (f"* a\n\n  .. code:: bash\n\n{indented(COMMAND, '     ')}\n* b\n", [("bash", COMMAND)]),
    "a literal block": (f"Do this::\n\n{indented(COMMAND)}\ntext\n", [("sh", COMMAND)]),
    "two colons alone": (f"text\n\n::\n\n{indented(YAML)}", [("yaml", YAML)]),
    "blank lines inside": (
        f".. sourcecode:: yaml\n\n   a: b\n\n   {KEY}: true\n",
        [("yaml", f"a: b\n\n{KEY}: true\n")],
    ),
    "prose": (f"Note::\n\n   about {KEY}\n", []),
    "a session": (f".. code-block:: console\n\n   $ {COMMAND}   done\n", [("sh", COMMAND)]),
    "another directive": (f".. note::\n\n   {KEY}: true\n", []),
}


@pytest.mark.parametrize("name", CASES)
def test_code_blocks(name: str) -> None:
    text, expected = CASES[name]
    assert texts("rst", text) == expected


def test_the_rest_is_prose() -> None:
    assert reading("rst", "text").is_prose
