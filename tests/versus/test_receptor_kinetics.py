"""The stepped kinetics against a general solver on the same equation, with inputs that move."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ketworks.receptor.stage import SUBUNITS, TrappingBlock
from ketworks.receptor.trapping_block import trapping_rate
from ketworks.receptor.without_dose import block_over_time

P = {key: row.canonical for key, row in TrappingBlock.parameters().items()}
TIMES = np.array([0.0, 0.3, 1.0, 3.0, 4.0, 8.0])


def level(t: float) -> float:
    return float(5.0 * np.exp(-t / 3.0))


def voltage(t: float) -> float:
    return float(-60.0 + 15.0 * np.sin(5.0 * t))


def opening(t: float) -> float:
    return 0.02 if t < 4.0 else 0.0005


def right_hand_side(drug: str, t: float, trapped: np.ndarray) -> np.ndarray:
    """The equation once more, from the rows, with no code of the package but the rate itself."""
    v = voltage(t)
    pairs = np.array([[P[f"ic50.{q}_free"], P[f"ic50.{q}_magnesium"]] for q in SUBUNITS])
    k_mg = P["ic50.magnesium"] / (pairs[:, 1] / pairs[:, 0] - 1.0) * np.exp(P["magnesium.slope"] * (v + 66.0))
    free = 1.0 / (1.0 + P["magnesium.brain"] / k_mg)
    memantine = drug == "memantine"
    at_table = np.array([P[f"memantine.ic50_{q}"] for q in SUBUNITS]) if memantine else pairs[:, 0]
    kd = at_table * np.exp(P["block.electrical_distance"] * (v + 66.0) / P["block.thermal_voltage"])
    escape = P["memantine.escape_share"] / P["memantine.escape_time"] if memantine else 0.0
    return np.asarray(trapping_rate(trapped, level(t), kd, free, opening(t), P["kinetics.k_on"], escape))  # type: ignore[arg-type]


@pytest.mark.parametrize("drug", ["ketamine", "memantine"])
def test_moving_inputs_agree_with_lsoda(drug: str) -> None:
    found = block_over_time(drug, level, voltage, opening, times=TIMES, start=0.2)
    share = np.full(4, 0.2)
    for i, (begin, end) in enumerate(pairwise(TIMES)):  # a jump of activity stands at an edge
        inside = end - 1e-12
        solved = solve_ivp(
            lambda t, k, last=inside: right_hand_side(drug, min(t, last), k),
            *((begin, end), share),
            method="LSODA",
            rtol=1e-10,
            atol=1e-12,
            max_step=0.05,
        )
        share = solved.y[:, -1]
        assert np.max(np.abs(found.share[i + 1] - share)) <= found.error <= 1e-6  # the estimate is not too kind
