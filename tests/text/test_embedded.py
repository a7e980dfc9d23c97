"""Keys in the strings of patches and of Helm values that are written as text."""

from __future__ import annotations

import pytest
from builders import ALPHA, WRONG

import autofix
from autofix.text.check import check_files
from autofix.text.file import read_file

PATH, RIGHT = WRONG.replace("/", "~1"), ALPHA.replace("/", "~1")


def fixed(text: str) -> str:
    [checked] = check_files([read_file(text.encode(), "f")], autofix.options(release="2.17"))
    assert checked.problem is None
    return checked.text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            f"- op: add\n  path: /metadata/annotations/{PATH}\n  value: true # why\n",
            f'- op: add\n  path: /metadata/annotations/{RIGHT}\n  value: "true" # why\n',
        ),
        (
            f"- {{op: replace, value: 'no', path: '/spec/template/metadata/annotations/{PATH}'}}\n",
            f"- {{op: replace, value: 'false', path: '/spec/template/metadata/annotations/{RIGHT}'}}\n",
        ),
        (
            f'patch: \'[{{"op": "add", "path": "/metadata/annotations/{PATH}", "value": true}}]\' # why\n',
            f'patch: \'[{{"op": "add", "path": "/metadata/annotations/{RIGHT}", "value": "true"}}]\' # why\n',
        ),
        (
            f'[{{"op": "add", "path": "/metadata/annotations/{PATH}", "value": "true"}}]',
            f'[{{"op": "add", "path": "/metadata/annotations/{RIGHT}", "value": "true"}}]',
        ),
        (
            f"kind: Kustomization\npatches:\n- target: {{kind: Pod}}\n  values: x\n  ops:\n  - op: add\n"
            f"    path: /metadata/annotations/{PATH}\n    value: 'true'\n",
            f"kind: Kustomization\npatches:\n- target: {{kind: Pod}}\n  values: x\n  ops:\n  - op: add\n"
            f"    path: /metadata/annotations/{RIGHT}\n    value: 'true'\n",
        ),
    ],
)
def test_json_patches(before: str, after: str) -> None:
    assert fixed(before) == after


@pytest.mark.parametrize("key", ["values", "valuesContent"])
@pytest.mark.parametrize("style", ["|", "|-", ">"])
def test_values_written_as_text(key: str, style: str) -> None:
    def application(inner: str) -> str:
        head = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n"
        return (
            f"{head}      {key}: {style}\n        podAnnotations:\n          {inner}  # why\n        a: b\n"
        )

    assert fixed(application(f"{WRONG}: true")) == application(f'{ALPHA}: "true"')


PATCHES = [
    (
        f"- op: add\n  path: /spec/template/metadata/annotations/{PATH}\n  value: true\n",
        f'- op: add\n  path: /spec/template/metadata/annotations/{RIGHT}\n  value: "true"\n',
    ),
    (
        f"kind: Job\nspec:\n  template:\n    metadata:\n      annotations:\n        {WRONG}: 'yes'\n",
        f"kind: Job\nspec:\n  template:\n    metadata:\n      annotations:\n        {ALPHA}: 'true'\n",
    ),
]


@pytest.mark.parametrize("patch", PATCHES)
@pytest.mark.parametrize("style", ["|", "|-", ">"])
@pytest.mark.parametrize(
    "around",
    [
        "kind: Kustomization\npatches:\n- target: {{kind: Job}}\n  patch: {}\n{}images: []\n",
        "kind: Kustomization\npatchesStrategicMerge:\n- {}\n{}images: []\n",
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  postRenderers:\n  - kustomize:\n"
        "      patches:\n      - patch: {}\n{}        target: {{kind: Job}}\n",
    ],
)
def test_patches_written_as_text(around: str, style: str, patch: tuple[str, str]) -> None:
    def with_patch(text: str) -> str:
        depth = 2 if "postRenderers" not in around else 8
        lines = "".join(f"{' ' * (depth + 2)}{line}\n" for line in text.splitlines())
        return around.format(style, lines)

    before, after = patch
    assert fixed(with_patch(before)) == with_patch(after)


@pytest.mark.parametrize(("value", "right"), [("'true'", "'true'"), ("yes", '"true"'), ("true", '"true"')])
def test_parameters_of_argo_cd(value: str, right: str) -> None:
    text = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n"
        "      parameters:\n      - name: podAnnotations.{}\n        value: {}\n"
    )
    before, after = (key.replace(".", "\\.") for key in (WRONG, ALPHA))
    assert fixed(text.format(before, value)) == text.format(after, right) + "        forceString: true\n"


@pytest.mark.parametrize("style", ["|", ">", "'{}'", '"{}"'])
@pytest.mark.parametrize("head", ["apiVersion: v1\nkind: ConfigMap\ndata:\n  values: ", "a:\n  values: "])
def test_a_mapping_written_as_text(head: str, style: str) -> None:
    quoted = '\\"' if '"' in style else '"'
    outer = f"{head}{style}\n" if "{}" in style else f"{head}{style}\n    {{}}\n"
    assert fixed(outer.format(f"{WRONG}: true")) == outer.format(f"{ALPHA}: {quoted}true{quoted}")


def test_beside_a_mapping_that_is_fixed_too() -> None:
    text = f"podAnnotations:\n  {WRONG}: yes\nvalues: |\n  {WRONG}: yes\n"
    assert fixed(text) == text.replace(WRONG, ALPHA).replace("yes", '"true"')


@pytest.mark.parametrize(
    "text",
    [
        f"- op: remove\n  path: /metadata/annotations/{PATH}\n",
        f"- op: add\n  path: /metadata/labels/{PATH}\n  value: true\n",
        f"- op: add\n  path: /metadata/annotations/{PATH}\n  value: maybe\n",
        f"description: |\n  {WRONG}: true\n",
        f"apiVersion: v1\nkind: ConfigMap\ndata:\n  notes: |\n    {WRONG}: true\n",
        f"intro: 'see {WRONG}: it is true'\n",
    ],
)
def test_other_strings_are_left_alone(text: str) -> None:
    assert fixed(text) == text
