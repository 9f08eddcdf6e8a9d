"""A second blocked arm for the drug: concentration enters the kinetic scheme directly instead of as a changed k_u."""

from __future__ import annotations

import numpy as np

from ketworks.circuit.published.nmda_scheme import (
    BLOCKED,
    OPEN,
    STATES,
    Arm,
    Floats,
    Scheme,
    generator,
    join,
    join_arm,
    steady,
)

DRUG = ("OK", "CAAK", "DK", "CAK", "CK")
ALL = STATES + DRUG
WITH_DRUG = slice(len(STATES), len(ALL))


def drug_generator(
    s: Scheme, glutamate: float, voltage: float, entry: float, leave: float, arm: Arm | None = None
) -> Floats:
    """The matrix of the 15 states, 1/ms.

    Equation:  as ``nmda_scheme.generator`` with O = OK, and an arm like the others behind OK

    ======  =============================================================  =======
    entry   drug enters a free open channel: k_on times its concentration  1/ms
    leave   drug leaves an open channel: k_on times its Kd                  1/ms
    arm     gating with the drug inside; None: as without                   -
    ======  =============================================================  =======

    Source: derived; ketamine shares the deep site of magnesium and is trapped when the gate closes.
    Leaves out: entry through the membrane, escape from closed channels.
    """
    q = np.zeros((len(ALL), len(ALL)))
    q[: len(STATES), : len(STATES)] = generator(s, glutamate, voltage)
    gate, two, desensitised, one, none = range(len(STATES), len(ALL))
    join_arm(q, (none, one, two, desensitised, gate), arm or s.free, s.bind * glutamate)
    join(q, OPEN, gate, entry, leave)
    return q


def drug_share(
    s: Scheme, glutamate: float, voltage: float, entry: float, leave: float, arm: Arm | None = None
) -> float:
    """Share of receptors that hold the drug at equilibrium.

    Equation:  sum of the drug arm's states where Q x = 0.
    """
    return float(steady(drug_generator(s, glutamate, voltage, entry, leave, arm))[WITH_DRUG].sum())


def gate_open_share(s: Scheme, glutamate: float, voltage: float) -> float:
    """Share of receptors whose gate is open, magnesium inside or not: the Po of the trapping kinetics."""
    occupancy = steady(generator(s, glutamate, voltage))
    return float(occupancy[OPEN] + occupancy[BLOCKED])


def settling(s: Scheme, glutamate: float, voltage: float, entry: float, leave: float) -> float:
    """Time constant in ms with which the drug comes to equilibrium: the slowest mode of the 15 states.

    Equation:  tau = -1 / (largest eigenvalue below 0)
    """
    modes = np.sort(np.linalg.eigvals(drug_generator(s, glutamate, voltage, entry, leave)).real)
    return float(-1.0 / modes[-2])
