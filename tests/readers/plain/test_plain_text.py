"""Keys in text that is not YAML: templates, Terraform, shell, Markdown."""

from __future__ import annotations

from pathlib import PurePath

import pytest
from builders import ALPHA, BETA, GA, WRONG

import autofix
from autofix.text.check import check_files
from autofix.text.file import read_file
from autofix.text.languages import PLAIN


def fixed(text: str, name: str = "a.txt", release: str | None = "2.17") -> str:
    [checked] = check_files([read_file(text.encode(), name)], autofix.options(release=release))
    assert checked.file.language == PLAIN
    return checked.text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # A colon separates: YAML, where quotes make a difference.
        (f"{WRONG}: true\n", f'{ALPHA}: "true"\n'),
        (f"  {WRONG}:  yes # why\n", f'  {ALPHA}:  "true" # why\n'),
        (f"'{WRONG}': 'no'", f"'{ALPHA}': 'false'"),
        (f'{{"{WRONG}": "on", "a": 1}}', f'{{"{ALPHA}": "true", "a": 1}}'),
        (f'`{WRONG}: "true"`', f'`{ALPHA}: "true"`'),
        # An equals sign separates: the value is a string in any case.
        (f'"{WRONG}" = true\n', f'"{ALPHA}" = true\n'),
        (f'"{WRONG}" = "yes"\n', f'"{ALPHA}" = "true"\n'),
        (f"kubectl annotate pod web {WRONG}=true -n shop", f"kubectl annotate pod web {ALPHA}=true -n shop"),
        (f"{WRONG}=off;", f"{ALPHA}=false;"),
        # The value is not known: the key is the same for both values.
        (f"{WRONG}: {{{{ .Values.native | quote }}}}\n", f"{ALPHA}: {{{{ .Values.native | quote }}}}\n"),
        (f'{WRONG}: "{{{{ .Values.native }}}}"\n', f'{ALPHA}: "{{{{ .Values.native }}}}"\n'),
        (f'{WRONG}="${{NATIVE}}"', f'{ALPHA}="${{NATIVE}}"'),
        (f"| {WRONG} | yes |", f"| {ALPHA} | yes |"),
        # Escapes stay escapes.
        (
            r'--set "a.config\.linkerd\.io/native-sidecar=true"',
            r'--set "a.config\.alpha\.linkerd\.io/proxy-enable-native-sidecar=true"',
        ),
        # A right key with a word that Linkerd cannot read.
        (f"{ALPHA}: enabled\n", f'{ALPHA}: "true"\n'),
    ],
)
def test_keys_and_certain_values_are_replaced(before: str, after: str) -> None:
    lead = "é\r\n"
    assert fixed(lead + before) == lead + after


@pytest.mark.parametrize(
    "text",
    [
        f"Use {WRONG}.\n",
        f"The key `{WRONG}` was never read.\n",
        "path: /annotations/linkerd.io~1native-sidecar\n",
        f'if annotations["{WRONG}"] == "true"\n',
        f'unless annotations["{WRONG}"] != "true"\n',
        f"annotations['{WRONG}'] =~ /true/\n",
        f"{ALPHA}: 'true'\n",
        f"{WRONG}: maybe\n",
        f"{WRONG}: ''\n",
        "dapr.io/enable-native-sidecar: true\n",
        "config.linkerd.io/proxy-await: enabled\n",
        "https://docs.linkerd.io/native-sidecar\n",
        "./linkerd.io/native-sidecar/readme\n",
        "notlinkerd.io/native-sidecar: true\n",
        "native-sidecar=true\n",
        "",
    ],
)
def test_everything_else_is_left_alone(text: str) -> None:
    assert fixed(text) == text


def test_without_a_release_real_keys_are_left_alone() -> None:
    text = f"{BETA}: true\n{GA}: {{{{ .x }}}}\n"
    assert fixed(text, release=None) == text


def test_the_release_decides_on_the_key() -> None:
    two = "a:\n  {}: 'true'\nb:\n  {}: 'true'\n"
    assert fixed(two.format(WRONG, ALPHA), release="2.20") == two.format(GA, ALPHA)
    assert fixed(f"{WRONG}: 'true'\n", release="2.14") == f"{WRONG}: 'true'\n"


@pytest.mark.parametrize("data", [b"a: b: c\n", b"\xff", b"{{ \xff"])
def test_only_templates_may_be_no_yaml(data: bytes) -> None:
    with pytest.raises(autofix.AutofixError):
        read_file(data, "a.yaml")


@pytest.mark.parametrize("name", ["a.yaml", "a.json", "<stdin>", "a"])
def test_yaml_is_read_as_yaml_whatever_its_name(name: str) -> None:
    assert read_file(b"a: '{{ b }}'\n", name).has_documents
    assert PurePath(name).suffix != ".tpl"


CLOSE = [
    f"a:\n  {WRONG}: 'true'\n  linkerd.io/native-sidecar: 'false'\n",
    f"a:\n  {WRONG}: 'true'\n  b: c\n\n  # why\n  {{{{ if .x }}}}\n  {ALPHA}: 'false'\n",
    f'annotations = {{\n  "{WRONG}" = "true"\n  "{ALPHA}" = true\n}}\n',
    f"kubectl annotate ns shop {WRONG}=true {ALPHA}=false\n",
    f"kubectl annotate ns shop \\\n  {WRONG}=true \\\n  {ALPHA}=false\n",
    f"{{{{ x }}}}: {{{WRONG}: 'true', {ALPHA}: 'false'}}\n",
    f"Write `{ALPHA}`, not `{WRONG}`.\n",
    f"a:\n  {{{{ if .x }}}}\n  {WRONG}: 'true'\n  {{{{ else }}}}\n  {WRONG}: 'false'\n  {{{{ end }}}}\n",
]
APART = [
    f"a:\n  {WRONG}: 'true'\nb:\n  {WRONG}: 'false'\n",
    f"a:\n  {WRONG}: 'true'\n---\na:\n  {WRONG}: 'true'\n",
    f"{{{{ if .x }}}}\na:\n  {WRONG}: 'true'\n{{{{ end }}}}\nb:\n  {WRONG}: 'false'\n",
    f'a = {{\n  "{WRONG}" = "true"\n}}\nb = {{\n  "{WRONG}" = "true"\n}}\n',
    f"kubectl annotate ns shop {WRONG}=true\nkubectl annotate ns bank {WRONG}=true\n",
]


@pytest.mark.parametrize("text", CLOSE)
def test_keys_that_stand_together_are_left_to_their_author(text: str) -> None:
    assert fixed(text) == text
    [checked] = check_files([read_file(text.encode(), "f.txt")], autofix.options(release="2.17"))
    assert all(finding.withheld for finding in checked.findings if finding.code == "AFX101")


@pytest.mark.parametrize("text", APART)
def test_keys_that_stand_apart_are_not(text: str) -> None:
    assert fixed(text) == text.replace(WRONG, ALPHA)
