"""Templates in many styles are YAML once their actions are masked, and every key stands at its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import WRONG
from paths import DATA

from autofix.kubernetes.pointer import Path as KeyPath
from autofix.readers.model import Branch, InnerText, Target
from autofix.readers.template import has_marks, read
from autofix.text.holes import branch_of, expressions
from autofix.text.yaml import lay_out_text, read_documents

FOLDER = DATA / "templates"
POD = "metadata/annotations"
TEMPLATE = "spec/template/metadata/annotations"
ALWAYS, CONDITIONAL, ALTERNATIVE = Branch.ALWAYS, Branch.CONDITIONAL, Branch.ALTERNATIVE
# For each file, where the wrong key stands: target, path, branch, and whether a program fills in its value.
PLACES: dict[str, list[tuple[Target, str, Branch, bool]]] = {
    "_helpers.tpl": [
        (Target.LABELS, "", ALWAYS, False),
        (Target.POD, "", ALWAYS, False),
        (Target.NAMESPACE, "", ALWAYS, False),
    ],
    "ansible-deployment.yml.j2": [(Target.UNKNOWN, TEMPLATE, ALTERNATIVE, True)],
    "applicationset.yaml": [
        (Target.UNKNOWN, "spec/template/spec/source/helm/valuesObject/podAnnotations", ALWAYS, True)
    ],
    # The other one stands in a text inside.
    "cloud-init.tmpl": [(Target.UNKNOWN, "podAnnotations", ALWAYS, True)],
    "created-deployment.yaml": [(Target.UNKNOWN, TEMPLATE, ALWAYS, False)],
    "cronjob.yaml.hbs": [(Target.UNKNOWN, f"spec/jobTemplate/{TEMPLATE}", ALTERNATIVE, False)],
    "deployment.mustache": [(Target.UNKNOWN, TEMPLATE, ALTERNATIVE, False)],
    "deployment.yaml.ftl": [(Target.UNKNOWN, TEMPLATE, ALTERNATIVE, False)],
    # Nobody knows these keys before a program has run.
    "dynamic-keys.yaml": [],
    "envsubst.yaml.tmpl": [(Target.UNKNOWN, TEMPLATE, ALWAYS, True)],
    "github-workflow.yaml": [(Target.UNKNOWN, "podAnnotations", ALWAYS, True)],
    "helmfile-values.yaml.gotmpl": [(Target.UNKNOWN, "podAnnotations", CONDITIONAL, False)],
    "helmfile.yaml.gotmpl": [(Target.UNKNOWN, "releases/0/values/0/podAnnotations", ALWAYS, False)],
    "indented-include.yaml": [(Target.UNKNOWN, TEMPLATE, CONDITIONAL, False)],
    "inline-conditions.yaml": [(Target.UNKNOWN, TEMPLATE, CONDITIONAL, False)],
    "library-pod.tpl": [(Target.UNKNOWN, POD, ALWAYS, False)],
    "macros.yaml.jinja": [(Target.POD, "", ALWAYS, True), (Target.LABELS, "", ALWAYS, False)],
    "manifest.json.j2": [(Target.UNKNOWN, POD, ALWAYS, True)],
    "module-pod.yaml.tftpl": [(Target.UNKNOWN, POD, ALTERNATIVE, True)],
    "puppet-pod.yaml.erb": [(Target.UNKNOWN, POD, ALTERNATIVE, True)],
    # The same key in two branches: the second is a text of its own.
    "puppet-role.yaml.epp": [
        (Target.UNKNOWN, POD, ALTERNATIVE, False),
        (Target.UNKNOWN, "", ALTERNATIVE, False),
    ],
    "rails-case.yaml.erb": [(Target.UNKNOWN, POD, ALTERNATIVE, False)],
    "raw-strings.yaml": [(Target.UNKNOWN, POD, ALWAYS, False)],
    "salt-state.jinja": [
        (Target.UNKNOWN, "app-pod/kubernetes.pod_present/1/metadata/annotations", ALWAYS, True)
    ],
    "two-documents.yaml": [
        (Target.UNKNOWN, POD, ALWAYS, False),
        (Target.UNKNOWN, f"spec/jobTemplate/{TEMPLATE}", ALWAYS, True),
    ],
    "value-chosen-in-lines.yaml": [(Target.UNKNOWN, POD, ALWAYS, True)],
    "vendor-statefulset.yaml": [(Target.UNKNOWN, TEMPLATE, CONDITIONAL, True)],
    "version-switch.yaml": [(Target.UNKNOWN, POD, ALTERNATIVE, False)],
    "windows-lines.yaml": [(Target.UNKNOWN, POD, CONDITIONAL, False)],
    "ytt-functions.yaml": [
        (Target.UNKNOWN, POD, ALTERNATIVE, False),
        (Target.POD, "", ALWAYS, True),
        (Target.LABELS, "", ALWAYS, False),
    ],
}


def load(path: Path) -> str:
    return path.read_bytes().decode()


def paths_of(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    if isinstance(value, dict):
        for key, child in value.items():
            if key == WRONG:
                yield (*path, key)
            yield from paths_of(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from paths_of(child, (*path, index))


def places_in(inner: InnerText) -> Iterator[tuple[Target, str, Branch, bool]]:
    documents = read_documents(inner.text, "template")
    for document, root in zip(documents, lay_out_text(inner.text), strict=True):
        filled, branches = expressions(root, inner), branch_of(root, inner)
        for path in paths_of(document.value):
            written = "/".join(map(str, path[:-1]))
            yield inner.target, written, branches.get(path, ALWAYS), path in filled


def test_every_template_has_its_places() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(PLACES)
    assert len(PLACES) >= 25


@pytest.mark.parametrize("name", PLACES)
def test_keys_stand_at_their_places(name: str) -> None:
    text = load(FOLDER / name)
    assert has_marks(text)
    reading = read(text)
    assert reading.unread == ()
    assert [place for inner in reading.texts for place in places_in(inner)] == PLACES[name]


@pytest.mark.parametrize("name", PLACES)
def test_the_reading_stays_the_same_when_a_key_is_renamed(name: str) -> None:
    text = load(FOLDER / name)
    other = "config.linkerd.io/proxy-native-sidebar"
    assert len(other) == len(WRONG)
    before, after = read(text), read(text.replace(WRONG, other))
    assert [inner.text.replace(WRONG, other) for inner in before.texts] == [
        inner.text for inner in after.texts
    ]
    assert [inner.holes for inner in before.texts] == [inner.holes for inner in after.texts]
