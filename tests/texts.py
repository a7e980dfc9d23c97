"""Short ways to fix a text as a file of some name, and to say what was only reported."""

from __future__ import annotations

from builders import ALPHA, WRONG

import autofix
from autofix.text.check import CheckedFile, check_files
from autofix.text.file import read_file

# As Helm's --set wants a key, and as a JSON Pointer does.
ESCAPED, RIGHT_ESCAPED = WRONG.replace(".", "\\."), ALPHA.replace(".", "\\.")
POINTER, RIGHT_POINTER = WRONG.replace("/", "~1"), ALPHA.replace("/", "~1")

RELEASES = ("2.17", "2.19", "2.20", None)


def check(
    name: str, text: str, *others: tuple[str, str], release: str | None = "2.17", unsafe: bool = False
) -> CheckedFile:
    """Check a text as a file, together with others."""
    files = [read_file(data.encode(), source) for source, data in ((name, text), *others)]
    first = check_files(files, autofix.options(release=release, unsafe=unsafe))[0]
    assert first.problem is None
    return first


def edits(name: str, text: str, *, unsafe: tuple[bool, ...] = (False, True)) -> dict[str, str]:
    """The texts that come out where a text does not stay as it is, by release and by unsafe fixes."""
    every = {
        f"{release}, unsafe {allowed}": check(name, text, release=release, unsafe=allowed).text
        for release in RELEASES
        for allowed in unsafe
    }
    return {known: after for known, after in every.items() if after != text}


def withheld(one: CheckedFile) -> list[str]:
    """The reasons for which fixes are withheld."""
    return [finding.withheld for finding in one.findings if finding.withheld]


def argo_values(inner: str) -> str:
    """An Application of Argo CD's with Helm values as text."""
    lines = "".join(f"        {line}\n" for line in inner.splitlines())
    head = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n"
    return f"{head}      values: |\n{lines}"


def kustomization(patch: str) -> str:
    """A kustomization with a patch as text."""
    lines = "".join(f"      {line}\n" for line in patch.splitlines())
    head = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
    return f"{head}patches:\n  - target: {{kind: Job}}\n    patch: |\n{lines}"
