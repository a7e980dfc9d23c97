"""What is said of a release that is not known, too new, or one of two."""

from __future__ import annotations

import pytest
from builders import NEWEST_EDGE, TOO_NEW

from autofix.cli.release import doubt
from autofix.linkerd.release import join_releases, parse_release


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["edge-24.10.1"], None),
        ([TOO_NEW[0]], None),
        ([], "the Linkerd release is unknown, and answers depend on it; name it with --linkerd"),
        (["dev-x"], "the Linkerd release is dev-x, and answers depend on it; name it with --linkerd"),
        # Both read the same keys.
        (["edge-24.10.1", "edge-24.11.8"], None),
        (
            ["edge-26.8.3", "edge-24.10.1"],
            "an upgrade of Linkerd runs, and either release may answer: edge-24.10.1 and edge-26.8.3",
        ),
    ],
)
def test_doubt_is_said_where_answers_may_differ(texts: list[str], message: str | None) -> None:
    assert doubt(join_releases(map(parse_release, texts))) == message


@pytest.mark.parametrize(
    ("texts", "named"),
    [
        ([NEWEST_EDGE], None),
        ([TOO_NEW[1]], TOO_NEW[1]),
        ([NEWEST_EDGE, TOO_NEW[1]], TOO_NEW[1]),
        (["dev-x", TOO_NEW[1]], TOO_NEW[1]),
    ],
)
def test_of_two_releases_the_newer_is_named(texts: list[str], named: str | None) -> None:
    warning = join_releases(map(parse_release, texts)).newer_warning
    assert (warning or "").partition(" is newer")[0] == (f"Linkerd {named}" if named else "")
