"""A native-sidecar key that stands twice in one mapping (AFX104): no line that disagrees is deleted."""

from __future__ import annotations

import pytest
from builders import ALPHA, GA, WRONG
from texts import check

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  annotations:\n{lines}spec: {{containers: []}}\n"
VALUES = "replicas: 1\npodAnnotations:\n{lines}"
ITEM = "- apiVersion: v1\n  kind: Pod\n  metadata:\n    annotations:\n{lines}"
LIST = f"apiVersion: v1\nkind: List\nitems:\n{ITEM}"


def text_of(document: str, *pairs: tuple[str, str]) -> str:
    indent = {POD: 4, VALUES: 2, LIST: 6}[document]
    return document.format(lines="".join(f"{' ' * indent}{key}: {value}\n" for key, value in pairs))


@pytest.mark.parametrize("document", [POD, VALUES, LIST])
@pytest.mark.parametrize(
    "pairs",
    [
        ((WRONG, '"true"'), (WRONG, '"false"')),
        ((WRONG, "true"), ("linkerd.io/inject", "enabled"), (WRONG, "false")),
        ((ALPHA, '"true"'), (ALPHA, '"false"')),
        ((GA, '"true"'), (GA, '"perhaps"')),
        ((WRONG, '"true"'), (WRONG, '"false"'), (WRONG, '"true"')),
        ((WRONG, '"true"'), (WRONG, "[]")),
    ],
)
def test_keys_that_disagree_are_left_alone(document: str, pairs: tuple[tuple[str, str], ...]) -> None:
    text = text_of(document, *pairs)
    for unsafe in (False, True):
        checked = check("a.yaml", text, unsafe=unsafe)
        assert checked.text == text
        [finding] = [finding for finding in checked.findings if "stands here twice" in finding.message]
        assert finding.code == "AFX104"
        assert finding.key == pairs[0][0]


@pytest.mark.parametrize("document", [POD, VALUES, LIST])
@pytest.mark.parametrize(
    ("pairs", "after"),
    [
        (((WRONG, '"true"'), (WRONG, '"true"')), ((ALPHA, '"true"'),)),
        (((WRONG, "true"), (WRONG, '"yes"')), ((ALPHA, '"true"'),)),
        (((ALPHA, '"true"'), (ALPHA, '"true"')), ((ALPHA, '"true"'), (ALPHA, '"true"'))),
    ],
)
def test_keys_that_agree_are_one_key(
    document: str, pairs: tuple[tuple[str, str], ...], after: tuple[tuple[str, str], ...]
) -> None:
    checked = check("a.yaml", text_of(document, *pairs))
    assert checked.text == text_of(document, *after)
    assert "AFX104" not in [finding.code for finding in checked.findings]


@pytest.mark.parametrize(
    "text",
    [
        text_of(POD, (ALPHA, '"true"')) + "---\n" + text_of(POD, (ALPHA, '"false"')),
        text_of(VALUES, (ALPHA, '"true"')) + f"jobAnnotations:\n  {ALPHA}: 'false'\n",
        text_of(VALUES, ("a/b", "x"), ("a/b", "y"), (ALPHA, '"true"')),
        text_of(VALUES, (ALPHA, '"true"'), (f"{ALPHA}", '"false" # autofix: ignore[AFX104]')),
        text_of(POD, ("linkerd-autofix.io/ignore", "AFX104"), (ALPHA, '"true"'), (ALPHA, '"false"')),
    ],
)
def test_keys_in_other_mappings_and_what_is_switched_off_are_left_alone(text: str) -> None:
    checked = check("a.yaml", text)
    assert checked.text == text
    assert "AFX104" not in [finding.code for finding in checked.findings]
