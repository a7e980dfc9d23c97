"""JUnit XML, for CI systems that show test results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from autofix.errors import AutofixError
from autofix.report.places import by_line
from autofix.report.printable import escaped
from autofix.text.check import CheckedFile


def render(checked: Sequence[CheckedFile], failures: Sequence[AutofixError]) -> Iterator[str]:
    """Write a test suite a file: a failed case a finding, or one case that passed.

    Args:
        checked: the files, in order.
        failures: what could not be read; each is a suite with an error.

    Yields:
        The lines of one text.
    """
    root = ElementTree.Element("testsuites", name="autofix")
    for one in checked:
        places, source = by_line(one), escaped(one.file.source)
        suite = _suite(root, one.file.source, len(places) or 1, failures=len(places))
        if not places:
            ElementTree.SubElement(suite, "testcase", classname=source, name="autofix")
        for place in places:
            name = f"{place.finding.code} {place.line}:{place.column}"
            case = ElementTree.SubElement(suite, "testcase", classname=source, name=name)
            message = escaped(place.finding.message)
            ElementTree.SubElement(case, "failure", type=place.finding.severity, message=message)
    for failure in failures:
        suite = _suite(root, "unreadable", 1, errors=1)
        case = ElementTree.SubElement(suite, "testcase", classname="unreadable", name="read")
        ElementTree.SubElement(case, "error", message=escaped(str(failure)))
    ElementTree.indent(root)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    # What XML 1.0 cannot hold is escaped above, and line breaks are.
    yield from ElementTree.tostring(root, encoding="unicode").split("\n")


def _suite(
    root: ElementTree.Element, name: str, tests: int, failures: int = 0, errors: int = 0
) -> ElementTree.Element:
    counts = {"tests": str(tests), "failures": str(failures), "errors": str(errors)}
    return ElementTree.SubElement(root, "testsuite", {"name": escaped(name), **counts})
