"""Real-looking files with a place for a key and its value: right, and wrong in each way that is known."""

from __future__ import annotations

import json
from typing import Final, NamedTuple

from builders import ALPHA, BETA, GA
from paths import DATA

FOLDER: Final = DATA / "round_trips"
# The key that is right in each release, for pods and for Namespaces.
RIGHT: Final = {"2.17": ALPHA, "2.19": BETA, "2.20": GA}
_ERAS: Final = {"2.17": "alpha", "2.19": "beta", "2.20": "ga"}
# Below this a name may be meant in another way.
_CERTAIN: Final = 0.85

# How a file writes a value: each wrong form, and the right one.
Values = dict[str, str]
_WORDS: Final = {
    **dict.fromkeys(["yes", "on", "enabled", "enable", "y", "tRUE"], "true"),
    **dict.fromkeys(["no", "off", "disabled", "disable", "n", "fALSE"], "false"),
}
# Words that YAML 1.1 takes for booleans.
BOOLEANS: Final = ("yes", "no", "on", "off", "y", "n")
# A shell word, or what a path of Helm's is set to: always a string.
WORD: Final[Values] = _WORDS
# Text in quotes, where a boolean in its place would become a string, too.
QUOTED: Final[Values] = {f'"{wrong}"': f'"{right}"' for wrong, right in _WORDS.items()}
# The same where each double quote has a backslash.
ESCAPED: Final[Values] = {
    wrong.replace('"', '\\"'): right.replace('"', '\\"') for wrong, right in QUOTED.items()
}
# Where a boolean would stay a boolean.
JSON: Final[Values] = {**QUOTED, "true": '"true"', "false": '"false"'}
YAML: Final[Values] = {
    **JSON,
    **{wrong: f'"{right}"' for wrong, right in _WORDS.items()},
    **{f"'{wrong}'": f"'{right}'" for wrong, right in _WORDS.items()},
}


# Where a tool makes a string of a boolean: a word that YAML takes for a boolean is one.
STRING: Final[Values] = {
    wrong: right for wrong, right in YAML.items() if wrong.lower() not in {*BOOLEANS, "true", "false"}
}


class Text(NamedTuple):
    """A file with marks in place of a key and its value.

    Attributes:
        name: the name of the file.
        values: how it writes values.
        is_namespace: whether the annotations are those of a Namespace.
        is_reported: whether its keys are only reported.
    """

    name: str
    values: Values
    is_namespace: bool = False
    is_reported: bool = False

    @property
    def text(self) -> str:
        return (FOLDER / self.name).read_text(encoding="utf-8")


TEXTS: Final = (
    # Templates.
    Text("helm-deployment.yaml", YAML),
    Text("helm-cronjob.yaml", YAML),
    Text("helm-namespace.yaml", YAML, is_namespace=True),
    Text("helm-helper.tpl", YAML),
    Text("jinja-job.yaml.j2", YAML),
    Text("erb-pod.yml.erb", YAML),
    Text("helmfile-values.yaml.gotmpl", YAML),
    Text("envsubst-deploy.yaml", YAML),
    # HCL.
    Text("namespace.tf", QUOTED, is_namespace=True),
    Text("deployment.tf", QUOTED),
    Text("annotations.tf", QUOTED, is_namespace=True),
    Text("manifest.tf", QUOTED),
    Text("release-set.tf", QUOTED),
    Text("release-set-list.tf", QUOTED),
    Text("release-values.tf", YAML),
    Text("release-yamlencode.tf", JSON),
    # Shell.
    Text("annotate-namespace.sh", WORD, is_namespace=True),
    Text("annotate-pod.sh", WORD),
    Text("patch-deployment.sh", JSON),
    Text("patch-json.sh", JSON),
    Text("patch-namespace.sh", WORD, is_namespace=True),
    Text("run-pod.sh", WORD),
    Text("helm-set-string.sh", WORD),
    Text("helm-set-single.sh", WORD),
    Text("helm-here-document.sh", YAML),
    Text("apply-here-document.sh", YAML),
    Text("Makefile", WORD, is_namespace=True),
    Text("provision.Dockerfile", WORD),
    # Texts about it.
    Text("guide.md", YAML),
    Text("guide-namespace.md", WORD, is_namespace=True),
    Text("guide.adoc", YAML),
    # Values.
    Text("values.yaml", YAML),
    Text("values-nested.yaml", YAML),
    # kustomize.
    Text("kustomization-patch.yaml", YAML),
    Text("kustomization-json.yaml", YAML),
    Text("kustomization-json-inline.yaml", JSON),
    Text("kustomization-common.yaml", YAML),
    Text("patch-file.yaml", YAML),
    # Custom resources and tools.
    Text("helmrelease.yaml", YAML),
    Text("helmrelease-post.yaml", YAML),
    Text("application-parameters.yaml", STRING),
    Text("application-values.yaml", YAML),
    Text("application-namespace.yaml", YAML, is_namespace=True),
    Text("workflow.yaml", YAML),
    Text("cronworkflow.yaml", YAML),
    Text("github-workflow.yml", WORD, is_namespace=True),
    Text("gitlab-ci.yml", WORD),
    Text("helmfile.yaml", STRING),
    Text("skaffold.yaml", YAML),
    Text("list.json", JSON, is_namespace=True),
    Text("ansible.yml", YAML, is_namespace=True),
    Text("spark.yaml", YAML),
    Text("rollout.yaml", YAML),
    Text("taskrun.yaml", YAML),
    Text("applicationset.yaml", YAML),
    Text("list-values.yaml", YAML, is_namespace=True),
    # The same in other styles.
    Text("template-comment.yaml", YAML),
    Text("template-flow.yaml.tpl", YAML),
    Text("template.tftpl", YAML),
    Text("kustomization-escapes.yaml", ESCAPED),
    Text("namespaces.tfvars", QUOTED, is_namespace=True),
    Text("here-string.sh", JSON),
    Text("functions.sh", WORD, is_namespace=True),
    Text("deploy.mk", WORD),
    Text("guide.rst", YAML),
    Text("guide-terraform.md", QUOTED, is_namespace=True),
    # Programs and their settings.
    Text("pod.go", QUOTED),
    Text("dag.py", QUOTED),
    Text("manifest.py", YAML),
    Text("stack.ts", QUOTED, is_namespace=True),
    Text("runner.toml", QUOTED),
    Text("namespace.jsonnet", QUOTED, is_namespace=True),
    Text("pod.cue", QUOTED),
    Text("objects.libsonnet", QUOTED, is_namespace=True),
    Text("namespace.cue", QUOTED, is_namespace=True),
)


def filled(text: Text, key: str, value: str) -> str:
    """Put a key and its value, as the file writes it, in place of the marks."""
    path = key.replace(".", "\\.")
    spellings = {
        "@KEY@": key,
        "@PATH@": path,
        "@PATH2@": path.replace("\\", "\\\\"),
        "@POINTER@": key.replace("/", "~1"),
        "@VALUE@": value,
    }
    filled_text = text.text
    for mark, spelling in spellings.items():
        filled_text = filled_text.replace(mark, spelling)
    return filled_text


def wrong_keys(release: str, *, is_namespace: bool) -> list[str]:
    """The keys that are certainly wrong in a release."""
    rows = json.loads((DATA / "mapping.json").read_text(encoding="utf-8"))["keys"]
    kept = "pod: keep" if not is_namespace else "\0"
    return [
        row["wrong"]
        for row in rows
        if row["confidence"] >= _CERTAIN
        and row["right_by_era"][_ERAS[release]] != "keep"
        and not row["right_by_era"][_ERAS[release]].startswith(kept)
    ]
