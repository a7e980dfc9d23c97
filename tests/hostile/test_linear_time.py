"""S17: whatever comes in, the work grows as the input does: every pattern, every reader, every report."""

from __future__ import annotations

import ast
import re
import types
from collections import deque
from typing import Any

import pytest
from cpu import TooLongError, at_most, seconds_of
from paths import ROOT
from patterns import UnknownPatternError, Use, strings, uses, uses_in

KILO = 2**10
MEGA = 2**20
USES = list(uses())
# A quadratic search of this many characters takes more than this many seconds, a linear one a tenth.
SHORT, SUSPICIOUS = 16 * KILO, 0.005
# Four times as long is quadratic at 16 times as much.
MOST = 8
LONGEST = 3.0


def apply(use: Use, text: Any) -> float:
    found = getattr(use.pattern, use.method)
    work = (lambda: deque(found(text), maxlen=0)) if use.method == "finditer" else (lambda: found(text))
    with at_most(LONGEST):
        return seconds_of(work)


def grows_linearly(use: Use, text_of: Any) -> bool:
    """Compare CPU times at 1 MB and a quarter; the best of several, for caches and collections disturb."""
    short, long = text_of(MEGA // 4), text_of(MEGA)
    try:
        return any(apply(use, long) < MOST * max(apply(use, short), 0.001) for _ in range(3))
    except TooLongError:
        return False


def slow_string(use: Use) -> str | None:
    """Find a string on which a pattern is slower than linear, or None."""
    for number, text in enumerate(strings(use.pattern, SHORT)):
        try:
            is_fast = any(apply(use, text) < SUSPICIOUS for _ in range(2))
        except TooLongError:
            return repr(text[:80])
        if is_fast:
            continue

        def text_of(size: int, number: int = number) -> Any:
            return next(one for at, one in enumerate(strings(use.pattern, size)) if at == number)

        if not grows_linearly(use, text_of):
            return repr(text[:80])
    return None


@pytest.mark.parametrize("use", [pytest.param(use, id=f"{use.where}-{use.method}") for use in USES])
def test_every_pattern_is_linear(use: Use) -> None:
    assert slow_string(use) is None, use


def test_the_patterns_are_found_by_themselves() -> None:
    """As many as a search of the text finds; so that the test above cannot become empty."""
    source = re.compile(r"\bre\.(?:compile|search|match|fullmatch|split|findall|finditer|sub|subn)\(")
    home = ROOT
    files = [path for name in ("autofix", "webhook") for path in (home / name).rglob("*.py")]
    written = sum(len(source.findall(path.read_text())) for path in files)
    assert len({use.where for use in USES}) == written > 30


@pytest.mark.parametrize(
    "source",
    [
        # The first two are what the package has had.
        r"""
import re
_KEY = re.compile(r"(?<![\w\\-])(?:[a-z0-9-]+\\{1,2}\.)*linkerd\\{1,2}\.io")
def f(text): return _KEY.search(text)
""",
        'import re\ndef f(text): return re.search(r"(^|[\\s{,])[&!]\\S+\\Z", text)',
        'import re\ndef f(text): return re.fullmatch(r"(a|a?)+", text)',
        'import re\ndef f(text): return re.sub(r"[ \\t]*#", "", text)',
        'import re\n_A = re.compile("(x+x+)+y")\nf = [_A]',
    ],
)
def test_a_slow_pattern_is_found(source: str) -> None:
    module = types.ModuleType("m")
    exec(source, vars(module))  # noqa: S102  # written above
    assert any(map(slow_string, uses_in(ast.parse(source), module)))


@pytest.mark.parametrize(
    "source",
    [
        "import re\ndef f(word): return re.compile(word)",
        "import re\ndef f(word): return re.search(f'{word}x', 'x')",
        "import re\nfind = re.search",
        "from re import search",
    ],
)
def test_a_pattern_that_cannot_be_looked_at_is_an_error(source: str) -> None:
    with pytest.raises(UnknownPatternError):
        list(uses_in(ast.parse(source), types.ModuleType("m")))
