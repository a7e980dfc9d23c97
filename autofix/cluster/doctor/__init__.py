"""The checks of ``autofix doctor``: does everything fit together? They are pure functions of its facts.

To add a check, write a function in the module where it belongs, add it to that module's ``CHECKS``, and
describe it in docs/doctor.md under its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from autofix.cluster.doctor import certificates, control_plane, webhooks
from autofix.cluster.doctor.check import CheckResult
from autofix.cluster.doctor.facts import Facts

CHECKS: Final[tuple[Callable[[Facts], Iterator[CheckResult]], ...]] = (
    *control_plane.CHECKS,
    *webhooks.CHECKS,
    *certificates.CHECKS,
)


def run_checks(facts: Facts) -> list[CheckResult]:
    """Run all checks.

    Args:
        facts: what is known about the cluster.

    Returns:
        Their results, in the order of the checks; a check that does not apply has none.
    """
    return [result for check in CHECKS for result in check(facts)]
