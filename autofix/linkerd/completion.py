"""Whether a pod that runs to completion completes beside Linkerd's proxy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from autofix.linkerd.keys import is_native_like

if TYPE_CHECKING:
    from autofix.linkerd.precedence import Annotations

# linkerd2 pkg/k8s/labels.go, ProxyContainerName and DebugContainerName.
PROXY_CONTAINER: Final = "linkerd-proxy"
DEBUG_CONTAINER: Final = "linkerd-debug"
# Kubernetes API reference, PodSpec.restartPolicy; a Job takes no other.
RESTART_POLICIES_THAT_END: Final = ("Never", "OnFailure")
_SHUTDOWN_KEY: Final = "config.linkerd.io/proxy-admin-shutdown"
# linkerd-await ends the proxy after its command; others call the proxy's endpoint themselves.
_AWAIT, _SHUTDOWN = "linkerd-await", "/shutdown"
# Neither another program nor another path, such as /shutdown-hook.
_ENDS_PROXY: Final = re.compile(rf"{_AWAIT}(?![\w.-])|{_SHUTDOWN}(?![\w./-])")
# Containers without the first word have no proxy, and without the others no program that ends one.
CONTAINER_WORDS: Final = (PROXY_CONTAINER, _AWAIT, _SHUTDOWN)
# Where a container says what it runs, and how much of it is read.
PROGRAMS: Final = ("command", "args", "lifecycle")
_MOST_STRINGS: Final = 10_000


def runs_to_completion(spec: object) -> bool:
    """Tell whether a pod is meant to end by itself.

    Args:
        spec: the spec of a pod or pod template, any JSON value.

    Source: Kubernetes, "Pod Lifecycle", container restart policy: the default is Always.
    """
    return isinstance(spec, Mapping) and spec.get("restartPolicy") in RESTART_POLICIES_THAT_END


def is_shutdown_on(pod: Annotations, namespace: Annotations) -> bool:
    """Tell whether annotations switch on the endpoint by which a pod ends its proxy.

    Args:
        pod: annotations of the pod.
        namespace: annotations of its Namespace; the pod inherits its value.

    Source: linkerd2 pkg/k8s/labels.go ProxyShutdownAnnotation.
    """
    switch = pod[_SHUTDOWN_KEY] if _SHUTDOWN_KEY in pod else namespace.get(_SHUTDOWN_KEY)
    return switch == "enabled"


def stops_proxy(spec: object) -> bool:
    """Tell whether a container of a pod runs ``linkerd-await`` or calls ``/shutdown``.

    Args:
        spec: the spec of a pod or pod template, any JSON value.

    Source: linkerd/linkerd-await README.
    """
    return any(_ENDS_PROXY.search(text) for text in _programs(spec))


def _programs(spec: object) -> Iterator[str]:
    """Yield the strings in what the containers of a pod run; a bounded number of them."""
    containers = spec.get("containers") if isinstance(spec, Mapping) else None
    stack: list[object] = [
        container.get(field)
        for container in (containers if isinstance(containers, list) else ())
        # The proxy waits for itself with linkerd-await, and that does not end it.
        if isinstance(container, Mapping) and container.get("name") != PROXY_CONTAINER
        for field in PROGRAMS
    ]
    for _ in range(_MOST_STRINGS):
        if not stack:
            return
        node = stack.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, Mapping):
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def lacks_a_key(pod: Annotations, namespace: Annotations) -> bool:
    """Tell whether nobody has written a native-sidecar key for a pod, right or wrong.

    Args:
        pod: annotations of the pod.
        namespace: annotations of its Namespace.
    """
    return not any(map(is_native_like, (*pod, *namespace)))
