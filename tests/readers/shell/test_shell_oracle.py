"""bash itself is asked what a command gets: its arguments hold each key and value that the reader reads."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shell_readings import check, rows

from autofix.readers.shell import read

BASH = shutil.which("bash") or "bash"
# Programs that only say what they got.
STUBS = "".join(
    f"{name}() {{ printf '%s\\n' \"$@\"; }}; " for name in ("kubectl", "oc", "helm", "kamel", "argo", "sudo")
)
WRONG = "config.linkerd.io/proxy-native-sidecar"
DOTS = ("\\.", "\\\\.", ".", "'\\.'", '"\\."')
QUOTES = ("{}", "'{}'", '"{}"')


def arguments(text: str) -> list[str]:
    """What the programs of a script got."""
    done = subprocess.run([BASH, "-c", STUBS + text], check=False, capture_output=True, text=True, timeout=60)
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    "text",
    [
        f"kubectl annotate ns shop {WRONG}=true",
        f"kubectl annotate ns shop '{WRONG}'=\"true\" linkerd.io/inject=enabled",
        f"kubectl annotate ns shop \\\n  linkerd.io/inject=en\\\nabled {WRONG}=tr'ue'",
        f'kubectl annotate "ns" shop {WRONG}="a b" # {WRONG}=x',
        f"sudo oc annotate ns shop {WRONG}=a\\ b; kubectl annotate ns shop $'{WRONG}=true'",
        f"if true; then kubectl annotate ns shop {WRONG}=true; else kubectl annotate ns a b=c; fi",
        f"kamel run x --annotation {WRONG}=true; argo submit --annotations='{WRONG}=true'",
        f'kubectl run web --annotations "{WRONG}=true" --image=x || helm list',
    ],
)
def test_bash_gives_the_program_what_the_reader_reads(text: str) -> None:
    reading = read(text)
    check(text, reading)
    got = " ".join(arguments(text))
    assert rows(reading) or reading.fragments
    for _, key, value, _, _ in rows(reading):
        assert f"{key}={value}" in got


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(DOTS), min_size=2, max_size=2),
    st.sampled_from(QUOTES),
    st.sampled_from(["true", "false", "x"]),
)
def test_helm_gets_the_path_that_the_reader_reads(dots: list[str], quotes: str, value: str) -> None:
    key = f"config{dots[0]}linkerd{dots[1]}io/proxy-native-sidecar"
    text = f"helm upgrade web ./web --set-string {quotes.format(f'podAnnotations.{key}={value}')}"
    reading = read(text)
    check(text, reading)
    escaped = WRONG.replace(".", "\\.")
    is_whole = f"podAnnotations.{escaped}={value}" in arguments(text)
    read_as_key = [row[1:3] for row in rows(reading)] == [(WRONG, value)]
    # What the reader takes for the key is the key; it may be too careful, and only report one.
    assert is_whole or not read_as_key
    if len(set(dots)) == 1 and is_whole and "'" not in dots[0] and '"' not in dots[0]:
        assert read_as_key


@pytest.mark.parametrize(
    "text",
    [
        f"kubectl apply -f - <<EOF\nprice: \\$5 \\\\ \\` \\a\n{WRONG}: x\nEOF\n",
        f"kubectl apply -f - <<-'EOF'\n\tprice: \\$5\n\n\t\t{WRONG}: x\n\tEOF\n",
        f"kubectl apply -f - <<-EOF\n\t\ta: \\\n\tb\n  {WRONG}: x\nEOF\n",
        f"cat <<EOF | kubectl apply -f -\n\n  {WRONG}: é\n\nEOF\n",
        f"printf 'a: b\\n{WRONG}: \"x\"\\n' | kubectl apply -f -\n",
        f'printf "a: \\"b\\"\\n{WRONG}: x\\n" | kubectl apply -f -\n',
        f'echo \'{{"{WRONG}": "x"}}\' | kubectl apply -f -\n',
        f'echo -e "a: b\\n{WRONG}: x" | kubectl apply -f -\n',
        f"kubectl apply -f - <<< $'a: b\\n{WRONG}: \\'x\\''\n",
        f'kubectl apply -f - <<< \'{WRONG}: \'"\\"x\\""\n',
    ],
)
def test_bash_gives_the_program_the_text_that_the_reader_reads(text: str) -> None:
    [inner] = read(text).texts
    check(text, read(text))
    script = f"kubectl() {{ cat; }}; {text}"
    done = subprocess.run([BASH, "-c", script], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.removesuffix("\n") == inner.text.removesuffix("\n")
