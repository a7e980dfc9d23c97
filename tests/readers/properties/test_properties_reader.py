"""What the reader of properties understands."""

from __future__ import annotations

import pytest
from readings import ALPHA, INJECT, KEY, reading, shorts, texts

CASES: dict[str, tuple[str, list[str]]] = {
    "a list": (
        f"deployer.app.kubernetes.podAnnotations={INJECT}:enabled,{KEY}:true\n",
        ["POD INJECT:enabled KEY:true"],
    ),
    "a list over two lines": (
        f"deployer.*.kubernetes.podAnnotations = {INJECT}:enabled,\\\n    {KEY}:true\n",
        ["POD INJECT:enabled KEY:true"],
    ),
    "Flink": (
        f"kubernetes.jobmanager.annotations: {KEY}:true\nkubernetes.jobmanager.labels: {KEY}:true\n",
        ["POD KEY:true", "LABELS KEY:true"],
    ),
    "prefixes of Spark": (
        f"spark.kubernetes.driver.annotation.{KEY}=true\n"
        f"spark.kubernetes.driver.annotation.{INJECT}=enabled\n"
        f"spark.kubernetes.executor.annotation.{KEY}   true\n"
        f"spark.kubernetes.driver.label.{KEY}=true\n",
        ["POD KEY:true INJECT:enabled", "POD KEY:true", "LABELS KEY:true"],
    ),
    "another prefix": (
        f"my.{KEY}=true\n",
        ["UNKNOWN report my.config.linkerd.io/proxy-native-sidecar:true"],
    ),
    "a section": (
        f'[pod_annotations]\n{KEY} = "true"\n; {KEY} = 1\n[labels]\n{KEY} = true\n',
        ["POD KEY:true", "LABELS KEY:true"],
    ),
    "Nextflow": (
        f"process {{ pod = [[annotation: '{KEY}', value: 'true'], [label: \"{KEY}\", value: \"x\"]] }}\n",
        ["POD KEY=true", "LABELS KEY=x"],
    ),
    "variables and carriage returns": (
        f"{KEY}=${{NATIVE}}\r\n{ALPHA}=true\r\n",
        ["UNKNOWN KEY=? ALPHA:true"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_annotations(name: str) -> None:
    text, expected = CASES[name]
    assert shorts("properties", text) == expected


def test_json_is_read_again() -> None:
    text = f'ANNOTATIONS={{"{KEY}":"true"}}\nOTHER={INJECT} and {ALPHA}\n'
    assert texts("properties", text) == [("json", f'{{"{KEY}":"true"}}')]
    assert len(reading("properties", text).unread) == 1
