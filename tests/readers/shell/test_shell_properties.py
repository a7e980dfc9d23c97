"""Whatever a shell text looks like, spans are true, and the time grows no faster than the text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cpu import at_most, seconds_of
from hypothesis import given, settings
from hypothesis import strategies as st
from shell_readings import check, rows

from autofix.readers.shell import read

WRONG = "config.linkerd.io/proxy-native-sidecar"
PATH = "config\\.linkerd\\.io/proxy-native-sidecar"
PIECES = [
    *(
        "kubectl",
        "annotate",
        "label",
        "patch",
        "run",
        "ns",
        "shop",
        "pod/web",
        "--overwrite",
        "-n",
        "-l",
        "-p",
    ),
    *(
        "helm",
        "upgrade",
        "--set",
        "--set=",
        "--set-json",
        "podAnnotations.",
        "a[0].annotations.",
        "{a,b}",
        "null",
    ),
    *(WRONG, PATH, "linkerd.io/inject", "=", "=true", "-", ",", ":", ".", "'", '"', "\\", "\\\n", "`", "$'"),
    *("$X", "${Y:-z}", "$(", ")", "$((1))", "{{ .x }}", "${{ y }}", "(", "{", "}", "[", "]", "[[", "]]"),
    *(
        " ",
        " ",
        " ",
        "\n",
        "\n",
        "\t",
        "<<EOF",
        "<<-EOF",
        "<<'EOF'",
        "\nEOF\n",
        "<<<",
        "|",
        "||",
        "&&",
        ";",
        "&",
    ),
    *(
        "if ",
        "then ",
        "else ",
        "fi",
        "case ",
        " in ",
        ";;",
        "esac",
        "for ",
        "do ",
        "done",
        "#",
        "!",
        ">",
        "x.yaml",
    ),
    *(
        "sh -c",
        "eval",
        "ssh host",
        "echo",
        "printf",
        "\\n",
        "\\t",
        "$ ",
        "> ",
        "é",
        "✓",
        "\U0001f600",
        "\r\n",
        "\0",
    ),
    *("--annotations", "--annotation=", "--conf", "spark.kubernetes.driver.annotation.", '{"a":', "\ud800"),
]
MOST = 20
QUOTES: dict[str, Callable[[str], str]] = {
    "bare": str,
    "single": lambda word: f"'{word}'",
    "double": lambda word: f'"{word}"',
    "parts": lambda word: "=".join(f'"{part}"' for part in word.split("=")),
}


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_spans_are_true_in_any_text(text: str) -> None:
    reading = read(text)
    check(text, reading)
    assert read(text) == reading
    keys = [setting.key_span for fragment in reading.fragments for setting in fragment.settings]
    assert len(keys) == len(set(keys))


@given(
    st.sampled_from(["ns shop", "pod/web", "deploy web", '-n "$NS" svc "$NAME"', "-f -"]),
    st.sampled_from(["", "--overwrite ", "-n shop ", "--context=x "]),
    st.sampled_from(sorted(QUOTES)),
    st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True),
    st.sampled_from(["", " \\\n  ", " # a comment\n", "; ls", " && ls", " || exit 1", " | cat"]),
)
def test_kubectl_annotate_is_read_in_any_style(
    resource: str, flags: str, quotes: str, value: str, behind: str
) -> None:
    text = f"set -eu\nkubectl {flags}annotate {resource} {QUOTES[quotes](f'{WRONG}={value}')}{behind}\nexit\n"
    reading = read(text)
    check(text, reading)
    assert [row[1:] for row in rows(reading)] == [(WRONG, value, "TEXT", True)]


@given(
    st.sampled_from(["podAnnotations", "a.b.annotations", "jobs[0].podAnnotations", "a-b.podAnnotations"]),
    st.sampled_from(["bare", "single", "double"]),
    st.sampled_from(["true", "false", "x", "1"]),
    st.sampled_from(["--set ", "--set=", "--set-string ", "--set-string="]),
)
def test_helm_set_is_read_in_any_style(parent: str, quotes: str, value: str, option: str) -> None:
    path = PATH.replace("\\", "\\\\") if quotes == "bare" else PATH
    word = QUOTES[quotes](f"{parent}.{path}={value}")
    text = f"helm upgrade web ./web --install {option}{word} --wait\n"
    reading = read(text)
    check(text, reading)
    [row] = rows(reading)
    assert row[:2] == ("POD", WRONG)
    assert str(row[2]).lower() == value


HOSTILE: dict[str, Callable[[int], str]] = {
    "commands": lambda size: f"kubectl annotate ns shop {WRONG}=true\n" * (size // 70),
    "one command": lambda size: "kubectl annotate ns shop" + f" {WRONG}=true" * (size // 45),
    "one list": lambda size: f"tool --annotations '{f'{WRONG}=$x,' * (size // 42)}'",
    "one path": lambda size: f'helm upgrade a b --set "{f"a.{PATH}=$x," * (size // 46)}"',
    "one document": lambda size: (
        f"kubectl apply -f - <<-EOF\n{f'		{WRONG}: $x{chr(10)}' * (size // 45)}\nEOF\n"
    ),
    "one long word": lambda size: f"echo {'config.' * (size // 7)}{WRONG}",
    "and": lambda size: f"kubectl annotate ns shop {WRONG}=true && " * (size // 70) + "ls",
    "pipe": lambda size: f"echo {WRONG} | " * (size // 46) + "ls",
    "nested": lambda size: f"echo {WRONG} $(" * (size // 92) + ")" * (size // 92),
    "printed": lambda size: f"printf '{f'{WRONG}: x{chr(92)}n' * (size // 44)}' > x.yaml",
    "substitutions": lambda size: "kubectl apply " + f"$(echo {WRONG}) " * (size // 48),
    "long command": lambda size: f"tool '{'x' * (size // 2)}' " + f"$(echo {WRONG}) " * (size // 96),
    "quotes": lambda size: f"{WRONG} '" * (size // 41),
    "session": lambda size: f"$ kubectl annotate ns shop {WRONG}=true\nok\n" * (size // 75),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_does_not_grow_with_the_square(name: str) -> None:
    def seconds(size: int) -> float:
        text = HOSTILE[name](size)
        return seconds_of(lambda: read(text))

    # Eight times the text takes eight times the time; 64 times would be quadratic. The best of several, for
    # caches and collections disturb.
    ratios = []
    for _ in range(3):
        ratios.append(seconds(200_000) / max(seconds(25_000), 0.01))
        if ratios[-1] < MOST:
            return
    pytest.fail(f"{name}: {ratios}")


ENDLESS: dict[str, Callable[[int], str]] = {
    "nulls": lambda size: "\0" * size + WRONG,
    "arrays in arrays": lambda size: "a=(b " * (size // 5) + WRONG,
    "loops in loops": lambda size: "for ((" * (size // 6) + WRONG,
    "one line of a document": lambda size: f"cat <<-EOF\n{f'	{WRONG}: $x' * (size // 44)}\nEOF\n",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_text_that_is_too_hard_for_the_grammar_is_unread(name: str) -> None:
    text = ENDLESS[name](300_000)
    with at_most(30):
        reading = read(text)
    check(text, reading)
    assert reading.unread or reading.fragments
