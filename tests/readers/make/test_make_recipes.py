"""Makefiles: recipes are shell texts, with make's own expansions as variables."""

from __future__ import annotations

import pytest
from cpu import seconds_of
from hypothesis import given
from hypothesis import strategies as st
from readings import assert_runs

from autofix.readers.make import read
from autofix.readers.model import TextReading

WRONG = "config.linkerd.io/proxy-native-sidecar"
PATH = "config\\.linkerd\\.io/proxy-native-sidecar"


def check(text: str, reading: TextReading) -> None:
    for inner in reading.texts:
        assert_runs(text, inner)


RECIPES = {
    f"mesh:\n\tkubectl annotate ns faces {WRONG}=true\n": f"kubectl annotate ns faces {WRONG}=true",
    f"mesh:\n\t@-kubectl annotate ns faces {WRONG}=true": f"kubectl annotate ns faces {WRONG}=true",
    f"mesh:\n\t$(KUBECTL) -n ${{NS}} annotate pod $* {WRONG}=$(call f,$(X))\n": (
        f"${{KUBECTL}} -n ${{NS}} annotate pod $@ {WRONG}=${{{'x' * 11}}}"
    ),
    f"mesh:\n\tfor ns in a b; do \\\n\t  kubectl annotate ns $$ns {WRONG}=true; \\\n\tdone\n": (
        f"for ns in a b; do \\\n  kubectl annotate ns $ns {WRONG}=true; \\\ndone"
    ),
    f"deploy: build\n\thelm upgrade web ./web --set 'podAnnotations.{PATH}=true'\n": (
        f"helm upgrade web ./web --set 'podAnnotations.{PATH}=true'"
    ),
    f"mesh: ; kubectl annotate ns faces {WRONG}=true\n": f"kubectl annotate ns faces {WRONG}=true",
    f"define annotate\nkubectl annotate ns $(1) {WRONG}=true\nendef\n": (
        f"kubectl annotate ns ${{x}} {WRONG}=true"
    ),
    f"mesh:\r\n\tkubectl annotate ns faces {WRONG}=true\r\n": f"kubectl annotate ns faces {WRONG}=true\r",
}


@pytest.mark.parametrize("text", RECIPES)
def test_a_line_of_a_recipe_is_a_shell_text(text: str) -> None:
    reading = read(text)
    check(text, reading)
    [inner] = reading.texts
    assert (inner.language, inner.text, inner.escapes) == ("shell", RECIPES[text], (("$", "$$"),))
    assert reading.unread == ()


def test_expansions_of_make_are_holes() -> None:
    text = f"mesh:\n\tkubectl annotate ns $(NS) {WRONG}='$(VALUE)' # $$HOME $@\n"
    [inner] = read(text).texts
    offset = inner.runs[0][1]
    assert [text[start + offset : end + offset] for start, end in inner.holes[:2]] == ["$(NS)", "$(VALUE)"]
    assert len(inner.holes) == 3


BRANCHES = {
    "ifeq (a,b)\n{}endif\n": ("conditions",),
    "ifdef A\n{}else\nx = 1\nendif\n": ("alternatives",),
    "ifdef A\nx = 1\nelse ifdef B\n{}endif\n": ("alternatives",),
    "ifdef A\nelse\nifndef B\n{}endif\nendif\n": ("alternatives",),
    "ifdef A\nendif\n{}": (),
    "ifdef A\n{}": ("conditions",),
}


@pytest.mark.parametrize("shape", BRANCHES)
def test_a_recipe_knows_its_conditionals(shape: str) -> None:
    [inner] = read(shape.format(f"mesh:\n\tkubectl annotate ns a {WRONG}=true\n")).texts
    whole = ((0, len(inner.text)),)
    for name in ("alternatives", "conditions"):
        assert getattr(inner, name) == (whole if name in BRANCHES[shape] else ())


@pytest.mark.parametrize(
    "text", [f"ANNOTATION := {WRONG}=true\n", f"OUT = $(shell kubectl annotate ns a {WRONG}=true)\n"]
)
def test_other_lines_with_a_key_are_unread(text: str) -> None:
    assert read(f"# {WRONG}\n{text}").unread == ((len(WRONG) + 3, len(WRONG) + 2 + len(text)),)


PIECES = [
    *(
        "a:\n",
        "\t",
        "\n",
        "\\\n",
        "@",
        "$$",
        "$(",
        "${",
        ")",
        "}",
        "$@",
        "$",
        "X",
        "ifdef A\n",
        "else\n",
        "endif\n",
    ),
    *("define x\n", "endef\n", f"kubectl annotate ns a {WRONG}=true", "#", " ", ";", "=", "é", "\r\n"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_positions_are_true_in_any_text(text: str) -> None:
    reading = read(text)
    check(text, reading)
    assert all(0 <= start < end <= len(text) for start, end in reading.unread)


HOSTILE = {
    "continued": "\tlinkerd \\\n",
    "open": "\tlinkerd $(\\\n",
    "backslashes": "\\",
    "nested": "ifdef A\n\tlinkerd\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_of_makefiles_does_not_grow_with_the_square(name: str) -> None:
    def seconds(size: int) -> float:
        text = HOSTILE[name] * (size // len(HOSTILE[name]))
        return seconds_of(lambda: read(text))

    ratios = []
    for _ in range(3):
        ratios.append(seconds(160_000) / max(seconds(20_000), 0.01))
        if ratios[-1] < 20:
            return
    pytest.fail(f"{name}: {ratios}")
