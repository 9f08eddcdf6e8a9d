"""Which output moves first as the dose grows, and what glutamate does at the rat's five doses."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ketworks.circuit.rat_dose import RAT_DOSES, equivalent_level
from ketworks.registry import make
from ketworks.rivals.response import COUNTS, OBSERVABLES, RATES, UNITS, Exposure, Floats, responses

AXIS = np.concatenate([np.geomspace(0.02, 1.0, 30)[:-1], np.geomspace(1.0, 20.0, 24)])


class Order(NamedTuple):
    """What one circuit does over the dose axis.

    Attributes:
        first_moves: by observable, the lowest multiple of the exposure at which it has moved by what counts as a
            change (1 % of baseline, 0.1 dB, slope 0.01) and its direction there; absent where it never does.
        interneurons_first: whether SST or PV cells fall at a lower level than pyramidal cells rise; None where
            pyramidal cells never rise.
        glutamate: steady change in % of baseline at the levels that stand for the rat's doses, by mg/kg.
    """

    first_moves: dict[str, tuple[float, str]]
    interneurons_first: bool | None
    glutamate: dict[float, float]


def order_over_dose(circuit: str, to: Exposure) -> Order:
    """Moves along multiples of an exposure from a fiftieth to twentyfold.

    The axis is dose, not time: block settles within seconds and the column within milliseconds, so at any moment of
    an infusion every class is at rest with the level of that moment. While the level rises, a lower level is an earlier
    time; that is the only order in time that the model can state.
    """
    levels = np.array([rat_multiple(to, dose) for dose in RAT_DOSES])
    change = responses(circuit, to, np.concatenate([AXIS, levels])).change[0]
    moves = {}
    for i, name in enumerate(OBSERVABLES):
        crossed = np.abs(change[i, : AXIS.size]) >= COUNTS[UNITS[name]]
        if crossed.any():
            place = int(np.argmax(crossed))
            moves[name] = (float(AXIS[place]), "up" if change[i, place] > 0 else "down")
    glutamate = change[OBSERVABLES.index("circuit.glutamate"), AXIS.size :]
    return Order(moves, _interneurons_first(change), dict(zip(RAT_DOSES, glutamate.tolist(), strict=True)))


def rat_multiple(to: Exposure, dose: float) -> float:
    """The multiple of an exposure whose level in the brain stands for a rat's dose in mg/kg."""
    rows = make("circuit", "disinhibition-sst").parameters()
    unbound = make("receptor", to.receptor).parameters()["unbound.ketamine"].canonical
    return equivalent_level({key: row.canonical for key, row in rows.items()}, dose, unbound) / to.active


def _interneurons_first(change: Floats) -> bool | None:
    """Whether either interneuron class passes -1 % before pyramidal cells pass +1 %."""
    rate = {name: change[OBSERVABLES.index(name), : AXIS.size] for name in RATES}
    least = COUNTS["%"]
    rises = np.flatnonzero(rate[RATES[0]] >= least)
    if rises.size == 0:
        return None
    falls = [np.flatnonzero(rate[name] <= -least) for name in RATES[1:]]
    return any(found.size > 0 and bool(found[0] < rises[0]) for found in falls)
