"""Whose annotations the own metadata of a Kubernetes object has, by its kind."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from autofix.kubernetes.kinds import KINDS, NAMESPACE, POD
from autofix.readers.model import Target

# The kinds of Kubernetes that Linkerd's annotations concern.
TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {kind.kind: Target.WORKLOAD for kind in KINDS} | {NAMESPACE.kind: Target.NAMESPACE, POD.kind: Target.POD}
)
