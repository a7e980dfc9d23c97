"""A Linkerd release with another key is data: rows in two tables, and no line of code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from builders import ALPHA, GA, WRONG
from copies import PackageCopy
from paths import ROOT

STABLE = "config.stable.linkerd.io/proxy-enable-native-sidecar"
RELEASE = "2.99"
# Tests that speak of what is newest, and of what holds for every release.
TESTS = (
    "tests/linkerd/test_releases.py",
    "tests/linkerd/test_keys.py",
    "tests/linkerd/test_decision.py",
    "tests/rules/test_afx101.py",
    "tests/rules/test_afx102.py",
    "tests/rules/test_afx106.py",
    "tests/rules/test_afx405.py",
)

ASK = """
import json, sys
import autofix
from autofix.linkerd.eras import table_of_keys_to_write

def pod(key):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"annotations": {key: "true"}}}

answers = {}
for key in sys.argv[2:]:
    result = autofix.fix(pod(key), release=sys.argv[1])
    keys = list(result.object["metadata"]["annotations"])
    answers[key] = [[finding.code for finding in result.findings], keys]
print(json.dumps([answers, table_of_keys_to_write()]))
"""


def add_release(folder: Path) -> None:
    """Write the rows: a release that prefers a new key, and reads those before it."""
    path = folder / "autofix" / "linkerd" / "data" / "releases.json"
    table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    table["keys"]["stable"] = STABLE
    newest = table["eras"][-1]
    table["eras"].append(
        {
            **newest,
            "id": "stable",
            "from_edge": "39.1.1",
            "pod_keys": ["stable", *newest["pod_keys"]],
            "namespace_keys": ["stable", *newest["namespace_keys"]],
        }
    )
    table["minors"][RELEASE] = {"edge": "39.1.3", "source": "this test"}
    table |= {"newest_minor": RELEASE, "newest_edge": "39.2.2"}
    path.write_text(json.dumps(table), encoding="utf-8")
    path = path.with_name("annotations.json")
    table = json.loads(path.read_text(encoding="utf-8"))
    [row] = [row for row in table["annotations"] if row["key"] == GA]
    table["annotations"].append({**row, "key": STABLE, "first_edge": "39.1.1"})
    path.write_text(json.dumps(table), encoding="utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> PackageCopy:
    copied = PackageCopy(tmp_path, "tests")
    for name in ("pyproject.toml", "README.md"):
        copied.write(name, (ROOT / name).read_text(encoding="utf-8"))
    add_release(tmp_path)
    return copied


def test_everything_follows_from_the_data(copy: PackageCopy) -> None:
    answers, table = json.loads(copy.output("-c", ASK, RELEASE, STABLE, GA, ALPHA, WRONG))
    assert answers == {
        STABLE: [[], [STABLE]],
        GA: [["AFX106"], [GA]],
        ALPHA: [["AFX106"], [ALPHA]],
        WRONG: [["AFX101"], [STABLE]],
    }
    assert f"| {RELEASE} (from edge-39.1.1) | `{STABLE}` |" in table


def test_an_older_release_does_not_read_the_new_key(copy: PackageCopy) -> None:
    answers, _ = json.loads(copy.output("-c", ASK, "2.20", STABLE))
    assert answers == {STABLE: [["AFX102"], [GA]]}


def test_what_the_tests_say_of_the_newest_release_holds(copy: PackageCopy) -> None:
    done = copy.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
