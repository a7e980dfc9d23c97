"""Dockerfiles: what RUN, CMD and ENTRYPOINT give to a shell, and the labels of the image.

Source of the syntax: https://docs.docker.com/reference/dockerfile/.
"""

from __future__ import annotations

from typing import Final

from autofix.readers.model import TextReading

LANGUAGES: Final = ("dockerfile", "docker", "containerfile")
SUFFIXES: Final = (".dockerfile", ".containerfile")
NAMES: Final = ("dockerfile", "containerfile")


def read(text: str) -> TextReading:
    """Read a Dockerfile.

    Args:
        text: the text.

    Returns:
        Shell texts, and the labels that LABEL sets. Other instructions that name a key are unread.
    """
    from autofix.readers.dockerfile.instructions import read_dockerfile

    return read_dockerfile(text)
