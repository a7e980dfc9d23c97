"""Checks YAML that is no object of a cluster, or a patch of one: each document by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from autofix.engine.api import Result, by_hand
from autofix.engine.examine import Suppressed
from autofix.kubernetes.pointer import Path
from autofix.readers.model import Target
from autofix.readers.plain.directives import directive_reason
from autofix.text.document import Document
from autofix.text.expressions import with_intent, without_intent
from autofix.text.file import text_of
from autofix.text.fragments import fix_fragment
from autofix.text.owners import OwnerLevel
from autofix.text.part import Part
from autofix.text.run import Run, codes_ignored
from autofix.text.special_paths import SpecialPaths
from autofix.text.waits import namespaces_of, wait_in, wait_of_namespaces

CheckDocument = Callable[[Document, SpecialPaths | None], Result]

# The start of ytt's expressions, which are comments to YAML.
_YTT: Final = "#@"
_LEVELS: Final[Mapping[Target, OwnerLevel]] = {
    Target.NAMESPACE: "namespace",
    Target.WORKLOAD: "workload",
    Target.LABELS: "labels",
}


def make_check_document(
    part: Part, run: Run, suppressed: Mapping[int, Suppressed], ignored: frozenset[str]
) -> CheckDocument:
    """Make the check of the documents of a text that are judged by themselves.

    Args:
        part: the text.
        run: what the other texts say.
        suppressed: codes that comments switch off, by the index of the document.
        ignored: codes that the text around it switches off.

    Returns:
        The check. The text of a JSON document is the whole file: each search in it is made once.
    """
    inner = part.inner
    is_template = inner is not None and bool(inner.holes)
    own: OwnerLevel = _LEVELS.get(inner.target, "pod") if inner else "pod"
    is_linkerd_values = inner is not None and inner.target is Target.LINKERD_VALUES
    # The text around it may say the Namespace of what is inside.
    around = [inner.namespace] if inner and inner.namespace else []
    wait_of, reason_of, is_ytt = cache(wait_in), cache(directive_reason), cache(_has_ytt)

    def check_document(document: Document, paths: SpecialPaths | None) -> Result:
        text = text_of(part.file, document)
        unknown: frozenset[Path] = paths.expressions if paths else frozenset()
        codes = ignored | codes_ignored(document, run)
        results = [
            fix_fragment(
                with_intent(document.value, unknown, paths.printed if paths else (), intent=intent),
                run.options._replace(codes=run.options.codes - codes),
                suppressed.get(document.index, {}),
                wait_of(text) or wait_of_namespaces(namespaces_of(document.value) or around, run.waits),
                null_removes=not is_ytt(text) and not is_template,
                own=own,
                is_linkerd_values=is_linkerd_values,
            )
            for intent in ((True, False) if unknown else (True,))
        ]
        result = without_intent(document.value, results, unknown) if unknown else results[0]
        reason = reason_of(text) if result.operations else None
        return by_hand(result, document.value, reason) if reason else result

    return check_document


def _has_ytt(text: str) -> bool:
    return _YTT in text
