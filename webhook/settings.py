"""Settings: one typed object from flags, environment, a TOML file and defaults, in that order."""

from __future__ import annotations

import argparse
import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_type_hints

import msgspec
from msgspec import Meta, Struct

import autofix

_MIB: Final = 1024 * 1024
_DAY: Final = 24 * 60 * 60
_ENVIRONMENT: Final = "AUTOFIX_"


class SettingsError(autofix.AutofixError):
    """A setting is missing or cannot be read; the message names it."""


class Settings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All settings of the webhook. The description of each field is the help of its flag."""

    listen: Annotated[str, Meta(description="address of the HTTPS port: HOST:PORT")] = "127.0.0.1:8443"
    admin_listen: Annotated[
        str, Meta(description="address of the plain-HTTP port for probes and metrics: HOST:PORT")
    ] = "127.0.0.1:8080"
    tls_cert: Annotated[str, Meta(description="PEM file with the certificate, followed by its chain")] = ""
    tls_key: Annotated[str, Meta(description="PEM file with the private key")] = ""
    tls_secret: Annotated[
        str,
        Meta(description="Secret NAMESPACE/NAME for a certificate that the webhook makes and renews itself"),
    ] = ""
    tls_names: Annotated[
        str,
        Meta(description="names of that certificate: the Service's, or addresses, with commas between"),
    ] = ""
    tls_client_ca: Annotated[
        str,
        Meta(description="PEM file with the CA of the clients that may call (default: anybody may)"),
    ] = ""
    authority_lifetime_seconds: Annotated[
        int,
        Meta(ge=30, description="life in seconds of the CA of --tls-secret, renewed after two thirds of it"),
    ] = 365 * _DAY
    certificate_lifetime_seconds: Annotated[
        int,
        Meta(
            ge=10,
            description="life in seconds of the certificates of --tls-secret, at most a third of the CA's",
        ),
    ] = 30 * _DAY
    linkerd: Annotated[str | None, Meta(description="Linkerd release, such as 2.17 or edge-25.10.7")] = None
    kubernetes: Annotated[str | None, Meta(description="version of the API server, such as 1.33")] = None
    native_sidecar_default: Annotated[
        bool | None, Meta(description="Helm's proxy.nativeSidecar, true or false (default: the chart's)")
    ] = None
    wait_before_exit_seconds: Annotated[
        Annotated[int, Meta(ge=0)] | None, Meta(description="Helm's proxy.waitBeforeExitSeconds")
    ] = None
    mutate_workloads: Annotated[
        bool, Meta(description="patch Namespaces and workloads too, and not only warn: true or false")
    ] = False
    complete_jobs: Annotated[
        bool,
        Meta(description="write the native-sidecar key on pods of Jobs that would never end: true or false"),
    ] = False
    processes: Annotated[
        int,
        Meta(
            ge=1,
            le=64,
            description="processes that answer reviews, at most one for each core; each has its own limits",
        ),
    ] = 1
    max_body_bytes: Annotated[
        int, Meta(ge=1024, description="bytes of the largest body of a request; a larger one is refused")
    ] = 10 * _MIB
    max_bytes_in_flight: Annotated[
        int,
        Meta(
            ge=1024,
            description="bytes of all requests that are not answered yet, at least twice --max-body-bytes; "
            "beyond it the largest of the address that holds the most is dropped",
        ),
    ] = 24 * _MIB
    max_connections: Annotated[
        int,
        Meta(
            ge=8,
            le=65536,
            description="open connections of the HTTPS port; beyond it a new one takes the place of another",
        ),
    ] = 256
    max_connections_per_address: Annotated[
        int, Meta(ge=8, le=65536, description="open connections of the HTTPS port from one IP address")
    ] = 192
    max_admin_connections: Annotated[
        int, Meta(ge=8, le=65536, description="open connections of the admin port (probes and metrics)")
    ] = 32
    max_waiting_reviews: Annotated[
        int,
        Meta(ge=1, description="reviews that wait until others are answered; beyond it they get status 503"),
    ] = 256
    handshake_seconds: Annotated[
        float,
        Meta(
            gt=0,
            description="seconds that a new connection may be silent, and that its TLS handshake may take",
        ),
    ] = 5.0
    head_seconds: Annotated[
        float, Meta(gt=0, description="seconds that the head of a request may take, from the handshake on")
    ] = 5.0
    body_seconds: Annotated[
        float,
        Meta(
            gt=0,
            description="seconds that the body of a request may take, and that a caller may take to read its "
            "answer",
        ),
    ] = 10.0
    idle_seconds: Annotated[
        float, Meta(gt=0, description="seconds that a connection may wait for its next request")
    ] = 300.0
    shutdown_delay_seconds: Annotated[
        float, Meta(ge=0, description="seconds to serve on, unready, after SIGTERM")
    ] = 5.0
    shutdown_timeout_seconds: Annotated[
        float, Meta(ge=0, description="seconds that requests may take to finish after that delay")
    ] = 15.0
    watch: Annotated[
        bool,
        Meta(description="learn Namespaces, Linkerd's release and values from the cluster: true or false"),
    ] = False
    linkerd_namespace: Annotated[
        str, Meta(description="namespace of Linkerd's control plane, for --watch")
    ] = "linkerd"
    events: Annotated[bool, Meta(description="tell the owners of repaired pods by Events: true or false")] = (
        False
    )
    configuration: Annotated[
        str,
        Meta(
            description="our MutatingWebhookConfiguration: checks that it is called before Linkerd's, and "
            "keeps its caBundle right with --tls-secret"
        ),
    ] = ""
    kubeconfig: Annotated[
        str,
        Meta(description="kubeconfig to reach the API server (default: the ServiceAccount of the pod)"),
    ] = ""
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="debug, info, warning or error")
    ] = "info"
    access_log: Annotated[
        bool,
        Meta(description="log a line about every review, not only about those that matter: true or false"),
    ] = False
    namespaces: Annotated[
        dict[str, dict[str, str]],
        Meta(description="annotations of Namespaces by name (in the file only)"),
    ] = msgspec.field(default_factory=dict)


_FILE_ONLY: Final = frozenset({"namespaces"})


def load_settings(argv: Sequence[str] | None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    Args:
        argv: the arguments without the program's name; None for those of the process.
        environ: environment variables; ``AUTOFIX_TLS_CERT`` stands for ``--tls-cert``, and so on.

    Returns:
        The settings.

    Raises:
        SettingsError: when a value or a file cannot be read.
    """
    flags = vars(_parser().parse_args(argv))
    path = flags.pop("config", None) or environ.get(f"{_ENVIRONMENT}CONFIG")
    values = _from_file(path) if path else {}
    for name in Settings.__struct_fields__:
        if name not in _FILE_ONLY and (value := environ.get(_ENVIRONMENT + name.upper())):
            values[name] = value
    values |= flags
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(_message(str(error), values)) from None


def _message(error: str, values: Mapping[str, Any]) -> str:
    """Add the flag and the variable of the setting to an error of msgspec's."""
    text, _, path = error.partition(" - at `$.")
    name = path.rstrip("`")
    if name not in values:
        return f"settings: {error}"
    sources = f"--{name.replace('_', '-')}, {_ENVIRONMENT}{name.upper()}"
    return f"settings: {name} ({sources}): {values[name]!r}: {text}"


def _from_file(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}; check the path given with --config") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not TOML: {error}") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autofix-webhook",
        description="Mutating admission webhook that repairs Linkerd native-sidecar annotations.",
        epilog="Every flag can be set as AUTOFIX_FLAG in the environment, and as flag_name in the file.",
        argument_default=argparse.SUPPRESS,
        # What reads a Deployment, such as `autofix scan`, knows only whole names.
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"autofix-webhook {autofix.__version__}")
    parser.add_argument("--config", metavar="FILE", help="TOML file with settings")
    hints = get_type_hints(Settings, include_extras=True)
    for field in msgspec.structs.fields(Settings):
        if field.name not in _FILE_ONLY:
            meta = next(part for part in hints[field.name].__metadata__ if isinstance(part, Meta))
            default = "" if field.default in (None, "") else f" (default: {field.default})"
            parser.add_argument(
                f"--{field.name.replace('_', '-')}", metavar="VALUE", help=f"{meta.description}{default}"
            )
    return parser
