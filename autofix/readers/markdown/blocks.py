"""The code blocks of Markdown, found by the block rules of CommonMark."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from autofix.readers.blocks import code_block, front_matter, language_of, line_spans
from autofix.readers.model import NOT_UNDERSTOOD, InnerText, TextReading, TextSpan

if TYPE_CHECKING:
    from markdown_it.token import Token

# MDX has no indented code: fences stand as deep as the tags around them.
_DEEP_FENCE: Final = re.compile(r"^[ \t]{4,200}(?:```|~~~)", re.MULTILINE)
# A line with a tag or a shortcode; a fence behind it would be a part of its paragraph.
_TAG_LINE: Final = re.compile(r"^[ \t]*(?:<[^\n]*>|\{\{[^\n]*\}\})[ \t]*$", re.MULTILINE)
# Hugo's and Jekyll's own form of a code block.
_HIGHLIGHT: Final = re.compile(r"[ \t]{0,40}\{[{%][<%]?[ \t]{0,8}highlight[ \t]+([^>%}\n]{1,200})")
_HIGHLIGHT_END: Final = re.compile(r"[ \t]{0,40}\{[{%][<%]?[ \t]{0,8}(?:/[ \t]{0,8}highlight|endhighlight)\b")


def read_markdown(text: str) -> TextReading:
    """Read a document of Markdown.

    Args:
        text: the document.

    Returns:
        Its front matter and its code blocks; the rest is prose.
    """
    lines = line_spans(text)
    matter, first = front_matter(text, lines)
    # The parser takes a carriage return for a letter; front matter is none of its business.
    begin = lines[first][0] if first < len(lines) else len(text)
    body = "\n" * first + text[begin:].replace("\r", " ").replace("\0", " ") + "\n"
    texts = [] if matter is None else [matter]
    covered: set[int] = set()
    tokens = _tokens(body, with_indented=True)
    has_deep = _DEEP_FENCE.search(body) is not None
    deep = _tokens(_TAG_LINE.sub(_blank, body), with_indented=False) if has_deep else []
    fences = [token for token in tokens if token.type == "fence"] + deep
    indented = [token for token in tokens if token.type == "code_block"]
    for token in [*fences, *indented]:
        begin_line, end_line = token.map or (0, 0)
        if covered.isdisjoint(range(begin_line, end_line)):
            covered.update(range(begin_line, end_line))
            block = _block(text, lines, token)
            texts += [] if block is None else [block]
    texts += _highlights(text, lines, covered)
    return TextReading(texts=tuple(sorted(texts, key=lambda inner: inner.runs[0][1])), is_prose=True)


def _blank(line: re.Match[str]) -> str:
    return " " * (line.end() - line.start())


def _tokens(body: str, *, with_indented: bool) -> list[Token]:
    """Parse the blocks of a document, and return its code blocks.

    HTML is no block here, for documents have fences within their own tags.
    """
    from markdown_it import MarkdownIt

    off = ["html_block", "reference"] + ([] if with_indented else ["code"])
    parser = MarkdownIt("commonmark").disable(off)
    tokens: list[Token] = []
    parser.block.parse(body, parser, {}, tokens)
    return [token for token in tokens if token.type in {"fence", "code_block"}]


def _block(text: str, lines: Sequence[TextSpan], token: Token) -> InnerText | None:
    begin, _ = token.map or (0, 0)
    number = begin + (token.type == "fence")
    pieces, is_exact = [], True
    contents = token.content.split("\n")[:-1]
    for content, (start, end) in zip(contents, lines[number : number + len(contents)], strict=False):
        line_end = end - text.endswith("\n", start, end)
        # A tab that is partly indentation becomes spaces.
        is_exact &= text[start:line_end].replace("\r", " ").replace("\0", " ").endswith(content)
        pieces.append((max(line_end - len(content), start), end))
    language = language_of(token.info) if token.type == "fence" else ""
    block = code_block(text, pieces, language)
    return block if block is None or is_exact else block._replace(reason=NOT_UNDERSTOOD)


def _highlights(text: str, lines: Sequence[TextSpan], covered: set[int]) -> Iterator[InnerText]:
    first, language = -1, ""
    for number, (start, end) in enumerate(lines):
        if number in covered:
            continue
        if first < 0:
            match = _HIGHLIGHT.match(text, start, end)
            if match is not None:
                first, language = number + 1, language_of(match[1])
        elif _HIGHLIGHT_END.match(text, start, end):
            block = code_block(text, lines[first:number], language)
            if block is not None:
                yield block
            first = -1
