"""More situations of a live cluster: who gets a proxy at all, and Jobs."""

from __future__ import annotations

from typing import Any

from builders import ALPHA, BETA, WAIT, WRONG
from situations import APP, DEBUG, INJECT, PROXY, Situation, bare, one, value

_ENV = "config.linkerd.io/proxy-additional-env"
_DEBUG = "config.linkerd.io/enable-debug-sidecar"
_NATIVE = {**PROXY, "restartPolicy": "Always"}
_AWAIT = [{**APP, "command": ["linkerd-await", "--shutdown", "--", "report"]}]
_NEVER: dict[str, Any] = {"restartPolicy": "Never"}
_DISABLED = {"linkerd.io/inject": "disabled"}


def _deployment(*annotations: dict[str, str], **spec: Any) -> list[dict[str, Any]]:
    return [one("Deployment", *annotations, **spec)]


MORE_SITUATIONS = (
    # Whether there is a proxy.
    Situation("ns-enabled", _deployment(value(WRONG)), INJECT),
    Situation("ns-ingress", _deployment(value(WRONG)), {"linkerd.io/inject": "ingress"}),
    Situation("ns-disabled", _deployment(INJECT, value(WRONG)), _DISABLED),
    Situation("ns-disabled-pod-silent", _deployment(value(WRONG)), _DISABLED),
    Situation("ns-enabled-pod-disabled", _deployment(_DISABLED, value(WRONG)), INJECT),
    Situation("ns-invalid", _deployment(INJECT, value(WRONG)), {"linkerd.io/inject": "true"}),
    Situation("pod-invalid", _deployment({"linkerd.io/inject": "yes"}, value(WRONG)), INJECT),
    Situation("pod-empty", _deployment({"linkerd.io/inject": ""}, value(WRONG)), INJECT),
    Situation("nobody-asks", _deployment(value(WRONG))),
    Situation("host-network", _deployment(INJECT, value(WRONG), hostNetwork=True)),
    Situation("manual-proxy", _deployment(INJECT, value(WRONG), containers=[APP, PROXY])),
    Situation("manual-sidecar", _deployment(INJECT, value(WRONG, "false"), initContainers=[_NATIVE])),
    # Values that break the injector's patch.
    Situation("broken", _deployment(INJECT, value(WRONG)), value(ALPHA, '"true"')),
    Situation("broken-off", _deployment(INJECT, value(WRONG, "false")), value(ALPHA, "false\n")),
    Situation("broken-beta", _deployment(INJECT, value(WRONG)), value(BETA, '"true"')),
    Situation("broken-env", _deployment(INJECT, value(WRONG)), value(_ENV, '[{"name": "A"}]')),
    Situation("broken-job", [one("Job", INJECT, value(WRONG))], value(ALPHA, '"true"')),
    Situation("broken-unclear", _deployment(INJECT, value(WRONG)), value(ALPHA, '"maybe"')),
    # Jobs and bare pods, whose Namespace is repaired though they are not.
    Situation("job-silent", [one("Job", INJECT)]),
    Situation("cronjob-silent", [one("CronJob", INJECT)]),
    Situation("job-await", [one("Job", INJECT, value(WRONG), containers=_AWAIT)]),
    Situation("job-in-wrong-ns", [one("Job", INJECT)], value(WRONG)),
    Situation("job-wrong-in-wrong-ns", [one("Job", INJECT, value(WRONG, "false"))], value(WRONG)),
    Situation("job-in-ns-of-words", [one("Job", INJECT)], value(ALPHA, "yes")),
    Situation("job-debug", [one("Job", INJECT, value(WRONG), value(_DEBUG))]),
    Situation("bare-in-wrong-ns", [bare(INJECT, **_NEVER)], value(WRONG)),
    Situation("bare-for-ever-in-wrong-ns", [bare({**INJECT, **value(WRONG)})], value(WRONG, "false")),
    Situation("bare-with-debug", [bare({**INJECT, **value(WRONG)}, containers=[APP, DEBUG], **_NEVER)]),
    # Gates, and a Namespace's key that one era alone reads.
    Situation("ns-waits", _deployment(INJECT, value(WRONG)), value(WAIT, "5")),
    Situation("ns-beta-off", _deployment(INJECT, value(WRONG)), value(BETA, "false")),
    Situation("ns-beta-off-pod-silent", _deployment(INJECT, own=value(WRONG)), value(BETA, "false")),
)
