"""What ``.autofix.toml``, ``[tool.autofix]`` in pyproject.toml and ``AUTOFIX_*`` in the environment set."""

from __future__ import annotations

import os

from autofix.errors import AutofixError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# Each setting with the types it takes; a list of codes may be written as a list or with commas.
_SETTINGS: Mapping[str, tuple[type, ...]] = {
    "linkerd": (str,),
    "kubernetes": (str,),
    "native-sidecar-default": (bool,),
    "wait-before-exit-seconds": (int,),
    "select": (str, list),
    "ignore": (str, list),
    "unsafe-fixes": (bool,),
    "exclude": (list,),
    "include": (list,),
}
_ENVIRONMENT = (
    "linkerd",
    "kubernetes",
    "native-sidecar-default",
    "wait-before-exit-seconds",
    "select",
    "ignore",
)


def settings(start: str, environ: Mapping[str, str]) -> dict[str, Any]:
    """Collect what is set beside the flags, by the name of the flag with underscores.

    Args:
        start: the folder to look in for files, and above it up to a repository's top.
        environ: the environment, which counts before the files.

    Raises:
        AutofixError: when a file cannot be read, or a setting in it is none or of another type.
    """
    found = _from_files(start)
    for name in _ENVIRONMENT:
        variable = f"AUTOFIX_{_dest(name).upper()}"
        if value := environ.get(variable):
            found[name] = value
            _understood({name: value}, variable)
    return {_dest(name): value for name, value in found.items()}


def _dest(name: str) -> str:
    return name.replace("-", "_")


def _from_files(start: str) -> dict[str, Any]:
    """Read the nearest file that has settings; files above it do not count."""
    here, above = start, os.path.dirname(start)
    while True:
        own, project = (os.path.join(here, name) for name in (".autofix.toml", "pyproject.toml"))
        if os.path.isfile(own):
            return _checked(_toml(own), own)
        # Most projects have no table for us, and reading TOML takes longer than all the rest of a short run.
        tool = _toml(project).get("tool") if os.path.isfile(project) and _names_us(project) else None
        if isinstance(tool, dict) and "autofix" in tool:
            return _checked(tool["autofix"], project)
        if above == here or os.path.exists(os.path.join(here, ".git")):
            return {}
        here, above = above, os.path.dirname(above)


def _names_us(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return b"autofix" in file.read()
    except OSError:
        # Reading it as TOML says why.
        return True


def _toml(path: str) -> dict[str, Any]:
    # Imported here: most folders have no such file.
    import tomllib

    try:
        with open(path, encoding="utf-8") as file:
            return tomllib.loads(file.read())
    except OSError as error:
        raise AutofixError(f"{path}: {error.strerror or error}; check that it can be read") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AutofixError(f"{path}: not TOML: {error}; correct it there") from None


def _checked(table: object, path: str) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise AutofixError(f"{path}: autofix must be a table of settings")
    for name, value in table.items():
        types = _SETTINGS.get(name)
        if types is None:
            raise AutofixError(f"{path}: {name} is no setting; there are {', '.join(_SETTINGS)}")
        # A boolean is an integer to Python, but not to the person who wrote it.
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise AutofixError(f"{path}: {name} must be {' or '.join(_TYPES[one] for one in types)}")
        if isinstance(value, list) and not all(isinstance(one, str) for one in value):
            raise AutofixError(f"{path}: {name} must be {_TYPES[list]}")
    _understood(table, path)
    return {name: _text(value) if name in _AS_TEXT else value for name, value in table.items()}


def _understood(table: Mapping[str, Any], source: str) -> None:
    """Read the values that have a meaning, to say where one that has none was written."""
    # Imported here: it loads the rules.
    from autofix.engine.options import options

    try:
        options(
            release=table.get("linkerd"),
            kubernetes=table.get("kubernetes"),
            select=table.get("select"),
            ignore=table.get("ignore"),
        )
    except AutofixError as error:
        raise AutofixError(f"{source}: {error}") from None


_TYPES: Mapping[type, str] = {
    str: "a text in quotes",
    int: "a whole number",
    bool: "true or false",
    list: "a list of texts",
}
_AS_TEXT = frozenset({"select", "ignore", "native-sidecar-default"})


def _text(value: object) -> str:
    """Write a value as its flag takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
