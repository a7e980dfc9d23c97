"""Which Linkerd runs, and the Helm values of its chart, as its control plane shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from autofix.cluster.linkerd_names import CONFIG, CREATED_BY, INJECTOR
from autofix.cluster.rollout import Rollout, injector_image, other_images
from autofix.errors import AutofixError
from autofix.kubeapi.api_path import resource_path
from autofix.kubeapi.deployment_types import Deployment
from autofix.kubeapi.list import Resource
from autofix.kubeapi.types import ConfigMap
from autofix.kubernetes.kinds import CONFIG_MAP, DEPLOYMENT
from autofix.linkerd.release import Release, join_releases, parse_release

_NO_ROLLOUT: Final = Rollout()
_VERSION: Final = "app.kubernetes.io/version"


@dataclass(frozen=True, slots=True)
class Linkerd:
    """What the cluster says about its Linkerd.

    Attributes:
        release: the release; None when nothing names it. During an upgrade it is the new one.
        source: where the release was read, in words for people.
        default: Helm's ``proxy.nativeSidecar``; None when nothing says what it is.
        wait_before_exit: Helm's ``proxy.waitBeforeExitSeconds``, in seconds.
        projects_tokens: Helm's ``identity.serviceAccountTokenProjection``; the chart's default is True.
        others: releases whose injectors answer beside it, or may soon; empty when the rollout is done. None
            stands for a release that is not known.
    """

    release: str | None = None
    source: str = ""
    default: bool | None = None
    wait_before_exit: int = 0
    projects_tokens: bool = True
    others: tuple[str | None, ...] = ()

    @property
    def in_force(self) -> Release:
        """The release in force: during an upgrade all that answer, together."""
        return join_releases(map(parse_release, (self.release, *self.others)))


def injector_in(namespace: str) -> Resource[Deployment]:
    """Return where the injector's Deployment is.

    Args:
        namespace: the control plane's.

    Returns:
        The resource to read or to watch.

    Raises:
        PathError: when no Namespace can have the name.
    """
    return Resource("linkerd injector", resource_path(DEPLOYMENT, namespace), Deployment, INJECTOR)


def config_in(namespace: str) -> Resource[ConfigMap]:
    """Return where the ConfigMap with the Helm values of a control plane is.

    Args:
        namespace: the control plane's.

    Returns:
        The resource to read or to watch.

    Raises:
        PathError: when no Namespace can have the name.
    """
    return Resource("linkerd config", resource_path(CONFIG_MAP, namespace), ConfigMap, CONFIG)


def read_linkerd(
    deployment: Deployment | None, config: ConfigMap | None, rollout: Rollout = _NO_ROLLOUT
) -> Linkerd:
    """Combine what is known about Linkerd.

    Args:
        deployment: the injector's.
        config: the ConfigMap ``linkerd-config``.
        rollout: what is known of the injector's pods.

    Returns:
        What they say; a value that cannot be read is left out.

    Source: linkerd2 charts/linkerd-control-plane/templates/proxy-injector.yaml and config.yaml. A pod's own
    ``linkerd.io/created-by`` does not count: whoever may create pods could choose the release with it.
    """
    values = read_values(config) or {}
    proxy, identity = _section(values, "proxy"), _section(values, "identity")
    default, wait = proxy.get("nativeSidecar"), proxy.get("waitBeforeExitSeconds")
    release, source = next(
        ((text, source) for text, source in _releases(deployment, values) if _is_release(text)), (None, "")
    )
    return Linkerd(
        release,
        source,
        default if isinstance(default, bool) else None,
        int(str(wait)) if str(wait).isdecimal() else 0,
        projects_tokens=identity.get("serviceAccountTokenProjection") is not False,
        others=_others(release, other_images(deployment, rollout)),
    )


def _others(release: str | None, images: frozenset[str]) -> tuple[str | None, ...]:
    """Return the releases of images that are not the template's, sorted, so that equal answers are equal."""
    tags = map(tag_of, images)
    others = {tag if _is_release(tag) else None for tag in tags} - {release}
    return tuple(sorted(others, key=lambda other: other or ""))


def read_values(config: ConfigMap | None) -> Mapping[str, Any] | None:
    """Read the Helm values of a control plane.

    Args:
        config: the ConfigMap ``linkerd-config``.

    Returns:
        The values; None when there is no ConfigMap, or nothing in it that is a mapping in YAML.
    """
    text = ((config and config.data) or {}).get("values", "")
    try:
        values = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return values if isinstance(values, dict) else None


def _section(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = values.get(name)
    return section if isinstance(section, dict) else {}


def _releases(deployment: Deployment | None, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield texts that may be a release, the most reliable text first, with their sources."""
    labels = (deployment.metadata.labels if deployment else None) or {}
    if deployment:
        yield tag_of(injector_image(deployment.spec.template.spec)), f"image of Deployment {INJECTOR}"
    yield str(values.get("linkerdVersion") or ""), f"linkerdVersion of ConfigMap {CONFIG}"
    yield labels.get(_VERSION, ""), f"label of Deployment {INJECTOR}"
    # "linkerd/helm edge-25.10.7", "linkerd/cli stable-2.14.10"
    yield created_by(deployment) if deployment else "", f"{CREATED_BY} of Deployment {INJECTOR}"


def tag_of(image: str) -> str:
    """Return the tag of an image.

    Args:
        image: its name, such as ``cr.l5d.io/linkerd/proxy:edge-25.10.7``.

    Returns:
        The tag; empty when there is none.
    """
    # A digest stands behind the tag, a registry's port before the last slash.
    return image.partition("@")[0].rpartition("/")[2].partition(":")[2]


def created_by(deployment: Deployment) -> str:
    """Return the release of the chart or CLI that made a Deployment.

    Args:
        deployment: the Deployment.

    Returns:
        The release; empty when the Deployment does not name it.
    """
    writer: str = (deployment.metadata.annotations or {}).get(CREATED_BY, "")
    return writer.rpartition(" ")[2]


def _is_release(text: str) -> bool:
    try:
        parse_release(text)
    except AutofixError:
        return False
    return bool(text)
