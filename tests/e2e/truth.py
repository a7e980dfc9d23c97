"""Whether Linkerd gives a pod a proxy: every row of what its injector was observed to do, as objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from builders import ALPHA, BETA, GA, TEMPLATES, WRONG, Object
from looking import pod_of
from mesh import INJECT

_ENV = "config.linkerd.io/proxy-additional-env"
_LEVEL = "config.linkerd.io/proxy-log-level"
_DEBUG = "config.linkerd.io/enable-debug-sidecar"
_APP: Object = {"name": "app", "image": "app"}
_PROXY: Object = {"name": "linkerd-proxy", "image": "proxy"}
_NATIVE: Object = {**_PROXY, "restartPolicy": "Always"}
_TOKEN: Object = {"name": "token", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}
_MOUNT: Object = {
    "containers": [{**_APP, "volumeMounts": [_TOKEN]}],
    "volumes": [{"name": "token", "emptyDir": {}}],
}

# By the value of linkerd.io/inject on the Namespace (a row) and on the pod (a column); "-" is none.
_INJECT = """
Namespace | -   | ""  | enabled | ingress | disabled | true | Enabled
-         | no  | no  | yes     | yes     | no       | no   | no
""        | no  | no  | yes     | yes     | no       | no   | no
enabled   | yes | yes | yes     | yes     | no       | no   | no
ingress   | yes | yes | yes     | yes     | no       | no   | no
disabled  | no  | no  | yes     | yes     | no       | no   | no
true      | no  | no  | no      | no      | no       | no   | no
Enabled   | no  | no  | no      | no      | no       | no   | no
"""
ENABLED = {INJECT: "enabled"}
ERAS = ("alpha", "beta", "ga")


@dataclass(frozen=True)
class Row:
    """A pod in a Namespace.

    Attributes:
        name: of both of them.
        proxies: the eras in which Linkerd gives it a proxy.
        namespace: annotations of the Namespace.
        own: annotations of the pod.
        spec: what its spec has besides one container, or instead of it.
        tokens: Helm's ``identity.serviceAccountTokenProjection``.
    """

    name: str
    proxies: tuple[str, ...]
    namespace: dict[str, str] = field(default_factory=lambda: ENABLED)
    own: dict[str, str] = field(default_factory=dict)
    spec: Object = field(default_factory=dict)
    tokens: bool = True

    @property
    def annotations(self) -> dict[str, str]:
        """The pod's, with a key that makes every tool speak of it, and decides nothing about a proxy."""
        return {WRONG: "true", **self.own}

    def pod(self, namespace: str) -> Object:
        obj = pod_of(self.name, namespace, self.annotations)
        return {**obj, "spec": {**obj["spec"], **self.spec}}

    def deployment(self, namespace: str) -> Object:
        """A Deployment that would make this pod."""
        version, _ = TEMPLATES["Deployment"]
        labels = {"app": self.name}
        pod = self.pod(namespace)
        template = {"metadata": {"labels": labels, "annotations": self.annotations}, "spec": pod["spec"]}
        spec: Any = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
        metadata = {"name": self.name, "namespace": namespace}
        return {"apiVersion": version, "kind": "Deployment", "metadata": metadata, "spec": spec}


def _asked() -> list[Row]:
    head, *lines = ([cell.strip() for cell in line.split("|")] for line in _INJECT.strip().splitlines())

    def annotations(text: str) -> dict[str, str]:
        return {} if text == "-" else {INJECT: "" if text == '""' else text}

    return [
        Row(
            f"asked-{row}-{column}",
            ERAS if cell == "yes" else (),
            annotations(line[0]),
            annotations(head[column]),
        )
        for row, line in enumerate(lines)
        for column, cell in enumerate(line[1:], start=1)
    ]


ROWS = (
    *_asked(),
    Row("host-network", (), spec={"hostNetwork": True}),
    Row("no-host-network", ERAS, spec={"hostNetwork": False}),
    Row("proxy-as-container", (), spec={"containers": [_APP, _PROXY]}),
    Row("proxy-as-sidecar", (), spec={"initContainers": [_NATIVE]}),
    Row("another-sidecar", ERAS, spec={"initContainers": [{**_NATIVE, "name": "log"}]}),
    Row("debug-sidecar", ERAS, own={_DEBUG: "true"}),
    Row("token-refused", ERAS, spec={"automountServiceAccountToken": False}),
    Row("token-needed", (), spec={"automountServiceAccountToken": False}, tokens=False),
    Row("token-mounted", ERAS, spec=_MOUNT, tokens=False),
    # Values that the injector writes into its patch as they are. Each era copies its own keys.
    Row("broken-alpha", (), {**ENABLED, ALPHA: '"true"'}),
    Row("broken-beta", ("alpha", "ga"), {**ENABLED, BETA: '"true"'}),
    Row("broken-ga", ("alpha", "beta"), {**ENABLED, GA: '"true"'}),
    Row("broken-by-newline", (), {**ENABLED, ALPHA: "true\n"}),
    Row("broken-by-tab", (), {**ENABLED, ALPHA: "\ttrue"}),
    Row("broken-by-backslash", (), {**ENABLED, ALPHA: "tr\\ue"}),
    Row("broken-by-environment", ("alpha", "beta"), {**ENABLED, _ENV: '[{"name": "A", "value": "b"}]'}),
    Row("broken-by-log-level", (), {**ENABLED, _LEVEL: 'warn,"linkerd"=info'}),
    Row("broken-and-own-key", ERAS, {**ENABLED, ALPHA: '"true"'}, {ALPHA: "true"}),
    Row("broken-and-own-environment", ERAS, {**ENABLED, _ENV: '["a"]'}, {_ENV: '["b"]'}),
    Row("broken-on-the-pod", ERAS, own={ALPHA: '"true"'}),
    Row("broken-foreign-key", ERAS, {**ENABLED, "example.com/note": 'a "note"'}),
    Row("unreadable-and-whole", ERAS, {**ENABLED, ALPHA: "yes, it's true"}),
)


def namespace_of(row: Row, name: str) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "annotations": row.namespace}}
