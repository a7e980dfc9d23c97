"""Settings in ``.autofix.toml``, in ``[tool.autofix]`` of pyproject.toml, and in ``AUTOFIX_*`` variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from autofix.errors import AutofixError

# Each setting with its types; codes may be a list, or a text with commas.
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
    """Collect the settings from files and the environment, by the flag's name with underscores.

    Args:
        start: the folder to search for files; the search goes up to the top of the repository.
        environ: the environment; its settings override those of files.

    Returns:
        The settings, with values as their flags take them.

    Raises:
        AutofixError: when a file cannot be read, or a setting is unknown or has a wrong type or value.
    """
    values = _from_files(start)
    for name in _ENVIRONMENT:
        variable = f"AUTOFIX_{_dest(name).upper()}"
        if value := environ.get(variable):
            values[name] = value
            _check_values({name: value}, variable)
    return {_dest(name): value for name, value in values.items()}


def _dest(name: str) -> str:
    return name.replace("-", "_")


def _from_files(start: str) -> dict[str, Any]:
    """Read the nearest file with settings; files above it do not count."""
    folder, parent = start, os.path.dirname(start)
    while True:
        own, project = (os.path.join(folder, name) for name in (".autofix.toml", "pyproject.toml"))
        if os.path.isfile(own):
            return _checked(_toml(own), own)
        # Most projects have no table for autofix, and reading TOML takes longer than the rest of a short run.
        tool = _toml(project).get("tool") if os.path.isfile(project) and _mentions_autofix(project) else None
        if isinstance(tool, dict) and "autofix" in tool:
            return _checked(tool["autofix"], project)
        if parent == folder or os.path.exists(os.path.join(folder, ".git")):
            return {}
        folder, parent = parent, os.path.dirname(parent)


def _mentions_autofix(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return b"autofix" in file.read()
    except OSError:
        # The attempt to read it as TOML will say why.
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
            raise AutofixError(f"{path}: {name} is not a setting; the settings are {', '.join(_SETTINGS)}")
        # A boolean is an integer to Python, but not to the user.
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise AutofixError(f"{path}: {name} must be {' or '.join(_TYPES[kind] for kind in types)}")
        if isinstance(value, list) and not all(isinstance(item, str) for item in value):
            raise AutofixError(f"{path}: {name} must be {_TYPES[list]}")
    _check_values(table, path)
    return {name: _text(value) if name in _AS_TEXT else value for name, value in table.items()}


def _check_values(table: Mapping[str, Any], source: str) -> None:
    """Read the values, so that an error can name the source of the value."""
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
    """Write a value as a user writes it behind its flag."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
