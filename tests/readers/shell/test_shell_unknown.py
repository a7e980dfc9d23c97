"""Commands that the reader does not know by name: options of annotations, and prefixes."""

from __future__ import annotations

import pytest
from shell_readings import Row, check, reported, rows

from autofix.readers.model import LONGER_WORD, Target
from autofix.readers.shell import read

WRONG = "config.linkerd.io/proxy-native-sidecar"
SET: Row = ("POD", WRONG, "true", "TEXT", True)
INJECT: Row = ("POD", "linkerd.io/inject", "enabled", "TEXT", True)
LABEL: Row = ("LABELS", WRONG, "true", "TEXT", True)
DRIVER = "spark.kubernetes.driver"
EXECUTOR = "spark.kubernetes.executor"

COMMANDS: dict[str, list[Row]] = {
    f"kamel run x.java --trait pod.enabled=true --annotation {WRONG}=true": [SET],
    f"argo submit x.yaml --annotations {WRONG}=true,linkerd.io/inject=enabled": [SET, INJECT],
    f"tkn task start build --annotations={WRONG}=true": [SET],
    f"kn service create web --annotation-revision x --pod-annotation '{WRONG}=true'": [SET],
    f"flink run -Dkubernetes.jobmanager.annotations=linkerd.io/inject:enabled,{WRONG}:true a.jar": [
        INJECT,
        SET,
    ],
    f"argo submit x.yaml --labels={WRONG}=true": [LABEL],
    f"argo list --selector {WRONG}=true": [LABEL],
    f"spark-submit --conf {DRIVER}.annotation.{WRONG}=true a.py": [SET],
    f"spark-submit --conf={EXECUTOR}.annotation.{WRONG}=true a.py": [SET],
    f'spark-submit -c "{DRIVER}.annotation.linkerd.io/inject=enabled" '
    f'--conf "{DRIVER}.annotation.{WRONG}=true" --conf {EXECUTOR}.annotation.{WRONG}="$X"': [
        INJECT,
        SET,
        ("POD", WRONG, "$X", "EXPRESSION", True),
    ],
    f"spark-submit --conf {DRIVER}.service.annotation.{WRONG}=true a.py": [
        ("OTHER", WRONG, "true", "TEXT", True)
    ],
    f"spark-submit --conf {DRIVER}.label.{WRONG}=true a.py": [LABEL],
}


@pytest.mark.parametrize("text", COMMANDS)
def test_a_whole_word_behind_an_option_of_annotations_is_understood(text: str) -> None:
    reading = read(text)
    check(text, reading)
    assert rows(reading) == COMMANDS[text]
    assert reported(reading) == []


def test_each_prefix_is_a_fragment_of_its_own() -> None:
    text = f"spark-submit --conf {DRIVER}.annotation.{WRONG}=true --conf {EXECUTOR}.annotation.{WRONG}=true x"
    assert [fragment.target for fragment in read(text).fragments] == [Target.POD, Target.POD]


@pytest.mark.parametrize(
    "text",
    [
        f"submit --conf my.pods.annotation.{WRONG}=true",
        f"dsub --param podAnnotations.{WRONG}=true",
        f"run --set-annotations.{WRONG} true",
    ],
)
def test_a_prefix_that_nobody_knows_is_only_reported(text: str) -> None:
    reading = read(text)
    check(text, reading)
    assert rows(reading) == []
    assert reported(reading) == [(WRONG, LONGER_WORD)]


def test_json_behind_an_option_of_annotations_is_a_text_inside() -> None:
    [inner] = read(f"tool --annotations '{{\"{WRONG}\": true}}'").texts
    assert (inner.language, inner.target) == ("json", Target.POD)
