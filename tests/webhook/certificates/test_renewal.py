"""When certificates are renewed: a pure function, tried at every time and after every mishap."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from webhook.certificates.bundle import FIELDS, CertificateBundle, from_data, to_data
from webhook.certificates.ca import names_of
from webhook.certificates.renewal import Policy, renew
from webhook.certificates.rotator import make_policy
from webhook.settings import Settings, SettingsError

NOW = datetime(2026, 11, 23, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY = Policy(("linkerd-autofix.linkerd-autofix.svc", "127.0.0.1"), 90 * DAY, 30 * DAY)


def fresh(now: datetime = NOW) -> CertificateBundle:
    return renew(None, POLICY, now, published=False)[0]


def works(bundle: CertificateBundle, now: datetime, trusted: tuple[x509.Certificate, ...] = ()) -> bool:
    """Whether a client with this bundle accepts what is served."""
    leaf = bundle.leaf.certificate
    for authority in trusted or bundle.trusted:
        if authority.subject == leaf.issuer:
            leaf.verify_directly_issued_by(authority)
            ends = min(authority.not_valid_after_utc, leaf.not_valid_after_utc)
            return leaf.not_valid_before_utc <= now < ends
    return False


def test_the_first_certificate_has_the_wanted_names() -> None:
    bundle = fresh()
    assert works(bundle, NOW)
    assert names_of(bundle.leaf.certificate) == frozenset(POLICY.names)
    assert renew(bundle, POLICY, NOW + DAY, published=True) == (bundle, "")


def test_the_leaf_is_renewed_after_two_thirds_once_its_authority_is_published() -> None:
    bundle, later = fresh(), NOW + 21 * DAY
    assert renew(bundle, POLICY, later, published=False) == (bundle, "")
    after, reason = renew(bundle, POLICY, later, published=True)
    assert "two thirds of the certificate's life" in reason
    assert after.trusted == bundle.trusted
    assert after.leaf != bundle.leaf


def test_a_new_authority_is_trusted_beside_the_old_one_before_it_signs() -> None:
    bundle, later = fresh(), NOW + 61 * DAY
    bundle = renew(bundle, POLICY, NOW + 50 * DAY, published=True)[0]
    after, reason = renew(bundle, POLICY, later, published=True)
    assert "two thirds of the CA's life" in reason
    assert after.trusted == (after.authority.certificate, bundle.authority.certificate)
    assert after.leaf == bundle.leaf
    assert works(after, later, bundle.trusted), "an API server that knows only the old bundle connects"


@pytest.mark.parametrize("jump", [30 * DAY, 400 * DAY, 4000 * DAY, -DAY, -4000 * DAY])
def test_after_a_jump_of_the_clock_one_step_makes_it_work_again(jump: timedelta) -> None:
    bundle, reason = renew(fresh(), POLICY, NOW + jump, published=False)
    assert reason == "the certificate is not valid at this time"
    assert works(bundle, NOW + jump)
    assert renew(bundle, POLICY, NOW + jump, published=True) == (bundle, "")


def test_other_names_make_a_new_leaf_of_the_same_authority() -> None:
    bundle = fresh()
    policy = replace(POLICY, names=("other.svc",))
    after, reason = renew(bundle, policy, NOW, published=False)
    assert reason == "the certificate has other names"
    assert after.trusted == bundle.trusted
    assert names_of(after.leaf.certificate) == {"other.svc", *POLICY.names}


def test_replicas_with_old_and_new_names_agree_on_one_certificate() -> None:
    policy = replace(POLICY, names=("other.svc",))
    both, _ = renew(fresh(), policy, NOW, published=True)
    for own_policy in (policy, POLICY):
        assert renew(both, own_policy, NOW, published=True) == (both, "")
    later = NOW + 2 * POLICY.leaf_lifetime / 3
    alone, reason = renew(both, policy, later, published=True)
    assert "two thirds of the certificate's life" in reason
    assert names_of(alone.leaf.certificate) == {"other.svc"}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("2001:DB8::1", "2001:db8::1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("Web.Shop.svc", "web.shop.svc"),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_names_are_compared_as_a_certificate_holds_them(written: str, name: str) -> None:
    policy = make_policy(Settings(tls_secret="a/b", tls_names=written))  # noqa: S106  # no secret
    assert policy.names == (name,)
    bundle, _ = renew(None, policy, NOW, published=True)
    assert renew(bundle, policy, NOW, published=True) == (bundle, "")


def test_a_leaf_of_a_stranger_is_replaced() -> None:
    bundle = replace(fresh(), leaf=fresh().leaf)
    after, reason = renew(bundle, POLICY, NOW, published=True)
    assert "has signed" in reason
    assert works(after, NOW)


@settings(max_examples=40)
@given(st.lists(st.integers(1, 40), min_size=5, max_size=40))
def test_whenever_it_looks_neither_old_nor_new_clients_are_lost(hours: list[int]) -> None:
    """Looking at least every 40 hours: each step works with its own bundle and with the one before."""
    now, bundle = NOW, fresh()
    for pause in hours:
        now += timedelta(hours=pause * 10)
        before = bundle
        bundle, _ = renew(before, POLICY, now, published=True)
        assert works(bundle, now)
        if before.leaf.certificate.not_valid_after_utc > now:
            assert works(bundle, now, before.trusted)
        assert all(authority.not_valid_after_utc > now for authority in bundle.trusted) or bundle == before
        assert len(bundle.trusted) <= 3


def test_a_secret_holds_it_all() -> None:
    bundle = fresh()
    data = to_data(bundle)
    read_again = from_data(data)
    assert read_again is not None
    assert to_data(read_again) == data
    assert base64.b64decode(read_again.ca_bundle) == base64.b64decode(data["ca.crt"])


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("broken", [None, "", "%%%", base64.b64encode(b"nonsense").decode()])
def test_a_secret_of_which_a_part_is_broken_is_none(field: str, broken: str | None) -> None:
    data = to_data(fresh())
    if broken is None:
        del data[field]
    else:
        data[field] = broken
    assert from_data(data) is None


def test_keys_that_do_not_fit_their_certificates_are_none() -> None:
    mine, other = to_data(fresh()), to_data(fresh())
    assert from_data(mine | {"tls.key": other["tls.key"]}) is None
    assert from_data(mine | {"ca.key": other["ca.key"]}) is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tls_names": ""}, "needs --tls-names"),
        ({"tls_names": " , "}, "needs --tls-names"),
        ({"tls_names": "a", "certificate_lifetime_seconds": 20}, "at most a third"),
    ],
)
def test_settings_that_do_not_fit_are_said(changes: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        make_policy(Settings(**{"tls_secret": "a/b", "authority_lifetime_seconds": 30, **changes}))  # type: ignore[arg-type]
