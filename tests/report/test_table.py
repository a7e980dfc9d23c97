"""The table of a scan: a line a finding, and as wide as the terminal."""

from __future__ import annotations

from datetime import UTC, datetime

from builders import WRONG, workload

from autofix.cluster.evaluate import evaluate
from autofix.cluster.inventory import Inventory
from autofix.cluster.models import custom_object
from autofix.engine.options import options
from autofix.kubernetes.kinds import KINDS
from autofix.report import as_table
from autofix.report.live import as_files


def table(width: int | None) -> list[str]:
    [kind] = [one for one in KINDS if one.kind == "Deployment"]
    found = custom_object(kind, workload(annotations={WRONG: "true"}))
    chosen = options(release="2.17", ignore="AFX404")
    seen = evaluate(Inventory(objects=[found], kinds=KINDS), chosen, KINDS, datetime.now(UTC))
    return list(as_table.render(seen, as_files(seen), width))


def test_for_a_program_a_finding_is_one_line():
    head, row = table(None)
    assert head.split() == ["NAMESPACE", "OBJECT", "CODE", "FROM", "TODAY", "AFTER", "MESSAGE"]
    assert " ".join(row.split()).startswith(
        "shop Deployment/web AFX101 [*] template ordinary native no release of Linkerd reads"
    )


def test_on_a_terminal_messages_are_broken_and_nothing_is_lost():
    lines = table(140)
    assert all(len(line) <= 140 for line in lines)
    whole = " ".join(" ".join(lines).split())
    assert WRONG in whole
    assert len(lines) > 2


def test_on_a_narrow_terminal_messages_stay_readable():
    start = table(40)[0].index("MESSAGE")
    assert any(len(line) - start > 20 for line in table(40)[1:])


def test_without_findings_there_is_no_table():
    assert list(as_table.render([], [], 80)) == []
