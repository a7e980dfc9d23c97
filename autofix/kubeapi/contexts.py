"""The contexts of a kubeconfig: the names that a user has for clusters."""

from __future__ import annotations

from typing import NamedTuple

from autofix.errors import AutofixError


class Contexts(NamedTuple):
    """The contexts of a kubeconfig.

    Attributes:
        names: all of them, in the order of the file.
        current: the current context; empty when there is none.
    """

    names: tuple[str, ...] = ()
    current: str = ""


def read_contexts(kubeconfig: str = "") -> Contexts:
    """Read the contexts.

    Args:
        kubeconfig: path of a kubeconfig; empty for kubectl's.

    Returns:
        The contexts; none when there is no kubeconfig, or when it is no kubeconfig.
    """
    # Imported here: it takes long, and most commands ask a single cluster.
    from kubernetes_asyncio import config
    from yaml import YAMLError

    try:
        contexts, current = config.list_kube_config_contexts(kubeconfig or None)
        return Contexts(
            tuple(dict.fromkeys(str(context["name"]) for context in contexts)),
            str((current or {}).get("name", "")),
        )
    except (config.ConfigException, AttributeError, LookupError, OSError, TypeError, ValueError, YAMLError):
        # The connection says what is wrong with it.
        return Contexts()


def select_contexts(kubeconfig: str, words: str, *, is_all: bool) -> tuple[str, ...]:
    """Read which contexts a user names.

    Args:
        kubeconfig: path of a kubeconfig; empty for kubectl's.
        words: names with commas between them; empty for the current context.
        is_all: whether the user names all contexts.

    Returns:
        The names; an empty name is the current context.

    Raises:
        AutofixError: when there is no context at all, or when the words name none.
    """
    if is_all:
        names = read_contexts(kubeconfig).names
        if not names:
            raise AutofixError("the kubeconfig has no contexts; check --kubeconfig")
        return names
    if "," not in words or words in read_contexts(kubeconfig).names:
        # A name may hold a comma.
        return (words,)
    names = tuple(dict.fromkeys(name for word in words.split(",") if (name := word.strip())))
    if not names:
        raise AutofixError(f'--context "{words}" names no context')
    return names
