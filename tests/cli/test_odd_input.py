"""Input that somebody made to break autofix: it is edited correctly, or left alone with a clear message."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from builders import ALPHA, BETA, GA
from command_line import Run, Write

DEAD = "linkerd.io/native-sidecar"
TEMPLATE = "{{ .Values.x }}\n"


@pytest.mark.parametrize(
    ("name", "line", "after"),
    [
        # Quotes are put as the string around the value escapes them.
        ("a.tpl", f'  - "{DEAD}: true"', f'  - "{ALPHA}: \\"true\\""'),
        ("a.tpl", f"  - '{DEAD}: true'", f"  - '{ALPHA}: \"true\"'"),
        (
            "a.sh",
            f'kubectl patch x -p "{{a: {{{DEAD}: true}}}}"',
            f'kubectl patch x -p "{{a: {{{ALPHA}: \\"true\\"}}}}"',
        ),
        # Prose and comments have no values.
        ("a.md", f"Set {DEAD}: on every pod", f"Set {ALPHA}: on every pod"),
        ("a.md", f"{DEAD}: no longer needed.", f"{ALPHA}: no longer needed."),
        ("a.txt", f"# {DEAD}: on for all", f"# {ALPHA}: on for all"),
        ("a.txt", f"  # {DEAD}: on", f"  # {ALPHA}: on"),
        # A template is YAML, where a comment sets nothing.
        ("a.tpl", f"# {DEAD}: on for all", f"# {DEAD}: on for all"),
        # A string of Terraform's that is no YAML for sure is reported.
        ("a.tf", f'v = "podAnnotations: {{{DEAD}: true}}"', f'v = "podAnnotations: {{{DEAD}: true}}"'),
        # And these are sure.
        ("a.tpl", f"  {DEAD}: on  # for all", f'  {ALPHA}: "true"  # for all'),
        ("a.tpl", f'  "{DEAD}": yes', f'  "{ALPHA}": "true"'),
        ("a.tf", f'v = {{\n  "{DEAD}" = "yes"\n}}', f'v = {{\n  "{ALPHA}" = "true"\n}}'),
        (
            "a.sh",
            f"kubectl annotate ns x {DEAD}=yes --overwrite",
            f"kubectl annotate ns x {ALPHA}=true --overwrite",
        ),
        (
            "a.sh",
            f"""kubectl patch ns x -p '{{"{DEAD}": true}}'""",
            f"""kubectl patch ns x -p '{{"{ALPHA}": "true"}}'""",
        ),
    ],
)
def test_quotes_are_put_only_where_they_are_right(
    run: Run, write: Write, name: str, line: str, after: str
) -> None:
    head = TEMPLATE if name == "a.tpl" else ""
    path = write(name, head + line + "\n")
    run("fix", "-t", "2.17", name)
    assert path.read_text() == head + after + "\n"


def test_values_written_as_text_with_a_list_of_texts_stay_yaml(run: Run, write: Write) -> None:
    inner = f'    args: ["{DEAD}: true"]\n'
    whole = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  values: |\n"
    path = write("a.yaml", whole + inner)
    ended = run("fix", "-t", "2.17", "a.yaml")
    assert path.read_text() == whole + f'    args: ["{ALPHA}: \\"true\\""]\n'
    assert ended.code == 0


PAIR = r"\ud83d\ude00"


@pytest.mark.parametrize(
    "odd", [f'"x":"{PAIR}"', f'"{"k" * 900}":1', '"x":"\x7f"', '"x":"\x85"', '"x":"\u2028"', r'"x":"\ud83d"']
)
def test_json_that_yaml_would_refuse_is_fixed_all_the_same(run: Run, write: Write, odd: str) -> None:
    text = f'{{"a":{{"{DEAD}":true}},{odd}}}'
    path = write("a.json", text)
    assert run("fix", "-t", "2.17", "a.json").code == 0
    assert path.read_text() == text.replace(f'"{DEAD}":true', f'"{ALPHA}":"true"')


def test_a_file_without_a_layout_is_reported_and_the_others_are_fixed(run: Run, write: Write) -> None:
    long = f'{{"a":{{"{DEAD}":true}},"{"k" * 2000}":1}}'
    bad, good = write("a.json", long), write("b.yaml", f"podAnnotations:\n  {DEAD}: yes\n")
    ended = run("fix", "-t", "2.17", ".")
    assert ended.code == 2
    assert bad.read_text() == long
    assert "a.json" in ended.err
    assert "change it by hand" in ended.err
    assert ALPHA in good.read_text()
    ended = run("preview", "-t", "2.17", "-o", "text", "a.json")
    assert ended.code == 2
    assert "a.json:1:1: AFX101" in ended.out


@pytest.mark.parametrize(
    "text",
    [
        # A template inside of a text, and a text with nothing in it at the very end.
        "kind: ApplicationSet\napiVersion: argoproj.io/v1alpha1\nspec:\n  values: |\n    {{- if .n }}\n"
        f'    podAnnotations:\n      {DEAD}: "yes"\n    {{{{- end }}}}\n',
        f"podAnnotations:\n  {DEAD}: enabled\nextra:\n  values: |",
        f"podAnnotations: |\n  {DEAD}: yes\n",
        f"a:\n  values: &v |\n    podAnnotations:\n      {DEAD}: yes\nb:\n  values: *v\n",
    ],
)
def test_texts_in_yaml_are_fixed_whatever_is_around_them(run: Run, write: Write, text: str) -> None:
    path = write("a.yaml", text)
    assert run("fix", "-t", "2.17", "a.yaml").code == 0
    assert DEAD not in path.read_text()
    assert ALPHA in path.read_text()


def test_a_list_entry_keeps_the_comments_of_what_stays(run: Run, write: Write) -> None:
    text = f'items:\n  - {DEAD}: "true" # dead\n    # about foo\n    foo: bar\n    {BETA}: "true"\n'
    path = write("values.yaml", text)
    run("fix", "-t", "2.19", "values.yaml")
    assert path.read_text() == f'items:\n  - # about foo\n    foo: bar\n    {BETA}: "true"\n'


def test_a_key_without_a_value_can_be_renamed_beside_another(run: Run, write: Write) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n"
    path = write("pod.yaml", f"{pod}    {GA}:\n    {DEAD}: true\n")
    assert run("fix", "-t", "2.19", "--unsafe-fixes", "pod.yaml").code == 0
    assert path.read_text() == f'{pod}    {BETA}: "true"\n'


def test_a_key_that_helm_deletes_stays_beside_another(run: Run, write: Write) -> None:
    path = write("values.yaml", f"podAnnotations:\n  {GA}:\n  {DEAD}: true\n")
    assert run("fix", "-t", "2.19", "values.yaml").code == 0
    assert path.read_text() == f'podAnnotations:\n  {GA}:\n  {BETA}: "true"\n'


def test_a_service_called_labeler_has_annotations(run: Run, write: Write) -> None:
    path = write("values.yaml", f"labeler:\n  {DEAD}: yes\npodLabels:\n  {DEAD}: yes\n")
    run("fix", "-t", "2.17", "values.yaml")
    assert path.read_text() == f'labeler:\n  {ALPHA}: "true"\npodLabels:\n  {DEAD}: yes\n'


def test_long_lines_are_shown_around_their_finding(run: Run, write: Write) -> None:
    pods = [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": f"p{number}", "annotations": {DEAD: "maybe"}},
        }
        for number in range(300)
    ]
    write("a.json", json.dumps({"apiVersion": "v1", "kind": "List", "items": pods}))
    ended = run("preview", "-o", "text", "a.json")
    assert max(map(len, ended.out.splitlines())) < 400
    assert all(DEAD in line for line in ended.out.splitlines())


def test_a_link_beside_its_target_does_not_hide_it(run: Run, write: Write, tmp_path: Path) -> None:
    path = write("b.yaml", f"podAnnotations:\n  {DEAD}: yes\n")
    (tmp_path / "a.yaml").symlink_to("b.yaml")
    assert run("fix", "-t", "2.17", ".").code == 0
    assert ALPHA in path.read_text()


@pytest.mark.parametrize("char", ["\u2028", "\x85", "\x0c"])
def test_a_diff_can_be_applied_whatever_looks_like_a_line(
    run: Run, write: Write, tmp_path: Path, char: str
) -> None:
    path = write("u.tpl", f"{TEMPLATE}a: x{char}y\n{DEAD}: yes\n")
    ended = run("preview", "-q", "-t", "2.17", "u.tpl")
    applied = subprocess.run(
        ["patch", "--silent", str(path)], input=ended.out.encode(), capture_output=True, check=False
    )
    assert applied.returncode == 0, applied.stdout
    assert path.read_text() == f'{TEMPLATE}a: x{char}y\n{ALPHA}: "true"\n'


@pytest.mark.parametrize("name", ["broken.yaml", "./broken.yaml", ".//broken.yaml"])
def test_a_named_file_is_read_however_its_path_is_written(run: Run, write: Write, name: str) -> None:
    write("broken.yaml", "a: [\n")
    assert run("fix", name).code == 2


@pytest.mark.parametrize("pattern", ["!", "[z-a]"])
def test_a_wrong_pattern_is_an_error_in_an_option_and_ignored_in_gitignore(
    run: Run, write: Write, pattern: str
) -> None:
    write("a.yaml", f"podAnnotations:\n  {DEAD}: yes\n")
    ended = run("fix", "--exclude", pattern, ".")
    assert ended.code == 2
    assert ended.err == f"autofix: error: --exclude {pattern!r}: no pattern as in .gitignore; correct it\n"
    write(".gitignore", f"{pattern}\n")
    assert run("fix", "-t", "2.17", ".").code == 0


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        (".autofix.toml", "exclude = [1]\n", "a list of texts"),
        ("pyproject.toml", "tool = 3\n", ""),
    ],
)
def test_settings_of_wrong_types_are_errors(run: Run, write: Write, name: str, text: str, word: str) -> None:
    write(name, text)
    ended = run("preview", ".")
    assert ended.code == (2 if word else 0)
    assert word in ended.err


@pytest.mark.parametrize("form", ["sarif", "junit", "github", "text", "json"])
@pytest.mark.parametrize("name", [b"a\xff.yaml", b"a\x01.yaml"])
def test_odd_names_of_files_can_be_written(run: Run, tmp_path: Path, form: str, name: bytes) -> None:
    import os

    with open(os.path.join(os.fsencode(tmp_path), name), "w") as file:  # noqa: PTH118, PTH123  # bytes
        file.write(f"podAnnotations:\n  {DEAD}: yes\n")
    ended = run("preview", "-o", form, ".")
    assert ended.code == 1, ended.err
    if form == "junit":
        from xml.etree import ElementTree

        ElementTree.fromstring(ended.out.encode())  # noqa: S314  # our own


def test_an_internal_error_is_one_line_and_a_stream_passes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("autofix.cli.fix.check_files", broken)
    ended = run("fix", "-", stdin=b"a: 1\n")
    assert (ended.code, ended.out) == (2, "a: 1\n")
    assert ended.err == (
        "autofix: error: internal error: RuntimeError: planted; please report it with the input\n"
    )
