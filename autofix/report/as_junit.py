"""JUnit XML, for CI systems that show test results."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from autofix.report import Report
from autofix.report.positions import by_position
from autofix.report.printable import escaped


def render(report: Report) -> Iterator[str]:
    """Write a test suite for each file: one failed case for each finding, or one case that passed.

    Args:
        report: what to show; each of its errors is a suite with an error.

    Yields:
        The lines of one text.
    """
    root = ElementTree.Element("testsuites", name="autofix")
    for file in report.files:
        positions, source = by_position(file), escaped(file.file.source)
        suite = _suite(root, file.file.source, len(positions) or 1, failures=len(positions))
        if not positions:
            ElementTree.SubElement(suite, "testcase", classname=source, name="autofix")
        for position in positions:
            name = f"{position.finding.code} {position.line}:{position.column}"
            case = ElementTree.SubElement(suite, "testcase", classname=source, name=name)
            message = escaped(position.finding.message)
            ElementTree.SubElement(case, "failure", type=position.finding.severity, message=message)
    for error in report.errors:
        suite = _suite(root, "unreadable", 1, errors=1)
        case = ElementTree.SubElement(suite, "testcase", classname="unreadable", name="read")
        ElementTree.SubElement(case, "error", message=escaped(str(error)))
    ElementTree.indent(root)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    # Characters that XML 1.0 cannot hold are escaped above, and so are line breaks.
    yield from ElementTree.tostring(root, encoding="unicode").split("\n")


def _suite(
    root: ElementTree.Element, name: str, tests: int, failures: int = 0, errors: int = 0
) -> ElementTree.Element:
    counts = {"tests": str(tests), "failures": str(failures), "errors": str(errors)}
    return ElementTree.SubElement(root, "testsuite", {"name": escaped(name), **counts})
