"""Reads options as callers write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict, Unpack

from autofix.errors import AutofixError
from autofix.kubernetes.version import parse_kubernetes
from autofix.linkerd.release import Release, parse_release
from autofix.rules.context import WEBHOOK, Door
from autofix.rules.interest import selects_every_object
from autofix.rules.options import Options
from autofix.rules.registry import CODES_AT, NATIVE_CODES_AT, codes

__all__ = ["FixArguments", "OptionArguments", "Options", "options"]


class OptionArguments(TypedDict, total=False):
    """The keyword arguments of ``options``; all of them may be left out.

    Attributes:
        release: the Linkerd release, such as ``2.17`` or ``edge-25.10.7``; None when it is not known.
        kubernetes: the server's version, such as ``1.33``; None when it is not known.
        default: Helm's ``proxy.nativeSidecar``; None for the chart's default of the release.
        wait_before_exit: Helm's ``proxy.waitBeforeExitSeconds``, in seconds; 0 by default.
        projects_tokens: Helm's ``identity.serviceAccountTokenProjection``; True by default.
        unsafe: whether to make unsafe fixes too; False by default.
        select: codes of the only rules to run, or beginnings of codes: a list, or a text with commas.
        ignore: codes of the rules not to run, written the same way.
        native_only: whether to look at the native-sidecar annotation only; False by default.
        door: where the objects come in, which decides what rules are heard; the library by default.
    """

    release: str | Release | None
    kubernetes: str | None
    default: bool | None
    wait_before_exit: int
    projects_tokens: bool
    unsafe: bool
    select: str | Iterable[str] | None
    ignore: str | Iterable[str] | None
    native_only: bool
    door: Door


class FixArguments(OptionArguments, total=False):
    """The keyword arguments of ``fix``: those of ``options``, and one more.

    Attributes:
        namespace: the Namespace object the pods live in, or its annotations; None when it is not known.
            autofix writes on the pods what the author of the Namespace meant where Linkerd would not do it.
    """

    namespace: Mapping[str, object] | None


def options(**arguments: Unpack[OptionArguments]) -> Options:
    """Read options as callers write them.

    Args:
        arguments: see ``OptionArguments``.

    Raises:
        AutofixError: when a release, a version or a code cannot be read, or a wait is negative.
    """
    return read_options(arguments)


def read_options(arguments: OptionArguments) -> Options:
    """Read the same from a mapping."""
    if unknown := arguments.keys() - OptionArguments.__annotations__.keys():
        raise TypeError(f"there is no option {', '.join(map(repr, sorted(unknown)))}")
    release, kubernetes = arguments.get("release"), arguments.get("kubernetes")
    for name, version in (("release", release), ("kubernetes", kubernetes)):
        if version is not None and not isinstance(version, str | Release):
            raise AutofixError(
                f"{name} must be a string such as '2.17', not {version!r}: a number loses its zeros"
            )
    wait = arguments.get("wait_before_exit", 0)
    if not _is_count(wait):
        raise AutofixError(
            f"a wait before exit of {wait} seconds makes no sense; give a whole number, 0 or more"
        )
    select, ignore = arguments.get("select"), arguments.get("ignore")
    door = arguments.get("door", Door.LIBRARY)
    chosen = None if select is None else _as_text(select)
    heard = CODES_AT[door] if chosen is None else CODES_AT[door] & codes(chosen)
    if ignore:
        heard -= codes(_as_text(ignore))
    return Options(
        release=release if isinstance(release, Release) else parse_release(release),
        codes=heard,
        native_codes=heard if arguments.get("native_only") else NATIVE_CODES_AT[door],
        kubernetes=parse_kubernetes(kubernetes) if kubernetes else None,
        default=arguments.get("default"),
        wait_before_exit=wait,
        projects_tokens=arguments.get("projects_tokens", True),
        unsafe=arguments.get("unsafe", False),
        changes_every_domain=door not in WEBHOOK,
        live=door is Door.CLUSTER,
        any_default=door is Door.WEBHOOK_POD,
        keeps_real_keys=door is Door.WEBHOOK_WORKLOAD,
        reads_every_object=chosen is not None and selects_every_object(chosen),
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and value >= 0


def _as_text(text: str | Iterable[str]) -> str:
    if not isinstance(text, str):
        return ",".join(map(str, text))
    if not text.strip():
        # An unset variable in a script must not switch every rule off.
        raise AutofixError("no codes are given; name rules such as AFX101, or ALL")
    return text
