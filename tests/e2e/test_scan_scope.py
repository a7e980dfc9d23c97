"""What a scan looks at: named objects, several Namespaces and clusters, and what a user may not read."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import ALPHA, BETA, WRONG
from control_plane import Cluster
from installing import control_plane_of
from looking import workload_of
from mesh import VERSIONS
from paths import DEPLOY
from scanning import Ran, at_a_terminal, autofix, shown_at_a_terminal

# Nothing in these depends on the version of Kubernetes, and they take their time.
pytestmark = pytest.mark.parametrize("cluster", VERSIONS[-1:], indirect=True)

Login = Callable[..., Path]


def objects_of(ran: Ran) -> list[str]:
    return [f"{one['kind']}/{one['name']}" for one in ran.objects]


@pytest.fixture
def shop(cluster: Cluster, space: str) -> str:
    """A Namespace with a wrong key on two Deployments, a CronJob and itself."""
    cluster.kubectl("annotate", "namespace", space, f"{WRONG}=true")
    for kind, name in (("Deployment", "web"), ("Deployment", "api"), ("CronJob", "web")):
        cluster.apply(workload_of(kind, name, space, {WRONG: "true"}))
    return space


@pytest.mark.parametrize(
    ("words", "objects"),
    [
        (["deploy/web"], ["Deployment/web"]),
        (["deployments.apps/web", "cronjob/web"], ["Deployment/web", "CronJob/web"]),
        (["deploy/web,deploy/api"], ["Deployment/api", "Deployment/web"]),
        (["deploy/web", "cj"], ["Deployment/web", "CronJob/web"]),
        (["sts"], []),
    ],
)
def test_objects_are_named_as_for_kubectl(
    cluster: Cluster, shop: str, words: list[str], objects: list[str]
) -> None:
    ran = autofix(cluster, "scan", "-n", shop, *words, "-o", "json", "-q", "-t", "2.17", "--ignore", "AFX404")
    assert ran.code == (1 if objects else 0), ran.err
    assert objects_of(ran) == objects


def test_a_namespace_can_be_named(cluster: Cluster, shop: str) -> None:
    ran = autofix(cluster, "scan", f"ns/{shop}", "-o", "json", "-q", "-t", "2.17", "--ignore", "AFX404")
    assert objects_of(ran) == [f"Namespace/{shop}"]


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("deploy/nothing", 'deployments.apps "nothing" not found in Namespace {shop}'),
        ("ns/nothing-here", 'namespaces "nothing-here" not found'),
        ("rollouts.example.com/web", "rollouts.example.com: the server has no such resources"),
        ("service/web", '"service" is no resource type with findings'),
    ],
)
def test_what_is_not_there_is_said_as_kubectl_says_it(
    cluster: Cluster, shop: str, word: str, message: str
) -> None:
    ran = autofix(cluster, "scan", "-n", shop, word, "-t", "2.17")
    assert ran.code == 2
    assert message.format(shop=shop) in ran.err
    assert "Traceback" not in ran.err


def test_a_named_object_is_shown_with_its_pods(cluster: Cluster, space: str) -> None:
    cluster.apply(workload_of("Deployment", "web", space, {ALPHA: "true", "linkerd.io/inject": "enabled"}))
    cluster.kubectl("wait", "--for=create", f"--namespace={space}", "pod", "-l", "app=web", "--timeout=30s")
    [web] = cluster.get("replicasets", "-n", space)["items"]
    pod = workload_of("Deployment", "web", space, {})["spec"]["template"]["spec"]
    pod["containers"].append({"name": "linkerd-proxy", "image": "x"})
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "controller": True}
    owner |= {"name": web["metadata"]["name"], "uid": web["metadata"]["uid"]}
    labels = web["spec"]["selector"]["matchLabels"]
    metadata = {"name": "old", "namespace": space, "ownerReferences": [owner], "labels": labels}
    with cluster.without_controllers():
        cluster.apply({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod})
        ran = autofix(cluster, "scan", "-n", space, "deploy/web", "-o", "json", "-t", "2.17", "-q")
    codes = {finding["code"] for one in ran.objects for finding in one["findings"]}
    assert "AFX602" in codes


def test_several_namespaces_are_one_table(cluster: Cluster, shop: str) -> None:
    other = f"{shop}-other"
    cluster.kubectl("create", "namespace", other)
    cluster.apply(workload_of("Deployment", "web", other, {WRONG: "true"}))
    both = ("-n", f"{shop},{other}", "deploy/web", "-t", "2.17", "--ignore", "AFX404")
    ran = autofix(cluster, "scan", *both, "--no-headers")
    assert [row.split()[:3] for row in ran.out.splitlines()] == [
        [shop, "Deployment/web", "AFX101"],
        [other, "Deployment/web", "AFX101"],
    ]
    cluster.kubectl("delete", "namespace", other, "--wait=false")


@pytest.fixture
def login(cluster: Cluster, space: str) -> Iterator[Login]:
    """Makes a user with ClusterRoles, in the whole cluster or in the Namespace, and gives a kubeconfig."""
    name = f"user-{secrets.token_hex(3)}"
    cluster.kubectl("create", "serviceaccount", name, "-n", space)
    subject = {"kind": "ServiceAccount", "name": name, "namespace": space}
    bindings: list[tuple[str, str]] = []

    def make(*roles: str, inside: bool = False) -> Path:
        for role in roles:
            kind = "RoleBinding" if inside else "ClusterRoleBinding"
            reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}
            metadata = {"name": f"{name}-{role}", **({"namespace": space} if inside else {})}
            cluster.apply(
                {
                    "apiVersion": "rbac.authorization.k8s.io/v1",
                    "kind": kind,
                    "metadata": metadata,
                    "roleRef": reference,
                    "subjects": [subject],
                }
            )
            bindings.append((kind, metadata["name"]))
        config = json.loads(cluster.kubeconfig.read_text())
        token = cluster.kubectl("create", "token", name, "-n", space).out.strip()
        config["users"] = [{"name": "admin", "user": {"token": token}}]
        path = cluster.folder / f"{name}.json"
        path.write_text(json.dumps(config))
        return path

    yield make
    for kind, binding in bindings:
        if kind == "ClusterRoleBinding":
            cluster.kubectl("delete", "clusterrolebinding", binding)


@pytest.fixture(scope="module")
def ready_roles(cluster: Cluster) -> Iterator[None]:
    """The ClusterRoles that we ship, and what a scan reads of Linkerd."""
    cluster.kubectl("apply", "-k", str(DEPLOY / "rbac"))
    cluster.apply(*control_plane_of("edge-25.10.7"))
    yield
    cluster.kubectl("delete", "-k", str(DEPLOY / "rbac"))
    cluster.kubectl("delete", "namespace", "linkerd")


def rows_of(ran: Ran, namespace: str) -> list[list[str]]:
    """The rows about a Namespace: other Namespaces may be about to go."""
    return [row.split() for row in ran.out.splitlines() if namespace in row]


@pytest.mark.usefixtures("ready_roles")
def test_the_ready_role_is_enough_for_a_scan(cluster: Cluster, shop: str, login: Login) -> None:
    user = login("linkerd-autofix-scan")
    for words in (("-A",), ("-n", shop), ("-n", shop, "deploy/web"), (f"ns/{shop}",)):
        # A note about the release stands at the first object of the cluster.
        command = ("scan", *words, "--ignore", "AFX404")
        mine, admins = autofix(cluster, *command, kubeconfig=user), autofix(cluster, *command)
        assert mine.code == admins.code == 1
        assert rows_of(mine, shop) == rows_of(admins, shop) != []
        assert "Linkerd edge-25.10.7" in mine.err
        assert not any(word in mine.err for word in ("error", "warning", "not read"))
    # It may write nothing.
    fixing = autofix(cluster, "scan", "-n", shop, "--fix", "--yes", kubeconfig=user)
    assert fixing.code == 2
    assert "cannot patch resource" in fixing.err
    assert "patched 0 of 4 objects" in fixing.err


@pytest.mark.usefixtures("ready_roles")
def test_with_the_role_for_fixes_a_fix_is_made(cluster: Cluster, shop: str, login: Login) -> None:
    user = login("linkerd-autofix-scan", "linkerd-autofix-fix")
    fixing = autofix(cluster, "scan", "-n", shop, "--fix", "--yes", kubeconfig=user)
    assert fixing.err.count("autofix: patched ") == 4, fixing.err
    found = cluster.get("cronjobs", "-n", shop)["items"][0]["spec"]["jobTemplate"]["spec"]["template"]
    assert found["metadata"]["annotations"] == {BETA: "true"}


@pytest.mark.usefixtures("ready_roles")
@pytest.mark.parametrize("right", ["delete deployments.apps", "get secrets", "list configmaps", "patch pods"])
def test_the_ready_roles_allow_no_more(cluster: Cluster, space: str, login: Login, right: str) -> None:
    login("linkerd-autofix-scan", "linkerd-autofix-fix")
    [account] = [
        one["metadata"]["name"]
        for one in cluster.get("serviceaccounts", "-n", space)["items"]
        if one["metadata"]["name"].startswith("user-")
    ]
    ask = ("auth", "can-i", *right.split(), "-n", space, f"--as=system:serviceaccount:{space}:{account}")
    assert cluster.kubectl(*ask, check=False).out.strip() == "no"


@pytest.mark.parametrize("place", ["-A", "-n"])
def test_with_the_role_view_pod_templates_are_left_out(
    cluster: Cluster, shop: str, login: Login, place: str
) -> None:
    """Kubernetes' own ClusterRole ``view`` may list everything else."""
    user = login("view", inside=place == "-n")
    words = (*(("-A",) if place == "-A" else ("-n", shop)), "--ignore", "AFX404")
    ran = autofix(cluster, "scan", *words, "-t", "2.17", kubeconfig=user)
    whole = autofix(cluster, "scan", *words, "-t", "2.17")
    assert ran.code == whole.code == 1
    assert rows_of(ran, shop) == rows_of(whole, shop) != []
    assert "warning: podtemplates: podtemplates is forbidden" in ran.err
    assert "; not read: podtemplates" in ran.err
    # Somebody who names them wants to see them.
    named = autofix(cluster, "scan", *words, "podtemplates", "-t", "2.17", kubeconfig=user)
    assert named.code == 2
    assert "error: podtemplates: podtemplates is forbidden" in named.err


@pytest.fixture
def contexts(cluster: Cluster, shop: str, tmp_path: Path) -> Path:
    """A kubeconfig with three contexts: two lead to the cluster, and one leads nowhere."""
    config: dict[str, Any] = json.loads(cluster.kubeconfig.read_text())
    config["clusters"].append({"name": "gone", "cluster": {"server": "https://127.0.0.1:1"}})
    config["contexts"] = [
        {"name": "eu", "context": {"cluster": "test", "user": "admin", "namespace": shop}},
        {"name": "gone", "context": {"cluster": "gone", "user": "admin"}},
        {"name": "us", "context": {"cluster": "test", "user": "admin", "namespace": "default"}},
    ]
    config["current-context"] = "us"
    path = tmp_path / "contexts"
    path.write_text(json.dumps(config))
    return path


def test_all_contexts_are_scanned_and_one_that_is_gone_is_said(cluster: Cluster, contexts: Path) -> None:
    options = ("-t", "2.17", "--ignore", "AFX404")
    ran = autofix(cluster, "scan", "--all-contexts", *options, kubeconfig=contexts)
    assert ran.code == 2
    head, *rows = ran.out.splitlines()
    assert head.split()[:3] == ["CONTEXT", "NAMESPACE", "OBJECT"]
    assert {row.split()[0] for row in rows} == {"eu"}
    assert "error: gone: cannot connect to 127.0.0.1:1: Connection refused" in ran.err
    assert "of 2 clusters" in ran.err.splitlines()[-1]
    assert ran.err.splitlines()[-1].endswith("1 cluster not read")
    named = autofix(cluster, "scan", "--context", "eu,us", *options, "-o", "json", kubeconfig=contexts)
    assert named.code == 1
    assert {one["context"] for one in named.objects} == {"eu"}
    assert len(named.objects) == 4
    single = autofix(cluster, "scan", "--context", "eu", *options, "-o", "json", kubeconfig=contexts)
    assert [one["name"] for one in single.objects] == [one["name"] for one in named.objects]
    assert "context" not in single.objects[0]


def test_before_a_fix_the_cluster_and_who_may_undo_it_are_named(cluster: Cluster, shop: str) -> None:
    cluster.kubectl("label", "deployment", "web", "-n", shop, "argocd.argoproj.io/instance=shop")
    mark = ("annotate", "cronjob", "web", "-n", shop, "a=b", "--field-manager=kustomize-controller")
    cluster.kubectl(*mark)
    no = at_a_terminal(cluster, "scan", "-n", shop, "--fix", "-t", "2.17", answer="n")
    assert f"context test, API server {cluster.url}: 4 objects to patch" in no.err
    assert f"Argo CD manages Deployment {shop}/web and may put the old text back" in no.err
    assert f"Flux manages CronJob {shop}/web and may put the old text back" in no.err
    assert "patch 4 objects? [y/N]" in no.err
    assert "nothing was changed" in no.err
    assert no.code == 1
    refused = autofix(cluster, "scan", "-n", shop, "--fix", "-t", "2.17")
    assert refused.code == 2
    assert "there is no terminal: give --yes" in refused.err
    yes = autofix(cluster, "scan", "-n", shop, "--fix", "--yes", "-t", "2.17")
    assert f"API server {cluster.url}" in yes.err
    assert yes.err.count("autofix: patched ") == 4


COLOUR = re.compile(r"\x1b\[[0-9]+m")


def test_a_person_sees_colours_and_lines_that_fit(cluster: Cluster, shop: str) -> None:
    words = ("scan", "-n", shop, "-t", "2.17")
    screen = shown_at_a_terminal(cluster.kubeconfig, 80, *words)
    assert "\x1b[31mAFX101\x1b[0m" in screen
    lines = COLOUR.sub("", screen).splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert any(WRONG in line for line in lines)
    plain = shown_at_a_terminal(cluster.kubeconfig, 80, *words, NO_COLOR="1")
    assert plain.splitlines() == lines
    assert shown_at_a_terminal(cluster.kubeconfig, 80, *words, "--color=never").splitlines() == lines
    # For a program the colours can be asked for, and the lines are long.
    ran = autofix(cluster, *words, "--color=always")
    assert "\x1b[31mAFX101\x1b[0m" in ran.out
    assert any(len(line) > 120 for line in ran.out.splitlines())


def test_a_person_who_watches_sees_the_time_of_day(cluster: Cluster, shop: str) -> None:
    words = ("scan", "-n", shop, "-t", "2.17", "--watch", "--interval", "0.2", "--color=never")
    changed = False

    def stop(screen: str) -> bool:
        nonlocal changed
        if not changed and "CronJob/web" in screen:
            cluster.kubectl("delete", "cronjob", "web", "-n", shop)
            changed = True
        return " gone " in screen

    lines = shown_at_a_terminal(cluster.kubeconfig, 80, *words, stop=stop).splitlines()
    gone = [line for line in lines if " gone " in line]
    assert gone
    assert all(re.match(r"\d\d:\d\d:\d\d  gone ", line) for line in gone)
    assert all("CronJob/web" in line for line in gone)


def test_only_named_objects_are_fixed(cluster: Cluster, shop: str) -> None:
    ran = autofix(cluster, "scan", "-n", shop, "deploy/web", "--fix", "--yes", "-t", "2.17")
    assert ran.err.count("autofix: patched ") == 1, ran.err
    assert f"patched Deployment {shop}/web" in ran.err
    left = autofix(cluster, "scan", "-n", shop, "-o", "json", "-q", "-t", "2.17", "--select", "AFX101")
    assert objects_of(left) == [f"Namespace/{shop}", "Deployment/api", "CronJob/web"]
