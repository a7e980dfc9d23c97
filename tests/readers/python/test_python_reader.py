"""What the reader of python understands."""

from __future__ import annotations

import pytest
from readings import ALPHA, INJECT, KEY, reading, shorts, texts

CASES: dict[str, tuple[str, list[str]]] = {
    "the arguments of an operator": (
        "task = KubernetesPodOperator(\n"
        '    task_id="nightly",\n'
        "    annotations={\n"
        f'        "{INJECT}": "enabled",\n'
        f'        "{KEY}": True,\n'
        "    },\n"
        ")\n",
        ["POD INJECT=enabled KEY=True!"],
    ),
    "a Namespace of the client": (
        'ns = client.V1Namespace(metadata=client.V1ObjectMeta(name="shop", '
        f'annotations={{"{KEY}": "true"}}))\n',
        ["NAMESPACE KEY=true"],
    ),
    "a manifest as a dictionary": (
        f'body = {{"kind": "Namespace", "metadata": {{"annotations": {{"{KEY}": "true"}}}}}}\n',
        ["NAMESPACE KEY=true"],
    ),
    "a deployment has two places": (
        "d = {\n"
        '  "kind": "Deployment",\n'
        f'  "metadata": {{"annotations": {{"{KEY}": "true"}}}},\n'
        f'  "spec": {{"template": {{"metadata": {{"annotations": {{"{KEY}": flag}}}}}}}},\n'
        "}\n",
        ["WORKLOAD KEY=true", "POD KEY=?"],
    ),
    "labels": (
        f"labels = {{\"{KEY}\": \"true\"}}\nx = V1LabelSelector(match_labels={{'{KEY}': 'true'}})\n",
        ["LABELS KEY=true", "LABELS KEY=true"],
    ),
    "indexes on one variable": (
        f'annotations = {{"{INJECT}": "enabled"}}\nannotations["{KEY}"] = "true"\n',
        ["UNKNOWN INJECT=enabled KEY=true"],
    ),
    "removals": (
        f'del pod.annotations["{KEY}"]\nm.pop("{KEY}", None)\nx = {{"annotations": {{"{KEY}": None}}}}\n',
        ["UNKNOWN -KEY", "UNKNOWN -KEY", "UNKNOWN -KEY"],
    ),
    "lookups": (
        f'if m["{KEY}"] == "true" or "{KEY}" in m:\n    m.get("{KEY}")\nassert m == {{"{KEY}": "true"}}\n',
        [
            "UNKNOWN report KEY=?",
            "UNKNOWN conditional report KEY=?",
            "UNKNOWN conditional report KEY=?",
            "UNKNOWN report KEY=true",
        ],
    ),
    "a conditional expression": (
        f'a = {{"{KEY}": "true"}} if new else {{"{ALPHA}": "true"}}\n',
        ["UNKNOWN alternative KEY=true", "UNKNOWN alternative ALPHA=true"],
    ),
    "branches": (
        "if new:\n"
        f'    m["{KEY}"] = "true"\n'
        "elif old:\n"
        f'    m["{ALPHA}"] = "true"\n'
        "if other:\n"
        f'    m["{KEY}"] = "false"\n',
        ["UNKNOWN alternative KEY=true", "UNKNOWN alternative ALPHA=true", "UNKNOWN conditional KEY=false"],
    ),
    "a branch that returns": (
        "def f():\n"
        "    if new:\n"
        f'        m["{KEY}"] = "true"\n'
        "        return m\n"
        f'    m["{ALPHA}"] = "true"\n'
        "    return m\n",
        ["UNKNOWN alternative report KEY=true", "UNKNOWN alternative report ALPHA=true"],
    ),
    "a variable that a condition adds to": (
        f'a = {{"{INJECT}": "enabled"}}\n'
        "if x:\n"
        f'    a["{KEY}"] = "true"\n'
        f'b = {{"{INJECT}": "x"}}\n'
        "def f(b):\n"
        f'    c["{KEY}"] = "true"\n',
        [
            "UNKNOWN report INJECT=enabled",
            "UNKNOWN conditional report KEY=true",
            "UNKNOWN INJECT=x",
            "UNKNOWN KEY=true",
        ],
    ),
    "a dictionary within a dictionary": (
        f'a = {{**({{"{KEY}": "true"}} if x else {{}}), "{INJECT}": "enabled", "other": '
        f'{{"{KEY}": "true"}}}}\n',
        ["UNKNOWN conditional report KEY=true", "UNKNOWN report INJECT=enabled other=?", "UNKNOWN KEY=true"],
    ),
    "a constant": (
        f'KEY = "{KEY}"\n',
        ["UNKNOWN report KEY=?"],
    ),
    "keys behind Spark's prefixes": (
        f'conf.set("spark.kubernetes.driver.annotation.{KEY}", '
        f'"true").set("spark.kubernetes.executor.annotation.{KEY}", "true")\n',
        ["POD KEY=true", "POD KEY=true"],
    ),
    "a longer word": (
        f'x = {{"my.prefix.{KEY}": "true"}}\n',
        ["UNKNOWN report my.prefix.config.linkerd.io/proxy-native-sidecar=true"],
    ),
    "letters that are no ASCII": (
        f'ü = {{"é": "ü", "{KEY}": "true"}}\n',
        ["UNKNOWN é=ü KEY=true"],
    ),
    "comments are not read": (
        f'# {{"{KEY}": "true"}}\nx = 1\n',
        [],
    ),
    "a patch of a Namespace": (
        f'api.patch_namespace("shop", {{"metadata": {{"annotations": {{"{KEY}": "true"}}}}}})\n',
        ["NAMESPACE KEY=true"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_annotations(name: str) -> None:
    text, expected = CASES[name]
    assert shorts("python", text) == expected


def test_a_manifest_in_a_string_is_read_again() -> None:
    manifest = f"\nmetadata:\n  annotations:\n    {KEY}: true\n"
    text = f'x = """{manifest}"""\ny = "kubectl annotate pod web {KEY}=true"\n'
    assert texts("python", text) == [
        ("yaml", f"\nmetadata:\n  annotations:\n    {KEY}: true\n"),
        ("sh", f"kubectl annotate pod web {KEY}=true"),
    ]


def test_what_is_not_understood_is_unread() -> None:
    text = f'log("the key {KEY} is dead")\nx = = {{"{KEY}": "true"\n'
    assert len(reading("python", text).unread) == 2


def test_a_text_nested_too_deeply_is_unread() -> None:
    text = "[" * 100_000 + f'"{KEY}"'
    assert reading("python", text).unread == ((0, len(text)),)
