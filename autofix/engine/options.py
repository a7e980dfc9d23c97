"""What the library is told: the cluster, and which findings and fixes are wanted."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from autofix.errors import AutofixError
from autofix.kubernetes.version import KubernetesVersion, parse_kubernetes
from autofix.linkerd.release import Release, parse_release
from autofix.rules.registry import RULES, codes

_ALL: Final = frozenset(RULES)


class Options(NamedTuple):
    """What is known of the cluster, and which findings and fixes are wanted.

    Attributes:
        release: the Linkerd release.
        kubernetes: the server's version, None when not known.
        default: Helm's ``proxy.nativeSidecar``, None for the chart's default.
        wait_before_exit: Helm's ``proxy.waitBeforeExitSeconds``, in seconds.
        unsafe: whether unsafe fixes are applied too.
        wanted: codes of the rules to run.
        native_only: whether to look at the native-sidecar annotation only.
    """

    release: Release
    kubernetes: KubernetesVersion | None = None
    default: bool | None = None
    wait_before_exit: int = 0
    unsafe: bool = False
    wanted: frozenset[str] = _ALL
    native_only: bool = False


def options(
    *,
    release: str | Release | None = None,
    kubernetes: str | None = None,
    default: bool | None = None,
    wait_before_exit: int = 0,
    unsafe: bool = False,
    select: str | Iterable[str] | None = None,
    ignore: str | Iterable[str] | None = None,
    native_only: bool = False,
) -> Options:
    """Read options as users give them; the arguments are those of ``fix``.

    Raises:
        AutofixError: when a release, a version or a code is none, or a wait is negative.
    """
    if not (select is None or isinstance(select, str)):
        select = tuple(map(str, select))
    if not (ignore is None or isinstance(ignore, str)):
        ignore = tuple(map(str, ignore))
    given = (release, kubernetes, default, wait_before_exit, unsafe, select, ignore, native_only)
    try:
        return _read_once(*given)
    except TypeError:  # What has no hash is nothing that can be read; this says so.
        return _read(*given)


def _read(  # noqa: PLR0917  # names would make a call that is cached twice as slow
    release: str | Release | None,
    kubernetes: str | None,
    default: bool | None,
    wait_before_exit: int,
    unsafe: bool,
    select: str | tuple[str, ...] | None,
    ignore: str | tuple[str, ...] | None,
    native_only: bool,
) -> Options:
    for name, given in (("release", release), ("kubernetes", kubernetes)):
        if given is not None and not isinstance(given, str | Release):
            raise AutofixError(
                f"{name} must be a string such as '2.17', not {given!r}: a number loses its zeros"
            )
    if not _is_count(wait_before_exit):
        raise AutofixError(
            f"a wait before exit of {wait_before_exit} seconds makes no sense; give a whole number, 0 or more"
        )
    return Options(
        release=release if isinstance(release, Release) else parse_release(release),
        kubernetes=parse_kubernetes(kubernetes) if kubernetes else None,
        default=default,
        wait_before_exit=wait_before_exit,
        unsafe=unsafe,
        wanted=(_codes(select) if select is not None else _ALL) - (_codes(ignore) if ignore else frozenset()),
        native_only=native_only,
    )


# Callers say the same over and over. By type, too: 5.0 equals 5, and only one of them is a count.
_read_once: Final = lru_cache(maxsize=64, typed=True)(_read)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and value >= 0


def _codes(wanted: str | tuple[str, ...]) -> frozenset[str]:
    if isinstance(wanted, str) and not wanted.strip():
        # An unset variable in a script must not switch every rule off.
        raise AutofixError("no codes are given; name rules such as AFX101, or ALL")
    return codes(wanted if isinstance(wanted, str) else ",".join(wanted))
