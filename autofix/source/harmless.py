"""Documents in which Linkerd is named and nothing can be found, told without parsing them.

Only the plainest documents are understood here: an object of a kind that Kubernetes defines, in block style,
with everything that YAML has beside that absent. Its annotations are then where their indentation says, and
what the engine says of one of them alone, at the same place in an otherwise empty object of the same kind, it
says in the document: no rule looks at two of Linkerd's annotations together but for those that decide about
native sidecars, which are never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from autofix.api import fix_all
from autofix.chosen import Options
from autofix.kubernetes.anatomy import Role, slots_of
from autofix.linkerd.naming import is_native_like
from autofix.linkerd.release import wait_before_exit_key
from autofix.source.document import SourceError
from autofix.source.read import read_text
from autofix.typed import Final

# Tells of the bytes of a document whether surely nothing is found in it.
Harmless = Callable[[bytes], bool]

_CACHED_LINES: Final = 4096
_KIND: Final = re.compile(rb"\n(kind|apiVersion)\b(?:: ([A-Za-z0-9./]+) *(?=\n))?")
_ENTRY: Final = re.compile(rb" *([A-Za-z0-9./_-]+): +([^\n]+)")
_PARENT: Final = re.compile(rb" *([A-Za-z0-9]+): *(?:#[^\n]*)?\Z")
_NEXT: Final = re.compile(rb"(?:\n[ ]*(?=\n))*\n?([ ]*)")
# Mappings on the way to annotations, and what may follow them that is none.
_MAPPINGS: Final = (b"annotations:", b"labels:", b"metadata:", b"emplate:", b"spec:")
_BROKEN: Final = re.compile(rb"[ ]+[^ \n]|[ ]*\n(?:[ ]*#[^\n]*\n)*(?:[ ]*-|(?![ ]*#)[^:\n]*(?:\n|\Z))")
# Anything that moves values about, or goes on in the next line where its indentation says nothing. The
# pattern begins with a line break, for which a search is fast.
_ODD: Final = re.compile(
    rb"""
    \n(?:
      ---[ ]*[^ \n] | \.\.\.                    # content beside a marker, the end of a document
    | [ ]*(?:-[ ]+)*(?:
        [|>&!*?{\[\]}%@`<'"]                    # a line that begins with neither a plain word nor a comment
      | (?:[^\n:]|:(?![ ]))*:[ ]+(?:            # a value with an anchor, or that does not end in its line
          [&!*]
        | "(?![^"\n]*"[ ]*(?:[ ]\#[^\n]*)?(?:\n|\Z))
        | '(?![^'\n]*'[ ]*(?:[ ]\#[^\n]*)?(?:\n|\Z))
        | [{\[](?![^"'\n{}\[\]]*[}\]][ ]*(?:\n|\Z))
        )
      )
    )
    """,
    re.VERBOSE,
)


def harmless(chosen: Options) -> Harmless:
    """Make the test for a run.

    Args:
        chosen: the options.
    """

    @lru_cache(maxsize=_CACHED_LINES)
    def says_nothing(version: bytes, kind: bytes, path: tuple[bytes, ...], line: bytes) -> bool:
        return _says_nothing(chosen, (version, kind), path, line)

    def is_harmless(data: bytes) -> bool:
        document = b"\n" + data
        if any(byte in document for byte in (b"\\", b"\t", b"\r", b"autofix")):
            return False
        # Nothing behind the last of Linkerd's names can move it.
        last = document.find(b"\n", document.rfind(b"linkerd"))
        if _ODD.search(document, 0, last if last >= 0 else len(document)) or _is_broken(document):
            return False
        named = dict(found) if len(found := _KIND.findall(document)) == 2 else {}  # noqa: PLR2004  # one each
        version, kind = named.get(b"apiVersion"), named.get(b"kind")
        if not version or not kind:
            return False
        at = document.find(b"linkerd")
        while at >= 0:
            start, end = document.rfind(b"\n", 0, at) + 1, document.find(b"\n", at)
            end = len(document) if end < 0 else end
            entry = _ENTRY.fullmatch(document, start, end)
            if entry is None:
                return False
            if b"linkerd" in entry[1]:
                path = _path(document, start, entry.start(1), end)
                if path is None or not says_nothing(version, kind, path, document[entry.start(1) : end]):
                    return False
            at = document.find(b"linkerd", end)
        return True

    return is_harmless


def _is_broken(document: bytes) -> bool:
    """Tell whether something else may stand where a mapping should (AFX001)."""
    for name in _MAPPINGS:
        at = document.find(name)
        while at >= 0:
            if _BROKEN.match(document, at + len(name)):
                return True
            at = document.find(name, at + 1)
    return False


def _path(document: bytes, start: int, key: int, end: int) -> tuple[bytes, ...] | None:
    """Collect the keys above an entry by their indentation; None where one of them is no mere key."""
    path: list[bytes] = []
    depth = key - start
    following = _NEXT.match(document, end)
    if following is None or len(following[1]) > depth:
        # The value goes on.
        return None
    while depth and start:
        end = start - 1
        start = document.rfind(b"\n", 0, end) + 1
        line = document[start:end]
        inner = line.lstrip(b" ")
        indent = len(line) - len(inner)
        if not inner or inner.startswith(b"#") or indent >= depth:
            continue
        found = _PARENT.match(line)
        if found is None:
            return None
        path.append(found[1])
        depth = indent
    return None if depth else tuple(reversed(path))


def _says_nothing(chosen: Options, named: tuple[bytes, bytes], path: tuple[bytes, ...], line: bytes) -> bool:
    """Ask the engine about an object that holds nothing but one line."""
    try:
        [document] = read_text(f"{line.decode()}\n", "")
    except (SourceError, UnicodeDecodeError, ValueError):
        return False
    entry = document.value
    if not isinstance(entry, dict) or any(map(_decides, entry)):
        return False
    inside: dict[str, object] = entry
    for part in reversed(path):
        inside = {part.decode(): inside}
    version, kind = (one.decode() for one in named)
    obj: dict[str, object] = {"apiVersion": version, "kind": kind}
    if not any(slot.role in (Role.POD, Role.NAMESPACE) for slot in slots_of(obj)):
        return False
    return not fix_all([{**inside, **obj}], chosen)[0].findings


def _decides(key: str) -> bool:
    return is_native_like(key) or key == wait_before_exit_key()
