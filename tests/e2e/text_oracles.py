"""Asks programs that are not ours what they make of a text: Helm, bash, kustomize, HashiCorp's library."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml
from assets import build

import autofix

Objects = list[Any]

_HELPERS: Final = """\
{{- define "web.fullname" }}{{ .Release.Name }}-web{{ end }}
{{- define "web.labels" }}app: web{{ end }}
"""
# Prints the annotations of its values as charts do.
_PRINTER: Final = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations: {{- toYaml (%s | default dict) | nindent 4 }}
"""
_VALUES: Final = {
    "enabled": True,
    "replicaCount": 2,
    "name": "web",
    "image": {"repository": "web", "tag": "1"},
    "podAnnotations": {"example.com/team": "a"},
    "namespaceAnnotations": {"example.com/team": "a"},
    "jobs": {
        "report": {"schedule": "@daily", "command": "report"},
        "sweep": {"schedule": "@weekly", "command": "x"},
    },
}
_SOURCE: Final = re.compile(r"^---\n# Source: web/templates/text-(\d+)\.yaml\n", re.MULTILINE)
_PROGRAMS: Final = (
    *("kubectl", "helm", "oc", "linkerd", "argo", "tkn", "kamel", "flink", "spark-submit", "skaffold"),
)
_STUB: Final = """\
#!{bash}
number=0
until (set -o noclobber; : > "$RECORD/$number.words") 2> /dev/null; do number=$((number + 1)); done
printf '%s\\0' "${{0##*/}}" "$@" > "$RECORD/$number.words"
for word in "$@"; do
  if [ "$word" = - ]; then cat > "$RECORD/$number.input"; fi
done
if [ "$*" = 'get pods -o name -l app=web' ]; then echo pod/web-1; fi
"""
BASH: Final = shutil.which("bash") or "bash"


class Call(NamedTuple):
    """A call of a program: its words, and what it read."""

    words: tuple[str, ...]
    text: str = ""


def run(*command: str | Path, text: str | None = None, **environment: str) -> str:
    done = subprocess.run(
        list(map(str, command)),
        input=text,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def make_chart(folder: Path, templates: Sequence[str]) -> Path:
    """Make a chart of templates."""
    chart = folder / "web"
    shutil.rmtree(chart, ignore_errors=True)
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 0.1.0\n")
    (chart / "values.yaml").write_text(json.dumps(_VALUES))
    (chart / "templates" / "_helpers.tpl").write_text(_HELPERS)
    for number, text in enumerate(templates):
        (chart / "templates" / f"text-{number}.yaml").write_text(text, encoding="utf-8")
    return chart


def rendered(folder: Path, templates: Sequence[str], *options: str, text: str | None = None) -> list[Objects]:
    """Let Helm render templates.

    Returns:
        The objects of each template.
    """
    chart = make_chart(folder, templates)
    helm = build.folder("helm-4") / "helm"
    _, *parts = _SOURCE.split(run(helm, "template", "web", chart, *options, text=text))
    objects: list[Objects] = [[] for _ in templates]
    for number, part in zip(parts[::2], parts[1::2], strict=True):
        objects[int(number)] += [value for value in yaml.safe_load_all(part) if value is not None]
    return objects


def printed(folder: Path, values: str, *options: str, text: str | None = None) -> Objects:
    """Let Helm render a chart that prints the annotations at a path of its values."""
    [objects] = rendered(folder, [_PRINTER % values], *options, text=text)
    return objects


def recorded(folder: Path, name: str, text: str) -> list[Call]:
    """Let bash run a script, or make its Makefile, with programs that only record what they get."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "record").mkdir(parents=True)
    (folder / "bin").mkdir()
    for program in _PROGRAMS:
        stub = folder / "bin" / program
        stub.write_text(_STUB.format(bash=BASH))
        stub.chmod(0o755)
    for program in ("cat", "sh", "bash"):
        (folder / "bin" / program).symlink_to(shutil.which(program) or program)
    (folder / name).write_text(text, encoding="utf-8")
    script = [shutil.which("make") or "make", "-f", name] if name == "Makefile" else [BASH, name, "shop"]
    done = subprocess.run(
        script,
        cwd=folder,
        env={"PATH": str(folder / "bin"), "RECORD": str(folder / "record")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(_calls(folder / "record"))


def _calls(record: Path) -> Iterator[Call]:
    for path in sorted(record.glob("*.words"), key=lambda path: int(path.stem)):
        words = path.read_text(encoding="utf-8").split("\0")[:-1]
        text = path.with_suffix(".input")
        yield Call(tuple(words), text.read_text(encoding="utf-8") if text.exists() else "")


def kustomized(folder: Path, name: str, text: str, base: str) -> Objects | None:
    """Let kustomize build a kustomization, or a base with a patch.

    Returns:
        The objects; None if kustomize refuses the text.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("base", "overlay"):
        (folder / part).mkdir(parents=True)
    (folder / "base" / "base.yaml").write_text(base)
    (folder / "base" / "kustomization.yaml").write_text("resources: [base.yaml]\n")
    overlay = folder / "overlay"
    if name.startswith("kustomization"):
        (overlay / "kustomization.yaml").write_text(text)
    else:
        (overlay / "patch.yaml").write_text(text)
        (overlay / "kustomization.yaml").write_text(
            "resources: [../base]\npatches: [{path: patch.yaml, target: {name: web}}]\n"
        )
    command: list[str | Path] = [build.folder("kustomize") / "kustomize", "build", overlay]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return list(yaml.safe_load_all(done.stdout)) if done.returncode == 0 else None


def hcl_pairs(texts: Sequence[str]) -> list[list[tuple[str, Any]]]:
    """Let HashiCorp's library say what pairs and documents are in HCL texts, in order."""
    lines = "\n".join(json.dumps(text) for text in texts)
    answers = [json.loads(line) for line in run(build.folder("hcl") / "hcl", text=lines).splitlines()]
    assert [answer["error"] for answer in answers if "error" in answer] == []
    return [_pairs(answer) for answer in answers]


def _pairs(answer: dict[str, Any]) -> list[tuple[str, Any]]:
    pairs = sorted(answer["pairs"], key=lambda pair: int(pair["start"]))
    documents = [inner["value"] for inner in answer["texts"] if "\n" in inner["value"]]
    return [*((pair["key"], pair.get("value")) for pair in pairs), *(("", value) for value in documents)]


def annotations_in(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every mapping called annotations."""
    if isinstance(value, list):
        for item in value:
            yield from annotations_in(item)
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "annotations" and isinstance(inner, dict):
                yield inner
            else:
                yield from annotations_in(inner)


def without_native(value: Any, *, is_annotations: bool = False) -> Any:
    """Leave out the annotations that are, or look like, the keys for native sidecars."""
    if isinstance(value, list):
        return [without_native(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: without_native(inner, is_annotations=str(name).lower().endswith("annotations"))
        for name, inner in value.items()
        if not (is_annotations and autofix.is_native_like(name))
    }


def decision(annotations: dict[str, Any], release: str, *, is_namespace: bool) -> autofix.Decision:
    """Ask the model of Linkerd's injector."""
    pod, namespace = ({}, annotations) if is_namespace else (annotations, {})
    return autofix.decide(pod, namespace, release=release)


def check_objects(before: Objects | None, after: Objects, release: str, intent: bool | None = None) -> None:
    """Compare objects before and after a fix.

    Args:
        before: the objects before the fix; None if there are none, because a tool refuses the text.
        after: the objects after the fix.
        release: the release of Linkerd's.
        intent: what the pods should get; None if only nothing may get worse.
    """
    if before is not None:
        assert without_native(after) == without_native(before)
    for number, obj in enumerate(after):
        is_namespace = isinstance(obj, dict) and obj.get("kind") == "Namespace"
        old_maps = list(annotations_in(before[number])) if before is not None else []
        for position, new in enumerate(annotations_in(obj)):
            old = old_maps[position] if before is not None else {}
            check_annotations(old, new, release, intent, is_namespace=is_namespace)


def check_annotations(
    old: dict[str, Any], new: dict[str, Any], release: str, intent: bool | None, *, is_namespace: bool
) -> None:
    was, now = (decision(each, release, is_namespace=is_namespace) for each in (old, new))
    assert was.denied or not now.denied, (old, new)
    strange = [value for value in old.values() if not isinstance(value, str)]
    assert all(isinstance(value, str) or value in strange for value in new.values()), (old, new)
    if was.level in ("pod", "namespace"):
        # What an annotation decided, it still decides.
        assert (now.level, now.native) == (was.level, was.native), (old, new)
    if intent is not None and any(map(autofix.is_native_like, new)):
        assert all(isinstance(value, str) for value in new.values()), new
        level = "namespace" if is_namespace else "pod"
        assert (now.native, now.level) == (intent, level), (old, new)
