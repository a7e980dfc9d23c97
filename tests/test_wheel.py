"""The wheel, installed without extras in an environment of its own, is enough for the library and the CLI."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest
import trustme
from paths import ROOT

PROGRAM = """
import sys, autofix
pod = {"apiVersion": "v1", "kind": "Pod",
       "metadata": {"annotations": {"config.linkerd.io/proxy-native-sidecar": "true"}}}
result = autofix.fix(pod, release="2.17")
assert result.object["metadata"]["annotations"] == {
    "config.alpha.linkerd.io/proxy-enable-native-sidecar": "true"}, result.object
assert not {"aiohttp", "kubernetes_asyncio", "yaml", "jsonschema", "msgspec"} & set(sys.modules)
"""


def pip_install(python: Path) -> list[str | Path]:
    """The command that installs into an environment, with the versions that we test."""
    return [python, "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt"]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment in which only the wheel and what it requires is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    [wheel] = folder.glob("linkerd_autofix-*.whl")
    return programs_with(str(wheel), folder) / "python"


def programs_with(requirement: str, folder: Path) -> Path:
    """Install a requirement into an environment of its own; return the folder of its programs."""
    venv.create(folder / "venv", with_pip=True)
    programs = folder / "venv" / "bin"
    constraints = str(ROOT / "constraints.txt")
    pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--constraint", constraints]
    subprocess.run([*pip, requirement], check=True, capture_output=True)
    return programs


def test_the_library_works_and_stays_cheap_to_import(python: Path) -> None:
    subprocess.run([python, "-c", PROGRAM], check=True, cwd=python.parent)


def test_both_names_of_the_command_line_are_installed(python: Path) -> None:
    for name in ("autofix", "kubectl-autofix"):
        for page in ("AFX101", "webhook-certificate"):
            ended = subprocess.run(
                [python.parent / name, "rules", page], check=True, capture_output=True, text=True
            )
            assert ended.stdout.startswith(f"# {page}")


def test_types_and_data_are_in_the_wheel(python: Path) -> None:
    code = "import autofix, pathlib; p = pathlib.Path(autofix.__file__).parent; print(*p.rglob('*'))"
    listed = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout
    for name in ("py.typed", "releases.json", "annotations.json", "scan.html"):
        assert name in listed


@pytest.mark.parametrize("command", ["scan", "doctor", "probe"])
def test_what_asks_a_cluster_says_what_to_install(python: Path, command: str) -> None:
    found = subprocess.run([python.parent / "autofix", command], check=False, capture_output=True, text=True)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.startswith(f"autofix: error: {command} needs ")
    assert found.stderr.endswith("install linkerd-autofix[cluster]\n")


def with_extra(python: Path, folder: Path, extra: str) -> Path:
    """Make an environment with the wheel and one extra of it; return where its programs are."""
    [wheel] = python.parents[2].glob("linkerd_autofix-*.whl")
    return programs_with(f"{wheel}[{extra}]", folder)


def test_the_extra_for_the_webhook_is_enough_to_serve_with_a_certificate_from_files(
    python: Path, tmp_path: Path
) -> None:
    program = with_extra(python, tmp_path, "webhook") / "autofix-webhook"
    leaf = trustme.CA().issue_cert("127.0.0.1")
    leaf.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "both.pem"))
    arguments = ["--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0", "--linkerd=2.17"]
    arguments += [f"--tls-{what}={tmp_path / 'both.pem'}" for what in ("cert", "key")]
    with subprocess.Popen([program, *arguments], stderr=subprocess.PIPE, text=True) as child:
        assert child.stderr is not None
        said = child.stderr.readline()
        child.terminate()
    assert '"message": "listening"' in said


def test_the_extra_for_a_cluster_is_enough_for_its_commands(python: Path, tmp_path: Path) -> None:
    programs = with_extra(python, tmp_path, "cluster")
    for command in ("scan", "doctor", "probe"):
        found = subprocess.run(
            [programs / "autofix", command, "--kubeconfig", tmp_path / "absent"],
            check=False,
            capture_output=True,
            text=True,
        )
        assert found.returncode == 2
        assert "no way to the API server" in found.stderr
