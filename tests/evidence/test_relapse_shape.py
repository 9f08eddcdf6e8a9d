"""How hazards of losing a response come out: nothing of their shape is typed in."""

from __future__ import annotations

import numpy as np
import pytest

import ketworks as kw
from ketworks.outcome import signals

PEOPLE = kw.Cohort(1500, seed=11)


def hazards(regimen: str, outcome: str, start: float, edges: list[float]) -> tuple[np.ndarray, int]:
    """Per day and interval, hazard of being without response for the first time, of those who respond on day ``start``.

    Seen every day, like a person who rates daily.
    """
    days = np.arange(start, edges[-1] + 0.5)
    times = [f"{day:g} d" for day in (0.0, *days)]
    found = kw.simulate(regimen, PEOPLE, kw.Chain(outcome=outcome), [signals.RESPONSE], times)
    table = found.tables[signals.RESPONSE][:, 1:]
    held = np.minimum.accumulate(table[table[:, 0] > 0.5], axis=1)
    left = np.array([held[:, np.searchsorted(days, edge)].mean() for edge in edges])
    return -np.diff(np.log(np.maximum(left, 1e-9))) / np.diff(edges), len(held)


def test_after_one_dose_the_hazard_rises_first() -> None:
    """A score that drifts back meets the threshold later than at once, as in untreated series."""
    found, people = hazards("0.5 mg/kg iv over 40 min", "drug-only", 1.0, [1.0, 2.0, 5.0, 10.0])
    assert people > 50
    assert found[0] < found[1] < 1.5 * found[2]


@pytest.mark.slow
def test_in_a_mixed_group_on_an_antidepressant_the_hazard_falls() -> None:
    """Frailty: those whose own course was poor lose the response first, as months after an induction series."""
    six = "0.5 mg/kg iv over 40 min, twice weekly for 3 weeks"
    found, people = hazards(six, "antidepressant", 21.0, [21.0, 51.0, 111.0, 201.0])
    assert people > 300
    assert found[0] > 1.5 * found[1] > 1.5 * found[2] > 0.0
