"""Keeps the self-managed certificate: in a Secret that all replicas share, and in the configuration.

Replicas agree through the Secret: each writes only on top of what it has read (resourceVersion), and takes
what another one wrote. What is in the Secret is served, and trusted by the API server, as soon as it is seen.
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
from autofix.kubeapi.client import MERGE, Api, ApiError
from autofix.kubeapi.informer import Copy, follow
from autofix.kubeapi.list import Object, Resource
from autofix.kubernetes.kinds import SECRET
from webhook.certificates.bundle import Material, from_data, to_data
from webhook.certificates.ca import canonical
from webhook.certificates.renewal import Policy, invalid, renewed
from webhook.certificates.tls import Served
from webhook.cluster.webhook_configurations import Configurations, publish, trusts
from webhook.serving.tasks import in_background
from webhook.settings import Settings, SettingsError

_LOG: Final = logging.getLogger("webhook")
# Clocks jump and machines sleep: the time is looked at again and again, and never waited for.
_LONGEST_PAUSE: Final = 30.0
# How long somebody else's certificate stays that is not valid by our time, when ours did not stay.
_PATIENCE: Final = 600.0
# However often others change what we keep, it is put right at most this often.
_SHORTEST_PAUSE: Final = 0.5


class _Secret(Object):
    data: dict[str, str] | None = None


class _PatienceError(Exception):
    """It is too early to overwrite what somebody else wrote."""


@dataclass(slots=True)
class Keeper:
    """What one replica knows of the certificate.

    Attributes:
        api: the connection.
        namespace, name: of the Secret.
        policy: what is wanted.
        configuration: name of our MutatingWebhookConfiguration; empty when somebody else keeps its caBundle.
        configurations: the cluster's.
        served: what takes the certificate.
        secret: the Secret as the API server has it.
        last: the last good material; it survives the Secret.
        serving: the material that is served.
        woken: set when there may be something to do.
        problem: why something could not be done; empty when all is well.
        overwrote: when it last overwrote a certificate that was not valid; in seconds of the clock's ticks.
    """

    api: Api
    namespace: str
    name: str
    policy: Policy
    configuration: str
    configurations: Configurations
    served: Served
    secret: Copy[_Secret, _Secret] = field(init=False)
    last: Material | None = None
    serving: Material | None = None
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    problem: str = ""
    overwrote: float | None = None

    def __post_init__(self) -> None:
        self.secret = Copy(
            Resource("secret", resource_path(SECRET, self.namespace), _Secret, self.name), lambda found: found
        )
        self.secret.changed = self.woken.set


@asynccontextmanager
async def certificate_kept(
    api: Api, settings: Settings, configurations: Configurations, served: Served
) -> AsyncIterator[tuple[Callable[[], Mapping[str, bool | None]], Callable[[], None]]]:
    """Keep and serve the certificate as long as the context is open.

    Args:
        api: the connection.
        settings: name the Secret, the certificate's names and lives, and our configuration.
        configurations: the cluster's, followed by somebody else.
        served: what takes the certificate; it has none until the API server has answered.

    Yields:
        The checks for the readiness probe, and what is to be called when a configuration has changed.

    Raises:
        SettingsError: when the settings do not fit together.
    """
    namespace, _, name = settings.tls_secret.partition("/")
    if not namespace or not name:
        raise SettingsError(f"--tls-secret {settings.tls_secret}: write it as NAMESPACE/NAME")
    policy = make_policy(settings)
    try:
        keeper = Keeper(api, namespace, name, policy, settings.configuration, configurations, served)
    except PathError as error:
        raise SettingsError(f"--tls-secret {settings.tls_secret}: {error}") from None
    async with in_background(follow(api, keeper.secret), _keep(keeper)):
        yield (lambda: _checks(keeper)), keeper.woken.set


def _checks(keeper: Keeper) -> Mapping[str, bool | None]:
    problem = keeper.secret.problem or keeper.problem
    why = invalid(keeper.serving, keeper.api.clock.now()) if keeper.serving else ""
    told = "; ".join(filter(None, (why, problem)))
    if keeper.serving is None or why:
        # Nobody can connect: let it be seen.
        return {f"certificate: {told}": False}
    return {f"certificate: {told}": None} if told else {"certificate": True}


def make_policy(settings: Settings) -> Policy:
    """Read the certificate's names and lives from the settings.

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


async def _keep(keeper: Keeper) -> None:
    pause = min(_LONGEST_PAUSE, keeper.policy.leaf_lifetime.total_seconds() / 10)
    while True:
        if keeper.secret.is_known:
            try:
                await _step(keeper)
                keeper.problem = ""
            except ApiError as error:
                _failed(keeper, error, calm=error.status == HTTPStatus.CONFLICT)
            except Exception as error:  # noqa: BLE001  # what is served now is served on; it is said and tried again
                _failed(keeper, error)
        await asyncio.sleep(min(_SHORTEST_PAUSE, pause))
        try:
            await asyncio.wait_for(keeper.woken.wait(), pause)
        except TimeoutError:
            continue
        finally:
            keeper.woken.clear()


def _failed(keeper: Keeper, error: Exception, *, calm: bool = False) -> None:
    """Say what went wrong, once; that another replica was first is no problem."""
    problem = "" if calm else str(error) or type(error).__name__
    if problem and problem != keeper.problem:
        _LOG.warning("cannot keep the certificate", extra={"secret": keeper.name, "reason": problem})
    keeper.problem = problem


async def _step(keeper: Keeper) -> None:
    """Do what is to be done now: renew, serve, publish."""
    found = next(iter(keeper.secret.objects.values()), None)
    stored = from_data(found.data or {}) if found else None
    # The API server's: replicas whose own clocks are apart decide the same.
    now = keeper.api.clock.now()
    material, reason = renewed(
        stored or keeper.last, keeper.policy, now, published=_is_published(keeper, stored)
    )
    if material != stored:
        strange = stored if stored and _is_strange(keeper, stored, now) else None
        if strange:
            _be_patient(keeper, strange, now)
        await _write(keeper, found, material)
        if strange:
            keeper.overwrote = keeper.api.clock.ticks()
        _LOG.info(
            "wrote the certificate", extra={"secret": keeper.name, "reason": reason or "it was not there"}
        )
    keeper.last = material
    _take(keeper, material)
    await _publish(keeper, material)


def _take(keeper: Keeper, material: Material) -> None:
    if keeper.serving is None or keeper.serving.leaf.certificate != material.leaf.certificate:
        _serve(material, keeper.served)
        keeper.serving = material


def _is_strange(keeper: Keeper, stored: Material, now: datetime) -> bool:
    """Tell whether somebody else has written what is not valid."""
    is_ours = keeper.last is not None and keeper.last.leaf.certificate == stored.leaf.certificate
    return not is_ours and bool(invalid(stored, now))


def _be_patient(keeper: Keeper, stored: Material, now: datetime) -> None:
    """Raise when such a certificate has been overwritten just now, and that did not help.

    Then ours is not valid by his time either. Whoever is right, they must not go on for ever.
    """
    if keeper.overwrote is not None and keeper.api.clock.ticks() - keeper.overwrote < _PATIENCE:
        if keeper.serving is None or invalid(keeper.serving, now):
            # The API server may be of the other's opinion.
            _take(keeper, stored)
        raise _PatienceError(
            "somebody else writes certificates that are not valid at this time, and they are overwritten "
            f"every {_PATIENCE / 60:g} minutes at most: compare the clocks of nodes and API servers"
        )


def _is_published(keeper: Keeper, stored: Material | None) -> bool:
    if not keeper.configuration:
        return True
    ours = keeper.configurations.objects.get(keeper.configuration)
    return stored is not None and trusts(ours, stored.bundle)


async def _write(keeper: Keeper, found: _Secret | None, material: Material) -> None:
    resource, data = keeper.secret.resource, to_data(material)
    if found is None:
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": keeper.name, "labels": {"app.kubernetes.io/name": "linkerd-autofix"}},
            "data": data,
        }
        answer = await keeper.api.request("POST", resource.path, body=secret)
    else:
        patch = {"metadata": {"resourceVersion": found.metadata.resource_version}, "data": data}
        answer = await keeper.api.request(
            "PATCH", resource.path.child(keeper.name), body=patch, content_type=MERGE
        )
    # The watch will say the same; until then this is what the next step has to build on.
    keeper.secret.objects[f"{keeper.namespace}/{keeper.name}"] = msgspec.json.decode(answer, type=_Secret)


async def _publish(keeper: Keeper, material: Material) -> None:
    if not keeper.configuration or not keeper.configurations.is_known:
        return
    ours = keeper.configurations.objects.get(keeper.configuration)
    if ours is not None and not trusts(ours, material.bundle):
        await publish(keeper.api, keeper.configuration, ours, material.bundle)


def _serve(material: Material, served: Served) -> None:
    # Python's ssl reads certificates from files only; these are there for a moment, for this user alone.
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = Path(folder) / "tls.crt", Path(folder) / "tls.key"
        certificate.write_bytes(material.chain_pem)
        key.touch(mode=0o600)
        key.write_bytes(material.key_pem)
        served.load(str(certificate), str(key))
