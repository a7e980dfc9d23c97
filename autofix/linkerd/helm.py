"""The values of Linkerd's own Helm chart: where a document has them, and which are about native sidecars.

A value is called by its path with dots, such as ``proxy.nativeSidecar``, as ``helm --set`` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from autofix.linkerd.keys import has_sidecar_words

# linkerd2 charts/linkerd-control-plane/values.yaml; a boolean.
NATIVE_SIDECAR: Final = "proxy.nativeSidecar"
# The same file; a number of seconds.
WAIT_BEFORE_EXIT: Final = "proxy.waitBeforeExitSeconds"
# What people write for it, and no chart reads (the row "Helm" of tests/data/mapping.json).
WRONG_PATHS: Final = frozenset(
    {"nativeSidecar", "proxy.enableNativeSidecar", "proxy.proxyEnableNativeSidecar", "Proxy.NativeSidecar"}
)
# The charts that have it: linkerd2's, Buoyant's, and the name of the chart before Linkerd 2.12.
_CHARTS: Final = frozenset({"linkerd-control-plane", "linkerd-enterprise-control-plane", "linkerd2"})
# The end of a chart's address: the name, and the version of a packed chart.
_ADDRESS: Final = re.compile(rf"(?:{'|'.join(sorted(_CHARTS))})(?:[-_.]v?\d\S{{0,60}})?(?:\.tgz)?\Z")

# Values that no other chart is known to have beside such a word (the same values.yaml).
_ROOT_NAMES: Final = frozenset(
    {
        *(
            "clusterNetworks",
            "cniEnabled",
            "controllerImage",
            "controllerImageVersion",
            "controllerLogFormat",
        ),
        *("controllerLogLevel", "controllerReplicas", "destinationController", "disableHeartBeat"),
        *("disableIPv6", "enableEndpointSlices", "enableH2Upgrade", "heartbeatSchedule"),
        *("identityTrustAnchorsPEM", "identityTrustDomain", "linkerdVersion", "policyController"),
        *("policyValidator", "profileValidator", "proxyInit", "proxyInjector", "spValidator"),
        *("webhookFailurePolicy", "debugContainer"),
    }
)
_PROXY_NAMES: Final = frozenset(
    {
        *("accessLog", "defaultInboundPolicy", "disableInboundProtocolDetectTimeout"),
        *("disableOutboundProtocolDetectTimeout", "enableExternalProfiles", "enableShutdownEndpoint"),
        *("inboundConnectTimeout", "inboundDiscoveryCacheUnusedTimeout", "opaquePorts"),
        *("outboundConnectTimeout", "outboundDiscoveryCacheUnusedTimeout", "podInboundPorts"),
        *("requireIdentityOnInboundPorts", "requireTLSOnInboundPorts", "shutdownGracePeriod"),
        "waitBeforeExitSeconds",
    }
)
_CONTROL_PLANE: Final = ("spec", "components", "linkerd", "controlPlaneConfig")
# Where HelmRelease, Application, kustomizations, helmfile and Crossplane have the values of a chart.
_VALUES: Final = ("values", "valuesObject", "valuesInline")
# What they call the chart: by name, or in a mapping of its own.
_CHART: Final = ("chart", "chartRef", "name")
# Of an annotation or label, whoever's values it stands in.
_NO_VALUE: Final = frozenset("./")
# Deeper than any document that people write, and deeper than any word about native sidecars.
_DEEPEST, _DEEPEST_WORD = 64, 3

ValuesPath = tuple[str | int, ...]


def is_linkerd_chart(chart: str) -> bool:
    """Tell whether a chart is that of Linkerd's control plane.

    Args:
        chart: its name, or its path or address, with or without a version.
    """
    return _ADDRESS.match(chart.rstrip("/").rpartition("/")[2]) is not None


def is_native_word(path: str) -> bool:
    """Tell whether a value is meant to say whether proxies are native sidecars.

    Args:
        path: its path with dots.
    """
    return "/" not in path and has_sidecar_words(path.rpartition(".")[2])


def linkerd_values_in(values: Mapping[str, object]) -> dict[str, object]:
    """Return what Linkerd's Helm values say about native sidecars and the wait before exit.

    Args:
        values: the values, as mappings in mappings.

    Returns:
        The values by their path with dots, in their order; empty when they say nothing of it.
    """
    return {
        path: value for path, value in _leaves(values) if path == WAIT_BEFORE_EXIT or is_native_word(path)
    }


def is_linkerd_values(values: object) -> bool:
    """Tell by the names in a mapping whether it holds values of Linkerd's chart about native sidecars.

    Args:
        values: any JSON value.

    Returns:
        True only if it has such a word, and beside it a name that only Linkerd's chart is known to have.
    """
    if not isinstance(values, dict):
        return False
    proxy = values.get("proxy")
    names = proxy.keys() if isinstance(proxy, dict) else ()
    if _ROOT_NAMES.isdisjoint(values) and _PROXY_NAMES.isdisjoint(names):
        return False
    return any(is_native_word(path) for path, _ in _leaves(values))


def find_linkerd_values(document: object) -> Iterator[tuple[ValuesPath, Mapping[str, object]]]:
    """Find the values of Linkerd's chart in a document.

    Args:
        document: a values file, or an object that installs the chart: a HelmRelease, an Application, a
            ControlPlane of Buoyant's, a kustomization, a helmfile.

    Yields:
        Where they stand, and the values.
    """
    if is_linkerd_values(document) and isinstance(document, dict):
        yield (), document
        return
    stack: list[tuple[ValuesPath, object]] = [((), document)]
    while stack:
        place, node = stack.pop()
        if isinstance(node, dict):
            installs = _installs_linkerd(node)
            for name, child in node.items():
                if not isinstance(child, dict | list):
                    continue
                values = list(_values_at((*place, name), child, installs=installs))
                yield from values
                if not values and len(place) < _DEEPEST:
                    stack.append(((*place, name), child))
        elif isinstance(node, list):
            stack.extend(
                ((*place, index), item) for index, item in enumerate(node) if isinstance(item, dict | list)
            )


def _values_at(
    place: ValuesPath, node: dict[str, object] | list[object], *, installs: bool
) -> Iterator[tuple[ValuesPath, Mapping[str, object]]]:
    """Yield the values that stand under a name; ``installs`` says that the chart stands beside the name."""
    name = place[-1]
    if isinstance(node, list):
        # A helmfile lists files and mappings.
        if name == "values" and installs:
            yield from (((*place, index), item) for index, item in enumerate(node) if isinstance(item, dict))
    elif (
        name in _CHARTS
        or place == _CONTROL_PLANE
        or (name in _VALUES and (installs or is_linkerd_values(node)))
    ):
        yield place, node
    elif name == "helm" and installs:
        for word in _VALUES:
            if isinstance(values := node.get(word), dict):
                yield (*place, word), values


def _installs_linkerd(node: Mapping[str, object]) -> bool:
    return any(is_linkerd_chart(_chart_address(node.get(name))) for name in _CHART)


def _chart_address(chart: object) -> str:
    """Read the address of a chart: ``repository/chart``, ``{spec: {chart: …}}`` or ``{name: …}``."""
    if isinstance(chart, dict):
        spec = chart.get("spec")
        chart = spec.get("chart") if isinstance(spec, dict) else chart.get("name")
    return chart if isinstance(chart, str) else ""


def _leaves(values: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield the values that are no mappings, by their path with dots, but none of annotations and labels."""
    stack: list[tuple[str, object]] = [("", values)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, dict) and path.count(".") < _DEEPEST_WORD:
            inner = [
                (f"{path}.{name}" if path else name, child)
                for name, child in node.items()
                if isinstance(name, str) and _NO_VALUE.isdisjoint(name)
            ]
            stack.extend(reversed(inner))
        elif path:
            yield path, node
