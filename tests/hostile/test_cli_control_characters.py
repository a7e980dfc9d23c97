"""S16: whatever names, keys, values and messages hold, no terminal and no runner obeys it."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from builders import ALPHA, WRONG
from commands import AUTOFIX, STEERING, assert_harmless, assert_said, run
from forged import FORGED, FORMATS, NAME, hostile_pod, ordinary_pod, quoted
from hypothesis import given
from hypothesis import strategies as st

import autofix
from autofix.report.printable import escaped, escaped_in_diff, without_controls

# Each with its name: a text with raw controls where YAML allows them, and one that is no YAML at all.
FILES = {
    "pod.yaml": hostile_pod(),
    "raw.yaml": ordinary_pod() + "# \u202e\u2066 \u200f##[stop-commands]x\n",
    "command.yaml": f"a:\n  x: >\n    b\n    ::stop-commands::x\n  podAnnotations:\n    {WRONG}: 'true'\n",
    "plain.md": f"::add-mask::x {WRONG}: 'true' \x1b[31m\x9b\u202e\r ##vso[task.setvariable]x\n",
    "values.yaml": f"podAnnotations:\n  {WRONG}: {quoted(FORGED)}\n  {quoted('linkerd.io/' + FORGED)}: 'x'\n",
    "broken.yaml": f"a: {WRONG}\nb: *\u202e\u2066x\n",
    "tag.yaml": f"a: {WRONG}\nb: !!int {quoted(FORGED)}\n",
    "control.yaml": f"a: {WRONG}\nb: \x1b[31m\n",
    "latin.yaml": "linkerd.io: é\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files with hostile contents, under ordinary names, hostile ones, and below a hostile folder."""
    inside = tmp_path / "files"
    for parent in (inside, inside / f"sub{NAME}"):
        parent.mkdir()
        for number, (name, text) in enumerate(FILES.items()):
            encoding = "latin-1" if name.startswith("latin") else "utf-8"
            (parent / name).write_bytes(text.encode(encoding))
            hostile = f"::error file={number}::{NAME}{name}".encode()
            Path(os.fsdecode(os.fsencode(inside) + b"/\xff" + hostile)).write_bytes(text.encode(encoding))
            (inside / hostile.decode()).write_bytes(text.encode(encoding))
    return inside


@pytest.mark.parametrize("release", ["2.17", "edge-25.10.7"])
@pytest.mark.parametrize("form", FORMATS)
def test_no_format_of_preview_hands_anything_on(folder: Path, form: str, release: str) -> None:
    code, out, errors = run(
        "preview", "-o", form, "-t", release, "--include", "*.md", ".", "missing" + NAME, folder=folder
    )
    assert code == 2
    assert_said(errors)
    shown = out.replace("\t", "") if form == "diff" else out
    assert_harmless(shown, own_commands=form == "github")
    # Nothing is hidden: the files are named.
    named = {name for name in FILES if name in out + errors}
    assert named == set(FILES) or form in ("diff", "jsonpatch"), named


@pytest.mark.parametrize("form", ["diff", "text"])
def test_every_line_of_a_report_is_one_of_ours(folder: Path, form: str) -> None:
    _, out, _ = run("preview", "-o", form, "-t", "2.17", ".", folder=folder)
    starts = ("--- ", "+++ ", "@@ ", " ", "-", "+", "\\") if form == "diff" else ("    ",)
    finding = r"\.(yaml|md):"
    lines = out.removesuffix("\n").split("\n")
    assert [line for line in lines if not line.startswith(starts) and not re.search(finding, line)] == []


@pytest.mark.parametrize("form", ["json", "jsonpatch", "sarif"])
def test_machine_formats_keep_exactly_what_was_there(tmp_path: Path, form: str) -> None:
    (tmp_path / "pod.yaml").write_text(hostile_pod())
    _, out, _ = run("preview", "-o", form, "-t", "2.17", "pod.yaml", folder=tmp_path)
    texts = list(_strings(json.loads(out)))
    wanted = {
        "json": f"config.linkerd.io/{FORGED}",
        "jsonpatch": f"/metadata/annotations/{ALPHA.replace('/', '~1')}",
        "sarif": FORGED,
    }[form]
    assert any(wanted in text for text in texts)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(child)


def test_junit_is_still_xml(folder: Path) -> None:
    _, out, _ = run("preview", "-o", "junit", "-t", "2.17", ".", folder=folder)
    root = ElementTree.fromstring(out)  # noqa: S314  # our own
    assert r"\x1b" in "".join(case.attrib["classname"] for case in root.iter("testcase"))


def test_a_workflow_command_names_the_exact_file(tmp_path: Path) -> None:
    name = "a,b:c%\nd.yaml"
    (tmp_path / name).write_text(ordinary_pod())
    _, out, _ = run("preview", "-o", "github", "-t", "2.17", ".", folder=tmp_path)
    assert "file=a%2Cb%3Ac%25%0Ad.yaml,line=" in out


@pytest.mark.parametrize("arguments", [(), ("-o", "json")])
def test_explain_hands_nothing_on(folder: Path, arguments: tuple[str, ...]) -> None:
    _, out, errors = run("explain", *arguments, "-t", "2.17", ".", folder=folder)
    assert_said(errors)
    assert_harmless(out)
    assert "pod.yaml" in out


def test_fix_hands_nothing_on_and_fixes(folder: Path) -> None:
    code, out, errors = run("fix", "-t", "2.17", ".", folder=folder)
    assert code == 2
    assert_harmless(out)
    assert_said(errors)
    fixed = [path for path in folder.rglob("*pod.yaml") if ALPHA in path.read_text()]
    assert len(fixed) == 4


def test_the_filter_says_nothing_raw_and_passes_the_document_on(tmp_path: Path) -> None:
    text = hostile_pod() + "# \u202e \u2066\n"
    code, out, errors = run("fix", "-t", "2.17", "-", folder=tmp_path, stdin=text.encode())
    assert code == 1
    assert out == text.replace(WRONG, ALPHA)
    assert_harmless(errors)


@pytest.mark.parametrize(
    "arguments",
    [
        ("preview", f"--{NAME}"),
        ("preview", "-o", NAME),
        (NAME,),
        ("preview", "--color", NAME),
        ("preview", "-t", NAME),
        ("preview", "--select", "x" + NAME),
        ("preview", "--kubernetes", NAME),
        ("preview", "--wait-before-exit-seconds", NAME),
        ("preview", "--exclude", "x\x1b[31m]\n::stop-commands::x\\", "."),
        ("preview", NAME),
        ("rules", NAME),
        ("completion", NAME),
        ("explain", NAME),
        ("fix", NAME),
        ("scan", "--kubeconfig", NAME),
        ("scan", "--interval", NAME),
        ("doctor", "--kubeconfig", NAME),
        ("probe", "--kubeconfig", NAME),
    ],
    ids=lambda arguments: " ".join(arguments[:2]).replace(NAME, "X"),
)
def test_errors_about_arguments_echo_nothing_raw(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, out, errors = run(*arguments, folder=tmp_path)
    assert code == 2
    assert errors
    assert_said(errors)
    assert_harmless(out)


@pytest.mark.parametrize(
    "toml",
    [
        f"{json.dumps(FORGED)} = 1".replace("\x7f", "\\u007f"),
        f"linkerd = {json.dumps(FORGED)}".replace("\x7f", "\\u007f"),
        "linkerd = \x1b[31m",
        "a" * 10 + "\u202e",
    ],
)
def test_errors_about_settings_echo_nothing_raw(tmp_path: Path, toml: str) -> None:
    (tmp_path / ".autofix.toml").write_text(toml)
    code, _, errors = run("preview", ".", folder=tmp_path)
    assert code == 2
    assert_said(errors)


@pytest.mark.parametrize("variable", ["AUTOFIX_LINKERD", "AUTOFIX_SELECT", "AUTOFIX_NATIVE_SIDECAR_DEFAULT"])
def test_errors_about_the_environment_echo_nothing_raw(tmp_path: Path, variable: str) -> None:
    (tmp_path / "pod.yaml").write_text(hostile_pod())
    code, _, errors = run("preview", ".", folder=tmp_path, environment={variable: "x" + NAME})
    assert code == 2
    assert_said(errors)


ORDINARY = (
    "\ufeff# é 漢字 \U0001f469\u200d\U0001f680\tof\ttabs\r\napiVersion: v1\r\nkind: Pod\r\nmetadata:\r\n"
    "  annotations:\r\n    {key}: 'true'\r\n"
)


@pytest.mark.parametrize("name", ["pod.yaml", "é.yaml", "x\x1b[31m\ny\t\u202e.yaml", '"q"\\.yaml'])
@pytest.mark.parametrize(
    "tool", [("git", "apply", "-p0"), ("patch", "-p0", "--binary")], ids=lambda tool: tool[0]
)
def test_the_diff_of_ordinary_contents_applies(tmp_path: Path, name: str, tool: tuple[str, ...]) -> None:
    """Tabs, CR LF, a byte order mark and joiners are ordinary; a name is quoted as git does."""
    (tmp_path / name).write_bytes(ORDINARY.format(key=WRONG).encode())
    _, out, errors = run("preview", "-t", "2.17", ".", folder=tmp_path)
    assert "cannot be applied" not in errors
    ended = subprocess.run(tool, cwd=tmp_path, input=out.encode(), capture_output=True, check=False)
    assert ended.returncode == 0, ended
    assert (tmp_path / name).read_bytes() == ORDINARY.format(key=ALPHA).encode()


def test_a_diff_with_control_characters_says_that_it_cannot_be_applied(tmp_path: Path) -> None:
    text = f"podAnnotations:\n  # \u202eevil\u202c\n  {WRONG}: 'true'\n"
    (tmp_path / "values.yaml").write_text(text)
    code, out, errors = run("preview", "-t", "2.17", "values.yaml", folder=tmp_path)
    assert code == 1
    assert r"   # \u202eevil\u202c" in out.split("\n")
    assert "cannot be applied" in errors
    assert run("fix", "-q", "-t", "2.17", "values.yaml", folder=tmp_path)[0] == 0
    assert (tmp_path / "values.yaml").read_text() == text.replace(WRONG, ALPHA)


@given(st.text() | st.text(alphabet=st.sampled_from(list(FORGED + ":#[]\\ a\t"))))
def test_escaping_leaves_one_harmless_line_and_is_done_once(text: str) -> None:
    shown = escaped(text)
    assert not STEERING.search(shown)
    assert "\n" not in shown
    assert escaped(shown) == shown
    assert escaped_in_diff(shown) == shown == without_controls(shown)
    shown.encode()


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters=":#")))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert escaped(text) == escaped_in_diff(text) == text


# Whatever writes to a stream, or makes something that does. All but these go through autofix.cli.output.
WRITERS = {
    "cli/output.py": {"print", "stdout", "stderr", "write", "buffer"},
    # The streams themselves, and whether they are terminals.
    "cli/streams.py": {"stdout", "stderr", "write", "buffer"},
    "cli/main.py": {"stdout"},
    "cli/scan.py": {"stdout"},
    "cli/scan_fix.py": {"stdout"},
    "cli/scan_watch.py": {"stdout"},
    "cli/colour.py": {"stdout"},
    "cli/arguments.py": {"__stdout__"},
    # Bars with fixed words; logging is a handler that says.
    "cli/inputs.py": {"stderr", "tqdm", "buffer"},
    "cli/connection.py": {"stderr", "tqdm", "logging"},
    # Standard input.
    "cli/krm.py": {"buffer"},
    "cli/fix.py": {"buffer"},
    # A file.
    "text/edit/atomic_write.py": {"write"},
    # The width of words; what it makes is a text.
    "report/columns.py": {"rich"},
    # The webhook's log; the command line shows none of the informer's.
    "kubeapi/informer.py": {"logging"},
    "kubeapi/credentials.py": {"logging"},
}
_NAMES = {"print", "input", "tqdm", "logging", "warnings", "traceback", "pprint", "rich", "click"}
_ATTRIBUTES = {"stdout", "stderr", "__stdout__", "__stderr__", "write", "writelines", "buffer", "print_exc"}


def test_nothing_else_writes_to_a_stream() -> None:
    home = Path(autofix.__file__).parent
    found: dict[str, set[str]] = {}
    for path in sorted(home.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            for name in _writes(node):
                found.setdefault(path.relative_to(home).as_posix(), set()).add(name)
    assert found == WRITERS


def _writes(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        yield from {node.func.id} & _NAMES
    elif isinstance(node, ast.Attribute):
        yield from {node.attr} & _ATTRIBUTES
    elif isinstance(node, ast.Import):
        yield from {alias.name.partition(".")[0] for alias in node.names} & _NAMES
    elif isinstance(node, ast.ImportFrom):
        yield from {(node.module or "").partition(".")[0]} & _NAMES


def test_the_installed_script_is_the_same_command(tmp_path: Path) -> None:
    (tmp_path / f"x{NAME}.yaml").write_text(hostile_pod())
    script = Path(sys.executable).with_name("autofix")
    ended = subprocess.run(
        [script, "preview", "-o", "text", "-t", "2.17", "."], cwd=tmp_path, capture_output=True, check=False
    )
    module = subprocess.run(
        [*AUTOFIX, "preview", "-o", "text", "-t", "2.17", "."], cwd=tmp_path, capture_output=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, module.stdout, module.stderr)
