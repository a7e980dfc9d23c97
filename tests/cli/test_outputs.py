"""Output formats that other programs read."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from builders import ALPHA, WRONG
from command_line import Run, Write
from paths import DATA, ROOT

from autofix.rules.documentation import address

SCHEMA = json.loads((DATA / "sarif-2.1.0.schema.json").read_text())
POD = f"""\
apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    é: x
    {WRONG}: yes
    linkerd.io/inject: 'true'
    linkerd.io/zzz: x
"""


@pytest.fixture
def sarif(run: Run, write: Write) -> dict[str, Any]:
    write("a b/pod.yaml", POD)
    write("bad.yaml", f"{WRONG}: b: c\n")
    ended = run("preview", "-t", "2.20", "-o", "sarif", ".")
    assert ended.code == 2
    log: dict[str, Any] = json.loads(ended.out)
    return log


def test_sarif_is_valid(sarif: dict[str, Any]) -> None:
    jsonschema.validate(sarif, SCHEMA)


def test_sarif_names_rules_positions_and_unreadable_inputs(sarif: dict[str, Any]) -> None:
    [run] = sarif["runs"]
    [invocation] = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "bad.yaml:1:" in invocation["toolExecutionNotifications"][0]["message"]["text"]
    first = run["results"][0]
    assert (first["ruleId"], first["level"]) == ("AFX101", "error")
    rule = run["tool"]["driver"]["rules"][first["ruleIndex"]]
    assert (rule["id"], rule["helpUri"]) == ("AFX101", address("rules.md", "afx101"))
    place = first["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "a%20b/pod.yaml"},
        "region": {"startLine": 7, "startColumn": 5},
    }


def test_sarifs_fixes_are_replacements_that_give_the_fixed_text(sarif: dict[str, Any]) -> None:
    results = {result["ruleId"]: result for result in sarif["runs"][0]["results"]}
    assert "fixes" not in results["AFX501"]
    lines = POD.splitlines(keepends=True)
    [change] = results["AFX101"]["fixes"][0]["artifactChanges"]
    for replacement in reversed(change["replacements"]):
        region = replacement["deletedRegion"]
        assert region["startLine"] == region["endLine"]
        line = lines[region["startLine"] - 1]
        new = replacement["insertedContent"]["text"]
        lines[region["startLine"] - 1] = (
            line[: region["startColumn"] - 1] + new + line[region["endColumn"] - 1 :]
        )
    assert f'    {GA}: "true"\n' in "".join(lines)
    assert WRONG not in "".join(lines)


GA = "config.linkerd.io/proxy-enable-native-sidecar"


def test_github_annotates_lines(run: Run, write: Write) -> None:
    write("a,b.yaml", POD)
    ended = run("preview", "-t", "2.17", "-o", "github", "a,b.yaml", "absent.yaml")
    first, *_, last = ended.out.splitlines()
    assert first.startswith("::error file=a%2Cb.yaml,line=7,col=5,title=AFX101::no release of Linkerd reads")
    assert (
        last == "::error file=absent.yaml,title=autofix::absent.yaml: no such file or folder; check the path"
    )
    assert "::warning file=a%2Cb.yaml,line=9,col=5,title=AFX501::" in ended.out


def test_junit_counts_findings_as_failures(run: Run, write: Write) -> None:
    write("pod.yaml", POD)
    write("right.yaml", POD.replace(WRONG, ALPHA).replace("yes", "'\\x01'").replace("'true'", "enabled"))
    write("bad.yaml", f"{WRONG}: b: c\n")
    root = ElementTree.fromstring(run("preview", "-t", "2.20", "-o", "junit", ".").out)  # noqa: S314  # our own
    suites = {suite.get("name"): suite for suite in root}
    assert suites["unreadable"].get("errors") == "1"
    cases = list(suites["pod.yaml"])
    assert (
        len(cases)
        == int(suites["pod.yaml"].get("failures") or 0)
        == int(suites["pod.yaml"].get("tests") or 0)
    )
    assert cases[0].get("name") == "AFX101 7:5"
    failure = cases[0].find("failure")
    assert failure is not None
    assert "no release of Linkerd reads" in (failure.get("message") or "")


def test_a_file_without_findings_is_a_passed_case(run: Run, write: Write) -> None:
    write("a.yaml", "a: b\n")
    root = ElementTree.fromstring(run("preview", "-o", "junit", "a.yaml").out)  # noqa: S314  # our own
    [suite] = root
    [case] = suite
    assert (suite.get("tests"), suite.get("failures"), list(case)) == ("1", "0", [])


def test_json_keeps_to_its_schema(run: Run, write: Write) -> None:
    schema = json.loads((ROOT / "docs" / "output.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    write("pod.yaml", POD)
    write("values.yaml", f"a:\n  {WRONG}: maybe\n")
    write("a.tpl", f"{{{{ x }}}} {WRONG}: true")
    report = json.loads(run("preview", "-t", "2.17", "-o", "json", ".", "a.tpl", "absent").out)
    # The template is a document, and its key in the plain text of a line another.
    assert [document["file"] for document in report["documents"]] == [
        "pod.yaml",
        "values.yaml",
        "a.tpl",
        "a.tpl",
    ]
    jsonschema.validate(report, schema)
