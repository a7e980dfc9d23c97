"""Whether the API server trusts the certificate that we serve."""

from __future__ import annotations

import pytest

from autofix.kubeapi.types import MutatingWebhook, MutatingWebhookConfiguration, WebhookClientConfig
from webhook.certificates.ca_bundle import trusts


def with_bundles(**bundles: str) -> MutatingWebhookConfiguration:
    return MutatingWebhookConfiguration(
        webhooks=[
            MutatingWebhook(name=name, client_config=WebhookClientConfig(bundle))
            for name, bundle in bundles.items()
        ]
    )


@pytest.mark.parametrize(
    ("configuration", "answer"),
    [
        (None, False),
        (with_bundles(a="right", b="right"), True),
        (with_bundles(a="wrong"), False),
        (with_bundles(a="right", b=""), False),
    ],
)
def test_every_webhook_needs_the_ca_bundle(
    configuration: MutatingWebhookConfiguration | None, answer: bool
) -> None:
    assert trusts(configuration, "right") is answer
