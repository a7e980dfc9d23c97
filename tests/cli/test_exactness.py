"""A whole tree of files of every kind: nothing changes outside of the edited spans, not even a byte."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from builders import ALPHA, WRONG
from command_line import Run
from paths import CORPUS

BEFORE = CORPUS / "before"
AFTER = CORPUS / "after"
DOTS = "\\\\."
TEMPLATE = "{{- if .Values.on }}\n%s{{- end }}\n"
# What a person may have written, with the spans that have to change between « and ».
WRITTEN = {
    "chart/values.yaml": f"podAnnotations:   # for all\n  «{WRONG}»: «yes»\t# ends\n\n\n",
    "chart/templates/job.yaml": TEMPLATE % f"annotations:\n    «{WRONG}»:  «true» # ends\n",
    "chart/templates/_helpers.tpl": TEMPLATE % f'  "«{WRONG}»": "{{{{ .Values.native }}}}"\n',
    "kustomize/kustomization.yaml": f"kind: Kustomization\ncommonAnnotations: {{'«{WRONG}»' : «on» , a: b}}",
    "kustomize/patch.yaml": "- {op: add, path: /metadata/annotations/«"
    + WRONG.replace("/", "~1")
    + "»,   value: 'true'}\n",
    "argo.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n"
    f"      values: |\n        # é 日本\n        pod:\n          «{WRONG}»: «yes» # ends\n",
    "list.json": '{"kind":"List","apiVersion":"v1","items":[ {"kind":"Pod","apiVersion":"v1",'
    f'"metadata":{{"annotations":{{"é\\/":"\\u00fc", "«{WRONG}»" : «true» }}}}}} ]}}',
    "dos.yaml": f"apiVersion: v1\r\nkind: Pod\r\nmetadata:\r\n  annotations:\r\n    «{WRONG}»: «yes»\r\n",
    "inner.yaml": f"apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    «{WRONG}»: «true»  \n\n\n",
    "main.tf": f'annotations = {{\n  "«{WRONG}»"   = "true" # ends\n}}\n',
    "release.tf": f'set {{\n  name = "podAnnotations.«{WRONG.replace(".", DOTS)}»"\n  value = "true"\n'
    '  type = "string"\n}\n',
    "run.sh": f"kubectl annotate ns shop   «{WRONG}»=true --overwrite # ends\n",
    "read.md": f"Set\n\n    «{WRONG}»: «yes»\n\nand `linkerd` ends.  \n",
}
RIGHT = {
    "chart/templates/NOTES.txt": f"{WRONG}: true\n",
    "schema.yaml": f"openAPIV3Schema:\n  description: 'set {WRONG}: true'\n  default:   {{}}  \n",
    "data.yaml": f"apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    {ALPHA}: 'true'  \n\n\n"
    f"  b: {WRONG} is true\n",
    "odd.yaml": "a:   [1,2 ,3]\t\n\n\n# end\n...\n---\n--- \n'b' : \"c\"  ",
    "odd.json": '{ "a"\t:[ 1 ,2],\r\n"linkerd.io" : "\\u00e9" }',
    "mark.yaml": "\ufeffa: b\r\nc: linkerd.io\r\n",
}
NAMED = ("chart/templates/_helpers.tpl", "main.tf", "release.tf", "run.sh", "read.md")


def changed(written: str) -> re.Pattern[bytes]:
    """What may become of a file: anything within the spans, and nothing else anywhere."""
    outside = re.split("«[^»]*»", written)
    return re.compile(b"(.+?)".join(re.escape(part.encode()) for part in outside), re.DOTALL)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in {**WRITTEN, **RIGHT}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(re.sub("[«»]", "", text).encode())
    (tmp_path / "image.yaml").write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff")
    (tmp_path / "utf-16.yaml").write_bytes("\ufeffa: b # é\r\n".encode("utf-16-le"))
    for path in BEFORE.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def test_only_the_spans_that_are_wrong_change_in_a_tree_of_every_kind(run: Run, tree: Path) -> None:
    paths = sorted(path for path in tree.rglob("*") if path.is_file())
    before = {path: (path.read_bytes(), path.stat()) for path in paths}
    ended = run("fix", "-q", "-t", "2.17", ".", *NAMED)
    assert ended.code == 0, ended.err + ended.out
    assert sorted(path for path in tree.rglob("*") if path.is_file()) == paths
    for path in paths:
        name = path.relative_to(tree).as_posix()
        after, (was, status) = path.read_bytes(), before[path]
        if name in WRITTEN:
            match = changed(WRITTEN[name]).fullmatch(after)
            assert match, f"{name}: {after!r}"
            keys = {ALPHA, ALPHA.replace("/", "~1"), ALPHA.replace(".", DOTS)}
            assert set(match.groups()) <= {*(key.encode() for key in keys), b'"true"'}, name
        elif (AFTER / name).exists():
            assert after == (AFTER / name).read_bytes(), name
        else:
            assert (after, path.stat()) == (was, status), name


def test_only_the_spans_in_sarifs_fixes_change(run: Run, tree: Path) -> None:
    log = json.loads(run("preview", "-t", "2.17", "-o", "sarif", ".", *NAMED).out)
    spans: dict[str, set[tuple[int, int, int, str]]] = {}
    for result in log["runs"][0]["results"]:
        for fix in result.get("fixes", ()):
            for change in fix["artifactChanges"]:
                for replacement in change["replacements"]:
                    region = replacement["deletedRegion"]
                    assert region["startLine"] == region["endLine"]
                    span = (region["startLine"], region["startColumn"], region["endColumn"])
                    edit = (*span, replacement["insertedContent"]["text"])
                    spans.setdefault(change["artifactLocation"]["uri"], set()).add(edit)
    assert spans.keys() >= WRITTEN.keys()
    before = {name: (tree / name).read_bytes().decode() for name in WRITTEN}
    run("fix", "-q", "-t", "2.17", ".", *NAMED)
    for name, text in before.items():
        lines = text.splitlines(keepends=True)
        for line, start, end, new in sorted(spans[name], reverse=True):
            old = lines[line - 1]
            lines[line - 1] = old[: start - 1] + new + old[end - 1 :]
        assert "".join(lines).encode() == (tree / name).read_bytes(), name
