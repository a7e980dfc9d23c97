"""What to say, beside a report, of a Linkerd release that autofix knows too little of."""

from __future__ import annotations

from autofix.cli.output import say
from autofix.linkerd.release import Release, parse_release


def warn_of_newer(text: str | None, *, quiet: bool) -> None:
    """Warn on standard error if a release is newer than all that autofix knows.

    Args:
        text: the release, as the user wrote it; None if the user did not.
        quiet: whether to write only errors.

    Raises:
        AutofixError: when it is no release.
    """
    warning = parse_release(text).newer_warning
    if warning and not quiet:
        say(f"warning: {warning}")


def doubt(release: Release) -> str | None:
    """Say that the release that will answer is not known, or one of several.

    Args:
        release: the release that the command works with.

    Returns:
        The message; None if the release is known.
    """
    if release.known:
        return None
    if release.parts:
        return f"an upgrade of Linkerd runs, and either release may answer: {release.text}"
    return f"the Linkerd release is {release.text}, and answers depend on it; name it with --linkerd"
