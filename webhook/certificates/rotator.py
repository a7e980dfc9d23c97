"""Rotates the certificate in a Secret that all replicas share, and the caBundle of our configuration.

Replicas agree through the Secret: each replica writes only on top of what it has read (resourceVersion), and
takes over what another replica wrote. A replica serves the certificate in the Secret as soon as it reads it,
and makes the API server trust it.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Final

import msgspec

from autofix.kubeapi.api_path import PathError, resource_path
from autofix.kubeapi.client import MERGE_PATCH, Api, ApiError
from autofix.kubeapi.informer import Informer, run_informer
from autofix.kubeapi.list import Resource
from autofix.kubeapi.types import MutatingWebhookConfiguration, Secret
from autofix.kubernetes.kinds import SECRET
from webhook.certificates.bundle import CertificateBundle, from_data, to_data
from webhook.certificates.ca import canonical
from webhook.certificates.ca_bundle import publish, trusts
from webhook.certificates.renewal import Policy, renew, validity_problem
from webhook.certificates.tls import ServedCertificate
from webhook.serving.tasks import in_background
from webhook.settings import Settings, SettingsError

_LOG: Final = logging.getLogger("webhook")
# Clocks jump and machines sleep. So the rotator often reads the time, and never sleeps until a certain time.
_LONGEST_PAUSE: Final = 30.0
# A certificate of another writer that is not valid by our time is overwritten once in this time.
_PATIENCE: Final = 600.0
# However often others change the Secret, the rotator corrects it at most this often.
_SHORTEST_PAUSE: Final = 0.5


class _PatienceError(Exception):
    """It is too early to overwrite what somebody else wrote."""


@dataclass(slots=True)
class Rotator:
    """The state of the rotation in one replica.

    Attributes:
        api: the connection.
        namespace, name: of the Secret.
        policy: which certificates it makes.
        configuration: name of our MutatingWebhookConfiguration; empty when another program writes the
            caBundle.
        configurations: the cluster's.
        served: takes the certificate.
        secret: the Secret as the API server has it.
        last: the last good bundle; it survives the Secret.
        serving: the bundle that is served.
        woken: set when there may be something to do.
        problem: why something could not be done; empty when all is well.
        overwrote: when it last overwrote a certificate that was not valid; in seconds of the clock's ticks.
    """

    api: Api
    namespace: str
    name: str
    policy: Policy
    configuration: str
    configurations: Informer[MutatingWebhookConfiguration, MutatingWebhookConfiguration]
    served: ServedCertificate
    secret: Informer[Secret, Secret] = field(init=False)
    last: CertificateBundle | None = None
    serving: CertificateBundle | None = None
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    problem: str = ""
    overwrote: float | None = None

    def __post_init__(self) -> None:
        resource = Resource("secret", resource_path(SECRET, self.namespace), Secret, self.name)
        self.secret = Informer(resource, lambda secret: secret)
        self.secret.on_change = self.woken.set


@asynccontextmanager
async def rotate_certificate(
    api: Api,
    settings: Settings,
    configurations: Informer[MutatingWebhookConfiguration, MutatingWebhookConfiguration],
    served: ServedCertificate,
) -> AsyncIterator[tuple[Callable[[], Mapping[str, bool | None]], Callable[[], None]]]:
    """Rotate and serve the certificate as long as the context is open.

    Args:
        api: the connection.
        settings: name the Secret, the certificate's names and lives, and our configuration.
        configurations: the cluster's; the caller runs the informer.
        served: takes the certificate; it has no certificate until the API server has answered.

    Yields:
        The checks for the readiness probe, and a function to call when a configuration has changed.

    Raises:
        SettingsError: when the settings do not fit together.
    """
    namespace, _, name = settings.tls_secret.partition("/")
    if not namespace or not name:
        raise SettingsError(f"--tls-secret {settings.tls_secret}: write it as NAMESPACE/NAME")
    policy = make_policy(settings)
    try:
        rotator = Rotator(api, namespace, name, policy, settings.configuration, configurations, served)
    except PathError as error:
        raise SettingsError(f"--tls-secret {settings.tls_secret}: {error}") from None
    async with in_background(run_informer(api, rotator.secret), _rotate(rotator)):
        yield (lambda: _checks(rotator)), rotator.woken.set


def _checks(rotator: Rotator) -> Mapping[str, bool | None]:
    problem = rotator.secret.problem or rotator.problem
    why = validity_problem(rotator.serving, rotator.api.clock.now()) if rotator.serving else ""
    text = "; ".join(filter(None, (why, problem)))
    if rotator.serving is None or why:
        # Nobody can connect: the probe must fail.
        return {f"certificate: {text}": False}
    return {f"certificate: {text}": None} if text else {"certificate": True}


def make_policy(settings: Settings) -> Policy:
    """Read the certificate's names and lives from the settings.

    Args:
        settings: the settings.

    Returns:
        The policy.

    Raises:
        SettingsError: when there are no names, or a certificate could outlive its authority.
    """
    names = tuple(canonical(name.strip()) for name in settings.tls_names.split(",") if name.strip())
    if not names:
        raise SettingsError("--tls-secret needs --tls-names, such as linkerd-autofix.linkerd-autofix.svc")
    if 3 * settings.certificate_lifetime_seconds > settings.authority_lifetime_seconds:
        raise SettingsError(
            "--certificate-lifetime-seconds: at most a third of --authority-lifetime-seconds, so that no "
            "certificate outlives the CA that signed it"
        )
    return Policy(
        names,
        timedelta(seconds=settings.authority_lifetime_seconds),
        timedelta(seconds=settings.certificate_lifetime_seconds),
    )


async def _rotate(rotator: Rotator) -> None:
    pause = min(_LONGEST_PAUSE, rotator.policy.leaf_lifetime.total_seconds() / 10)
    while True:
        if rotator.secret.is_known:
            try:
                await _step(rotator)
                rotator.problem = ""
            except ApiError as error:
                _failed(rotator, error, calm=error.status == HTTPStatus.CONFLICT)
            except Exception as error:  # noqa: BLE001  # the certificate is still served; the log has it, and the next try follows
                _failed(rotator, error)
        await asyncio.sleep(min(_SHORTEST_PAUSE, pause))
        try:
            await asyncio.wait_for(rotator.woken.wait(), pause)
        except TimeoutError:
            continue
        finally:
            rotator.woken.clear()


def _failed(rotator: Rotator, error: Exception, *, calm: bool = False) -> None:
    """Log an error once. It is no problem that another replica was first."""
    problem = "" if calm else str(error) or type(error).__name__
    if problem and problem != rotator.problem:
        _LOG.warning("cannot keep the certificate", extra={"secret": rotator.name, "reason": problem})
    rotator.problem = problem


async def _step(rotator: Rotator) -> None:
    """Renew, serve and publish what is due now."""
    secret = next(iter(rotator.secret.objects.values()), None)
    stored = from_data(secret.data or {}) if secret else None
    # The API server's clock: replicas whose own clocks are apart decide the same.
    now = rotator.api.clock.now()
    bundle, reason = renew(
        stored or rotator.last, rotator.policy, now, published=_is_published(rotator, stored)
    )
    if bundle != stored:
        strange = stored if stored and _is_strange(rotator, stored, now) else None
        if strange:
            _be_patient(rotator, strange, now)
        await _write(rotator, secret, bundle)
        if strange:
            rotator.overwrote = rotator.api.clock.ticks()
        _LOG.info(
            "wrote the certificate", extra={"secret": rotator.name, "reason": reason or "it was not there"}
        )
    rotator.last = bundle
    _take(rotator, bundle)
    await _publish(rotator, bundle)


def _take(rotator: Rotator, bundle: CertificateBundle) -> None:
    if rotator.serving is None or rotator.serving.leaf.certificate != bundle.leaf.certificate:
        _serve(bundle, rotator.served)
        rotator.serving = bundle


def _is_strange(rotator: Rotator, stored: CertificateBundle, now: datetime) -> bool:
    """Tell whether somebody else has written a certificate that is not valid."""
    is_ours = rotator.last is not None and rotator.last.leaf.certificate == stored.leaf.certificate
    return not is_ours and bool(validity_problem(stored, now))


def _be_patient(rotator: Rotator, stored: CertificateBundle, now: datetime) -> None:
    """Raise when such a certificate was overwritten a short time ago, and that did not help.

    Then our certificate is not valid by the clock of the other writer. The two must not overwrite each other
    for ever.
    """
    if rotator.overwrote is not None and rotator.api.clock.ticks() - rotator.overwrote < _PATIENCE:
        if rotator.serving is None or validity_problem(rotator.serving, now):
            # The API server's clock may agree with the other writer.
            _take(rotator, stored)
        raise _PatienceError(
            "somebody else writes certificates that are not valid at this time, and they are overwritten "
            f"every {_PATIENCE / 60:g} minutes at most: compare the clocks of nodes and API servers"
        )


def _is_published(rotator: Rotator, stored: CertificateBundle | None) -> bool:
    if not rotator.configuration:
        return True
    ours = rotator.configurations.objects.get(rotator.configuration)
    return stored is not None and trusts(ours, stored.ca_bundle)


async def _write(rotator: Rotator, secret: Secret | None, bundle: CertificateBundle) -> None:
    resource, data = rotator.secret.resource, to_data(bundle)
    if secret is None:
        body = {
            "apiVersion": SECRET.api_version,
            "kind": SECRET.kind,
            "metadata": {"name": rotator.name, "labels": {"app.kubernetes.io/name": "linkerd-autofix"}},
            "data": data,
        }
        answer = await rotator.api.request("POST", resource.path, body=body)
    else:
        patch = {"metadata": {"resourceVersion": secret.metadata.resource_version}, "data": data}
        answer = await rotator.api.request(
            "PATCH", resource.path.child(rotator.name), body=patch, content_type=MERGE_PATCH
        )
    # The watch will bring the same; until then the next step builds on this.
    rotator.secret.objects[f"{rotator.namespace}/{rotator.name}"] = msgspec.json.decode(answer, type=Secret)


async def _publish(rotator: Rotator, bundle: CertificateBundle) -> None:
    if not rotator.configuration or not rotator.configurations.is_known:
        return
    ours = rotator.configurations.objects.get(rotator.configuration)
    if ours is not None and not trusts(ours, bundle.ca_bundle):
        await publish(rotator.api, ours, bundle.ca_bundle)


def _serve(bundle: CertificateBundle, served: ServedCertificate) -> None:
    # Python's ssl reads certificates from files only; these exist for a moment, for this user alone.
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = Path(folder) / "tls.crt", Path(folder) / "tls.key"
        certificate.write_bytes(bundle.chain_pem)
        key.touch(mode=0o600)
        key.write_bytes(bundle.key_pem)
        served.load(str(certificate), str(key))
