"""Shell scripts: sh, bash, zsh and ksh, and sessions of a terminal. The grammar is tree-sitter-bash.

Source of the language: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html, and the
manual of bash.
"""

from __future__ import annotations

from typing import Final

from autofix.readers.model import TextReading

LANGUAGES: Final = (
    *("shell", "sh", "bash", "zsh", "ksh", "console", "terminal", "shell-session", "shellsession"),
    *("sh-session", "shellscript", "bats"),
)
SUFFIXES: Final = (".sh", ".bash", ".zsh", ".ksh", ".bats", ".command")
NAMES: Final = (".envrc", ".bashrc", ".bash_profile", ".bash_aliases", ".profile", ".zshrc")


def read(text: str) -> TextReading:
    """Read a shell text.

    Args:
        text: a script, or a session with prompts.

    Returns:
        The annotations that its commands set or remove, and its here-documents and quoted texts. A session is
        a text inside the text: its commands.
    """
    # Loaded here: most runs meet no shell text.
    from autofix.readers.shell.session import session_text
    from autofix.readers.shell.source import parse
    from autofix.readers.shell.walk import walk

    commands = session_text(text)
    if commands is not None:
        return TextReading(texts=(commands,))
    source = parse(text)
    return TextReading(unread=((0, len(text)),)) if source is None else walk(source)
