"""What is known of a cluster, and which findings and fixes a caller asks for."""

from __future__ import annotations

from typing import Final, NamedTuple

from autofix.kubernetes.version import KubernetesVersion
from autofix.linkerd.precedence import Standing
from autofix.linkerd.release import Release

_UNREAD: Final = (Standing.UNKNOWN_NAME, Standing.NOT_READ)


class Options(NamedTuple):
    """The options of a call; ``autofix.options`` makes them.

    Attributes:
        release: the Linkerd release.
        codes: codes of the rules that are heard.
        native_codes: those of them that are heard only about the native-sidecar annotation.
        kubernetes: the server's version, None when it is not known.
        default: Helm's ``proxy.nativeSidecar``, None for the chart's default.
        wait_before_exit: Helm's ``proxy.waitBeforeExitSeconds``, in seconds.
        projects_tokens: Helm's ``identity.serviceAccountTokenProjection``; without it Linkerd injects only
            pods that mount a token.
        unsafe: whether unsafe fixes are made too.
        reads_every_object: whether also objects are looked at in which no key is of interest.
        changes_every_domain: whether a fix may also change keys outside Linkerd's domain. It may not in the
            webhook, and not in a text of which nobody knows for sure what a tool makes of it.
        live: whether the objects come from a cluster, so that an annotation that they lack is absent. What
            files lack may come later, such as by ``kubectl annotate``.
        any_default: whether a fix must hold under both of Helm's defaults. So it is in the webhook with a
            Pod: nobody knows for sure which default the injector has read.
        keeps_real_keys: whether a key that some release reads stays beside the one that is written for it. So
            it is in the webhook with a workload: whoever applies the same manifest again writes it again.
    """

    release: Release
    codes: frozenset[str]
    native_codes: frozenset[str] = frozenset()
    kubernetes: KubernetesVersion | None = None
    default: bool | None = None
    wait_before_exit: int = 0
    projects_tokens: bool = True
    unsafe: bool = False
    reads_every_object: bool = False
    changes_every_domain: bool = True
    live: bool = False
    any_default: bool = False
    keeps_real_keys: bool = False

    @property
    def unread(self) -> tuple[Standing, ...]:
        """The standings of keys on which nobody can rely: not each injector that may answer reads them.

        With a Pod in the webhook it has to be each. What files and a live cluster have outlasts an upgrade.
        """
        return (*_UNREAD, Standing.DEPENDS) if self.any_default else _UNREAD
