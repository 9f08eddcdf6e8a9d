"""What a curve of levels was made by: how much, when, into a vein or not."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ketworks.exposure.metric import Found

if TYPE_CHECKING:
    from ketworks.dose.regimen import DoseEvent, Regimen

SHARES = {"ketamine": (True, True), "s_ketamine": (True, False), "r_ketamine": (False, True)}
"""Which enantiomers of the dose a level counts, S and R."""


@dataclass(frozen=True)
class Dosing:
    """The doses behind one curve.

    Attributes:
        amount: mg of what the curve measures, over all doses; or why it is not known.
        mean_input: min from time 0, mean time of entry of all doses weighed by amount; or why it is not known.
        last: min, end of the last dose.
        starts: min, start of every dose.
        sessions: min, start of every session.
        alike: whether the first and the last session give the same doses.
        intravenous: whether all doses go into a vein.
    """

    amount: Found = "no dose was stated"
    mean_input: Found = "no dose was stated"
    last: float = 0.0
    starts: tuple[float, ...] = (0.0,)
    sessions: tuple[float, ...] = (0.0,)
    alike: bool = True
    intravenous: bool = False

    @property
    def shortest_interval(self) -> float:
        """Min between two sessions."""
        return min(later - earlier for earlier, later in pairwise(self.sessions))


def dosing_of(regimen: Regimen, analyte: str, molar_mass: float, weight: float) -> Dosing:
    """The doses of a regimen as far as they make one analyte.

    Args:
        regimen: what is given.
        analyte: second part of a signal's name: ``ketamine``, ``s_norketamine``, ...
        molar_mass: of the analyte, g/mol.
        weight: kg.
    """
    events = regimen.events()
    sessions = tuple(sorted({start for part in regimen.parts for start in part.calendar.times}))
    counted = SHARES.get(analyte, (True, True))
    sizes = [_milligrams(event, counted, molar_mass, weight) for event in events]
    total = sum(sizes)
    amount: Found = total
    mean: Found = "none of it was given"
    if total > 0.0:
        mean = sum(a * (event.time + 0.5 * event.duration) for a, event in zip(sizes, events, strict=True)) / total
    intravenous = all(event.route == "iv" for event in events)
    if len(events) > 1 and not intravenous:
        mean = "several doses, not all into a vein: the share of each differs, so the mean time of entry is unknown"
    if analyte not in SHARES:
        amount = f"{analyte.replace('_', '-')} was made by the body: how much is not known from its levels"
    return Dosing(
        amount,
        mean,
        max(event.end for event in events),
        tuple(event.time for event in events),
        sessions,
        _alike(events, sessions),
        intravenous,
    )


def _milligrams(event: DoseEvent, counted: tuple[bool, bool], molar_mass: float, weight: float) -> float:
    from ketworks.dose.amount import enantiomer_amounts

    both = enantiomer_amounts(event, weight)
    return sum(amount for amount, counts in zip(both, counted, strict=True) if counts) * molar_mass / 1000.0


def _alike(events: tuple[DoseEvent, ...], sessions: tuple[float, ...]) -> bool:
    """Whether the first and the last session give the same."""
    until = (*sessions[1:], float("inf"))

    def given(start: float, stop: float) -> list[tuple[float, float, str, float, str]]:
        return [
            (round(event.time - start, 6), event.amount, event.amount_unit, event.duration, event.route)
            for event in events
            if start <= event.time < stop
        ]

    return given(sessions[0], until[0]) == given(sessions[-1], until[-1])
