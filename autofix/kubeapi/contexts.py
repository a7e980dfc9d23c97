"""Where the kubeconfig is, and its contexts: the names that a user has for clusters."""

from __future__ import annotations

import os
from pathlib import Path

from autofix.errors import AutofixError


def default_kubeconfig() -> str:
    """Find the kubeconfig of a user who names none, as kubectl does.

    Returns:
        Its path, or several as in ``KUBECONFIG``; empty when there is none.
    """
    path = Path.home() / ".kube" / "config"
    return os.environ.get("KUBECONFIG") or (str(path) if path.exists() else "")


def has_file(kubeconfig: str) -> bool:
    """Tell whether there is a kubeconfig.

    Args:
        kubeconfig: its path, or several as in ``KUBECONFIG``.

    Returns:
        Whether one of the files is there.
    """
    return any(Path(path).exists() for path in kubeconfig.split(os.pathsep) if path)


def without_empty(kubeconfig: str) -> str:
    """Leave out the files in which nothing stands, as kubectl does; the library takes them for broken ones.

    Args:
        kubeconfig: a path, or several as in ``KUBECONFIG``.

    Returns:
        The others; the same if nothing stands in any of them.

    Raises:
        OSError: when a file cannot be read.
    """
    files = (path for path in kubeconfig.split(os.pathsep) if path)
    full = [path for path in files if not (file := Path(path)).is_file() or file.read_bytes().strip()]
    return os.pathsep.join(full) or kubeconfig


def read_contexts(kubeconfig: str) -> tuple[str, ...]:
    """Read the names of the contexts. The current context and its user need not be valid.

    Args:
        kubeconfig: the path of a kubeconfig, or several as in ``KUBECONFIG``.

    Returns:
        The names in the order of the file; none when there is no file, or when it is no kubeconfig.

    Raises:
        AutofixError: when the file cannot be read.
    """
    if not has_file(kubeconfig):
        # The library would log that to standard error, and the caller says it better.
        return ()
    # Imported here: it takes long, and most commands ask a single cluster.
    from kubernetes_asyncio.config.kube_config import KubeConfigMerger
    from yaml import YAMLError

    try:
        config = KubeConfigMerger(without_empty(kubeconfig)).config
        contexts = config.value["contexts"] if config else ()
        return tuple(dict.fromkeys(str(context.value["name"]) for context in contexts))
    except OSError as error:
        raise AutofixError(f"{error.filename}: {error.strerror}; check --kubeconfig") from None
    except (AttributeError, LookupError, TypeError, ValueError, YAMLError):
        # The connection says what is wrong with it.
        return ()


def select_contexts(kubeconfig: str, words: str, *, is_all: bool) -> tuple[str, ...]:
    """Read which contexts a user names.

    Args:
        kubeconfig: path of a kubeconfig; empty for kubectl's.
        words: names with commas between them; empty for the current context.
        is_all: whether the user names all contexts.

    Returns:
        The names; an empty name is the current context.

    Raises:
        AutofixError: when the file cannot be read or has no context, or when the words name none.
    """
    kubeconfig = kubeconfig or default_kubeconfig()
    if is_all:
        names = read_contexts(kubeconfig)
        if not names:
            raise AutofixError(f"{_absence(kubeconfig)}; check --kubeconfig")
        return names
    if "," not in words or words in read_contexts(kubeconfig):
        # A name may hold a comma.
        return (words,)
    names = tuple(dict.fromkeys(name for word in words.split(",") if (name := word.strip())))
    if not names:
        raise AutofixError(f'--context "{words}" names no context')
    return names


def _absence(kubeconfig: str) -> str:
    if not kubeconfig:
        return "there is no kubeconfig"
    return (
        f"the kubeconfig {kubeconfig} has no contexts"
        if has_file(kubeconfig)
        else f"there is no file {kubeconfig}"
    )
