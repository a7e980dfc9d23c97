"""The environment that the image gives to the webhook."""

from __future__ import annotations

from paths import ROOT

_MALLOC = "MALLOC_"


def malloc_environment() -> dict[str, str]:
    """Read glibc's variables from the Containerfile; they take effect only from the start of a process on."""
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()
    words = [word for line in lines if line.startswith("ENV ") for word in line.split()[1:]]
    return {
        name: value for name, _, value in (word.partition("=") for word in words) if name.startswith(_MALLOC)
    }
