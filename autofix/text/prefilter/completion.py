"""How YAML and JSON begin to say what makes a Job hang that does not name Linkerd (AFX603)."""

from __future__ import annotations

import re
from typing import Final

from autofix.kubernetes.custom_kinds import custom_kinds_that_complete
from autofix.kubernetes.kinds import KINDS, NAMESPACE
from autofix.linkerd.completion import RESTART_POLICIES_THAT_END

# How they go on behind a field whose value is a word.
_IS: Final = rb"""["']?[ \t]*:[ \t]*["']?"""
_ENDING: Final = "|".join(RESTART_POLICIES_THAT_END).encode()
_KINDS: Final = "|".join(
    sorted({*(kind.kind for kind in KINDS if kind.completes), *custom_kinds_that_complete()})
).encode()
# Pods that run to completion.
COMPLETION: Final = re.compile(rb"(?:restartPolicy%b(?:%b)|kind%b(?:%b))\b" % (_IS, _ENDING, _IS, _KINDS))
# A Namespace, which may ask for proxies.
NAMESPACE_OBJECT: Final = re.compile(rb"kind%b%b\b" % (_IS, NAMESPACE.kind.encode()))
