"""What the check of one text needs from all the other texts of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from autofix.engine.api import Result
from autofix.engine.namespaces import IGNORE_ANNOTATION, codes_switched_off
from autofix.engine.options import Options
from autofix.kubernetes.pointer import Path, get
from autofix.linkerd.precedence import Annotations
from autofix.text.document import Document
from autofix.text.waits import namespaces_of

_OWN: Final[Path] = ("metadata", "annotations", IGNORE_ANNOTATION)


class Run(NamedTuple):
    """What the check of a text needs from the other texts.

    Attributes:
        options: the options.
        waits: the waits of the Namespaces, by their name.
        ignored: codes that the Namespaces switch off, by their name.
        results: what the engine says of the Kubernetes objects, in the order of the texts.
    """

    options: Options
    waits: Mapping[str, Annotations]
    ignored: Mapping[str, frozenset[str]]
    results: Iterator[Result]


def codes_ignored(document: Document, run: Run) -> frozenset[str]:
    """Collect the codes that a document, or the Namespace that it names, switches off.

    Args:
        document: the document.
        run: what the other texts say.
    """
    own = get(document.value, _OWN)
    codes = codes_switched_off(own) if isinstance(own, str) else frozenset()
    return codes.union(*(run.ignored.get(name, frozenset()) for name in namespaces_of(document.value)))
