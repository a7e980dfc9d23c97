"""S17: four times as much text of any language takes about four times as long."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from builders import WRONG
from cpu import at_most, seconds_of

from autofix.engine.options import options
from autofix.readers import reader_of_name, readers
from autofix.text.check import check_files
from autofix.text.file import read_file

MEGA = 2**20
OPTIONS = options(release="2.17")
# What is linear takes 4, and a little more with caches; what is quadratic takes 16.
MOST = 5
LONGEST = 60
# Below this many seconds the clock says little.
SHORTEST = 0.05
KEY = f'{WRONG}: "true"'
HELM = WRONG.replace(".", r"\.")

# A text that stands once, and the text that is repeated behind it; a number stands for %d.
ORDINARY = {
    "a.adoc": (
        "",
        f"== Part %d\n\nText of a manual.\n\n[source,yaml]\n----\npodAnnotations:\n  {KEY}\n----\n",
    ),
    "a.cue": ("", f'a%d: annotations: {{"{WRONG}": "true"}}\nb%d: c: {{d: 1, e: "f"}}\n'),
    "a.dockerfile": ("FROM a\n", f"RUN make a%d && make install\nRUN kubectl annotate ns n {WRONG}=true\n"),
    "a.go": (
        f'package a\nvar a = map[string]string{{"{WRONG}": "true"}}\n',
        "func f%d() int {\n\treturn 1\n}\n",
    ),
    "a.tf": ("", f'resource "a" "a%d" {{\n  b = "c"\n}}\nlocals {{\n  a = {{ "{WRONG}" = "true" }}\n}}\n'),
    "a.jsonnet": ("{\n", f'  a%d: {{ annotations: {{ "{WRONG}": "true" }}, b: [1, 2] }},\n'),
    "a.mk": ("", f"t%d:\n\tmake a\n\tkubectl annotate ns n {WRONG}=true\n"),
    "a.md": ("", f"# Part %d\n\nText of a manual.\n\n```sh\nkubectl annotate ns n {WRONG}=true\n```\n"),
    "a.txt": ("", f"Text of a manual, part %d.\nSet {KEY} here.\n"),
    "a.properties": ("", f"a%d = b\nspark.annotation.{WRONG} = true\n"),
    "a.py": (f'A = {{"{WRONG}": "true"}}\n', "def f%d(a: int) -> int:\n    return a + 1\n"),
    "a.rst": ("", f"Text %d.\n\n.. code-block:: yaml\n\n   podAnnotations:\n     {KEY}\n\n"),
    "a.rs": (f'const A: (&str, &str) = ("{WRONG}", "true");\n', "fn f%d() -> u8 {\n    1\n}\n"),
    "a.sh": (
        "#!/bin/sh\n",
        f'if [ -n "$A" ]; then\n  echo %d "$A"\nfi\nkubectl annotate ns n {WRONG}=true\n',
    ),
    "a.tpl": ("", f"a%d:\n  podAnnotations:\n    {WRONG}: {{{{ .x }}}}\n"),
    "a.toml": ("", f'[a%d]\nb = 1\n"{WRONG}" = "true"\n'),
    "a.ts": (f'const a = {{"{WRONG}": "true"}};\n', "export function f%d(a: number) {\n  return a;\n}\n"),
}
HOSTILE = [
    *(
        (f"kubectl annotate ns n {WRONG}=true", name, "a.sh")
        for name in (' "', " '", "\n{ ", " $(", "\n(", " &&")
    ),
    *(
        (f"kubectl annotate ns n {WRONG}=true", piece, "a.sh")
        for piece in (" a%d=b", "\nif a; then", " \\\n")
    ),
    *(
        (f'a = {{ "{WRONG}" = "true" }}\n', piece, "a.tf")
        for piece in ("{", "a {\n", "[", '"${', "a = <<EOT\n")
    ),
    *((f"`{KEY}`\n", piece, "a.md") for piece in ("`", "> ", "````\n```yaml\n", "- ")),
    *((f"{KEY}\n", piece, "a.adoc") for piece in ("----\n", "[source,yaml]\n=====\n")),
    *((f"{KEY}\n", piece, "a.rst") for piece in (".. code-block:: yaml\n", "::\n")),
    *((f'x = {{"{WRONG}": "true"}}\n', "{", f"a.{end}") for end in ("go", "py", "ts", "cue", "jsonnet")),
    *(
        (f'x = {{"{WRONG}": "true"}}\n', '"', f"a.{end}")
        for end in ("go", "py", "ts", "cue", "jsonnet", "rs")
    ),
    *((f'x = {{"{WRONG}": "true"}}\ny = ', '"a" + ', f"a.{end}") for end in ("go", "py", "ts", "jsonnet")),
    *((f'"{WRONG}" = "true"\n', piece, "a.toml") for piece in ("a = [", "[a%d]\n", "a.")),
    *((f"a.annotation.{WRONG}=true\n", piece, "a.properties") for piece in ("a \\\n", "=")),
    *((f"RUN kubectl annotate ns n {WRONG}=true", " && \\\n a", name) for name in ("a.dockerfile", "a.mk")),
]
OBJECT = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n"
# Read, checked, fixed and proven.
WHOLE = {
    "many commands.sh": ("", f"kubectl annotate ns n%d {WRONG}=true\n"),
    "one command.sh": ("kubectl annotate pod p", f" {WRONG}%d=true"),
    "here-document.sh": (
        "cat <<EOF | kubectl apply -f -\n",
        f"---\n{OBJECT.replace(' a', ' a%d')}    {KEY}\n",
    ),
    "one map.tf": (
        'resource "kubernetes_pod" "p" {\n metadata {\n annotations = {\n',
        f'"{WRONG}%d" = "true"\n',
    ),
    "sets.tf": ("", f'a%d = yamlencode({{ podAnnotations = {{ "{WRONG}" = true }} }})\n'),
    "blocks.md": ("", f"```yaml\na%d:\n  podAnnotations:\n    {KEY}\n```\n"),
    "one map.ts": ("const a = {\n", f'"{WRONG}%d": "true",\n'),
    "texts.py": ("", f'a%d = """\npodAnnotations:\n  {KEY}\n"""\n'),
    "chart.tpl": ("", f"a%d:\n  podAnnotations:\n    {WRONG}: {{{{ .x }}}}\n"),
    "one object.tpl": (f"{OBJECT}    {KEY}\n", "    k%d/a: {{ .x }}\n"),
    "variables.yaml": ("", f"a%d:\n  podAnnotations:\n    {WRONG}: ${{A}}\n"),
    "one mapping.yaml": (OBJECT, f"    {WRONG}%d: ${{A}}\n"),
    "mappings.yaml": ("", f"- podAnnotations:\n    {KEY}\n"),
    "documents.yaml": ("", f"---\na%d: {{podAnnotations: {{{KEY}}}}}\n"),
    "texts.yaml": ("", f"- a%d: |\n    podAnnotations:\n      {KEY}\n"),
    "commands.yaml": ("", f'- ["kubectl", "annotate", "ns", "n%d", "{WRONG}=true"]\n'),
    "parameters.yaml": ("", f"- name: podAnnotations.{HELM}\n  value: 'x%d'\n"),
    "twice.yaml": ("", f"a%d:\n  podAnnotations:\n    {WRONG}: 'true'\n    {WRONG}: 'false'\n"),
}


def text_of(first: str, piece: str, size: int) -> str:
    return first + "".join(piece.replace("%d", str(number)) for number in range(size // len(piece) + 1))


def check_growth(work: Callable[[str], object], first: str, piece: str, size: int) -> None:
    """Compare the CPU time of a text with that of four times as much; the best of several counts."""
    ratios = []
    for _ in range(4):
        times = []
        for length in (size, 4 * size):
            text = text_of(first, piece, length)
            with at_most(LONGEST):
                times.append(seconds_of(lambda text=text: work(text)))  # type: ignore[misc]
        ratios.append(times[1] / max(times[0], SHORTEST))
        if ratios[-1] <= MOST:
            return
    pytest.fail(f"{piece!r}: {ratios}")


def check_reader(name: str, first: str, piece: str, size: int) -> None:
    reader = reader_of_name(name)
    assert reader is not None
    check_growth(reader.read, first, piece, size)


def test_every_reader_has_an_ordinary_text() -> None:
    assert {reader_of_name(name) for name in ORDINARY} == set(readers())


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_text_is_read_in_linear_time(name: str) -> None:
    check_reader(name, *ORDINARY[name], MEGA)


@pytest.mark.parametrize(("first", "piece", "name"), HOSTILE)
def test_hostile_text_is_read_in_linear_time(first: str, piece: str, name: str) -> None:
    check_reader(name, first, piece, MEGA // 8)


@pytest.mark.parametrize("name", WHOLE)
def test_a_text_is_checked_in_linear_time(name: str) -> None:
    def check(text: str) -> None:
        [checked] = check_files([read_file(text.encode(), name)], OPTIONS)
        assert checked.findings

    check_growth(check, *WHOLE[name], MEGA // 32)
