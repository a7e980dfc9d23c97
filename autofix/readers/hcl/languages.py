"""What language a document in HCL is written in, by the names around it and by how it begins."""

from __future__ import annotations

from typing import Final

_SHELL_NAMES: Final = frozenset(
    {"command", "inline", "script", "scripts", "user_data", "userdata", "startup_script", "create", "destroy"}
)
_BY_SUFFIX: Final = {
    ".json": "json",
    ".sh": "shell",
    ".bash": "shell",
    ".tf": "hcl",
    ".hcl": "hcl",
    ".md": "markdown",
    ".toml": "toml",
    ".properties": "properties",
    ".py": "python",
}


def is_shell(names: tuple[str, ...]) -> bool:
    """Tell whether an argument holds commands of a shell.

    Args:
        names: the names of the argument and of what is around it, from the outside inwards.
    """
    return bool(names) and names[-1] in _SHELL_NAMES


def language_of(names: tuple[str, ...], text: str) -> str:
    """Guess the language of a document by the name it has and by how it begins.

    Args:
        names: the names of the argument and of what is around it, from the outside inwards.
        text: the document.
    """
    if is_shell(names) or text.startswith("#!"):
        return "python" if text.partition("\n")[0].startswith("#!") and "python" in text[:64] else "shell"
    name = names[-1].lower() if names else ""
    by_suffix = next((language for suffix, language in _BY_SUFFIX.items() if name.endswith(suffix)), "")
    return by_suffix or "yaml"
