"""Linkerd's own Helm values in YAML: a values file, or an object that installs Linkerd's chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from autofix.engine.examine import Examined, Reading, Suppressed, examine
from autofix.engine.options import Options
from autofix.kubernetes.locations import Location, Role
from autofix.kubernetes.pointer import Path
from autofix.linkerd.helm import find_linkerd_values, linkerd_values_in
from autofix.rules.context import Context
from autofix.rules.finding import Applicability, Finding, withhold

_LOCATION: Final = Location(Role.LINKERD_VALUES, (), None, "")
_MOVE: Final = "autofix does not move a value to another mapping; move it by hand"
# A rename, then what is left of other names: more names than people write for one value.
_MOST_ROUNDS: Final = 20


class _Round(NamedTuple):
    """The findings about some values, and the values after the fixes that the text has place for."""

    findings: tuple[Finding, ...]
    after: dict[str, object]


def examine_linkerd_values(
    document: object, options: Options, suppressed: Suppressed, *, is_values: bool = False
) -> Iterator[Examined]:
    """Examine Linkerd's Helm values in a document.

    Args:
        document: a values file, or any other document.
        options: the options.
        suppressed: codes that are switched off at a key, by the key's path.
        is_values: whether the text around the document says that it holds values of Linkerd's chart.

    Yields:
        An answer for each place with such values. Its paths are those of the document.
    """
    places: Iterable[tuple[Path, Mapping[str, object]]] = find_linkerd_values(document)
    if is_values:
        places = [((), document)] if isinstance(document, dict) else ()
    for base, values in places:
        entries = linkerd_values_in(values)
        if not entries:
            continue
        unheard: Suppressed = {
            (path,): codes for path in entries if (codes := suppressed.get(_place(base, path)))
        }
        first = last = _examine_round(entries, options, unheard)
        for _ in range(_MOST_ROUNDS):
            after, last = last.after, _examine_round(last.after, options, unheard)
            if last.after == after:
                break
        yield Examined(
            findings=tuple(_in_document(finding, base) for finding in first.findings),
            remaining=tuple(_in_document(finding, base) for finding in last.findings),
            before=_maps(base, entries, last.after, entries),
            after=_maps(base, entries, last.after, last.after),
            changes_injection=False,
        )


def _examine_round(entries: Mapping[str, object], options: Options, suppressed: Suppressed) -> _Round:
    """Examine values, and make the fixes that stay within a mapping and touch none of the same keys."""
    examined = examine(Reading((_LOCATION,), {(): entries}, (), built_in=False), Context(options), suppressed)
    findings = tuple(
        finding if _stays(finding) else withhold(finding, _MOVE) for finding in examined.findings
    )
    applied = (Applicability.SAFE, Applicability.UNSAFE) if options.unsafe else (Applicability.SAFE,)
    after = dict(entries)
    touched: set[str] = set()
    for finding in findings:
        if finding.applicability not in applied or not touched.isdisjoint(edit.key for edit in finding.edits):
            continue
        for edit in finding.edits:
            touched.add(edit.key)
            if edit.value is None:
                after.pop(edit.key, None)
            else:
                after[edit.key] = edit.value
    return _Round(findings, after)


def _stays(finding: Finding) -> bool:
    return len({edit.key.rpartition(".")[0] for edit in finding.edits}) <= 1


def _in_document(finding: Finding, base: Path) -> Finding:
    """Place a finding, and each edit of its fix, in the document."""
    fix = finding.fix
    if fix is not None:
        edits = (
            edit._replace(path=_place(base, edit.key)[:-1], key=str(_place(base, edit.key)[-1]))
            for edit in fix.edits
        )
        finding = finding._replace(fix=fix._replace(edits=tuple(edits)))
    [path] = finding.path
    return finding._replace(path=_place(base, str(path)))


def _place(base: Path, path: str) -> Path:
    return (*base, *path.split("."))


def _maps(
    base: Path, before: Mapping[str, object], after: Mapping[str, object], entries: Mapping[str, object]
) -> dict[Path, dict[str, object]]:
    """Return some of the values by the mapping that they stand in."""
    maps: dict[Path, dict[str, object]] = {_place(base, path)[:-1]: {} for path in (*before, *after)}
    for path, value in entries.items():
        *parents, name = _place(base, path)
        maps[tuple(parents)][str(name)] = value
    return maps
