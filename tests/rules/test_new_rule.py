"""A rule that is written by the five steps of docs/architecture.md, and by nothing else, is heard.

Which objects the API server sends to the webhook is not asked here: deploy/base says that.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from copies import PackageCopy

# Step 1 and 2: about the value of an annotation of Linkerd's, heard at the usual doors and for pods.
CPU_LIMIT = '''"""A CPU limit that is no quantity.

## What it does

Finds a CPU limit of the proxy that Kubernetes cannot read.

## Why is this bad

The injector makes a pod that the API server refuses.

## Example

`config.linkerd.io/proxy-cpu-limit: "10cores"`

## Fix safety

There is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from autofix.rules.context import READ, USUAL, Door, Place
from autofix.rules.finding import Applicability, Finding, Severity

CODE = "AFX901"
ROLES = READ
DOORS = (*USUAL, Door.WEBHOOK_POD)
_KEY = "config.linkerd.io/proxy-cpu-limit"


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for a limit that is no quantity."""
    value = place.entries.get(_KEY)
    if isinstance(value, str) and not re.fullmatch(r"[0-9]+(?:\\.[0-9]+)?m?", value):
        message = f"{value!r} is no quantity; write a number of cores, or 100m"
        path = (*place.location.path, _KEY)
        yield Finding(CODE, Severity.ERROR, message, Applicability.DISPLAY, path, _KEY)
'''

# About two keys together, of which each alone is right; it says nothing about doors.
REQUEST_ABOVE_LIMIT = '''"""A CPU request above the CPU limit."""

from __future__ import annotations

from collections.abc import Iterator

from autofix.rules.context import READ, Place
from autofix.rules.finding import Applicability, Finding, Severity

CODE = "AFX902"
ROLES = READ
_LIMIT, _REQUEST = "config.linkerd.io/proxy-cpu-limit", "config.linkerd.io/proxy-cpu-request"


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for a request above the limit."""
    limit, request = place.entries.get(_LIMIT), place.entries.get(_REQUEST)
    if isinstance(limit, str) and isinstance(request, str) and int(request) > int(limit):
        message = f"the request of {request} is above the limit of {limit}; lower it"
        path = (*place.location.path, _REQUEST)
        yield Finding(CODE, Severity.ERROR, message, Applicability.DISPLAY, path, _REQUEST)
'''

# About a key outside Linkerd's domain, with a fix, heard at the usual doors and for workloads.
TEAM = '''"""A team that is not written in small letters."""

from __future__ import annotations

from collections.abc import Iterator

from autofix.rules.context import KEPT, USUAL, Door, Place
from autofix.rules.finding import Applicability, Edit, Finding, Fix, Promise, Severity
from autofix.rules.interest import TEAM

CODE = "AFX903"
ROLES = KEPT
DOORS = (*USUAL, Door.WEBHOOK_WORKLOAD)
INTEREST = (TEAM,)
_KEY = "example.com/team"


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for a team with a capital in it."""
    value = place.entries.get(_KEY)
    if isinstance(value, str) and value != value.lower():
        path = place.location.path
        fix = Fix((Edit(path, _KEY, value.lower()),), Promise.NONE)
        message = f"{_KEY} is written in small letters; write {value.lower()}"
        yield Finding(CODE, Severity.ERROR, message, Applicability.SAFE, (*path, _KEY), _KEY, fix=fix)
'''


class NewRule(NamedTuple):
    """A new rule, and what shows that it is heard.

    Attributes:
        module: its module's name.
        source: its module.
        wrong, right: annotations in which it finds something, and annotations in which it does not.
        webhook: the kinds for which the webhook hears it.
        interests: changes of ``rules/interest.py``.
    """

    module: str
    source: str
    wrong: dict[str, str]
    right: dict[str, str]
    webhook: tuple[str, ...]
    interests: tuple[tuple[str, str], ...] = ()

    @property
    def code(self) -> str:
        return self.module[:6].upper()


INTEREST = 'TEAM: Final = Interest(("example.com/team",))'
LIMIT, REQUEST = "config.linkerd.io/proxy-cpu-limit", "config.linkerd.io/proxy-cpu-request"
RULES = [
    NewRule("afx901_cpu_limit", CPU_LIMIT, {LIMIT: "10cores"}, {LIMIT: "10m"}, ("Pod",)),
    NewRule(
        "afx902_request_above_limit",
        REQUEST_ABOVE_LIMIT,
        {LIMIT: "1", REQUEST: "2"},
        {LIMIT: "2", REQUEST: "1"},
        (),
    ),
    NewRule(
        "afx903_team",
        TEAM,
        {"example.com/team": "Shop"},
        {"example.com/team": "shop"},
        ("Deployment",),
        (
            (
                "INTERESTS: Final = (",
                'TEAM: Final = Interest(("example.com/team",))\nINTERESTS: Final = (TEAM, ',
            ),
        ),
    ),
]

# What the library and the webhook say of an object, asked of a copy of the packages.
ASK = """
import json, sys
import autofix
from webhook.admission.cache import make_answerer
from webhook.admission.codec import decode
from webhook.admission.state import static_provider
from webhook.settings import Settings

state, answered = static_provider(Settings(linkerd="2.17"))(), make_answerer(mutate_workloads=False)
answers = []
for obj in json.load(open(sys.argv[1])):
    group, _, version = obj["apiVersion"].rpartition("/")
    request = {"uid": "1", "kind": {"group": group, "kind": obj["kind"]}, "operation": "CREATE"}
    review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"}
    review["request"] = {**request, "object": obj}
    library = [finding.code for finding in autofix.check(obj, release="2.17")]
    answers.append([library, answered(decode(json.dumps(review).encode()), state).answer.warnings])
print(json.dumps(answers))
"""


def pod(annotations: dict[str, str]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "annotations": annotations}}


def deployment(annotations: dict[str, str]) -> dict[str, Any]:
    template = {"metadata": {"annotations": annotations}, "spec": {"containers": []}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {}, "spec": {"template": template}}


def manifest(name: str, annotations: dict[str, str]) -> str:
    lines = "".join(f'    {key}: "{value}"\n' for key, value in annotations.items())
    return f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\n  annotations:\n{lines}"


def with_rule(folder: Path, rule: NewRule) -> PackageCopy:
    """A copy in which a rule is written by the steps 1 to 3."""
    copy = PackageCopy(folder)
    copy.write(f"autofix/rules/{rule.module}.py", rule.source)
    last = '    "afx602_other_sidecar",\n'
    copy.replace("autofix/rules/registry.py", (last, f'{last}    "{rule.module}",\n'))
    if rule.interests:
        copy.replace("autofix/rules/interest.py", *rule.interests)
    return copy


@pytest.fixture(params=RULES, ids=lambda rule: rule.code)
def rule(request: pytest.FixtureRequest) -> NewRule:
    added: NewRule = request.param
    return added


@pytest.fixture
def copy(tmp_path: Path, rule: NewRule) -> PackageCopy:
    return with_rule(tmp_path, rule)


def test_preview_finds_it_in_a_folder(copy: PackageCopy, rule: NewRule, tmp_path: Path) -> None:
    manifests = tmp_path / "manifests"
    manifests.mkdir()
    # Among many other documents: what is passed over by its bytes must not be this one.
    others = [manifest(f"other-{number}", {"linkerd.io/inject": "enabled"}) for number in range(20)]
    texts = [*others, manifest("right", rule.right), *others, manifest("wrong", rule.wrong), *others]
    (manifests / "pods.yaml").write_text("---\n".join(texts))
    done = copy.run("-m", "autofix", "preview", "-t", "2.17", "-o", "json", "manifests")
    assert done.returncode == 1, done.stderr
    [file] = (
        json.loads(done.stdout)["files"] if "files" in json.loads(done.stdout) else [json.loads(done.stdout)]
    )
    assert done.stdout.count(f'"{rule.code}"') == 1
    assert file


def test_the_library_and_the_webhook_hear_it_where_it_says_so(
    copy: PackageCopy, rule: NewRule, tmp_path: Path
) -> None:
    objects = [make(entries) for make in (pod, deployment) for entries in (rule.wrong, rule.right)]
    (tmp_path / "objects.json").write_text(json.dumps(objects))
    answers = json.loads(copy.output("-c", ASK, "objects.json"))
    for obj, entries, (library, warnings) in zip(objects, [rule.wrong, rule.right] * 2, answers, strict=True):
        is_wrong = entries is rule.wrong
        assert library == ([rule.code] if is_wrong else [])
        heard = [warning for warning in warnings if warning.startswith(rule.code)]
        assert len(heard) == (is_wrong and obj["kind"] in rule.webhook)


def test_it_is_documented(copy: PackageCopy, rule: NewRule) -> None:
    title = rule.source.split('"""')[1].partition("\n")[0]
    program = "from autofix.rules.__main__ import rules_document; print(rules_document())"
    document = copy.output("-c", program)
    assert f"| [{rule.code}](#{rule.code.lower()}) | {title.rstrip('.')} |" in document
    assert f"\n## {rule.code}\n\n{title}" in document
    assert rule.code in copy.output("-m", "autofix", "rules")


def test_fix_makes_the_fix_of_a_key_outside_linkerds_domain(tmp_path: Path) -> None:
    rule = RULES[-1]
    copy = with_rule(tmp_path, rule)
    path = tmp_path / "pod.yaml"
    path.write_text(manifest("web", rule.wrong) + "# a comment\n")
    copy.run("-m", "autofix", "fix", "-t", "2.17", "pod.yaml")
    assert path.read_text() == manifest("web", rule.right) + "# a comment\n"


def test_an_interest_that_nobody_searches_for_is_an_error(tmp_path: Path) -> None:
    rule = RULES[-1]
    elsewhere = ("from autofix.rules.interest import TEAM", "from autofix.rules.interest import Interest")
    source = rule.source.replace(*elsewhere).replace("(TEAM,)", '(Interest(("example.com/team",)),)')
    copy = with_rule(tmp_path, rule._replace(source=source, interests=()))
    done = copy.run("-c", "import autofix; autofix.fix({})")
    assert "AFX903: add its interest to INTERESTS in autofix/rules/interest.py" in done.stderr
