"""Build what the cluster tests run, or print where it is: ``python tests/e2e/assets/build.py [--check]``.

Everything is pinned by the files beside this one, and kept in a cache folder whose name is made of them:
Kubernetes of two minor versions, its library for JSON Patches, kustomize, Helm, HashiCorp's library for HCL,
and a stand-in of Linkerd's injector from Go modules; etcd and promtool from Debian.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
MINORS: Final = ("1.34", "1.36")
COMMANDS: Final = ("kube-apiserver", "kube-controller-manager", "kubectl")
_ETCD: Final = "etcd-server=3.4.23-4+b4"
# Any version checks rules as well.
_PROMETHEUS: Final = "prometheus"
_AXE: Final = "axe-core@4.14.1"
_BROWSER: Final = ("chromium", "chromium-driver")
_PINS: Final = {"etcd": _ETCD, "promtool": _PROMETHEUS, "axe": _AXE}
_BUILD: Final = ("go", "build", "-trimpath", "-mod=readonly")


class BuildError(Exception):
    """Something cannot be built here; the message says what and what to do."""


def cache() -> Path:
    """The folder that survives between runs."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "linkerd-autofix" / "cluster"


def folder(name: str) -> Path:
    """Where a component is, or will be: its pins are in the folder's name."""
    digest = hashlib.sha256(_PINS.get(name, "").encode())
    for path in sorted((HERE / name).glob("*")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return cache() / f"{name}-{digest.hexdigest()[:16]}"


def components() -> dict[str, Callable[[Path], None]]:
    """What there is to build, each by a function that fills a folder."""
    return {
        "etcd": _from_debian(_ETCD, "etcd"),
        "promtool": _from_debian(_PROMETHEUS, "promtool"),
        "axe": _axe,
        "browser": _browser,
        "kustomize": _one("kustomize", "sigs.k8s.io/kustomize/kustomize/v5"),
        "helm-3": _one("helm-3", "helm.sh/helm/v3/cmd/helm", "helm"),
        "helm-4": _one("helm-4", "helm.sh/helm/v4/cmd/helm", "helm"),
        "injector": _one("injector", "."),
        "json-patch": _one("json-patch", "."),
        "hcl": _one("hcl", "."),
        **{f"kubernetes-{minor}": _kubernetes(minor) for minor in MINORS},
    }


def missing() -> list[str]:
    """Names of what has not been built yet."""
    return [name for name in components() if not _is_there(name)]


def _is_there(name: str) -> bool:
    # A browser is installed in the system; the folder may be from a cache of another one.
    installed = name != "browser" or shutil.which("chromedriver") is not None
    return installed and folder(name).is_dir()


def build(name: str) -> None:
    """Build one component; its folder is there as a whole or not at all.

    Raises:
        BuildError: when a tool is missing or fails.
    """
    place = folder(name)
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as unfinished:
        inner = Path(unfinished) / "new"
        inner.mkdir()
        components()[name](inner)
        shutil.rmtree(place, ignore_errors=True)
        inner.rename(place)


def _run(*command: str | Path, cwd: Path = HERE) -> None:
    try:
        subprocess.run(command, cwd=cwd, check=True, stdout=sys.stderr)
    except FileNotFoundError:
        raise BuildError(f"{command[0]} is not installed; install it and run `make cluster-assets`") from None
    except subprocess.CalledProcessError as error:
        raise BuildError(
            f"`{' '.join(map(str, command))}` failed with exit code {error.returncode}"
        ) from None


def _kubernetes(minor: str) -> Callable[[Path], None]:
    def make(place: Path) -> None:
        source = HERE / f"kubernetes-{minor}"
        [version] = [
            line.split()[-1]
            for line in (source / "go.mod").read_text().splitlines()
            if " k8s.io/kubernetes v" in line
        ]
        names = "k8s.io/component-base/version"
        numbers = {
            "gitVersion": version,
            "gitMajor": "1",
            "gitMinor": minor.split(".")[1],
            "gitTreeState": "clean",
        }
        flags = " ".join(f"-X {names}.{name}={value}" for name, value in numbers.items())
        for command in COMMANDS:
            package = f"k8s.io/kubernetes/cmd/{command}"
            _run(*_BUILD, "-ldflags", f"-s -w {flags}", "-o", place / command, package, cwd=source)

    return make


def _one(name: str, package: str, command: str = "") -> Callable[[Path], None]:
    """Build one command from the Go module in the folder of that name."""

    def make(place: Path) -> None:
        _run(*_BUILD, "-o", place / (command or name), package, cwd=HERE / name)

    return make


def _from_debian(package: str, program: str) -> Callable[[Path], None]:
    """Unpack one program of a package; it is not installed, so no server starts and nothing needs root."""

    def make(place: Path) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            try:
                _run("apt-get", "download", package, cwd=Path(scratch))
            except BuildError:
                # The lists of packages are old or absent.
                _run("apt-get", "update")
                _run("apt-get", "download", package, cwd=Path(scratch))
            [found] = Path(scratch).glob("*.deb")
            _run("dpkg-deb", "--extract", found, scratch)
            shutil.copy(Path(scratch) / "usr" / "bin" / program, place / program)

    return make


def _axe(place: Path) -> None:
    """Take the one file of axe-core that a page needs, from npm's registry."""
    with tempfile.TemporaryDirectory() as scratch:
        _run("npm", "pack", "--silent", _AXE, cwd=Path(scratch))
        [found] = Path(scratch).glob("*.tgz")
        _run("tar", "--extract", "--file", found, "--directory", scratch)
        shutil.copy(Path(scratch) / "package" / "axe.min.js", place)


def _browser(place: Path) -> None:
    """Install Debian's browser; unlike the programs above it needs too many libraries to be unpacked."""
    command = ("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *_BROWSER)
    try:
        _run(*command)
    except BuildError:
        _run("apt-get", "update")
        _run(*command)
    (place / "installed").touch()


def main() -> int:
    """Build what is missing; with ``--check`` only say what that is."""
    names = missing()
    if "--check" in sys.argv[1:]:
        print(*names, sep="\n")
        return 1 if names else 0
    for name in names:
        print(f"building {name}", file=sys.stderr, flush=True)
        try:
            build(name)
        except BuildError as error:
            print(f"cluster-assets: {name}: {error}", file=sys.stderr)
            return 1
    print(*(folder(name) for name in components()), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
