"""Short ways to say: fix this pod, and look at what came out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from builders import ALPHA_ERA, Annotations, Object, pod

import autofix
from autofix import Finding, Result


def fixed(annotations: Annotations, **known: Any) -> Any:
    """The annotations of a pod after fixing it."""
    return fix(pod(annotations), **known).object["metadata"]["annotations"]  # type: ignore[index]


def fix(obj: object, **known: Any) -> Result:
    """Fix an object, in a release of the alpha era unless another is named."""
    return autofix.fix(obj, **{"release": ALPHA_ERA, **known})


def found(obj: Object | Mapping[str, object], code: str, **known: Any) -> list[Finding]:
    """The findings of one rule in an object, or in a pod with these annotations."""
    whole = obj if "kind" in obj else pod(obj)
    return [finding for finding in fix(whole, **known).findings if finding.code == code]


def codes(obj: Object | Mapping[str, object], **known: Any) -> list[str]:
    """The codes of all findings in an object, or in a pod with these annotations."""
    whole = obj if "kind" in obj else pod(obj)
    return [finding.code for finding in fix(whole, **known).findings]
