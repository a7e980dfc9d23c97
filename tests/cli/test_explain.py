"""``autofix explain`` and ``autofix rules``."""

from __future__ import annotations

import json

import pytest
from command_line import Run, Write

from autofix.cluster.doctor.registry import CHECKS
from autofix.rules.registry import RULES

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: p
  namespace: shop
  annotations: {annotations}
"""
NAMESPACE = """\
---
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  annotations: {annotations}
"""
ALPHA = "config.alpha.linkerd.io/proxy-enable-native-sidecar"
BETA = "config.beta.linkerd.io/proxy-enable-native-sidecar"
GA = "config.linkerd.io/proxy-enable-native-sidecar"
INJECT = "linkerd.io/inject"
WAIT = "config.alpha.linkerd.io/proxy-wait-before-exit-seconds"


def text(pod: dict[str, str], namespace: dict[str, str] | None = None) -> bytes:
    manifests = POD.format(annotations=json.dumps(pod))
    if namespace is not None:
        manifests += NAMESPACE.format(annotations=json.dumps(namespace))
    return manifests.encode()


@pytest.mark.parametrize(
    ("release", "pod", "namespace", "answer", "reason"),
    [
        ("2.17", {ALPHA: "true"}, None, "native sidecar", f"{ALPHA} on the pod decides"),
        ("2.17", {GA: "true"}, None, "ordinary container", "Linkerd 2.17 does not read this key there"),
        ("2.20", {}, None, "native sidecar", "Helm's proxy.nativeSidecar=true (the chart's default) decides"),
        (
            "2.20",
            {ALPHA: "false"},
            {INJECT: "enabled", GA: "true"},
            "native sidecar",
            f"Linkerd prefers {GA}, which is on the Namespace",
        ),
        (
            "2.20",
            {},
            {INJECT: "enabled", BETA: "false"},
            "native sidecar",
            f"{BETA} on the Namespace is ignored",
        ),
        ("2.19", {ALPHA: "yes"}, None, "ordinary container", "Go's ParseBool cannot read its value 'yes'"),
        ("2.17", {ALPHA: "true", WAIT: "5"}, None, "denied by the injector", "cannot be combined"),
        ("2.14", {ALPHA: "true"}, None, "ordinary container", "has no native sidecars"),
        ("dev-1", {GA: "true"}, None, "depends on the release", "is read by some releases of Linkerd only"),
        ("dev-1", {ALPHA: "true"}, None, "native sidecar", f"{ALPHA} on the pod decides"),
    ],
)
def test_it_says_what_linkerd_would_do_and_why(
    run: Run, release: str, pod: dict[str, str], namespace: dict[str, str] | None, answer: str, reason: str
) -> None:
    ended = run("explain", "-t", release, "-", stdin=text(pod, namespace))
    assert ended.code == 0
    assert ended.out.splitlines()[0] == f"<stdin>:1: Pod shop/p: {answer} (Linkerd {release})"
    assert reason in ended.out


NOT_ASKED = "it gets no proxy: linkerd.io/inject does not ask for one"
UNKNOWN = "neither the pod nor a known Namespace has linkerd.io/inject"
BAD_NAMESPACE = "Linkerd does not know the value of linkerd.io/inject on its Namespace"


@pytest.mark.parametrize(
    ("pod", "namespace", "answer", "reason"),
    [
        ({INJECT: "disabled"}, None, "no proxy", "linkerd.io/inject on the pod is disabled"),
        (
            {INJECT: "true"},
            None,
            "no proxy",
            "Linkerd does not know the value of linkerd.io/inject on the pod",
        ),
        ({INJECT: "disabled"}, {INJECT: "enabled"}, "no proxy", "linkerd.io/inject on the pod is disabled"),
        ({INJECT: ""}, {INJECT: "enabled"}, "native sidecar", "linkerd.io/inject on its Namespace asks"),
        ({}, {INJECT: "disabled"}, "no proxy", NOT_ASKED),
        ({}, {}, "no proxy", NOT_ASKED),
        ({INJECT: "enabled"}, {INJECT: "true"}, "no proxy", BAD_NAMESPACE),
        ({INJECT: "enabled"}, {INJECT: "disabled"}, "native sidecar", "linkerd.io/inject on the pod asks"),
        ({INJECT: "ingress"}, None, "native sidecar", "linkerd.io/inject on the pod asks"),
        ({}, {INJECT: "enabled"}, "native sidecar", "linkerd.io/inject on its Namespace asks"),
        ({}, None, "native sidecar", UNKNOWN),
        ({}, {INJECT: "enabled", GA: '"true"'}, "no proxy", f"what the Namespace has under {GA} breaks"),
        ({GA: "true"}, {INJECT: "enabled", GA: '"true"'}, "native sidecar", "asks for a proxy"),
    ],
)
def test_it_says_whether_there_is_a_proxy_at_all(
    run: Run, pod: dict[str, str], namespace: dict[str, str] | None, answer: str, reason: str
) -> None:
    ended = run("explain", "-t", "2.20", "-", stdin=text(pod, namespace))
    lines = ended.out.splitlines()
    assert lines[0] == f"<stdin>:1: Pod shop/p: {answer} (Linkerd 2.20)"
    assert reason in lines[1]


JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: j
  annotations: {own}
spec:
  template:
    metadata:
      annotations: {annotations}
    spec: {spec}
"""
ASKS = {INJECT: "enabled"}
AWAIT = {"containers": [{"name": "c", "command": ["linkerd-await", "--shutdown", "--", "job"]}]}
DEBUG = "config.linkerd.io/enable-debug-sidecar"
HELP = f'there is no native-sidecar key: {BETA}: "true" in /spec/template/metadata/annotations makes'


@pytest.mark.parametrize(
    ("annotations", "own", "spec", "summary", "reason"),
    [
        (ASKS, {}, {}, "ordinary container; it never completes", "the container linkerd-proxy runs on"),
        (ASKS, {}, {}, "ordinary container; it never completes", HELP),
        ({**ASKS, BETA: "true"}, {}, {}, "native sidecar; it completes", f"{BETA} on the pod decides"),
        ({**ASKS, BETA: "false"}, {}, {}, "ordinary container; it never completes", f"{BETA} on the pod"),
        (
            {**ASKS, BETA: "true", DEBUG: "true"},
            {},
            {},
            "native sidecar; it never completes",
            f"remove {DEBUG}",
        ),
        (ASKS, {}, AWAIT, "ordinary container; it completes", "it ends the proxy itself"),
        (ASKS, {}, {"hostNetwork": True}, "no proxy; it completes", "Linkerd skips pods with hostNetwork"),
        ({INJECT: "disabled"}, {}, {}, "no proxy; it completes", "is disabled"),
        (
            ASKS,
            {BETA: "true"},
            {},
            "ordinary container; it never completes",
            f"{BETA} in /metadata/annotations is ignored",
        ),
        (
            ASKS,
            {},
            {"initContainers": [{"name": "linkerd-proxy", "restartPolicy": "Always"}]},
            "native sidecar; it completes",
            "it has a container linkerd-proxy already",
        ),
        ({**ASKS, WAIT: "5", BETA: "true"}, {}, {}, "denied by the injector", "cannot be combined"),
    ],
)
def test_it_says_whether_a_job_completes(
    run: Run,
    annotations: dict[str, str],
    own: dict[str, str],
    spec: dict[str, object],
    summary: str,
    reason: str,
) -> None:
    manifest = JOB.format(
        own=json.dumps(own), annotations=json.dumps(annotations), spec=json.dumps(spec)
    ).encode()
    ended = run("explain", "-t", "2.19", "-", stdin=manifest)
    assert ended.out.splitlines()[0] == f"<stdin>:1: Job j: {summary} (Linkerd 2.19)"
    assert reason in ended.out
    [row] = json.loads(run("explain", "-t", "2.19", "-o", "json", "-", stdin=manifest).out)
    completes = {"it completes": True, "it never completes": False}.get(summary.partition("; ")[2])
    assert (row["runsToCompletion"], row["completes"]) == (True, completes)
    assert any(reason in line for line in row["reasons"])


@pytest.mark.parametrize(
    ("annotations", "spec", "ending", "completes"),
    [
        ({}, AWAIT, "; it completes", True),
        ({"config.linkerd.io/proxy-admin-shutdown": "enabled"}, {}, "; it completes", True),
        ({DEBUG: "true"}, AWAIT, "; it never completes", False),
        ({}, {}, "", None),
    ],
)
def test_who_ends_his_proxy_completes_whatever_the_release_makes_of_it(
    run: Run, annotations: dict[str, str], spec: dict[str, object], ending: str, completes: bool | None
) -> None:
    manifest = JOB.format(
        own="{}", annotations=json.dumps({**ASKS, **annotations}), spec=json.dumps(spec)
    ).encode()
    ended = run("explain", "-", stdin=manifest)
    assert ended.out.splitlines()[0].startswith(f"<stdin>:1: Job j: depends on the release{ending} (")
    assert ("it ends the proxy itself" in ended.out) is (completes is True)
    [row] = json.loads(run("explain", "-o", "json", "-", stdin=manifest).out)
    assert row["completes"] is completes


PROXY: dict[str, object] = {"name": "linkerd-proxy"}
NATIVE: dict[str, object] = {**PROXY, "restartPolicy": "Always"}
SHUTDOWN = "config.linkerd.io/proxy-admin-shutdown"


@pytest.mark.parametrize(
    ("pod", "namespace", "spec", "summary"),
    [
        ({}, {DEBUG: "true"}, {"initContainers": [NATIVE]}, "native sidecar; it completes"),
        ({}, {SHUTDOWN: "enabled"}, {"containers": [PROXY]}, "ordinary container; it never completes"),
        # What it was given when it was injected stands on the pod.
        ({SHUTDOWN: "enabled"}, {}, {"containers": [PROXY]}, "ordinary container; it completes"),
        ({}, {SHUTDOWN: "enabled"}, {}, "ordinary container; it completes"),
        ({}, {DEBUG: "true", ALPHA: "true"}, {}, "native sidecar; it never completes"),
    ],
)
def test_a_pod_that_has_its_proxy_inherits_nothing(
    run: Run, pod: dict[str, str], namespace: dict[str, str], spec: dict[str, object], summary: str
) -> None:
    whole = json.dumps({"restartPolicy": "Never", **spec})
    manifest = POD.format(annotations=json.dumps(pod)) + f"spec: {whole}\n"
    manifest += NAMESPACE.format(annotations=json.dumps({**ASKS, **namespace}))
    ended = run("explain", "-t", "2.17", "-", stdin=manifest.encode())
    assert ended.out.splitlines()[0] == f"<stdin>:1: Pod shop/p: {summary} (Linkerd 2.17)"


def test_items_of_a_list_have_lines_of_their_own(run: Run) -> None:
    item = "- {apiVersion: v1, kind: Pod, metadata: {name: %s}}\n"
    manifest = "apiVersion: v1\nkind: List\nitems:\n" + item % "a" + item % "b"
    ended = run("explain", "-", stdin=manifest.encode())
    lines = [line.partition(": ")[0] for line in ended.out.splitlines() if "Pod" in line]
    assert lines == ["<stdin>:4", "<stdin>:5"]
    assert "name it with --linkerd" in ended.err


def test_a_namespace_is_explained_for_pods_without_keys(run: Run) -> None:
    ended = run("explain", "-t", "2.17", "-", stdin=text({}, {ALPHA: "true", INJECT: "enabled"}))
    assert "pods of Namespace shop: native sidecar" in ended.out


def test_helms_values_count(run: Run) -> None:
    ended = run("explain", "-t", "2.20", "--native-sidecar-default", "false", "-", stdin=text({}))
    assert "ordinary container" in ended.out
    assert "proxy.nativeSidecar=false (set) decides" in ended.out


def test_json(run: Run) -> None:
    [found] = json.loads(run("explain", "-t", "2.17", "-o", "json", "-", stdin=text({ALPHA: "true"})).out)
    assert found["native"] is True
    assert found["denied"] is False
    assert (found["injected"], found["hasProxy"], found["completes"]) == (None, True, None)
    assert (found["key"], found["level"], found["pointer"]) == (ALPHA, "pod", "/metadata/annotations")


def test_unreadable_input_ends_with_2(run: Run) -> None:
    assert run("explain", "-", stdin=b"a: b: c").code == 2


def test_rules_lists_every_rule_and_then_every_check(run: Run) -> None:
    ended = run("rules")
    assert [line.split()[0] for line in ended.out.splitlines()] == [*RULES, *CHECKS]


@pytest.mark.parametrize(
    ("name", "title", "end"),
    [
        ("AFX101", "# AFX101: A native-sidecar key that no release of Linkerd reads.", "rules.md#afx101"),
        ("afx101", "# AFX101: A native-sidecar key that no release of Linkerd reads.", "rules.md#afx101"),
        (
            "webhook-order",
            "# webhook-order: Is our webhook called before Linkerd's injector?",
            "doctor.md#webhook-order",
        ),
        ("Webhook-Order", "# webhook-order: ", "doctor.md#webhook-order"),
    ],
)
def test_rules_shows_a_page_and_its_address(run: Run, name: str, title: str, end: str) -> None:
    ended = run("rules", name)
    assert ended.out.startswith(title)
    assert ended.out.endswith(f"/docs/{end}\n")


def test_rules_shows_what_a_check_looks_at_why_and_what_to_do(run: Run) -> None:
    page = run("rules", "linkerd-release").out
    for heading in ("What it checks", "Why", "What to do"):
        assert f"\n## {heading}\n" in page
    assert "Linkerd 2.14 and older (edges before edge-23.11.4) have no native sidecars." in page.replace(
        "\n", " "
    )


def test_version(run: Run) -> None:
    assert run("--version").out.startswith("autofix 0.")


def test_malformed_metadata_is_unreadable_input_here_too(run: Run, write: Write) -> None:
    write("pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: text\n")
    ended = run("explain", "-t", "2.17", "pod.yaml")
    assert ended.code == 2
    assert "pod.yaml:1: /metadata must be a mapping" in ended.err


CUSTOM = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: w}
spec:
  podMetadata: {annotations: {config.alpha.linkerd.io/proxy-enable-native-sidecar: "true"}}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: a}
spec:
  syncPolicy:
    managedNamespaceMetadata:
      annotations: {config.beta.linkerd.io/proxy-enable-native-sidecar: "false"}
---
apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata: {name: m}
spec:
  workload:
    manifests:
    - {apiVersion: v1, kind: Pod, metadata: {name: p}}
---
podAnnotations: {}
"""


def test_what_custom_resources_hand_on_is_explained(run: Run) -> None:
    ended = run("explain", "-t", "2.17", "-", stdin=CUSTOM.encode())
    assert ended.code == 0
    assert [line.partition(" (")[0] for line in ended.out.splitlines() if line.startswith("<stdin>")] == [
        "<stdin>:1: Workflow w: native sidecar; it completes",
        "<stdin>:7: Application a: no proxy",
        "<stdin>:21: Pod p: ordinary container",
    ]
    assert "skipped 1 document without a Kubernetes object" in ended.err


def test_texts_of_other_languages_are_counted(run: Run, write: Write) -> None:
    write("pod.sh", "kubectl annotate pod web linkerd.io/inject=enabled\n")
    write("pods.py", "PODS = []\n")
    write("pod.yaml", POD.format(annotations="{}"))
    ended = run("explain", "-t", "2.17", "pod.sh", "pods.py", "pod.yaml")
    assert ended.code == 0
    assert ended.out.startswith("pod.yaml:1: Pod shop/p: ")
    assert "skipped 2 texts of other languages" in ended.err
    assert "skipped" not in run("explain", "-q", "-t", "2.17", "pod.sh").err
