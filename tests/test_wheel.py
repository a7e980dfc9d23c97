"""The wheel, installed without extras in an environment of its own, is enough for the library and the CLI."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROGRAM = """
import sys, autofix
pod = {"apiVersion": "v1", "kind": "Pod",
       "metadata": {"annotations": {"config.linkerd.io/proxy-native-sidecar": "true"}}}
result = autofix.fix(pod, release="2.17")
assert result.object["metadata"]["annotations"] == {
    "config.alpha.linkerd.io/proxy-enable-native-sidecar": "true"}, result.object
assert not {"aiohttp", "kubernetes_asyncio", "yaml", "jsonschema", "msgspec"} & set(sys.modules)
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment in which only the wheel and what it requires is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    [wheel] = folder.glob("linkerd_autofix-*.whl")
    venv.create(folder / "venv", with_pip=True)
    found = folder / "venv" / "bin" / "python"
    install = [found, "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt", wheel]
    subprocess.run(install, check=True, capture_output=True)
    return found


def test_the_library_works_and_stays_cheap_to_import(python: Path):
    subprocess.run([python, "-c", PROGRAM], check=True, cwd=python.parent)


def test_both_names_of_the_command_line_are_installed(python: Path):
    for name in ("autofix", "kubectl-autofix"):
        found = subprocess.run(
            [python.parent / name, "rules", "AFX101"], check=True, capture_output=True, text=True
        )
        assert found.stdout.startswith("# AFX101")


def test_types_and_data_are_in_the_wheel(python: Path):
    code = "import autofix, pathlib; p = pathlib.Path(autofix.__file__).parent; print(*p.rglob('*'))"
    listed = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout
    for name in ("py.typed", "releases.json", "annotations.json"):
        assert name in listed
