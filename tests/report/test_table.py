"""The table of a scan: one line for each finding, and as wide as the terminal."""

from __future__ import annotations

from datetime import UTC, datetime

from builders import WRONG, workload

from autofix.cluster.evaluate import evaluate
from autofix.cluster.inventory import Inventory
from autofix.cluster.models import custom_object
from autofix.cluster.scan import Scan
from autofix.engine.options import options
from autofix.kubernetes.kinds import KINDS
from autofix.report import Report, as_table
from autofix.report.manifests import manifests


def table(width: int | None) -> list[str]:
    [deployment] = [kind for kind in KINDS if kind.kind == "Deployment"]
    web = custom_object(deployment, workload(annotations={WRONG: "true"}))
    settings = options(release="2.17", ignore="AFX404")
    now = datetime.now(UTC)
    objects = evaluate(Inventory(objects=[web], kinds=KINDS), settings, KINDS, now)
    scan = Scan(tuple(objects), settings, 1, now, (), ())
    return list(as_table.render(Report(manifests(objects), (), (scan,), width)))


def test_for_a_program_a_finding_is_one_line() -> None:
    head, row = table(None)
    assert head.split() == ["NAMESPACE", "OBJECT", "CODE", "FROM", "TODAY", "AFTER", "MESSAGE"]
    assert " ".join(row.split()).startswith(
        "shop Deployment/web AFX101 [*] template ordinary native no release of Linkerd reads"
    )


def test_on_a_terminal_messages_are_broken_and_nothing_is_lost() -> None:
    lines = table(120)
    assert all(len(line) <= 120 for line in lines)
    whole = " ".join(" ".join(lines).split())
    assert WRONG in whole
    assert len(lines) > 2


def test_on_a_narrow_terminal_messages_stay_readable() -> None:
    start = table(40)[0].index("MESSAGE")
    assert any(len(line) - start > 20 for line in table(40)[1:])


def test_without_findings_there_is_no_table() -> None:
    assert list(as_table.render(Report([], width=80))) == []
