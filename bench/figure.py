"""A measured figure beside its goal, and the table of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from tabulate import tabulate


class Goal(NamedTuple):
    """What a figure should be. A goal that no user feels is none.

    Attributes:
        limit: the most or the least that is wanted, in the unit of the figure.
        user: who feels it when the goal is missed, such as ``whoever creates Pods``.
        bound: whether ``limit`` is the most or the least.
    """

    limit: float
    user: str
    bound: Literal["at most", "at least"] = "at most"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    Attributes:
        what: what was measured, such as ``webhook, 9 KB Pod, one fix``.
        value: the figure.
        unit: ``x`` for a ratio, else ``µs``, ``ms``, ``s``, ``MB``.
        against: for a ratio, what it is a ratio to; empty for an absolute figure.
        goal: the goal; None for a figure that only informs.
        detail: absolute figures behind a ratio, or how it was measured; short.
    """

    what: str
    value: float
    unit: str
    against: str = ""
    goal: Goal | None = None
    detail: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        if self.goal is None:
            return None
        return (
            self.value <= self.goal.limit if self.goal.bound == "at most" else self.value >= self.goal.limit
        )


def table(figures: Iterable[Figure]) -> str:
    """Write figures as a Markdown table."""
    rows = [
        (
            figure.what,
            f"{_number(figure.value)} {figure.unit}",
            figure.against,
            f"{figure.goal.bound} {figure.goal.limit:g} {figure.unit}" if figure.goal else "",
            {None: "", True: "yes", False: "**no**"}[figure.met],
            figure.goal.user if figure.goal else "",
            figure.detail,
        )
        for figure in figures
    ]
    headers = ("what", "figure", "against", "goal", "met", "who feels it", "detail")
    return tabulate(rows, headers=headers, tablefmt="github", disable_numparse=True)


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
