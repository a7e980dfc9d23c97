"""The real reviews are answered as recorded, byte for byte: a change of an answer is made on purpose."""

from __future__ import annotations

import json

import pytest
from paths import DATA
from webhook_client import NAMES, REVIEWS

from webhook.admission.cache import make_answerer, write_answer
from webhook.admission.codec import decode
from webhook.admission.state import ClusterFacts, make_state
from webhook.settings import Settings

ANSWERS = json.loads((DATA / "review_answers.json").read_text())
# What the answers were recorded with: the Linkerd release, and whether workloads are patched too.
SETTINGS = {
    "2.14": ("2.14", False),
    "2.17": ("2.17", False),
    "2.20": ("2.20", False),
    "unknown": (None, False),
    "2.17, workloads too": ("2.17", True),
}


@pytest.mark.parametrize("label", SETTINGS)
@pytest.mark.parametrize("name", NAMES)
def test_a_real_review_is_answered_with_the_recorded_bytes(label: str, name: str) -> None:
    release, mutate_workloads = SETTINGS[label]
    state = make_state(Settings(linkerd=release), ClusterFacts(), {})
    request = decode((REVIEWS / f"{name}.json").read_bytes())
    encoded = make_answerer(mutate_workloads=mutate_workloads)(request, state)
    assert write_answer(request, encoded).decode() == ANSWERS[label][name]
