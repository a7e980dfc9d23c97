"""What the check of one text needs from all the other texts of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from autofix.engine.namespaces import IGNORE_ANNOTATION, codes_switched_off, is_namespace
from autofix.engine.options import Options
from autofix.kubernetes.lists import objects_in
from autofix.kubernetes.locations import name_of
from autofix.kubernetes.pointer import Path, get
from autofix.linkerd.precedence import Annotations
from autofix.text.document import Document
from autofix.text.part import Part

# Words of every wait before exit: the annotation, and Linkerd's own Helm value.
_WAITS: Final = ("wait-before-exit", "waitBeforeExit")
_OWN: Final[Path] = ("metadata", "annotations", IGNORE_ANNOTATION)


class Run(NamedTuple):
    """What the check of a text needs from the other texts.

    Attributes:
        options: the options, with the wait of Linkerd's own Helm values if a text sets one.
        waits: the waits of the Namespaces, by their name.
        ignored: codes that the Namespaces switch off, by their name.
        removed: keys that a JSON patch removes; it fails where such a key is not there any more.
    """

    options: Options
    waits: Mapping[str, Annotations]
    ignored: Mapping[str, frozenset[str]]
    removed: frozenset[str]


def codes_ignored(document: Document, run: Run) -> frozenset[str]:
    """Collect the codes that a document, or the Namespace that it names, switches off.

    Args:
        document: the document.
        run: what the other texts say.
    """
    from autofix.text.waits import namespaces_of

    own = get(document.value, _OWN)
    codes = codes_switched_off(own) if isinstance(own, str) else frozenset()
    return codes.union(*(run.ignored.get(name, frozenset()) for name in namespaces_of(document.value)))


def read_run(parts: Sequence[Part], options: Options) -> Run:
    """Collect from all texts what the check of each needs.

    Args:
        parts: the files, and all texts inside them.
        options: the options.
    """
    ignored = {name: codes_switched_off(text) for part in parts for name, text in _opt_outs(part)}
    removed = frozenset(key for part in parts for key in _removed(part))
    waits: Mapping[str, Annotations] = {}
    if any(part.fragments or any(word in part.file.text for word in _WAITS) for part in parts):
        # Imported here: few runs hear of a wait.
        from autofix.text.waits import helm_waits, waits_of_namespaces

        waits = waits_of_namespaces(parts)
        wait = max((seconds for part in parts for seconds in helm_waits(part)), default=0)
        options = options._replace(wait_before_exit=max(options.wait_before_exit, wait))
    return Run(options, waits, ignored, removed)


def decides_about_others(run: Run, options: Options) -> bool:
    """Tell whether a file says anything that may matter to every other file.

    Args:
        run: what was read of the file alone.
        options: the options as they were before.
    """
    return bool(run.waits or run.ignored or run.removed) or run.options != options


def _removed(part: Part) -> Iterator[str]:
    if not part.fragments:
        return
    from autofix.readers.model import JSON_POINTER

    for fragment in part.fragments:
        for setting in fragment.settings:
            if not setting.is_set and setting.escapes == JSON_POINTER:
                yield setting.key


def _opt_outs(part: Part) -> Iterator[tuple[str, str]]:
    if IGNORE_ANNOTATION not in part.file.text:
        return
    for document in part.file.documents:
        for _, item in objects_in(document.value):
            text = get(item, ("metadata", "annotations", IGNORE_ANNOTATION)) if is_namespace(item) else None
            if isinstance(text, str) and (name := name_of(item)[1]):
                yield name, text
    if not part.fragments:
        return
    from autofix.readers.model import Target
    from autofix.text.fragment_objects import settings_of

    for fragment in part.fragments:
        name, entries = fragment.name or fragment.namespace, settings_of(fragment.settings, expressions=True)
        if fragment.target is Target.NAMESPACE and name and IGNORE_ANNOTATION in entries:
            yield name, str(entries[IGNORE_ANNOTATION])
