"""Kubernetes server versions, as far as a minor version matters."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from autofix.errors import AutofixError

# Vendors append to it: "v1.29.4-gke.1043", "1.30+" (k8s.io/apimachinery pkg/version Info.Minor).
_VERSION: Final = r"v?(\d{1,3})\.(\d{1,4})(?:[.+-].*)?"


class KubernetesVersion(NamedTuple):
    """A server version; compares by major and minor."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


# SidecarContainers, the feature behind native sidecars, is beta and on by default from it (KEP-753).
FIRST_WITH_SIDECARS: Final = KubernetesVersion(1, 29)


def parse_kubernetes(text: str) -> KubernetesVersion:
    """Read a Kubernetes version such as ``1.29``, ``v1.33.2`` or ``v1.29.4-gke.1043``.

    Args:
        text: the version.

    Returns:
        Its major and minor version.

    Raises:
        AutofixError: when the text has another form.
    """
    match = re.fullmatch(_VERSION, text.strip(), re.ASCII | re.DOTALL)
    if not match:
        raise AutofixError(f"not a Kubernetes version: {text!r}; write it as 1.29 or v1.33.2")
    return KubernetesVersion(int(match[1]), int(match[2]))
