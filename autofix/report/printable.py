"""Text for people and CI: whatever would steer a terminal or a runner's log is written out instead.

Names, keys, values and messages come from files and clusters that somebody else may have written. In a log an
escape sequence hides lines, a line break begins a line that we never wrote, a bidirectional control shows a
key in another order than Kubernetes reads it (CVE-2021-42574), and a workflow command changes the job.
"""

from __future__ import annotations

import re
from typing import Final

# C0, DEL and C1 (ECMA-48); half characters, which stand for bytes of file names that are no UTF-8; line and
# paragraph separators; bidirectional controls (Unicode, PropList.txt, Bidi_Control); format controls that
# nobody sees (zero width space, word joiner and those behind it, annotations, tags); no characters at all.
# Joiners, the soft hyphen and the byte order mark stay: they are part of ordinary texts and steer nothing.
# Compiled at the first use: most texts need no escape, and compiling takes a while.
_CONTROLS: Final = (
    r"[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufff9-\ufffb\ufffe\uffff"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)
_CONTROLS_BUT_TAB: Final = rf"(?!\t){_CONTROLS}"
# A runner takes these for commands in every line of a job's log: "::name ...::" at the start, after blanks,
# and "##[name]" anywhere. Source: actions/runner, src/Runner.Common/ActionCommand.cs and
# ActionCommandManager.cs; Azure DevOps, "Logging commands"; TeamCity, "Service Messages".
_AT_START: Final = r"(\A\s*+):(?=:[A-Za-z][^:]*+(?::[^:]++)*+::)"
COMMAND_ANYWHERE: Final = (
    r"(?i)##(?=vso\[|teamcity\[|\[(?:add-mask|add-matcher|add-path|command|debug|echo|endgroup|error|group"
    r"|internal-set-repo-path|notice|remove-matcher|save-state|set-env|set-output|stop-commands|warning)"
    r"[ \]])"
)


def escaped(text: str) -> str:
    r"""Write a text as one line that steers nothing.

    Args:
        text: a message, or a name, a key or a value to be put into one.

    Returns:
        The same text if it is harmless, as nearly every text is. Else control characters become ``\n``,
        ``\x1b`` or ``\u202e``, and the character that begins a runner's command becomes ``\x3a`` or
        ``\x23``. A second call changes nothing.
    """
    return without_commands(without_controls(text))


def without_controls(text: str) -> str:
    """Write out the control characters of a text, line breaks and tabs too.

    Args:
        text: any text; one that is a workflow command of our own stays one.
    """
    return text if text.isprintable() else re.sub(_CONTROLS, _as_escape, text)


def escaped_in_diff(line: str) -> str:
    """Write a line of a diff so that it steers nothing.

    Tabs stay, and the carriage return of a line that ends in CR LF: the diff of ordinary files applies.

    Args:
        line: the line without its line feed.
    """
    if not line.isprintable():
        inner = line.removesuffix("\r")
        line = re.sub(_CONTROLS_BUT_TAB, _as_escape, inner) + line[len(inner) :]
    return without_commands(line)


def without_commands(line: str) -> str:
    """Break what a runner would take for a command; see ``escaped``.

    Args:
        line: one line.
    """
    if "::" in line:
        line = re.sub(_AT_START, r"\1\\x3a", line)
    return re.sub(COMMAND_ANYWHERE, r"#\\x23", line) if "##" in line else line


def _as_escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")
