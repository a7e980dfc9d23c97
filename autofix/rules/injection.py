"""Who gets a proxy, with what is known of the cluster."""

from __future__ import annotations

from autofix.linkerd.injection import Injection, PodTraits, proxy_for
from autofix.linkerd.precedence import Annotations
from autofix.rules.options import Options


def injection_of(
    pod: Annotations, namespace: Annotations | None, traits: PodTraits, options: Options
) -> Injection:
    """Ask the model whether Linkerd gives a pod a proxy, with what is known of the cluster.

    Args:
        pod: annotations of the pod.
        namespace: annotations of its Namespace; None when the Namespace is not known.
        traits: what counts in the pod's spec.
        options: the options.
    """
    return proxy_for(pod, namespace, traits, release=options.release, projects_tokens=options.projects_tokens)
