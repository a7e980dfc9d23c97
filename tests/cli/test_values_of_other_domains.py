"""Values of other domains that are no strings (AFX205), in files."""

from __future__ import annotations

import pytest
from command_line import Run, Write

MANIFEST = """\
apiVersion: v1
kind: Pod
metadata:
  name: web   # a comment
  labels: {{app: web, version: 2.10}}
  annotations:
    {inject}a.example/octal: 0443
    a.example/words: &anchor yes
    "a.example/tagged": !!bool true # why
    a.example/twice: 1_000
spec: {{containers: []}}
"""
FIXED = (
    ("version: 2.10", 'version: "2.10"'),
    ("octal: 0443", 'octal: "0443"'),
    ("words: &anchor yes", 'words: &anchor "true"'),
    ("!!bool true", '"true"'),
    ("twice: 1_000", 'twice: "1_000"'),
)


@pytest.mark.parametrize(
    ("inject", "flags", "changes"),
    [
        ("linkerd.io/inject: enabled\n    ", (), FIXED),
        ("", ("--select", "AFX205"), FIXED),
        ("", (), ()),
        ("linkerd.io/inject: enabled\n    ", ("--ignore", "AFX205"), ()),
    ],
)
def test_files_in_a_folder_are_fixed_in_place(
    run: Run, write: Write, inject: str, flags: tuple[str, ...], changes: tuple[tuple[str, str], ...]
) -> None:
    text = MANIFEST.format(inject=inject)
    path = write("pod.yaml", text)
    run("fix", "-t", "2.17", *flags, ".")
    for old, new in changes:
        text = text.replace(old, new)
    assert path.read_text() == text


ALIASED = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  annotations: &all
    linkerd.io/inject: enabled
    example.com/a: true
spec:
  {where}: *all
  template:
    metadata: {{annotations: *all}}
    spec: {{containers: []}}
"""


def test_an_anchor_that_reaches_other_places_is_not_edited(run: Run, write: Write) -> None:
    path = write("web.yaml", ALIASED.format(where="other"))
    done = run("fix", "-t", "2.17", path.name)
    assert path.read_text() == ALIASED.format(where="other")
    assert "cannot be fixed in place" in done.err


def test_a_comment_on_the_line_switches_it_off(run: Run, write: Write) -> None:
    text = MANIFEST.format(inject="linkerd.io/inject: enabled\n    ")
    text = text.replace("octal: 0443", "octal: 0443 # autofix: ignore[AFX205]")
    path = write("pod.yaml", text)
    run("fix", "-t", "2.17", path.name)
    assert "octal: 0443 #" in path.read_text()
    assert 'version: "2.10"' in path.read_text()


@pytest.mark.parametrize(
    ("values", "keys"),
    [
        ("podAnnotations:\n  linkerd.io/inject: enabled\n  prometheus.io/scrape: true\n  team: 7\n", 2),
        ("commonAnnotations: {linkerd.io/inject: enabled, a/b: 1}\n", 1),
        ("settings:\n  linkerd.io/inject: enabled\n  replicas: 3\n  list: [1]\n", 0),
        ("podAnnotations: {linkerd.io/inject: enabled, a/b: null}\n", 0),
    ],
)
def test_in_values_it_is_shown(run: Run, write: Write, values: str, keys: int) -> None:
    path = write("values.yaml", values)
    done = run("preview", "-t", "2.17", "-o", "text", "--unsafe-fixes", path.name)
    assert done.out.count("AFX205") == keys
    run("fix", "-t", "2.17", "--unsafe-fixes", path.name)
    assert path.read_text() == values
