"""Scanning a real cluster with more than forty situations, and repairing it."""

from __future__ import annotations

import json
import secrets
import time
from collections import defaultdict
from collections.abc import Iterator

import jsonschema
import pytest
from builders import BETA
from control_plane import Cluster
from installing import CONTROL_PLANE, control_plane_of
from mesh import VERSIONS
from paths import ROOT
from processes import wait_for
from scanning import at_a_terminal, autofix, versions
from situations import APP, ERAS, SITUATIONS, Situation, expected_in

NAMES = [one.name for one in SITUATIONS]
PODS = {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"}


def pods_of(cluster: Cluster, situation: Situation) -> list[str]:
    found = cluster.get("pods", "-n", situation.name, "-l", "app=web")["items"]
    return [one["metadata"]["name"] for one in found]


def write_states(cluster: Cluster, situation: Situation) -> None:
    """What a kubelet would write."""
    for states in situation.states.values():
        wait_for(f"pods of {situation.name}", lambda: bool(pods_of(cluster, situation)))
        statuses = [
            {"name": name, "image": "x", "imageID": "", "ready": False, "restartCount": 0, "state": state}
            for name, state in states.items()
        ]
        patch = json.dumps({"status": {"phase": "Running", "containerStatuses": statuses}})
        for pod in pods_of(cluster, situation):
            cluster.kubectl(
                "patch", "pod", pod, "-n", situation.name, "--subresource=status", "--type=merge", "-p", patch
            )


def make_plain(cluster: Cluster, situation: Situation) -> None:
    """Take the proxy out of a Deployment's template, and keep its pods as they are."""
    patch = json.dumps([{"op": "replace", "path": "/spec/template/spec/containers", "value": [APP]}])
    cluster.kubectl(
        "patch", "deployment", "web", "-n", situation.name, "-p", json.dumps({"spec": {"paused": True}})
    )
    cluster.kubectl("patch", "deployment", "web", "-n", situation.name, "--type=json", "-p", patch)


def settled(cluster: Cluster) -> dict[str, str]:
    """The versions of all objects, once the controllers have come to rest."""
    found = versions(cluster, NAMES)
    for _ in range(60):
        time.sleep(1)
        before, found = found, versions(cluster, NAMES)
        if found == before:
            return found
    raise AssertionError("the controllers do not come to rest")


@pytest.fixture(scope="module")
def seeded(cluster: Cluster) -> Iterator[Cluster]:
    """A cluster with every situation in it."""
    namespaces = [
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": one.name, "annotations": one.annotations},
        }
        for one in SITUATIONS
    ]
    cluster.apply(*namespaces)
    cluster.apply(
        *(
            {**found, "metadata": {**found["metadata"], "namespace": one.name}}
            for one in SITUATIONS
            for found in one.objects
        )
    )
    for one in SITUATIONS:
        write_states(cluster, one)
        if one.plain:
            make_plain(cluster, one)
    yield cluster
    cluster.kubectl("delete", "namespace", "--wait=false", *NAMES)
    cluster.kubectl("delete", "namespace", CONTROL_PLANE, "--ignore-not-found")


def said(cluster: Cluster, *arguments: str) -> dict[str, list[str]]:
    """What a scan says, by the name of the situation."""
    ran = autofix(cluster, "scan", "-A", "-o", "json", "-q", "--ignore", "AFX404", *arguments)
    assert ran.code in (0, 1), ran.err
    findings: dict[str, list[str]] = defaultdict(list)
    for item in ran.objects:
        inside = item["namespace"] or item["name"]
        findings[inside] += [f"{item['kind']} {finding['code'][3:]}" for finding in item["findings"]]
    return {name: sorted(codes) for name, codes in findings.items() if name in NAMES}


@pytest.mark.parametrize("era", ERAS)
def test_a_scan_says_of_each_situation_what_is_wrong_and_nothing_else(seeded: Cluster, era: str) -> None:
    # The release is found in the cluster itself.
    seeded.apply(*control_plane_of(ERAS[era]))
    assert said(seeded) == expected_in(era)


def test_the_table_tells_what_linkerd_does_today_and_what_it_would_do(seeded: Cluster) -> None:
    seeded.apply(*control_plane_of(ERAS["beta"]))
    ran = autofix(seeded, "scan", "-n", "wrong-on-deployment")
    assert ran.code == 1
    head, *rows = ran.out.splitlines()
    assert head.split() == ["NAMESPACE", "OBJECT", "CODE", "FIX", "TODAY", "AFTER", "MESSAGE"]
    [row] = [row for row in rows if "AFX101" in row]
    assert " ".join(row.split()).startswith(
        "wrong-on-deployment Deployment/web AFX101 [*] ordinary native no release"
    )
    assert "Linkerd edge-25.10.7, Kubernetes 1.3" in ran.err


def test_held_pods_are_told_with_age_and_owner(seeded: Cluster) -> None:
    ran = autofix(seeded, "scan", "-n", "held-job", "-o", "text", "--select", "AFX6")
    [line, *_] = ran.out.splitlines()
    assert line.startswith("held-job/Pod/web-")
    assert "ended" in line
    assert "d ago and linkerd-proxy still runs" in line
    assert "Job held-job/web made it" in line


def test_other_sidecars_are_told_of_their_owner(seeded: Cluster) -> None:
    ran = autofix(seeded, "scan", "-n", "older-than-its-namespace", "--select", "AFX602", "-o", "text")
    assert "kubectl -n older-than-its-namespace rollout restart deployment/web" in ran.out
    assert ran.out.startswith("older-than-its-namespace/Deployment/web:1:1: AFX602")


@pytest.mark.parametrize(
    ("arguments", "kinds"),
    [
        (["-A", "deploy"], {"Deployment"}),
        (["-A", "ns,cj"], {"Namespace", "CronJob"}),
        (["-A", "sts"], {"StatefulSet"}),
        (["-A", "-l", "app=web", "sts,po"], {"Pod"}),
        (["-A", "-l", "app=api"], set()),
        (["-n", "wrong-on-both"], {"Namespace", "Deployment"}),
    ],
)
def test_what_is_looked_at_can_be_chosen(seeded: Cluster, arguments: list[str], kinds: set[str]) -> None:
    ran = autofix(seeded, "scan", *arguments, "-o", "json", "-q", "-t", ERAS["beta"], "--ignore", "AFX404")
    assert {item["kind"] for item in ran.objects} == kinds


# Nor on the version of Kubernetes, and it takes its time.
@pytest.mark.parametrize("cluster", VERSIONS[-1:], indirect=True)
def test_exit_codes_do_not_depend_on_the_format(seeded: Cluster) -> None:
    forms = ("table", "wide", "html", "diff", "text", "json", "jsonpatch", "sarif", "github", "junit")
    for namespace, code in (("wrong-on-deployment", 1), ("nothing-of-linkerd", 0)):
        for form in forms:
            ran = autofix(seeded, "scan", "-n", namespace, "-o", form, "-t", ERAS["alpha"], "-q")
            assert (ran.code, ran.err) == (code, ""), form


@pytest.mark.parametrize(
    ("form", "schema"),
    [("json", "docs/output.schema.json"), ("sarif", "tests/data/sarif-2.1.0.schema.json")],
)
def test_machine_outputs_fit_their_schemas(seeded: Cluster, form: str, schema: str) -> None:
    ran = autofix(seeded, "scan", "-A", "-o", form, "-t", ERAS["beta"], "-q")
    jsonschema.validate(json.loads(ran.out), json.loads((ROOT / schema).read_text()))


def test_a_namespace_that_is_not_there_is_said(seeded: Cluster) -> None:
    ran = autofix(seeded, "scan", "-n", "nowhere")
    assert ran.code == 2
    assert 'namespaces "nowhere" not found' in ran.err


def test_what_may_not_be_read_is_said_and_the_rest_is_told(seeded: Cluster) -> None:
    name, space = f"reader-{secrets.token_hex(3)}", "wrong-on-deployment"
    seeded.kubectl("create", "serviceaccount", name, "-n", space)
    seeded.kubectl("create", "role", name, "-n", space, "--verb=get,list", "--resource=deployments.apps")
    seeded.kubectl(
        "create", "rolebinding", name, "-n", space, f"--role={name}", f"--serviceaccount={space}:{name}"
    )
    config = json.loads(seeded.kubeconfig.read_text())
    token = seeded.kubectl("create", "token", name, "-n", space).out.strip()
    config["users"] = [{"name": "admin", "user": {"token": token}}]
    path = seeded.folder / f"{name}.json"
    path.write_text(json.dumps(config))
    ran = autofix(seeded, "scan", "-n", space, "-t", ERAS["alpha"], kubeconfig=path)
    assert ran.code == 2
    assert "Deployment/web" in ran.out
    assert "jobs.batch" in ran.err
    assert "ask for the right to read them" in ran.err
    # Without the Namespace nobody can say what Linkerd does, and nothing is patched.
    assert "its Namespace cannot be read" in ran.out
    fixing = autofix(seeded, "scan", "-n", space, "-t", ERAS["alpha"], "--fix", "--yes", kubeconfig=path)
    assert fixing.code == 2
    assert "patched" not in fixing.err


def test_without_a_terminal_nothing_is_changed_unless_yes_is_given(seeded: Cluster) -> None:
    before = settled(seeded)
    ran = autofix(seeded, "scan", "-A", "--fix", "-t", ERAS["beta"])
    assert ran.code == 2
    assert "give --yes" in ran.err
    no = at_a_terminal(seeded, "scan", "-A", "--fix", "-t", ERAS["beta"], answer="n")
    assert no.code == 1
    assert "nothing was changed" in no.err
    assert "New pods will be made for" in no.err
    dry = autofix(seeded, "scan", "-A", "--fix", "--dry-run=server", "-t", ERAS["beta"])
    assert dry.code == 1
    assert "would patch Deployment wrong-on-deployment/web" in dry.err
    assert settled(seeded) == before


def test_a_fix_leaves_nothing_safe_to_report_and_touches_nothing_else(seeded: Cluster) -> None:
    seeded.apply(*control_plane_of(ERAS["beta"]))
    before = settled(seeded)
    ran = autofix(seeded, "scan", "-A", "--fix", "--yes")
    assert ran.code == 1, ran.err
    assert "--- wrong-on-deployment/Deployment/web" in ran.out
    patched = {line.removeprefix("autofix: patched ") for line in ran.err.splitlines() if "patched" in line}
    expected = {
        (f"{row.split()[0]} {name}" if row.startswith("Namespace") else f"{row.split()[0]} {name}/web")
        for name, rows in expected_in("beta").items()
        for row in rows
        if row.split()[1] in ("101", "102", "103", "105", "202")
        and row.split()[0] not in ("Job", "Pod")
        and name != "would-be-denied"
    }
    assert patched == expected
    left = autofix(seeded, "scan", "-A", "-o", "json", "-q")
    applicable = [
        finding["code"]
        for one in left.objects
        for finding in one["findings"]
        if finding["applicability"] == "safe"
    ]
    assert applicable == []
    after = settled(seeded)
    changed = {name for name, version in before.items() if after.get(name) != version}
    spaces = {name.split()[1].partition("/")[0] for name in changed}
    # What a patched workload owns is made anew by its controller; everything else has its old version.
    assert spaces == {name.split()[1].partition("/")[0] for name in patched}
    for name in changed:
        kind, where = name.split()
        inside = where.partition("/")[0]
        own = f"Namespace {inside}" if kind == "Namespace" else f"{kind} {where}"
        owners = {f"{owner} {inside}/web" for owner in PODS}
        assert own in patched or (kind in ("ReplicaSet", "Pod") and owners & patched), name


def test_the_field_manager_is_ours(seeded: Cluster) -> None:
    found = seeded.kubectl(
        "get", "deployment", "web", "-n", "wrong-on-deployment", "-o", "json", "--show-managed-fields"
    ).object
    managers = {one["manager"]: json.dumps(one["fieldsV1"]) for one in found["metadata"]["managedFields"]}
    assert BETA in managers["autofix"]


def test_jobs_and_pods_are_named_with_the_way_out(seeded: Cluster) -> None:
    job = autofix(seeded, "scan", "-n", "wrong-on-job", "--fix", "--yes", "-t", ERAS["beta"])
    assert job.code == 1
    assert "patched" not in job.err
    told = autofix(seeded, "scan", "-n", "wrong-on-job", "-o", "text", "-t", ERAS["beta"], "-q")
    assert "the pod template of a Job is immutable: correct its manifest, delete the Job" in told.out
    told = autofix(seeded, "scan", "-n", "wrong-on-pod", "-o", "text", "-t", ERAS["beta"], "-q")
    assert "a Pod is never changed" in told.out
