"""What a TLS context is made of: the certificates and keys that a kubeconfig holds or names.

kubernetes_asyncio writes those that a kubeconfig holds to temporary files. It remembers the files as long as
the process runs, and cannot log in any more when somebody removes them. So we read certificates and keys
without it.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from autofix.errors import AutofixError


class TlsMaterial(NamedTuple):
    """What a TLS context is made of.

    Attributes:
        authority: the PEM text that the server is checked with; None for the authorities of the system.
        certificate: our own certificate in PEM; empty without one.
        key: its key in PEM.
        is_checked: whether the server's certificate is checked.
    """

    authority: bytes | None
    certificate: bytes
    key: bytes
    is_checked: bool


class Pem(NamedTuple):
    """A certificate or a key in PEM, or where it is; without both there is none.

    Attributes:
        content: the text itself.
        path: the file that has it; empty for none.
    """

    content: bytes | None = None
    path: str = ""

    def read(self) -> bytes | None:
        """Read it.

        Returns:
            The text; None when there is none.

        Raises:
            OSError: when the file cannot be read.
        """
        return Path(self.path).read_bytes() if self.path else self.content


def find_pem(section: Mapping[str, Any], folder: Path, name: str) -> Pem:
    """Find a certificate or a key.

    Args:
        section: the section of the kubeconfig for a cluster or a user.
        folder: the folder of that kubeconfig.
        name: the field that names a file, such as ``client-key``; that for the text ends in ``-data``.

    Returns:
        The text in the kubeconfig if there is one, and otherwise the file. Source: client-go,
        tools/clientcmd/api/types.go.

    Raises:
        AutofixError: when the text is not in base64.
    """
    if data := section.get(f"{name}-data"):
        try:
            return Pem(b64decode(data))
        except (TypeError, ValueError):
            raise AutofixError(
                f"{name}-data of the kubeconfig is not in base64; encode it, or name a file as {name}"
            ) from None
    path = section.get(name)
    return Pem(path=str(folder / Path(path).expanduser())) if path else Pem()
