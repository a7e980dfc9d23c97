"""What random reviews are made of."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

from builders import ALPHA, BETA, GA, IGNORE, WAIT, WRONG
from json_text import Verbatim
from strategies import NO_STRINGS, WORDS

NATIVE_KEYS = [
    *(ALPHA, BETA, GA, WRONG),
    "linkerd.io/native-sidecar",
    "config.linkerd.io/proxyNativeSidecar",
    "config.linkerd.io/PROXY-NATIVE-SIDECAR",
    "config.stable.linkerd.io/enable_native_sidecars",
    # Parts of a JSON Pointer that must be escaped.
    "config.linkerd.io/native/sidecar",
    "config.linkerd.io/native~sidecar",
    "config.linkerd.io/~1native~0sidecar",
    "a~b.linkerd.io/proxy-native-sidecar",
    "linkerd.io//native-sidecar",
    "~.linkerd.io/native-sidecar~",
    "config.linkerd.io/native-sidecar/0/-",
]
NEAR_KEYS = [
    "config.linkerd.io/proxy-native-sidcar",
    "config.linkerd.io/sidecar-native",
    "config.linkerd.io/enable-sidecar",
    "proxy-enable-native-sidecar",
    "proxyNativeSidecar",
    "NATIVE_SIDECAR_PROXY",
    f" {WRONG}",
    f"{WRONG}\u200b",
    f"{WRONG}\u0301",
    f"\ufeff{ALPHA}",
    WRONG.replace("c", "\u0441"),
    WRONG.replace("n", "\uff4e"),
    WRONG.replace("linkerd.io", "linkerd.io."),
    WRONG.replace("linkerd.io", "LINKERD.IO"),
    WRONG.replace("linkerd.io", "linkerd.io.example.com"),
    WRONG.replace("linkerd.io", "notlinkerd.io"),
]
KEYS = [
    *(
        WAIT,
        IGNORE,
        "linkerd.io/inject",
        "config.linkerd.io/enable-debug-sidecar",
        "config.linkerd.io/unheard-of",
    ),
    *("sidecar.istio.io/nativeSidecar", "example.com/native-sidecar", "team", "kubernetes.io/x"),
    *("", "/", "~", "~0", "~1", "a~b/c", "a/b/c", "-", "0", "linkerd", "linkerd.io/", "/native-sidecar"),
    *("\u0000", "\n", '"', "\\", "\u2028", "\ufffd", "\U0001f600", "é", "e\u0301", "\u202egnorw", "x" * 400),
    f"config.{'x' * 250}.linkerd.io/proxy-native-sidecar",
    f"config.{'x' * 300}.linkerd.io/proxy-native-sidecar",
]
TEXTS = [
    "\u0000",
    "tr\u0075e",
    "\ttrue\n",
    "TRUE\u00a0",
    "\uff54rue",
    '{"a":1}',
    "\u2028",
    "\U0001f600",
    "x" * 5000,
    "*",
]
TEXTS += ["AFX101", "'false'", "0x1", "1e0", "::stop-commands::x", "\x1b[31mtrue"]
# Of these, each reader makes what it likes; they must come back as they were.
ODD_NUMBERS = [
    "0",
    "-0",
    "1e999",
    "-1E+400",
    "1e-999",
    "0.1000000000000000055",
    "1.0",
    "100000000000000000000",
]
ODD_NUMBERS += ["18446744073709551616", "9" * 400, "9" * 5000, "1." + "0" * 400]
NO_MAPS: list[Any] = [[], [{}], "text", "", 5, 0, True, False, [WRONG], [[["metadata"]]], {"metadata": []}]
NAMES = [
    "",
    "web",
    "web-",
    "system:node:a",
    "../../x",
    "a/b",
    "UPPER",
    "é",
    "\u0000",
    "line\nfeed",
    "x" * 300,
]
SPACES = ["default", "ns-a", "shop", ""]
RELEASES = ["2.17", "2.19", "2.20", None, "edge-25.7.1", "2.21", "edge-24.10.1"]
OLD_RELEASE = "2.14"
KINDS = [
    *(("", "v1", kind) for kind in ("Namespace", "Pod", "PodTemplate", "ReplicationController")),
    *(("", "v1", kind) for kind in ("Service", "ConfigMap", "List", "PodList")),
    *(("apps", "v1", kind) for kind in ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")),
    *(("batch", "v1", kind) for kind in ("CronJob", "Job")),
    *(("argoproj.io", "v1alpha1", kind) for kind in ("Rollout", "Workflow")),
    ("example.test", "v1", "Pod"),
    ("serving.knative.dev", "v1", "Service"),
    ("postgresql.cnpg.io", "v1", "Cluster"),
]


def key_of(rng: Random) -> str:
    """Draw a key: mostly a native-sidecar key, or nearly such a key."""
    key = rng.choice(rng.choice([NATIVE_KEYS, NATIVE_KEYS, NATIVE_KEYS, NEAR_KEYS, KEYS]))
    if rng.random() < 0.1:
        place = rng.randint(0, len(key))
        key = (
            key[:place]
            + rng.choice(["", "/", "~", "-", "_", ".", "S", "native", "\u00e9"])
            + key[place + 1 :]
        )
    return key


def value_of(rng: Random) -> Any:
    """Draw a value of any JSON type: mostly what people write for a boolean."""
    kind = rng.random()
    if kind < 0.5:
        return rng.choice(WORDS)
    if kind < 0.8:
        # A copy: a mutation may change what it is put into.
        return copy.deepcopy(rng.choice([True, False, *NO_STRINGS]))
    return rng.choice(TEXTS) if kind < 0.97 else Verbatim(rng.choice(ODD_NUMBERS))
