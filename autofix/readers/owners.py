"""Whose annotations stand at a place in a program, by the names around it."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final, NamedTuple

from autofix.readers.kinds import TARGETS
from autofix.readers.model import Branch, Target
from autofix.readers.names import target_of_name

# So many blocks around a statement are looked at.
_MOST_BLOCKS: Final = 8
_NAME: Final = re.compile(r"[A-Za-z_]\w{0,80}")
# A PodTemplate is its template in clients of the API.
_PODS: Final = ("PodTemplateSpec", "PodTemplate", "KubernetesPodOperator", "GKEStartPodOperator")
_OWNERS: Final = MappingProxyType(
    {**TARGETS, "JobTemplateSpec": Target.WORKLOAD} | dict.fromkeys(_PODS, Target.POD)
)
# How clients of the API name a kind: V1Namespace (Python), KubeNamespace (cdk8s), NewNamespace and
# NamespaceArgs (Pulumi), NamespaceV1 (CDK for Terraform), Namespaces() (client-go), create_namespaced_pod.
_KIND: Final = re.compile(
    r"(?:V\d[A-Za-z0-9]{0,7}?|Kube|New)?(" + "|".join(sorted(_OWNERS, key=len, reverse=True)) + r")"
    r"(?:V\d\w{0,8}|Args|Patch|s|ApplyConfiguration)?\Z"
)
_CALL: Final = re.compile(r"(?:create|patch|replace)_(?:namespaced_)?(\w{1,40})\Z")
_TEMPLATE: Final = re.compile(r"(?:pod_?)?template(?:_?spec)?\Z", re.IGNORECASE)
_METADATA: Final = re.compile(r"(?:v1)?(?:object_?meta|metadata)(?:args|patch)?\Z", re.IGNORECASE)
_CAMEL: Final = MappingProxyType(
    {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower(): kind for kind in _OWNERS}
)


class CodePlace(NamedTuple):
    """What the names around a place in a program say.

    Attributes:
        target: what the nearest name says; None if no name says it.
        owner: whose annotations they are by the object around them; None if there is none.
        kind: the kind of that object.
        is_own: whether it is the metadata of the object itself.
        branch: whether the place is always reached.
        side: the innermost branch around it, by its identity.
        is_asked: whether it is part of a comparison.
        block: the block of statements around it, by its identity.
        outer: the blocks around that block, the innermost first.
        around: the group of the literal that this is spread into; None if it is part of none.
        variable: the variable that the literal is put into; empty if it is part of something else.
    """

    target: Target | None = None
    owner: Target | None = None
    kind: str = ""
    is_own: bool = False
    branch: Branch = Branch.ALWAYS
    side: int = 0
    is_asked: bool = False
    block: int = 0
    outer: tuple[int, ...] = ()
    around: tuple[object, ...] | None = None
    variable: str = ""

    def named(self, name: str, variable: str = "") -> CodePlace:
        """Return the place inside something with a name.

        Args:
            name: the name of a field, an argument, a variable.
            outer: the blocks around that block, the innermost first.
        around: the group of the literal that this is spread into; None if it is part of none.
        variable: the variable that is set; empty if it is no variable.
        """
        inner = self._replace(variable=variable)
        target = target_of_name(name)
        if target is not None:
            return inner._replace(target=target)
        if self.owner is Target.WORKLOAD and _TEMPLATE.match(name):
            return inner._replace(owner=Target.POD, is_own=False, target=None)
        if _METADATA.match(name):
            return inner._replace(is_own=True)
        return inner

    def of_kind(self, text: str) -> CodePlace:
        """Return the place inside a call or a literal of a type.

        Args:
            text: the text of the function or type.
        """
        place = self
        for word in _NAME.findall(text):
            place = place._of_word(word)
        return place

    def _of_word(self, word: str) -> CodePlace:
        call = _CALL.match(word)
        match = _KIND.match(word)
        kind = match[1] if match else _CAMEL.get(call[1], "") if call else ""
        if kind:
            return self._replace(owner=_OWNERS[kind], kind=kind, is_own=False, target=None, variable="")
        named = self.named(word, self.variable)
        return named if named.target is not None or named.is_own else self

    def in_block(self, block: int) -> CodePlace:
        """Return the place in a block of statements, by its identity."""
        outer = (self.block, *self.outer)[:_MOST_BLOCKS]
        return self._replace(block=block, outer=outer, around=None, variable="")

    def on_branch(self, branch: Branch, side: int) -> CodePlace:
        """Return the place in a branch; an alternative stays one within conditions.

        Args:
            branch: what the branch is.
            side: its identity.
        """
        is_alternative = Branch.ALTERNATIVE in {self.branch, branch}
        return self._replace(branch=Branch.ALTERNATIVE if is_alternative else branch, side=side)

    def annotations_target(self) -> Target:
        """Say whose annotations stand here."""
        if self.target in {Target.LABELS, Target.POD, Target.NAMESPACE}:
            return self.target
        if self.target is None or self.owner is None:
            return Target.UNKNOWN
        if self.owner is Target.WORKLOAD and not self.is_own:
            return Target.UNKNOWN
        return self.owner

    def text_target(self) -> Target:
        """Say whose annotations a text in a string holds, as far as the text does not say it."""
        return self.owner if self.owner in {Target.NAMESPACE, Target.POD} else Target.UNKNOWN
