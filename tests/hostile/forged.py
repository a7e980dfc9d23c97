"""Texts that would steer a terminal or a runner, and a Pod that is full of them."""

from __future__ import annotations

import json

from builders import WRONG

FORGED = (
    "\n::stop-commands::x\n##[error]no\r\x1b[2K\x1b[31m\x07\x00\x7f\x9b1m"
    "\u202e\u2066\u200f\u061c\u2028\u2029\u0085"
)
# What a file may be called, beside bytes that are no UTF-8.
NAME = FORGED.replace("\x00", "")
FORMATS = ("diff", "text", "json", "jsonpatch", "sarif", "github", "junit")
POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: {name}
  namespace: {name}
  annotations:
    {wrong}: "true"
    {key}: {value}
"""


def quoted(text: str) -> str:
    """A text in the double quotes of YAML, all escaped."""
    return json.dumps(text).replace("\x7f", "\\u007f")


def hostile_pod() -> str:
    key = quoted(f"config.linkerd.io/{FORGED}")
    return POD.format(name=quoted(FORGED), wrong=WRONG, key=key, value=quoted(FORGED))


def ordinary_pod() -> str:
    return POD.format(name="x", wrong=WRONG, key="a", value="b")
