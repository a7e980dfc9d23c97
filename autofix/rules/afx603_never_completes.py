"""A pod that runs to completion never completes, because its proxy is an ordinary container.

## What it does

Finds Jobs, CronJobs and other pods that are meant to end by themselves (`restartPolicy: Never` or
`OnFailure`, a Workflow of Argo), if Linkerd gives them a proxy that is an ordinary container. It is silent if
it does not know the release, or whether the pods get a proxy: it has to see `linkerd.io/inject` on the pod
template, or on the Namespace among the same files. Of Pods that run already `autofix scan` says AFX601
instead, once they hang.

It is also silent about a pod that ends the proxy itself: a container runs `linkerd-await` or calls
`/shutdown`, or `config.linkerd.io/proxy-admin-shutdown` is `enabled`.

## Why is this bad

A pod completes when its ordinary containers have ended, and the proxy does not end. The Job stays active for
ever, and a CronJob that forbids concurrency starts no more Jobs. Most people whose Job hangs have written no
native-sidecar key at all.

## Example

With Linkerd 2.19:

```yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: backup
spec:
  template:
    metadata:
      annotations:
        linkerd.io/inject: enabled
```

becomes, as an unsafe fix:

```yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: backup
spec:
  template:
    metadata:
      annotations:
        linkerd.io/inject: enabled
        config.beta.linkerd.io/proxy-enable-native-sidecar: "true"
```

## Fix safety

Unsafe: nobody has asked for a native sidecar yet. If a key on the pod or its Namespace asks for an ordinary
container, somebody meant that: there is no fix, and no command fails because of it. There is no fix for
`config.linkerd.io/enable-debug-sidecar`, either: its container never ends, and never becomes a native
sidecar.

The webhook writes the key on new pods of Jobs only if you ask for that (`complete-jobs`). Then it also does
so where the release is not known, with the key that every release reads.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.kubernetes.locations import Role
from autofix.linkerd.completion import DEBUG_CONTAINER
from autofix.linkerd.injection import DEBUG_SIDECAR, container_that_stays
from autofix.linkerd.precedence import ON, native_keys_of_namespace
from autofix.linkerd.release import key_to_write
from autofix.rules.context import Place, injector_answers, with_todays_default
from autofix.rules.finding import Applicability, Edit, Finding, Fix, Promise, Severity
from autofix.rules.injection import injection_of
from autofix.rules.options import Options

CODE = "AFX603"
ROLES = (Role.POD,)


def is_heard(options: Options) -> bool:
    """Tell whether the rule may speak of an object without any key of Linkerd's.

    Args:
        options: the options of the run.
    """
    return CODE in options.codes and options.release.known


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for a pod that runs to completion, and that Linkerd keeps running."""
    options = place.context.options
    # In the webhook somebody has asked for that, and there is a key that every release reads.
    if not place.traits.completes or not (place.release.known or options.any_default):
        return
    namespace, traits = place.context.namespace, place.traits
    if not injection_of(place.home, namespace, traits, options).proxy:
        return
    # Where nobody knows Helm's value, the webhook does not trust the chart's.
    context = place.context if options.default is None else with_todays_default(place.context)
    answers = injector_answers("pod", place.home, context)
    native = all(answer.native for answer in answers)
    stays = container_that_stays(place.home, namespace, traits, native=native)
    if stays is None or all(answer.denied for answer in answers):
        return
    if stays == DEBUG_CONTAINER:
        message = f"{DEBUG_CONTAINER} never ends, so the pod never completes; remove {DEBUG_SIDECAR}"
        yield Finding(CODE, Severity.ERROR, message, Applicability.DISPLAY, place.location.path)
    elif not _is_spoken_of(place):
        yield _ordinary(place)


def _is_spoken_of(place: Place) -> bool:
    """Tell whether a key asks for a native sidecar, or for nobody knows what: other rules speak of it."""
    return place.inherited is not None or any(key.intent is not False for key in place.native)


def _ordinary(place: Place) -> Finding:
    path = place.location.path
    problem = "the proxy is an ordinary container and never ends, so the pod never completes"
    target = key_to_write(place.release, "pod")
    if target is None:
        message = f"{problem}; upgrade Linkerd {place.release.text}, or run linkerd-await"
        return Finding(CODE, Severity.ERROR, message, Applicability.DISPLAY, path, native=True)
    around = native_keys_of_namespace(place.context.namespace, place.release)
    if refusal := next((key for key in (*place.native, *around) if key.intent is False), None):
        # Somebody meant that, so no command fails because of it.
        message = f"{problem}: {refusal.key} {ON[refusal.level]} asks for that"
        return Finding(CODE, Severity.INFO, message, Applicability.DISPLAY, path, native=True)
    home = "pod" if place.location.kind == "Pod" else "pod template"
    message = f'{problem}; add {target}: "true" to the {home}'
    fix = Fix((Edit(path, target, "true"),), Promise.INTENT, path, intent=True)
    return Finding(CODE, Severity.ERROR, message, Applicability.UNSAFE, path, native=True, fix=fix)
