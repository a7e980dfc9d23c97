"""Checks the fragments of a text, each as the object that it makes or changes."""

from __future__ import annotations

from typing import NamedTuple

from autofix.linkerd.keys import is_native_like
from autofix.readers.model import REMOVED_TOO, Fragment, Target
from autofix.text.checked_document import CheckedDocument, FindingPlace
from autofix.text.document import Document
from autofix.text.edit.text_edit import TextEdit
from autofix.text.fragment_check import SettingText, check_fragment, texts_of
from autofix.text.languages import PLAIN
from autofix.text.lines import lines_of
from autofix.text.part import Part
from autofix.text.run import Run
from autofix.text.suppressions import suppressed_lines
from autofix.text.waits import wait_in, wait_of_namespaces, wait_set_by


class CheckedFragments(NamedTuple):
    """The fragments of a text, checked; positions count in this text.

    Attributes:
        documents: their findings, a document for each fragment.
        edits: the edits of their fixes.
        after: what their settings say once the edits are made.
    """

    documents: tuple[CheckedDocument, ...] = ()
    edits: tuple[TextEdit, ...] = ()
    after: tuple[SettingText, ...] = ()


def check_fragments(part: Part, run: Run, ignored: frozenset[str]) -> CheckedFragments:
    """Check the fragments of a text.

    Args:
        part: the text.
        run: what the other texts say.
        ignored: codes that the text around it switches off.
    """
    file, lines = part.file, lines_of(part.file.text)
    codes_by_line = suppressed_lines(file.text, lines)
    options = run.options._replace(codes=run.options.codes - ignored)
    text_wait = wait_in(file.text) if file.language == PLAIN else {}
    # Two commands may annotate the same object.
    waits = {_owner(each): wait for each in part.fragments if each.name and (wait := wait_set_by(each))}
    removes = any(
        is_native_like(setting.key) and not setting.is_set
        for fragment in part.fragments
        for setting in fragment.settings
    )
    checked: list[CheckedDocument] = []
    edits: list[TextEdit] = []
    after: list[SettingText] = []
    for number, fragment in enumerate(part.fragments):
        settings = [setting for setting in fragment.settings if setting.is_set]
        if not settings:
            after.extend(texts_of(fragment))
            continue
        codes = {
            setting.key: codes_by_line.get(lines.number(setting.key_span[0]), frozenset())
            for setting in settings
        }
        reason = fragment.reason or (part.inner.reason if part.inner else "")
        reason = reason or (REMOVED_TOO if removes else "")
        names = [fragment.namespace] if fragment.namespace else []
        wait = text_wait or waits.get(_owner(fragment)) or wait_of_namespaces(names, run.waits)
        result, edits_by_key, texts = check_fragment(fragment._replace(reason=reason), options, codes, wait)
        start = settings[0].key_span[0]
        value = result.object
        document = Document(file.source, file.above + lines.number(start), number, value)
        starts = {setting.key: setting.key_span[0] for setting in settings}
        places = {
            finding: FindingPlace(
                starts.get(str(finding.path[-1] if finding.path else ""), start),
                edits_by_key.get(finding.key or "", ()) if finding.edits else (),
            )
            for finding in result.findings
        }
        checked.append(CheckedDocument(document, result, places))
        edits.extend(edit for key_edits in edits_by_key.values() for edit in key_edits)
        after.extend(texts)
    return CheckedFragments(tuple(checked), tuple(edits), tuple(after))


def _owner(fragment: Fragment) -> tuple[Target, str, str, str]:
    return fragment.target, fragment.namespace, fragment.kind, fragment.name
