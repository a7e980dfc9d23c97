"""One HTML page that needs nothing else: for people who do not work in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from autofix import __version__
from autofix.cluster.evaluate import Evaluation
from autofix.cluster.scan import Scan
from autofix.report import Report, as_diff
from autofix.report.as_table import origin
from autofix.report.printable import escaped
from autofix.rules.finding import Applicability, Finding
from autofix.rules.registry import RULES
from autofix.text.check import CheckedFile


def render(report: Report) -> Iterator[str]:
    """Write a page.

    Args:
        report: a report on a cluster.

    Yields:
        The lines of one text.
    """
    if not report.scans:
        raise ValueError("the page shows a cluster")
    # Imported here: no other format needs it.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    pages = Environment(
        loader=PackageLoader("autofix.report", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        finalize=_harmless,
    )
    counts = Counter(finding.code for file in report.files for finding in file.findings)
    evaluations = ((scan, evaluation) for scan in report.scans for evaluation in scan.evaluations)
    objects = zip(evaluations, report.files, strict=True)
    shown = [_object(scan, evaluation, file) for (scan, evaluation), file in objects if file.findings]
    page = pages.get_template("scan.html").render(
        findings=counts.total(),
        codes=[(code, RULES[code].title, number) for code, number in sorted(counts.items())],
        groups=[
            {"name": name, "objects": list(members)}
            for name, members in groupby(shown, key=itemgetter("namespace"))
        ],
        problems=[
            *(str(error) for error in report.errors),
            *(str(warning) for scan in report.scans for warning in scan.warnings),
        ],
        clusters=[_cluster(scan) for scan in report.scans],
        version=__version__,
    )
    yield from page.split("\n")


def _harmless(value: object) -> object:
    """Escape every text that the page shows."""
    return escaped(value) if isinstance(value, str) else value


def _cluster(scan: Scan) -> dict[str, Any]:
    return {
        "context": scan.context,
        "objects": scan.objects,
        "moment": scan.moment.strftime("%Y-%m-%d %H:%M UTC"),
        "release": scan.options.release.text,
        "kubernetes": str(scan.options.kubernetes or ""),
    }


def _object(scan: Scan, evaluation: Evaluation, file: CheckedFile) -> dict[str, Any]:
    reference = evaluation.reference
    is_namespace = reference.kind == "Namespace"
    namespace = reference.name if is_namespace else reference.namespace
    return {
        "namespace": f"{scan.context}: {namespace}" if scan.context else namespace,
        "name": reference.kind if is_namespace else f"{reference.kind} {reference.name}",
        "owner": str(evaluation.owner or ""),
        "today": evaluation.today,
        "after": evaluation.after,
        "findings": [_finding(reference.kind, finding) for finding in file.findings],
        "diff": [line for line in as_diff.render(Report([file])) if not line.startswith(("---", "+++"))],
    }


def _finding(kind: str, finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "fix": "" if finding.applicability is Applicability.DISPLAY else finding.applicability.value,
        "origin": origin(kind, finding.path),
        "message": finding.message,
        "withheld": finding.withheld,
    }
