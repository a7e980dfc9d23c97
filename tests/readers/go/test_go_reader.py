"""What the reader of go understands."""

from __future__ import annotations

import pytest
from readings import ALPHA, INJECT, KEY, reading, shorts, texts

CASES: dict[str, tuple[str, list[str]]] = {
    "a variable": (
        "package a\n"
        "\n"
        "var annotations = map[string]string{\n"
        f'\t"{INJECT}": "enabled",\n'
        f'\t"{KEY}": "true", // why\n'
        "}\n",
        ["UNKNOWN INJECT=enabled KEY=true"],
    ),
    "a Namespace": (
        "package a\n"
        "\n"
        "var n = corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Annotations: "
        f'map[string]string{{"{KEY}": "true"}}}}}}\n',
        ["NAMESPACE KEY=true"],
    ),
    "a pod template": (
        "package a\n"
        "\n"
        "var d = appsv1.Deployment{Spec: appsv1.DeploymentSpec{Template: "
        "corev1.PodTemplateSpec{\n"
        f"\tObjectMeta: metav1.ObjectMeta{{Annotations: map[string]string{{`{KEY}`: "
        f'`true`}}, Labels: map[string]string{{"{KEY}": "true"}}}},\n'
        "}}}\n",
        ["POD KEY=true", "LABELS KEY=true"],
    ),
    "indexes": (
        "package a\n"
        "\n"
        "func f() {\n"
        f'\tm["{KEY}"] = "true"\n'
        f'\tdelete(m, "{ALPHA}")\n'
        f'\tif v, ok := m["{KEY}"]; ok {{\n'
        "\t\tg(v)\n"
        "\t}\n"
        "}\n",
        ["UNKNOWN KEY=true -ALPHA", "UNKNOWN report KEY=?"],
    ),
    "branches": (
        "package a\n"
        "\n"
        "func f() {\n"
        "\tif ga {\n"
        f'\t\tm["{KEY}"] = "true"\n'
        "\t} else {\n"
        f'\t\tm["{ALPHA}"] = "true"\n'
        "\t}\n"
        "\tswitch v {\n"
        "\tcase 1:\n"
        f'\t\tm["{KEY}"] = "true"\n'
        "\tdefault:\n"
        f'\t\tm["{ALPHA}"] = "true"\n'
        "\t}\n"
        "}\n",
        [
            "UNKNOWN alternative KEY=true",
            "UNKNOWN alternative ALPHA=true",
            "UNKNOWN alternative KEY=true",
            "UNKNOWN alternative ALPHA=true",
        ],
    ),
    "constants": (
        f'package a\n\nconst (\n\tKey = "{KEY}"\n)\n',
        ["UNKNOWN report KEY=?"],
    ),
    "a boolean in an unstructured object": (
        "package a\n"
        "\n"
        'var u = map[string]interface{}{"kind": "Pod", "metadata": '
        f'map[string]interface{{}}{{"annotations": map[string]interface{{}}{{"{KEY}": '
        "true}}}\n",
        ["POD KEY=true!"],
    ),
    "a builder": (
        "package a\n"
        "\n"
        "var n = "
        f'applycorev1.Namespace("shop").WithAnnotations(map[string]string{{"{KEY}": '
        '"true"})\n',
        ["NAMESPACE KEY=true"],
    ),
    "a helper of the API machinery": (
        f'package a\n\nfunc f() {{ metav1.SetMetaDataAnnotation(&pod.ObjectMeta, "{KEY}", "true") }}\n',
        ["UNKNOWN KEY=true"],
    ),
    "a conversion": (
        f'package a\n\nvar a = pulumi.StringMap{{"{KEY}": pulumi.String("true")}}\n',
        ["UNKNOWN KEY=true"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_annotations(name: str) -> None:
    text, expected = CASES[name]
    assert shorts("go", text) == expected


def test_a_patch_in_a_string_is_read_again() -> None:
    patch = f'{{"metadata":{{"annotations":{{"{KEY}":"true"}}}}}}'
    escaped = patch.replace('"', r"\"")
    text = f'package a\n\nfunc f() {{ c.Namespaces().Patch(`{patch}`); g("{escaped}\\n") }}\n'
    first, second = reading("go", text).texts
    assert (first.language, first.text, first.target.name) == ("json", patch, "NAMESPACE")
    assert (second.language, second.text) == ("json", f"{patch}\n")
    assert dict(second.escapes)['"'] == r"\""
    assert texts("go", text)[0] == ("json", patch)


def test_a_message_is_unread() -> None:
    assert len(reading("go", f'package a\nvar x = "{INJECT} is set, {ALPHA} is not"\n').unread) == 1
