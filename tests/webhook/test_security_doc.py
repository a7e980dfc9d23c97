"""The tables of docs/security.md say what the code does, and leave no limit out."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import msgspec
from paths import ROOT
from prometheus_client.parser import text_string_to_metric_families
from webhook_client import Start

from webhook.admission import limits as bounds
from webhook.serving.metrics import make_metrics
from webhook.serving.pool import _FRESH_PART
from webhook.serving.refusals import make_refuse
from webhook.settings import Settings

WEBHOOK = ROOT / "webhook"
# Every setting that is a number bounds something. What the cluster is like has no default.
DEFAULTS = {
    field.name: field.default
    for field in msgspec.structs.fields(Settings)
    if type(field.default) in (int, float)
}


def section(document: str, heading: str) -> str:
    """The text below a heading, up to the next one."""
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    _, found, below = text.partition(f"\n{heading}\n")
    assert found, f"{document} has no heading {heading!r}"
    return re.split(r"^#", below, maxsplit=1, flags=re.MULTILINE)[0]


def sentences(document: str, heading: str) -> str:
    """The same, whatever its line breaks."""
    return " ".join(section(document, heading).split())


def table(heading: str) -> list[list[str]]:
    """The rows of the table below a heading, without its head."""
    lines = [line for line in section("security.md", heading).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def number(cell: str) -> float:
    return float(cell.replace(",", ""))


SETTINGS = table("### What can be set")
REFUSALS = table("### Why a caller is turned away")
CONSTANTS = table("### What is fixed")


def setting_of(row: list[str]) -> str:
    flag, variable = quoted(row[0])
    name = flag.removeprefix("--").replace("-", "_")
    assert variable == f"AUTOFIX_{name.upper()}"
    return name


def test_every_setting_that_bounds_something_is_there_with_its_default() -> None:
    assert {setting_of(row): number(row[1]) for row in SETTINGS} == DEFAULTS


def reasons() -> set[str]:
    metrics = make_metrics()
    make_refuse(metrics.refused)
    samples = [sample for metric in metrics.refused.collect() for sample in metric.samples]
    return {sample.labels["reason"] for sample in samples}


def test_every_reason_is_explained_once() -> None:
    assert sorted(quoted(row[0])[0] for row in REFUSALS) == sorted(reasons())


def test_the_reasons_of_settings_are_reasons() -> None:
    assert {reason for row in SETTINGS for reason in quoted(row[4])} < reasons()


async def test_every_limit_that_metrics_show_is_there_and_is_the_setting_of_its_row(start: Start) -> None:
    limits = {quoted(row[2])[0]: setting_of(row) for row in SETTINGS if quoted(row[2])}
    # Each another one, and none that the process would have to lower.
    changed = {name: 20 + count for count, name in enumerate(limits.values())}
    changed |= {"max_connections": 100, "max_body_bytes": 2000, "max_bytes_in_flight": 5000}
    client = await start(**changed)
    _, text = await client.get("/metrics")
    families = text_string_to_metric_families(text)
    samples = [sample for family in families if family.name == "autofix_limit" for sample in family.samples]
    shown = {sample.labels["limit"]: sample.value for sample in samples}
    assert shown == {limit: changed[name] for limit, name in limits.items()}


def test_every_fixed_bound_is_there_with_its_value() -> None:
    said = {quoted(row[0])[0]: number(row[1]) for row in CONSTANTS}
    values = {}
    for name in said:
        module, _, constant = name.rpartition(".")
        package = "" if module.startswith("autofix.") else "webhook."
        values[name] = getattr(import_module(package + module), constant)
    assert said == values


def test_the_places_of_new_connections_are_said() -> None:
    assert _FRESH_PART == 2 / 3
    assert "Two thirds of the places are for connections" in sentences(
        "security.md", "## The way of a review"
    )


def constants(path: Path) -> list[str]:
    """The constants of a module that say how much or how long something may be at most."""
    found: list[ast.expr] = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign):
            [target] = node.targets
            found += target.elts if isinstance(target, ast.Tuple) else [target]
        elif isinstance(node, ast.AnnAssign):
            found.append(node.target)
    names = [target.id for target in found if isinstance(target, ast.Name)]
    return [name for name in names if re.match(r"_?(MOST|LONGEST)(_|\Z)", name)]


def test_no_fixed_bound_is_left_out() -> None:
    said = {quoted(row[0])[0] for row in CONSTANTS}
    for path in sorted(WEBHOOK.rglob("*.py")):
        module = ".".join(path.relative_to(WEBHOOK).with_suffix("").parts)
        missing = {f"{module}.{name}" for name in constants(path)} - said
        assert not missing, f"docs/security.md, 'What is fixed': add {', '.join(sorted(missing))}"


def test_the_runbook_has_the_limits_of_callers() -> None:
    text = sentences("runbook.md", "## Limits")
    connections, of_address, admin = (
        DEFAULTS[f"max_{name}"] for name in ("connections", "connections_per_address", "admin_connections")
    )
    assert f"({connections}, {of_address} from one address, {admin} on the admin port)" in text
    for name, words in (("max_body_bytes", "size of a body"), ("max_bytes_in_flight", "not answered")):
        assert f"{words} ({DEFAULTS[name] // 1024**2} MiB)" in text
    assert f"wait for their turn ({DEFAULTS['max_waiting_reviews']})" in text


def test_the_runbook_has_the_bounds_of_an_object() -> None:
    text = sentences("runbook.md", "## Limits")
    for bound in (
        bounds.MOST_KEYS,
        bounds.MOST_VALUES,
        bounds.MOST_COMMAS,
        bounds.MOST_OWNERS,
        bounds.LONGEST_KEY,
    ):
        assert f" {bound:,} " in text
    assert f"{bounds.MOST_ANNOTATION_BYTES // 1024} KiB" in text
