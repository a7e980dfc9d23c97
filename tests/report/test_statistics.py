"""Statistics: how many findings each rule has, and how many of them have a fix."""

from __future__ import annotations

import pytest

from autofix.engine.options import options
from autofix.report import Report, as_statistics
from autofix.rules.registry import RULES
from autofix.text.check import check_files
from autofix.text.file import read_file

WRONG = "config.linkerd.io/proxy-native-sidecar"
POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    {key}: "{value}"
"""
JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: copy
  annotations:
    linkerd.io/inject: enabled
spec:
  template:
    metadata:
      annotations:
        linkerd.io/inject: "{value}"
"""


@pytest.mark.parametrize(
    ("texts", "rows"),
    [
        ([], []),
        ([POD.format(key=WRONG, value="true")], ["1 AFX101 1 [*]"]),
        (
            [POD.format(key=WRONG, value=value) for value in ("true", "false", "maybe")],
            ["3 AFX101 2 [*]", "1 AFX204"],
        ),
        # One can be moved, and the other stands in the template with another value.
        ([JOB.format(value=value) for value in ("enabled", "ingress")], ["2 AFX301 1 [-]"]),
    ],
)
def test_each_rule_says_how_many_findings_have_a_fix(texts: list[str], rows: list[str]) -> None:
    files = [read_file(text.encode(), f"{number}.yaml") for number, text in enumerate(texts)]
    checked = check_files(files, options(release="2.17", select="AFX1,AFX2,AFX3"))
    lines = list(as_statistics.render(Report(checked)))
    codes = [line.split()[1] for line in lines]
    whole = [f"{row} {RULES[code].title}" for row, code in zip(rows, codes, strict=True)]
    assert [" ".join(line.split()) for line in lines] == whole
    # The titles stand below each other.
    starts = {line.index(RULES[code].title) for line, code in zip(lines, codes, strict=True)}
    assert len(starts) == bool(lines)
