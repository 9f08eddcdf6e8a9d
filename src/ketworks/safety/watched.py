"""What is watched in a session: which predicted signal stands for each reading, and the facts that rules ask of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
AWAKE = 5.0  # highest step of MOAA/S: a definition of that scale


class Watched(NamedTuple):
    """One reading.

    Attributes:
        key: its name in the conditions of the rules.
        label: for people.
        signals: what may stand for it; the first that a chain makes does.
        decimals: digits shown after the point.
    """

    key: str
    label: str
    signals: tuple[str, ...]
    decimals: int


WATCHED = (
    Watched("systolic", "systolic", ("body.cuff_systolic", "body.systolic"), 0),
    Watched("diastolic", "diastolic", ("body.cuff_diastolic", "body.diastolic"), 0),
    Watched("heart_rate", "heart rate", ("body.cuff_heart_rate", "body.heart_rate"), 0),
    Watched("moaas", "MOAA/S", ("mind.moaas",), 0),
    Watched("ladder", "ladder 0-4", ("mind.sedation",), 0),
    Watched("cadss", "CADSS", ("mind.cadss",), 0),
    Watched("unresponsive", "P(unresponsive)", ("mind.unresponsive",), 2),
    Watched("ventilation", "ventilation", ("organs.ventilation",), 1),
)
_RISES = ("systolic", "diastolic")


def watched_by(made: Collection[str]) -> dict[str, str]:
    """The signal that stands for each reading, by key, where a chain makes one."""
    found = {}
    for one in WATCHED:
        signal = next((name for name in one.signals if name in made), None)
        if signal is not None:
            found[one.key] = signal
    if "moaas" in found:
        found.pop("ladder", None)  # the scale itself is there
    return found


def facts_of(tables: Mapping[str, Floats]) -> dict[str, Floats]:
    """Readings and what the rules make of them, each of shape (people, times): rises over the value before the dose.

    Where no MOAA/S is predicted, the ladder of altered consciousness stands for it (assumed): steps 0 and 1, clear and
    altered perception, are awake; each further step is one less.

    Args:
        tables: readings by key, shape (people, times); the first time is before the dose.
    """
    facts = dict(tables)
    for key in _RISES:
        if key in tables:
            before = tables[key][:, :1]
            facts[f"{key}_rise"] = tables[key] - before
            facts[f"{key}_rise_percent"] = 100.0 * (tables[key] / before - 1.0)
    if "moaas" not in facts and "ladder" in facts:
        facts["moaas"] = AWAKE - np.maximum(facts["ladder"] - 1.0, 0.0)
    return facts
