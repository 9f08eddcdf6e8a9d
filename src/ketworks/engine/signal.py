"""A signal: one named, unit-carrying time course that a stage makes and another may need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["value", "sign", "share"]


@dataclass(frozen=True)
class Signal:
    """What a stage promises to make.

    Attributes:
        name: ``stage.quantity[.site|.region]``, for example ``plasma.ketamine.venous``.
        unit: unit of the array, parseable by pint (``"1"`` for a fraction).
        label: words for axes and tables, without the unit.
        color: the one colour of this quantity in every picture (hex).
        meaning: one sentence for ``ketworks why``.
        kind: ``value`` (a number), ``sign`` (the evidence supports only the direction of change; tables print
            up, down or flat and not a number that looks exact) or ``share`` (0 or 1 for one person, a share of
            people for a cohort).
        baseline: value without drug, where "change" is measured from; ``None`` when the first time point serves.
        molar_mass: g/mol of the substance of a concentration; lets the chain convert ng/mL and umol/L.
        headline: shown in the default table and report.
    """

    name: str
    unit: str
    label: str
    color: str
    meaning: str
    kind: Kind = "value"
    baseline: float | None = None
    molar_mass: float | None = None
    headline: bool = False

    @property
    def stage(self) -> str:
        """Name of the stage that makes this signal."""
        return self.name.split(".", 1)[0]


@dataclass(frozen=True)
class Need:
    """A signal that a stage reads, in the unit in which its equations are written."""

    name: str
    unit: str
