"""The documents tell the truth: links lead somewhere, examples run, the rules' pages are current."""

from __future__ import annotations

import io
import re
import shlex
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stdout
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from paths import ROOT

from autofix.cli import main
from autofix.cluster.doctor.__main__ import doctor_document
from autofix.cluster.doctor.__main__ import main as write_doctor_document
from autofix.cluster.doctor.registry import CHECKS, check_address
from autofix.errors import AutofixError
from autofix.rules.__main__ import main as write_documents
from autofix.rules.__main__ import rules_document, with_eras
from autofix.rules.pages import PLACEHOLDERS, page, page_address
from autofix.rules.registry import RULES, Rule

DOCUMENTS = sorted(path for name in ("*.md", "docs/**/*.md", "examples/**/*.md") for path in ROOT.glob(name))
# Rooms of the code: documents name a module by its room, such as `engine/verify`.
ROOMS = [path for home in ("autofix", "webhook") for path in (ROOT / home).iterdir() if path.is_dir()]
FOLDERS = {"autofix", "webhook", "tests", "bench", "deploy", "docs", "examples"}
PARSER = MarkdownIt("commonmark").enable("table")


def tokens(path: Path) -> Iterator[Token]:
    for block in PARSER.parse(path.read_text(encoding="utf-8")):
        yield block
        yield from block.children or ()


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub makes of a document's headings."""
    found = list(tokens(path))
    headings = [after.content for token, after in pairwise(found) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_inside_the_project_leads_somewhere(path: Path) -> None:
    for token in tokens(path):
        target = token.attrGet("href") or token.attrGet("src")
        if not isinstance(target, str) or re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        assert found.exists(), f"{path.name}: {target} does not exist"
        assert found.is_relative_to(ROOT), f"{path.name}: {target} leads out of the project"
        assert not anchor or anchor in anchors(found), f"{path.name}: {target} has no such heading"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_in_code_spans_exists(path: Path) -> None:
    homes = (ROOT, ROOT / "autofix", ROOT / "webhook")
    for token in tokens(path):
        span = token.content.rstrip("/")
        if token.type != "code_inline" or not re.fullmatch(r"[\w-]+(/[\w.-]+)+", span):
            continue
        # AFXNNN stands for any rule.
        if "NNN" not in span and span.partition("/")[0] in {*FOLDERS, *(room.name for room in ROOMS)}:
            candidates = [home / f"{span}{end}" for home in homes for end in ("", ".py")]
            assert any(map(Path.exists, candidates)), f"{path.name}: {span} does not exist"


def blocks(path: Path, language: str) -> list[str]:
    return [token.content for token in tokens(path) if token.type == "fence" and token.info == language]


def test_the_readmes_python_runs() -> None:
    [code] = blocks(ROOT / "README.md", "python")
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102  # our own document


def test_the_readmes_commands_print_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    [session] = blocks(ROOT / "README.md", "console")
    for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        shown = io.StringIO()
        with redirect_stdout(shown):
            main(shlex.split(command)[1:])
        assert shown.getvalue() == expected


def test_the_rules_document_is_current() -> None:
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == rules_document(), "run `make docs`"


def test_the_doctor_document_is_current() -> None:
    assert (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8") == doctor_document(), "run `make docs`"


# The only place where the address of our documents is written.
BASE: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"][
    "Documentation"
]
ADDRESSES = {
    **{code: page_address(rule) for code, rule in RULES.items()},
    **{name: check_address(name) for name in CHECKS},
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_address_of_a_page_leads_to_a_heading(name: str) -> None:
    url = ADDRESSES[name]
    assert url is not None, "run `make setup`: the installed metadata names no address"
    file, _, anchor = url.removeprefix(f"{BASE}/").partition("#")
    assert anchor in anchors(ROOT / "docs" / file)


def test_nothing_else_writes_the_address_of_our_documents() -> None:
    """Links inside the documents are relative, and the code takes the address from the metadata."""
    project = BASE.partition("/blob/")[0]
    texts = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    texts += [path for path in ROOT.iterdir() if path.suffix]
    assert len(texts) > 1000
    writers = [path for path in texts if path.is_file() and project.encode() in path.read_bytes()]
    assert writers == [ROOT / "pyproject.toml"]


def test_the_readmes_table_of_keys_is_current() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert with_eras(text) == text, "run `make docs`"


def test_make_docs_writes_the_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    begin, end = text.index("| Linkerd | key |"), text.index("<!-- /eras -->")
    (tmp_path / "README.md").write_text(f"{text[:begin]}| an old table |\n\n{text[end:]}", encoding="utf-8")
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path)
    write_documents()
    write_doctor_document()
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == text
    assert (tmp_path / "docs" / "rules.md").read_text(encoding="utf-8") == rules_document()
    assert (tmp_path / "docs" / "doctor.md").read_text(encoding="utf-8") == doctor_document()


def test_a_document_without_the_markers_is_refused() -> None:
    with pytest.raises(AutofixError, match="/eras"):
        with_eras("# A document\n")


@pytest.mark.parametrize("placeholder", PLACEHOLDERS)
def test_every_placeholder_is_used_and_filled(placeholder: str) -> None:
    users = [rule for rule in RULES.values() if placeholder in rule.page]
    assert users
    for rule in users:
        assert PLACEHOLDERS[placeholder]() in page(rule)


def test_no_page_has_a_placeholder_that_is_not_known() -> None:
    for rule in RULES.values():
        assert not re.search(r"^\{[\w ]+\}$| \{[\w ]+\}", page(rule), re.MULTILINE)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_every_rule_has_a_whole_page(rule: Rule) -> None:
    for heading in ("What it does", "Why is this bad", "Example", "Fix safety"):
        assert f"\n## {heading}\n" in rule.page
