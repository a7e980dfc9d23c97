"""Does everything fit together? The checks of ``autofix doctor``: pure functions of what the cluster told.

To add a check, write a function in the module where it belongs, add it to that module's ``CHECKS``, and
describe it in docs/doctor.md under its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from autofix.cluster.doctor import certificates, control_plane, webhooks
from autofix.cluster.doctor.check import Check
from autofix.cluster.doctor.facts import Facts

CHECKS: Final[tuple[Callable[[Facts], Iterator[Check]], ...]] = (
    *control_plane.CHECKS,
    *webhooks.CHECKS,
    *certificates.CHECKS,
)


def judged(facts: Facts) -> list[Check]:
    """Return the results of all checks, in their order."""
    return [result for check in CHECKS for result in check(facts)]
