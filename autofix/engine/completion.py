"""The fix that lets a pod of a Job complete: a native-sidecar key where nobody wrote one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from autofix.engine.api import Item, Result
from autofix.engine.examine import read
from autofix.engine.namespaces import annotations_of
from autofix.engine.options import Options
from autofix.engine.proof import proven
from autofix.kubernetes.locations import Role, kind_of, name_of
from autofix.kubernetes.pointer import operations
from autofix.linkerd.annotations import as_text
from autofix.linkerd.injection import DEBUG_SIDECAR, has_debug_sidecar
from autofix.linkerd.release import key_to_write
from autofix.rules.context import Context, Place
from autofix.rules.finding import Applicability, Edit, Finding, Fix, Promise, Severity, withhold

CODE: Final = "AFX603"


def complete(pod: Mapping[str, object], options: Options, namespace: Mapping[str, object] | None) -> Result:
    """Ask for a native sidecar on a pod that has no key, so that it completes.

    Args:
        pod: the Pod.
        options: the options.
        namespace: the Namespace, or its annotations; None when it is not known.

    Returns:
        One finding, with the fix in the patch; without both, and with the reason, where a gate is closed.
    """
    reading = read(pod, options)
    location = next(location for location in reading.locations if location.role is Role.POD)
    path, home = location.path, reading.maps[location.path]
    place = Place(location, home, home, Context(options, annotations_of(namespace)))
    release = options.release
    key, value = key_to_write(release, "pod"), as_text(True)
    message = f"Linkerd's proxy outlives the pod's containers, so the pod never completes; use {key}"
    fix = Fix((Edit(path, key or "", value),), Promise.INTENT, path, intent=True)
    finding = Finding(CODE, Severity.ERROR, message, Applicability.UNSAFE, path, key, native=True, fix=fix)
    if key is None:
        finding = withhold(finding, f"Linkerd {release.text} has no native sidecars; upgrade Linkerd")
    elif has_debug_sidecar(home, place.context.namespace):
        finding = withhold(finding, f"the debug container never ends; remove {DEBUG_SIDECAR}")
    else:
        finding = proven(place, finding)[0]
    after = {**reading.maps, path: {**home, key: value}} if finding.fix and key else reading.maps
    patch, patched = operations(pod, (), reading.maps, after)
    item = Item(kind_of(pod), *name_of(pod), (), (finding,), () if finding.fix else (finding,))
    return Result((item,), tuple(patch), patched, changes_injection=bool(patch))
