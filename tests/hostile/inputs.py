"""Inputs of any size that are made to be slow to read, each for another reader or part of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count, takewhile

from builders import ALPHA, WRONG

ESCAPED = WRONG.replace(".", r"\.")
POINTED = f"/metadata/annotations/{WRONG.replace('/', '~1')}"
KEY = f"{WRONG}: 'true'"
POD = f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: p%d\n  annotations:\n    {KEY}\n"
ANNOTATIONS = "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n"
LIST = "apiVersion: v1\nkind: List\nitems:"
FLOW_POD = f"{{apiVersion: v1, kind: Pod, metadata: {{name: p%d, annotations: {{{KEY}}}}}}}"
JSON_POD = (
    f'{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"p%d","annotations":{{"{WRONG}":"true"}}}}}}'
)
BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{number}: &a{number} [{','.join([f'*a{number - 1}'] * 10)}]\n" for number in range(1, 5)
)


def _filled(text: str, size: int) -> str:
    return text * (size // len(text) + 1)


def _numbered(text: str, size: int) -> str:
    """Repeat a text with a number in it."""
    return "".join(text % number for number in range(size // len(text) + 1))


def _deeper(text: str, size: int) -> str:
    """Repeat a line, each time one column deeper."""
    lengths = takewhile(lambda depth: depth * depth < 2 * size, count())
    return "".join(f"{' ' * depth}{text}\n" for depth in lengths)


# What repeats one text, by the file's name, with the text before and behind it.
_REPEATED: Mapping[str, tuple[str, str, str]] = {
    # Syntax that opens and never closes, and separators without anything between them.
    **{
        f"syntax-{number}.yaml": (f"{KEY}\n", text, "\n")
        for number, text in enumerate(
            ["- ", "? ", "{", "{{", "[", "[{a: ", "'", '"', "\\", "&a ", "*a ", "!a ", "%a ", "|", ">", ": "]
        )
    },
    **{
        f"value-{number}.yaml": (f"{KEY}\na: ", text, "\n")
        for number, text in enumerate(
            ["x:", "\t", " ", "x ", "#", " #", "1", "1_", "0x1", "~", "- ", "x,", "\\"]
        )
    },
    "quoted.yaml": (f'{KEY}\na: "x', "\n", '"\n'),
    "quotes.yaml": (f"{KEY}\na: '", "''", "'\n"),
    "escapes.yaml": (f'{KEY}\na: "', "\\\\", '"\n'),
    "key.yaml": (f"{KEY}\n", "x", ": 1\n"),
    "breaks.yaml": (f"{KEY}\n", "\n", "a: 1\n"),
    "returns.yaml": (f"{KEY}\n", "\r", "a: 1\n"),
    "comment.yaml": (f"{KEY} ", "# ", "\n"),
    "ignored.yaml": ("a: {", f"x: {{{KEY}}}, ", "} # autofix: ignore[AFX101]\n"),
    "markers.yaml": (f"# {WRONG}\n", "---\n", ""),
    "marker-comments.yaml": (f"{KEY}\n", "---#c\n", ""),
    "marker-blanks.yaml": (f"{KEY}\n", "---\u00a0", "\n"),
    "marks.yaml": (f"{KEY}\n", "---\n\ufeff", "\n"),
    "marked.yaml": ("a: b\n", f"---\n\ufeff{KEY}\nb: c\n", ""),
    "apostrophes.yaml": (f'{KEY}\na: "', "\\'", '"\n'),
    "apostrophe-values.yaml": (f"{KEY}\na:\n", '- "it\\\'s"\n', ""),
    "no-markers.yaml": ("", "---x\n# linkerd.io\n", ""),
    "comments.yaml": ("a:\n", f"  # {WRONG} # # #\n", POD % 1),
    "deep.json": (f'{{"{WRONG}":', '{"a":', ""),
    "lists.json": (f'{{"{WRONG}":', "[", ""),
    "digits.json": (f'{{"{WRONG}":"true","a":', "1", "}"),
    "halves.json": (f'{{"{WRONG}":"true","a":"', r"\ud83d", '"}'),
    "escapes.json": (f'{{"{WRONG}":"true","a":"', r"\\", '"}'),
    # Many keys, and many of what holds them.
    "twice.yaml": (ANNOTATIONS, f"    {KEY}\n", ""),
    "flow.yaml": (f"{ANNOTATIONS.rstrip()} {{x: '", ",&", f"', z: 'a b', {KEY}, {ALPHA}: 'true'}}\n"),
    "block.yaml": (f"{ANNOTATIONS}    {WRONG}: |\n", "      x\n", ""),
    "long.yaml": (f"{ANNOTATIONS}    {WRONG}: '", "true", "'\n"),
    "patches.yaml": (
        "patches:\n",
        f'- patch: \'[{{"op":"add","path":"{POINTED}","value":"true"}}]\'\n',
        "",
    ),
    "patch.yaml": ("patch: |-\n  [", f'{{"op":"add","path":"{POINTED}","value":"true"}},', "]\n"),
    "content.yaml": ("valuesContent: |\n", f"  a: {{{KEY}}}\n", ""),
    "parameters.yaml": ("parameters:\n", f"- name: podAnnotations.{ESCAPED}\n  value: 'true'\n", ""),
    # No more than what may be repeated, so that it is read.
    "values.json": ("", f'{{"{WRONG}":"true"}}\n', ""),
    # Plain text.
    "text.md": ("", f'Set `{WRONG}: "true"` here, says the manual.\n\n', ""),
    "line.md": ("", f"Set `{WRONG}: true` here, says the manual. ", ""),
    "quoted.md": ("", f'"{WRONG}":true,', ""),
    "suppressed.md": ("", f"{WRONG}: true # autofix: ignore[AFX101]\n", ""),
    "escaped.md": ("", r"a\.", f" {ESCAPED}"),
    "dots.md": ("", "a.", f" {WRONG}"),
    "dashes.md": (f"{WRONG}", "-", "x"),
    "marks.md": ("", ",&", WRONG),
    "pointers.md": ("", f"{POINTED} ", ""),
    "far.md": (WRONG, "\n", WRONG),
    "chart.tpl": ("", f"    {KEY}\n", ""),
    "template.yaml": ("", f"{{{{- if .x }}}}\n    {KEY}\n{{{{- end }}}}\n", ""),
    "hashes.md": (f"{WRONG}: true ", "#", "\n"),
}
# The same with a number in the text that is repeated.
_NUMBERED: Mapping[str, tuple[str, str, str]] = {
    "documents.yaml": ("", f"---\n{POD}", ""),
    "namespaces.yaml": ("", f"---\n{POD}".replace("Pod", "Namespace"), ""),
    "list.yaml": (f"{LIST}\n", "- " + POD.rstrip().replace("\n", "\n  ") + "\n", ""),
    "list-flow.yaml": (f"{LIST} [", f"{FLOW_POD}, ", "]\n"),
    "list.json": ('{"apiVersion":"v1","kind":"List","items":[', f"{JSON_POD},", f"{JSON_POD % 0}]}}"),
    "domains.yaml": (ANNOTATIONS, f"    config%d.{WRONG.removeprefix('config.')}: 'true'\n", ""),
    "names.yaml": (ANNOTATIONS, f"    {WRONG}%d: 'true'\n", ""),
    "values.yaml": ("", f"a%d:\n  podAnnotations:\n    {KEY}\n", ""),
    "values-flow.yaml": ("a: {", f"a%d: {{{KEY}}}, ", "}\n"),
    "values-line.yaml": ("a: {", f'"a%d":{{"{WRONG}":\'true\'}},', "}\n"),
    "anchors.yaml": (f"{KEY}\na:\n", "- &a%d x\n", ""),
}


def _bombs(size: int) -> str:
    return "".join(f"---\n{KEY}\n{BOMB}" for _ in range(size // len(BOMB)))


def _opted_out(size: int) -> str:
    head = (POD % 1).replace("Pod", "Namespace").replace("p1", "x")
    opted = f"{head}    linkerd-autofix.io/ignore: '{_filled('AFX999,', size // 2)}'\n"
    return opted + _numbered(f"---\n{POD}".replace("  name", "  namespace: x\n  name"), size // 2)


def _aliased_texts(size: int) -> str:
    text, aliases = _filled(f"  {KEY}\n", size // 2), _filled("- {patch: *a}\n", size // 2)
    return f"a: &a |\n{text}b:\n{aliases}"


def _repeat(parts: tuple[str, str, str], more: Callable[[str, int], str]) -> Callable[[int], str]:
    before, text, behind = parts
    return lambda size: before + more(text, size) + behind


INPUTS: Mapping[str, Callable[[int], str]] = {
    **{name: _repeat(parts, _filled) for name, parts in _REPEATED.items()},
    **{name: _repeat(parts, _numbered) for name, parts in _NUMBERED.items()},
    "bombs.yaml": _bombs,
    "opted-out.yaml": _opted_out,
    "aliased-texts.yaml": _aliased_texts,
    "aliases.yaml": lambda size: f"a: &a {{{KEY}}}\nb:\n" + _filled("- *a\n", size),
    "merges.yaml": lambda size: (
        f"a: &a {{{KEY}}}\nb:\n" + _filled("- {<<: *a, x: 1, y: 2, z: [1, 2]}\n", size // 4)
    ),
    "unknown.yaml": lambda size: ANNOTATIONS + _numbered("    config.linkerd.io/foo%d: 'true'\n", size // 8),
    "indented.yaml": lambda size: f"{KEY}\n" + _deeper("a:", size),
    "texts-in-texts.yaml": lambda size: _deeper("valuesContent: |", size),
    "annotate.sh": lambda size: "kubectl annotate pod a" + _filled(f" {WRONG}=true", size),
    "commands.sh": lambda size: _filled(f"kubectl annotate pod a {WRONG}=true\n", size),
    "blanks.md": lambda size: " " * (size // 2) + _filled(f'"{WRONG}":true,', size // 2),
    "comment.md": lambda size: "#" * (size // 2) + _filled(f'"{WRONG}":true,', size // 2),
}
