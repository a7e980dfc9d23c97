"""What a scan says of new pods: today, with our webhook or without it, and after the repair."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from builders import (
    ALPHA,
    BETA,
    BETA_ERA,
    GA,
    GA_ERA,
    TEMPLATES,
    WRONG,
    Annotations,
    Object,
    namespace,
    pod,
    workload,
)
from hypothesis import given
from hypothesis import strategies as st

from autofix.cluster.evaluate import Evaluation, evaluate
from autofix.cluster.inventory import Inventory, OwnedPod
from autofix.cluster.models import live_object, running_pod
from autofix.cluster.our_webhook import OurWebhook, find_our_webhook
from autofix.engine.options import options
from autofix.engine.pods import COMPLETE_JOBS
from autofix.kubeapi.types import LabelSelector, MutatingWebhookConfiguration
from autofix.kubeapi.workload_types import ScannedPod, ScannedWorkload
from autofix.kubernetes.kinds import KINDS, NAMESPACE, POD, builtin_kind
from autofix.linkerd.injection import decisive_spec, traits_of
from autofix.rules.context import Door

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
ASKS = {"linkerd.io/inject": "enabled"}
CREATED = {"linkerd.io/created-by": "linkerd/proxy-injector edge-26.6.3"}
EVERYWHERE = OurWebhook(None)
COMPLETING = OurWebhook(None, complete_jobs=True)
ORDINARY, NATIVE, NONE = "ordinary container", "native sidecar", "no proxy"


def scanned(
    around: Annotations,
    *objects: Object,
    release: str = BETA_ERA,
    webhook: OurWebhook | None = None,
    select: str = "ALL",
) -> dict[str, Evaluation]:
    """The evaluations of some objects in a Namespace, by their kind."""
    inventory = Inventory(kinds=KINDS)
    whole = namespace(around, labels={"team": "checkout", "kubernetes.io/metadata.name": "shop"})
    inventory.namespaces["shop"] = live_object(NAMESPACE, decoded(whole, ScannedWorkload))
    for obj in objects:
        kind = builtin_kind(obj["kind"], obj["apiVersion"])
        assert kind is not None
        raw = decoded(obj, ScannedPod if kind == POD else ScannedWorkload)
        live = live_object(kind, raw)
        inventory.objects.append(live)
        if isinstance(raw, ScannedPod) and (running := running_pod(raw)):
            inventory.pods.append(OwnedPod(running, live.owner))
    settings = options(release=release, door=Door.CLUSTER, select=select)
    return {
        evaluation.reference.kind: evaluation
        for evaluation in evaluate(inventory, settings, KINDS, NOW, webhook)
    }


def decoded(obj: Object, kind: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(obj), type=kind)


def with_spec(obj: Object, **spec: Any) -> Object:
    template = obj
    for part in TEMPLATES.get(obj["kind"], ("", ()))[1]:
        template = template[part]
    template["spec"] |= spec
    return obj


def with_proxy(annotations: Annotations, *, native: bool) -> Object:
    """A running pod that the injector has changed."""
    proxy = {"name": "linkerd-proxy", "restartPolicy": "Always"}
    obj = pod({**CREATED, **annotations})
    where = "initContainers" if native else "containers"
    obj["spec"][where] = [*obj["spec"].get(where, []), proxy]
    return obj


@pytest.mark.parametrize(
    ("around", "obj", "release", "webhook", "today", "after"),
    [
        # Without us: what Linkerd does.
        (ASKS, workload("Deployment", {WRONG: "true"}), BETA_ERA, None, ORDINARY, NATIVE),
        ({}, workload("Deployment", {WRONG: "true"}), BETA_ERA, None, NONE, NONE),
        (
            {"linkerd.io/inject": "true"},
            workload("Deployment", {**ASKS, WRONG: "1"}),
            BETA_ERA,
            None,
            NONE,
            NONE,
        ),
        (ASKS, with_spec(workload("DaemonSet", {WRONG: "1"}), hostNetwork=True), BETA_ERA, None, NONE, NONE),
        ({**ASKS, GA: '"true"'}, workload("Deployment", {WRONG: "1"}), GA_ERA, None, NONE, NATIVE),
        # A Job and a Pod are not patched, and their Namespace is.
        ({**ASKS, WRONG: "true"}, workload("Job", {BETA: "maybe"}), BETA_ERA, None, ORDINARY, ORDINARY),
        ({**ASKS, WRONG: "true"}, workload("Job", {"linkerd.io/x": "1"}), BETA_ERA, None, ORDINARY, NATIVE),
        (ASKS, workload("Job", {WRONG: "true"}), BETA_ERA, None, ORDINARY, ORDINARY),
        ({**ASKS, WRONG: "true"}, pod({"linkerd.io/x": "1"}), BETA_ERA, None, ORDINARY, NATIVE),
        # With us: what the webhook makes of the pod.
        (ASKS, workload("Deployment", {WRONG: "true"}), BETA_ERA, EVERYWHERE, NATIVE, NATIVE),
        (ASKS, workload("Job", {WRONG: "true"}), BETA_ERA, EVERYWHERE, NATIVE, NATIVE),
        ({}, workload("Job", {WRONG: "true"}), BETA_ERA, EVERYWHERE, NONE, NONE),
        ({**ASKS, GA: '"true"'}, workload("Deployment", {WRONG: "1"}), GA_ERA, EVERYWHERE, NATIVE, NATIVE),
        (ASKS, workload("CronJob", {}), BETA_ERA, EVERYWHERE, ORDINARY, ORDINARY),
        ({**ASKS, COMPLETE_JOBS: "disabled"}, workload("Job", {}), BETA_ERA, COMPLETING, ORDINARY, ORDINARY),
        ({**ASKS, COMPLETE_JOBS: "enabled"}, workload("Job", {}), BETA_ERA, None, ORDINARY, ORDINARY),
    ],
)
def test_today_and_after(
    around: Annotations, obj: Object, release: str, webhook: OurWebhook | None, today: str, after: str
) -> None:
    evaluation = scanned(around, obj, release=release, webhook=webhook)[obj["kind"]]
    assert (evaluation.today, evaluation.after) == (today, after)


@pytest.mark.parametrize("kind", ["Job", "CronJob"])
@pytest.mark.parametrize(
    ("around", "webhook"),
    [({**ASKS, COMPLETE_JOBS: "enabled"}, EVERYWHERE), (ASKS, COMPLETING)],
)
def test_a_job_that_our_webhook_completes_is_no_finding(
    kind: str, around: Annotations, webhook: OurWebhook
) -> None:
    hanging = workload(kind, {})
    assert kind not in scanned(around, hanging, webhook=webhook)
    assert kind in scanned(around, hanging)
    # Its other findings stay.
    [finding] = scanned(around, workload(kind, {WRONG: "true"}), webhook=webhook)[kind].result.findings
    assert finding.code == "AFX101"


@pytest.mark.parametrize(
    ("around", "webhook", "today", "after"),
    [
        ({**ASKS, WRONG: "true"}, None, ORDINARY, NATIVE),
        ({**ASKS, WRONG: "true"}, EVERYWHERE, NATIVE, NATIVE),
        ({WRONG: "true"}, None, NONE, NONE),
        ({**ASKS, BETA: '"true"'}, None, NONE, NATIVE),
    ],
)
def test_a_namespace_stands_for_a_pod_in_it(
    around: Annotations, webhook: OurWebhook | None, today: str, after: str
) -> None:
    evaluation = scanned(around, webhook=webhook)["Namespace"]
    assert (evaluation.today, evaluation.after) == (today, after)


@pytest.mark.parametrize(
    ("selector", "called"),
    [
        (None, True),
        ({}, True),
        ({"matchLabels": {"team": "checkout"}}, True),
        ({"matchLabels": {"team": "other"}}, False),
        ({"matchExpressions": [{"key": "team", "operator": "In", "values": ["checkout"]}]}, True),
        ({"matchExpressions": [{"key": "team", "operator": "NotIn", "values": ["checkout"]}]}, False),
        ({"matchExpressions": [{"key": "none", "operator": "NotIn", "values": ["x"]}]}, True),
        ({"matchExpressions": [{"key": "team", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "team", "operator": "DoesNotExist"}]}, False),
    ],
)
def test_the_webhook_counts_only_where_it_is_called(selector: Any, called: bool) -> None:
    webhook = OurWebhook(None if selector is None else msgspec.convert(selector, LabelSelector))
    evaluation = scanned(ASKS, workload("Deployment", {WRONG: "true"}), webhook=webhook)["Deployment"]
    assert evaluation.today == (NATIVE if called else ORDINARY)


OURS, LINKERDS = "pods.linkerd-autofix.io", "linkerd-proxy-injector.linkerd.io"


@pytest.mark.parametrize(
    ("configurations", "is_there"),
    [
        ({}, False),
        ({"linkerd-autofix": OURS}, True),
        ({"linkerd-autofix": OURS, "linkerd-proxy-injector-webhook-config": LINKERDS}, True),
        ({"zz-autofix": OURS, "linkerd-proxy-injector-webhook-config": LINKERDS}, False),
        ({"linkerd-proxy-injector-webhook-config": LINKERDS}, False),
    ],
)
def test_our_webhook_is_found_where_it_is_called_first(
    configurations: dict[str, str], is_there: bool
) -> None:
    bodies = {
        name: decoded(
            {"metadata": {"name": name}, "webhooks": [{"name": webhook}]}, MutatingWebhookConfiguration
        )
        for name, webhook in configurations.items()
    }
    assert (find_our_webhook(bodies) is not None) is is_there


@pytest.mark.parametrize(
    ("around", "own", "native", "release", "said"),
    [
        ({**ASKS, ALPHA: "true"}, {}, False, BETA_ERA, True),
        ({**ASKS, ALPHA: "true"}, {}, True, BETA_ERA, False),
        # The injector has copied what the pod inherits.
        ({**ASKS, BETA: "true"}, {BETA: "true", **ASKS}, False, BETA_ERA, True),
        # A restart changes nothing before the Namespace is repaired.
        ({**ASKS, BETA: "false"}, {}, True, GA_ERA, False),
        ({**ASKS, WRONG: "true"}, {}, False, BETA_ERA, False),
        # Without inject a new pod would get no proxy at all.
        ({ALPHA: "true"}, {}, False, BETA_ERA, False),
        ({}, {**ASKS, ALPHA: "true"}, False, BETA_ERA, True),
    ],
)
def test_a_restart_is_asked_for_where_it_helps(
    around: Annotations, own: Annotations, native: bool, release: str, said: bool
) -> None:
    running = with_proxy(own, native=native)
    evaluation = scanned(around, running, release=release, select="AFX602").get("Pod")
    assert (evaluation is not None) is said
    if evaluation is not None:
        # A row with nothing but this finding has both answers, too.
        assert {evaluation.today, evaluation.after} == {ORDINARY, NATIVE}


def test_a_restart_helps_once_the_webhook_repairs_new_pods() -> None:
    running = with_proxy({}, native=False)
    around = {**ASKS, WRONG: "true"}
    assert scanned(around, running, select="AFX602") == {}
    assert list(scanned(around, running, select="AFX602", webhook=EVERYWHERE)) == ["Pod"]


def test_jobs_without_any_key_are_looked_at_where_the_namespace_asks() -> None:
    evaluations = scanned(ASKS, workload("Job"), workload("CronJob"), workload("Deployment"), select="AFX603")
    codes = {
        kind: [finding.code for finding in evaluation.result.findings]
        for kind, evaluation in evaluations.items()
    }
    assert codes == {"Job": ["AFX603"], "CronJob": ["AFX603"]}
    [finding] = evaluations["Job"].result.findings
    assert finding.withheld is not None
    assert "immutable" in finding.withheld
    assert scanned({}, workload("Job"), workload("CronJob")) == {}
    await_ = {"name": "c", "command": ["linkerd-await", "--shutdown", "--", "job"]}
    assert scanned(ASKS, with_spec(workload("Job"), containers=[await_])) == {}


commands = st.sampled_from([None, ["linkerd-await"], ["sh", "-c", "curl localhost:4191/shutdown"], ["job"]])
containers = st.fixed_dictionaries(
    {"name": st.sampled_from(["a", "linkerd-proxy", "linkerd-debug"])},
    optional={
        "command": commands,
        "args": commands,
        "restartPolicy": st.just("Always"),
        "lifecycle": st.just({"preStop": {"httpGet": {"path": "/shutdown"}}}),
        "image": st.just("image"),
        "volumeMounts": st.just([{"mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}])
        | st.just([{"mountPath": "/data"}]),
    },
)
specs = st.fixed_dictionaries(
    {},
    optional={
        "hostNetwork": st.booleans(),
        "automountServiceAccountToken": st.booleans(),
        "restartPolicy": st.sampled_from(["Always", "Never", "OnFailure"]),
        "containers": st.lists(containers, max_size=3),
        "initContainers": st.lists(containers, max_size=2) | st.none(),
        "nodeName": st.just("node"),
    },
)


@given(specs)
def test_a_reduced_spec_says_the_same(spec: Object) -> None:
    kept = decisive_spec(spec)
    assert traits_of(kept) == traits_of(spec)
    assert decisive_spec(kept) == kept
    live = live_object(KINDS[1], decoded(with_spec(workload("Deployment"), **spec), ScannedWorkload))
    assert traits_of(live.document.get("spec", {}).get("template", {}).get("spec")) == traits_of(
        with_spec(workload("Deployment"), **spec)["spec"]["template"]["spec"]
    )
