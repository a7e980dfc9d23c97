"""Finds every regular expression of the packages by itself, and strings that could make it slow."""

from __future__ import annotations

import ast
import re
import re._constants as kinds
import re._parser as parser
from collections.abc import Iterator
from importlib import import_module
from itertools import groupby, product
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any, NamedTuple

PACKAGES = ("autofix", "webhook")
_FUNCTIONS = {"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"}
_USES = _FUNCTIONS - {"compile"}
_REPEATS = {kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT}
_FAR = 64
_VARIANTS = 4
_MOST_PIECES = 40
_MOST_JOINED = 12
# What no pattern is about, and what most patterns end at.
_ENDS = ("", "\x00", "\n", "\\", "!")


class Use(NamedTuple):
    """A pattern, and a method that it is asked with.

    Attributes:
        where: the module, line and column that make it.
        pattern: the pattern.
        method: ``match``, ``fullmatch``, or ``finditer`` for all that look for it anywhere.
    """

    where: str
    pattern: re.Pattern[Any]
    method: str


class UnknownPatternError(AssertionError):
    """A pattern is made where it cannot be found out which: make it of constants of the module."""


def uses() -> Iterator[Use]:
    """Find all patterns in the source of the packages, each with the methods that it is asked with."""
    for module in _modules():
        assert module.__file__ is not None
        yield from uses_in(ast.parse(Path(module.__file__).read_text()), module)


def _modules() -> Iterator[ModuleType]:
    for name in PACKAGES:
        package = import_module(name)
        yield package
        for found in walk_packages(package.__path__, f"{name}."):
            if not found.name.endswith("__main__"):
                yield import_module(found.name)


def uses_in(tree: ast.Module, module: ModuleType) -> Iterator[Use]:
    """Find the patterns of one module.

    Raises:
        UnknownPatternError: when one is made of what is only known when it runs.
    """
    names = _names_of_re(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "re":
            raise UnknownPatternError(f"{module.__name__}:{node.lineno}: import re as a whole")
        if not (isinstance(node, ast.Attribute) and _is_name(node.value, names) and node.attr in _FUNCTIONS):
            continue
        call = _call_of(tree, node)
        where = f"{module.__name__}:{node.lineno}:{node.col_offset}"
        if call is None:
            raise UnknownPatternError(f"{where}: call re.{node.attr} where the pattern is named")
        methods = {node.attr} if node.attr != "compile" else _methods(tree, call)
        kinds_of_use = {_kind(name) for name in methods}
        for pattern, method in product(_evaluated(tree, call, node.attr, module, where), kinds_of_use):
            yield Use(where, pattern, method)


def _names_of_re(tree: ast.Module) -> set[str]:
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.Import))
    return {alias.asname or "re" for node in imports for alias in node.names if alias.name == "re"}


def _is_name(node: ast.AST, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _call_of(tree: ast.Module, function: ast.Attribute) -> ast.Call | None:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return next((call for call in calls if call.func is function), None)


def _evaluated(
    tree: ast.Module, call: ast.Call, function: str, module: ModuleType, where: str
) -> list[re.Pattern[Any]]:
    """Evaluate the patterns of a call: one, or one for each item of the comprehension around it."""
    count = {"compile": 2, "sub": 5, "subn": 5, "split": 4}.get(function, 3)
    flags = [word.value for word in call.keywords if word.arg == "flags"] or call.args[count - 1 : count]
    flag = flags[0] if flags else ast.Constant(0)
    pairs = ast.ListComp(ast.Tuple([call.args[0], flag], ast.Load()), _generators(tree, call))
    expression = ast.fix_missing_locations(ast.copy_location(ast.Expression(pairs), call))
    try:
        code = compile(expression, where, "eval")
        return [re.compile(*pair) for pair in eval(code, vars(module))]  # noqa: S307  # our own source
    except (NameError, AttributeError, TypeError) as error:
        raise UnknownPatternError(f"{where}: {error}: make the pattern of constants") from None


def _generators(tree: ast.Module, call: ast.Call) -> list[ast.comprehension]:
    """Return the loops whose items a call's pattern is made of, or a loop that runs once."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            targets = {name.id for loop in node.generators for name in _names(loop.target)}
            inside = any(inner is call for inner in ast.walk(node))
            if inside and targets & {name.id for argument in call.args[:1] for name in _names(argument)}:
                return node.generators
    once = ast.parse("[None for _ in (None,)]", mode="eval").body
    assert isinstance(once, ast.ListComp)
    return once.generators


def _names(node: ast.AST) -> list[ast.Name]:
    return [inner for inner in ast.walk(node) if isinstance(inner, ast.Name)]


def _methods(tree: ast.Module, call: ast.Call) -> set[str]:
    """Find how a compiled pattern is used; in every way when it goes by other names, too."""
    at_once = {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute) and one.value is call}
    if at_once:
        return at_once
    for node in tree.body:
        target: ast.expr | None = node.target if isinstance(node, ast.AnnAssign) else None
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            [target] = node.targets
        if isinstance(target, ast.Name) and getattr(node, "value", None) is call:
            read = [one for one in ast.walk(tree) if _is_name(one, {target.id}) and one is not target]
            asked = [one for one in ast.walk(tree) if isinstance(one, ast.Attribute) and one.value in read]
            private = target.id.startswith("_")
            return {one.attr for one in asked} if private and len(asked) == len(read) > 0 else _USES
    return _USES


def _kind(method: str) -> str:
    return method if method in ("match", "fullmatch") else "finditer"


def strings(pattern: re.Pattern[Any], size: int) -> Iterator[Any]:
    """Make strings of about a size that are nearly what a pattern matches, over and over.

    Every part is repeated, alone and with others, behind what the pattern begins with and before what it
    cannot go on with.
    """
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE | (pattern.flags & re.ASCII))
    whole = _sample(tree, 0)
    samples = (piece for variant in range(_VARIANTS) for piece in (*_pieces(tree, variant), whole))
    found = dict.fromkeys(piece for piece in samples if piece)
    pieces = sorted(found, key=len)[:_MOST_PIECES]
    prefixes = dict.fromkeys(["", whole[: len(whole) // 2], whole])
    repeated = [*pieces, *(a + b for a, b in product(pieces[:_MOST_JOINED], repeat=2) if a != b)]
    for piece in dict.fromkeys(repeated):
        for prefix in prefixes if piece in found else ("",):
            for end in _ENDS if piece in found else ("", "\x00"):
                text = prefix + piece * max(1, size // len(piece)) + end
                yield text if isinstance(pattern.pattern, str) else text.encode("latin-1", "replace")


def _pieces(tree: Any, variant: int) -> Iterator[str]:
    """Yield samples of every part of a pattern, and of every run of neighbours; a word is one part."""
    runs = groupby(enumerate(tree), lambda item: -1 if item[1][0] is kinds.LITERAL else item[0])
    parts = [_sample([item for _, item in run], variant) for _, run in runs]
    for first in range(len(parts)):
        for last in range(first + 1, min(len(parts), first + 3) + 1):
            yield "".join(parts[first:last])
    for kind, value in tree:
        for inner in _inner(kind, value):
            yield from _pieces(inner, variant)


def _inner(kind: Any, value: Any) -> list[Any]:
    if kind in _REPEATS:
        return [value[2]]
    if kind is kinds.BRANCH:
        return list(value[1])
    if kind is kinds.SUBPATTERN:
        return [value[3]]
    if kind is kinds.ATOMIC_GROUP:
        return [value]
    return [value[1]] if kind in (kinds.ASSERT, kinds.ASSERT_NOT) else []


def _sample(tree: Any, variant: int) -> str:
    """Write a short text that a pattern could match; a part that may repeat does so once or twice."""
    text = ""
    for kind, value in tree:
        if kind is kinds.LITERAL:
            text += chr(value)
        elif kind is kinds.NOT_LITERAL:
            text += "a" if value != ord("a") else "b"
        elif kind is kinds.ANY:
            text += "a"
        elif kind is kinds.IN:
            text += _member(value, variant)
        elif kind in _REPEATS:
            text += _sample(value[2], variant) * min(max(value[0], 1 + variant % 2), int(value[1]), _FAR)
        elif kind is not kinds.ASSERT and kind is not kinds.ASSERT_NOT and (inner := _inner(kind, value)):
            text += _sample(inner[variant % len(inner)], variant)
    return text


def _member(members: Any, variant: int) -> str:
    """Choose a character of a set."""
    test = re.compile(_class_of(members), re.DOTALL)
    fitting = [char for char in "a,-.1_ /\\\"'\t\n#:&!{}[]<>=Z\x00\x1bé\u202e\ud800" if test.match(char)]
    return fitting[variant % len(fitting)] if fitting else "~"


def _class_of(members: Any) -> str:
    categories = {
        kinds.CATEGORY_DIGIT: r"\d",
        kinds.CATEGORY_NOT_DIGIT: r"\D",
        kinds.CATEGORY_SPACE: r"\s",
        kinds.CATEGORY_NOT_SPACE: r"\S",
        kinds.CATEGORY_WORD: r"\w",
        kinds.CATEGORY_NOT_WORD: r"\W",
    }
    text = ""
    for kind, value in members:
        if kind is kinds.LITERAL:
            text += re.escape(chr(value))
        elif kind is kinds.RANGE:
            text += f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
        elif kind is kinds.CATEGORY:
            text += categories[value]
    return f"[{'^' if members[0][0] is kinds.NEGATE else ''}{text}]"
