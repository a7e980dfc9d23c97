"""The instructions of a Dockerfile, with the lines that belong to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from autofix.readers.model import Delivery, Fragment, InnerText, Setting, Target, TextReading, TextSpan

_INTEREST: Final = re.compile("linkerd|idecar|IDECAR")
_INSTRUCTION: Final = re.compile(
    r"[ \t]{0,80}(?:ONBUILD[ \t]{1,80})?([A-Za-z]{2,20})[ \t]{1,80}", re.IGNORECASE
)
_FLAGS: Final = re.compile(r"(?:--[a-z]{1,40}(?:=\S{0,400})?[ \t]{1,80}){0,16}")
_HEREDOC: Final = re.compile(r"<<(-?)([\"']?)([A-Za-z_]\w{0,80})\2")
_SHELLS: Final = frozenset({"RUN", "CMD", "ENTRYPOINT"})
_LABEL: Final = re.compile(r"(?<!\S)(?P<quote>[\"']?)(?P<key>[^\s=\"'\\]{1,400})(?P=quote)=(?P<mark>[\"']?)")
_ENDS: Final = {'"': re.compile(r'"'), "'": re.compile("'"), "": re.compile(r"\s|\Z")}


class Instruction(NamedTuple):
    """An instruction.

    Attributes:
        name: its name, in capitals.
        start: where its arguments start.
        lines: the spans of its lines, without comments between them.
        document: the span of its first here-document; None if it has none.
    """

    name: str
    start: int
    lines: tuple[TextSpan, ...]
    document: TextSpan | None

    @property
    def span(self) -> TextSpan:
        """Where its arguments and documents stand."""
        return self.start, self.lines[-1][1]


def read_dockerfile(text: str) -> TextReading:
    """Read the instructions of a Dockerfile.

    Args:
        text: the whole text.
    """
    fragments: list[Fragment] = []
    texts: list[InnerText] = []
    unread: list[TextSpan] = []
    for instruction in _instructions(text):
        start, end = instruction.span
        if not _INTEREST.search(text, start, end):
            continue
        if instruction.name in _SHELLS and text[start : start + 1] != "[":
            texts.append(_shell_text(text, instruction))
        elif instruction.name == "LABEL":
            fragments.extend(_labels(text, start, end))
        else:
            unread.append((start, end))
    return TextReading(tuple(fragments), tuple(texts), tuple(unread))


def _instructions(text: str) -> Iterator[Instruction]:
    lines = iter(_lines(text))
    for start, end in lines:
        match = _INSTRUCTION.match(text, start, end)
        if match is None or text[start:end].lstrip().startswith("#"):
            continue
        flags = _FLAGS.match(text, match.end(), end)
        own = [(flags.end() if flags else match.end(), end)]
        last = own[0]
        while text[last[0] : last[1]].rstrip().endswith("\\"):
            following = next(lines, None)
            if following is None:
                break
            if not text[slice(*following)].lstrip().startswith("#"):
                own.append(following)
                last = following
        document = None
        opened = _HEREDOC.search(text, *last)
        if opened is not None:
            document = _document(text, lines, opened[3], own)
        yield Instruction(match[1].upper(), own[0][0], tuple(own), document)


def _document(text: str, lines: Iterator[TextSpan], delimiter: str, own: list[TextSpan]) -> TextSpan:
    """Add the lines of a here-document to those of an instruction, and return where it stands."""
    start = end = own[-1][1]
    for line in lines:
        own.append(line)
        end = line[0]
        if text[slice(*line)].strip() == delimiter:
            break
    return start, end


def _lines(text: str) -> Iterator[TextSpan]:
    """Yield the lines of a text, with their ends."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield start, end
        start = end


def _shell_text(text: str, instruction: Instruction) -> InnerText:
    """Return what the shell gets: the document of ``RUN <<EOF``, else all lines."""
    if instruction.document is not None and text.startswith("<<", instruction.start):
        start, end = instruction.document
        return InnerText("shell", text[start:end], ((0, start),))
    pieces: list[str] = []
    runs: list[TextSpan] = []
    length, last = 0, -1
    for start, end in instruction.lines:
        if start != last:
            runs.append((length, start))
        pieces.append(text[start:end])
        length += end - start
        last = end
    return InnerText("shell", "".join(pieces), tuple(runs))


def _labels(text: str, start: int, end: int) -> Iterator[Fragment]:
    settings: list[Setting] = []
    position = start
    while (match := _LABEL.search(text, position, end)) is not None:
        closing = _ENDS[match["mark"]].search(text, match.end(), end)
        value_end = end if closing is None else closing.start()
        value = text[match.end() : value_end]
        delivery = Delivery.EXPRESSION if "$" in value else Delivery.TEXT
        settings.append(Setting(match["key"], match.span("key"), value, (match.end(), value_end), delivery))
        position = max(value_end + len(match["mark"]), match.end())
    if any(_INTEREST.search(setting.key) for setting in settings):
        yield Fragment(Target.LABELS, tuple(settings))
