"""Keys in the program text of a template are found beside those in its YAML."""

from __future__ import annotations

import pytest
from builders import ALPHA, WRONG
from texts import check

YAML = f'annotations:\n  {WRONG}: "true"\n'


@pytest.mark.parametrize(
    "line",
    [
        f'  {{{{- $_ := set .annotations "{WRONG}" "true" }}}}',
        f'  {{{{ toYaml (dict "{WRONG}" "true") }}}}',
        f'  {{{{ ternary "{WRONG}" "a" .x }}}}: "true"',
        f'  {{{{ if .x }}}}{WRONG}{{{{ else }}}}a{{{{ end }}}}: "true"',
        f'  {WRONG}{{{{ .x }}}}: "true"',
        f"  {{{{ if .x }}}}{WRONG}: a{{{{ else }}}}b: a{{{{ end }}}}",
    ],
)
def test_a_key_that_a_program_writes_is_reported(line: str) -> None:
    checked = check("a.tpl", f"{YAML}{line}\n")
    codes = {finding.code for finding in checked.findings if finding.key == WRONG}
    lines = [document.document.line for document in checked.checked if document.result.findings]
    assert "AFX101" in codes
    assert 3 in lines


@pytest.mark.parametrize(
    "line", ["  a: {{ .x }}", "  {{ if .x }}a: b{{ end }}", "  {{- range .x }}\n  {{- end }}"]
)
def test_a_key_in_the_yaml_is_found_once(line: str) -> None:
    checked = check("a.tpl", f"{YAML}{line}\n")
    assert [finding.code for finding in checked.findings if finding.code == "AFX101"] == ["AFX101"]
    assert checked.text == f"{YAML}{line}\n".replace(WRONG, ALPHA)


def test_texts_inside_one_another_are_each_read_once() -> None:
    definition = f'{{{{ define "a.b" }}}}\n{WRONG}: "true"\nc: d\n{{{{ end }}}}\n'
    branches = "{{ if .x }}\n  a: b\n{{ else }}\n  a: c\n{{ end }}\n"
    text = f"{YAML}{definition}{branches}{YAML.replace('annotations', 'podAnnotations')}"
    checked = check("a.tpl", text)
    assert [finding.code for finding in checked.findings if finding.code == "AFX101"] == ["AFX101"] * 3
    assert checked.text == text.replace(WRONG, ALPHA)


def test_a_key_in_a_branch_that_stands_apart_is_found_too() -> None:
    text = f"a:\n{{{{ if .x }}}}\n  {WRONG}: 'true'\n{{{{ else }}}}\n  {WRONG}: 'false'\n{{{{ end }}}}\n"
    checked = check("a.tpl", text)
    assert [finding.code for finding in checked.findings if finding.code == "AFX101"] == ["AFX101"] * 2
    assert checked.text == text
