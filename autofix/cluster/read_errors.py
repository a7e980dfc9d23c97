"""What to say of objects that could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import TypeAlias

from autofix.cluster.models import Reference
from autofix.errors import AutofixError
from autofix.kubeapi.client import ApiError
from autofix.kubernetes.kinds import Kind

Failure: TypeAlias = tuple[Kind, BaseException]


def is_forbidden(error: BaseException) -> bool:
    """Tell whether an error is a missing right.

    Args:
        error: of a request.
    """
    return isinstance(error, ApiError) and error.status == HTTPStatus.FORBIDDEN


def problems(failures: Sequence[Failure]) -> list[AutofixError]:
    """Report each cause once, also when it concerns many kinds.

    Args:
        failures: the kinds that could not be read, each with its error.

    Returns:
        The messages.
    """
    titles: dict[str, list[str]] = {}
    errors: dict[str, BaseException] = {}
    for kind, error in failures:
        # The server's message about a missing right is different for each kind.
        cause = "forbidden" if is_forbidden(error) else str(error) or type(error).__name__
        titles.setdefault(cause, []).append(kind.title)
        errors.setdefault(cause, error)
    return [problem(", ".join(dict.fromkeys(titles[cause])), error) for cause, error in errors.items()]


def problem(title: str, error: BaseException) -> AutofixError:
    """Say that a kind could not be read.

    Args:
        title: the kind, as kubectl prints it; several with commas between them.
        error: why.

    Returns:
        The message.

    Raises:
        BaseException: the error itself, when it is no failure but the end of the work.
    """
    if isinstance(error, AutofixError):
        return error
    if not isinstance(error, Exception):
        raise error
    if isinstance(error, ApiError) and error.status == HTTPStatus.NOT_FOUND:
        # The server names what it has not found.
        return AutofixError(f"{error}; the other findings are right")
    if is_forbidden(error):
        return AutofixError(
            f"{title}: {error}; ask for the right to read them, or name other kinds to look at"
        )
    return AutofixError(f"{title}: {str(error) or type(error).__name__}; the other findings are right")


def target_problem(kind: Kind, reference: Reference, error: BaseException) -> AutofixError:
    """Say that an object that the user names could not be read.

    Args:
        kind: its kind.
        reference: its names.
        error: why; the server's own words are those of kubectl.

    Returns:
        The message.

    Raises:
        BaseException: as for ``problem``.
    """
    if isinstance(error, ApiError):
        where = f" in Namespace {reference.namespace}" if reference.namespace else ""
        return AutofixError(f"{error}{where if error.status == HTTPStatus.NOT_FOUND else ''}")
    return problem(f"{kind.title} {reference.name}", error)
