"""What all tests share: how hypothesis runs, a certificate for those that serve, and the parsers of YAML."""

from __future__ import annotations

import pytest
import yaml
from certificates import Certificates, make_certificates
from hypothesis import HealthCheck, settings

from autofix.text.yaml import parsing

# How long an example takes says nothing on a busy machine. What fails prints how to run it again.
# Each run tries other examples; hypothesis itself would not do so where the variable CI is set.
settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
    derandomize=False,
)
settings.load_profile("house")


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture(params=["libyaml", "Python"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both parsers of PyYAML, one after the other."""
    if request.param == "Python":
        monkeypatch.setattr(parsing, "_LOADER", parsing._SLOW_LOADER)
    elif not hasattr(yaml, "CSafeLoader"):
        pytest.skip("PyYAML was built without libyaml")
