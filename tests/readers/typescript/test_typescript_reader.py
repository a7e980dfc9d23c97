"""What the reader of typescript understands."""

from __future__ import annotations

import pytest
from readings import ALPHA, INJECT, KEY, reading, shorts, texts

CASES: dict[str, tuple[str, list[str]]] = {
    "a Pulumi job": (
        'const job = new k8s.batch.v1.Job("migrate", {\n'
        "  spec: { template: { metadata: { annotations: {\n"
        f'    "{INJECT}": "enabled",\n'
        f'    "{KEY}": "true",\n'
        "  } } } },\n"
        "});\n",
        ["POD INJECT=enabled KEY=true"],
    ),
    "a Namespace of cdk8s": (
        f"new KubeNamespace(this, \"ns\", {{ metadata: {{ annotations: {{ '{KEY}': true }} }} }});\n",
        ["NAMESPACE KEY=true!"],
    ),
    "a part under a condition": (
        f'const a = {{ annotations: {{ "{INJECT}": "enabled", ...(native && {{ "{KEY}": "true" }}) }} }};\n',
        ["UNKNOWN report INJECT=enabled", "UNKNOWN conditional report KEY=true"],
    ),
    "a choice": (
        f'const a = ga ? {{ "{KEY}": "true" }} : {{ "{ALPHA}": "true" }};\n',
        ["UNKNOWN alternative KEY=true", "UNKNOWN alternative ALPHA=true"],
    ),
    "removals": (
        f'delete pod.metadata.annotations["{KEY}"];\n'
        f'const p = {{ annotations: {{ "{KEY}": null, "{ALPHA}": undefined }} }};\n',
        ["UNKNOWN -KEY", "UNKNOWN -KEY -ALPHA"],
    ),
    "computed keys and pairs in lists": (
        f'const a = {{ ["{KEY}"]: value }};\nconst m = new Map([["{KEY}", "true"]]);\n',
        ["UNKNOWN KEY=?", "UNKNOWN KEY=true"],
    ),
    "methods": (
        f'chart.metadata.addAnnotation("{KEY}", "true");\n'
        f'chart.metadata.addLabel("{KEY}", "true");\n'
        f'm.delete("{KEY}");\n'
        f'm.has("{KEY}");\n',
        ["UNKNOWN KEY=true", "LABELS KEY=true", "UNKNOWN -KEY", "UNKNOWN report KEY=?"],
    ),
    "constants": (
        f'export const KEY = "{KEY}";\nclass A {{ static readonly KEY = "{KEY}"; }}\n',
        ["UNKNOWN report KEY=?", "UNKNOWN report KEY=?"],
    ),
    "JSX": (
        f'const a = <Pod annotations={{{{ "{KEY}": "true" }}}} />;\n',
        ["UNKNOWN KEY=true"],
    ),
    "labels of pods": (
        f'new Chart({{ podLabels: {{ "{KEY}": "true" }}, podAnnotations: {{ "{KEY}": "true" }} }});\n',
        ["LABELS KEY=true", "POD KEY=true"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_annotations(name: str) -> None:
    text, expected = CASES[name]
    assert shorts("typescript", text) == expected


def test_a_template_has_holes() -> None:
    text = f"const y = `\nannotations:\n  {INJECT}: ${{x}}\n  {KEY}: true\n`;\n"
    [inner] = reading("typescript", text).texts
    assert inner.language == "yaml"
    assert [inner.text[slice(*hole)] for hole in inner.holes] == ["xxxx"]
    assert texts("typescript", text) == [("yaml", f"\nannotations:\n  {INJECT}: xxxx\n  {KEY}: true\n")]


def test_hostile_nesting_ends() -> None:
    for text in ("{a:" * 300_000, "case 1:" * 30_000):
        assert reading("typescript", text + ALPHA).unread
