"""Dockerfiles: shell texts of RUN, CMD and ENTRYPOINT, and the labels of LABEL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shell_readings import check, rows

from autofix.readers.dockerfile import read
from autofix.readers.model import Target

WRONG = "config.linkerd.io/proxy-native-sidecar"
SHELL = f"kubectl annotate ns shop {WRONG}=true"

TEXTS = {
    f"FROM x\nRUN {SHELL}\nRUN ls\n": f"{SHELL}\n",
    f"run --mount=type=cache,target=/x --network=none {SHELL}": SHELL,
    f"RUN ls && \\\n# a comment\n    {SHELL}\n": f"ls && \\\n    {SHELL}\n",
    f"CMD {SHELL}\n": f"{SHELL}\n",
    f"ONBUILD ENTRYPOINT exec {SHELL}\n": f"exec {SHELL}\n",
    f"RUN <<EOF\nset -e\n{SHELL}\nEOF\nRUN ls\n": f"set -e\n{SHELL}\n",
    f"RUN cat <<'EOF' > a.yaml\n{WRONG}: x\nEOF\nRUN ls\n": f"cat <<'EOF' > a.yaml\n{WRONG}: x\nEOF\n",
}


@pytest.mark.parametrize("text", TEXTS)
def test_instructions_with_a_shell_are_shell_texts(text: str) -> None:
    reading = read(text)
    check(text, reading)
    [inner] = reading.texts
    assert (inner.language, inner.text) == ("shell", TEXTS[text])
    assert reading.unread == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"LABEL {WRONG}=true\n", "true"),
        (f'LABEL a="b c" \\\n  "{WRONG}"="true"', "true"),
        (f"LABEL {WRONG}='true' x=y", "true"),
        (f"LABEL {WRONG}=$VALUE", "$VALUE"),
    ],
)
def test_labels_of_an_image_are_labels(text: str, value: str) -> None:
    reading = read(text)
    check(text, reading)
    [fragment] = reading.fragments
    assert fragment.target is Target.LABELS
    assert (WRONG, value) in [row[1:3] for row in rows(reading)]


@pytest.mark.parametrize(
    "text",
    [f"ENV KEY={WRONG}", f'RUN ["kubectl", "annotate", "ns", "shop", "{WRONG}=true"]', f"ARG A={WRONG}"],
)
def test_other_instructions_with_a_key_are_unread(text: str) -> None:
    reading = read(f"# {WRONG}\nFROM x\n{text}\n")
    assert len(reading.unread) == 1
    assert (reading.fragments, reading.texts) == ((), ())


PIECES = [
    *(
        "RUN ",
        "LABEL ",
        "CMD ",
        "FROM x",
        "ENV ",
        "\n",
        "\\\n",
        "# ",
        "<<EOF",
        "\nEOF\n",
        '"',
        "'",
        "=",
        " ",
        "[",
    ),
    *(SHELL, WRONG, f"{WRONG}=true", "--mount=a ", "é", "\r\n", "\\"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_positions_are_true_in_any_dockerfile(text: str) -> None:
    check(text, read(text))
