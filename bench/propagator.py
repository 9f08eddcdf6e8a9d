"""The exact propagator against SciPy's LSODA on the same work, both held to a third way: matrix exponentials.

The rate matrix is written out here from the published equations, so that nothing of the propagator checks itself.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from measure import Row, best_of
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from ketworks.engine.jax_setup import set_up
from ketworks.engine.propagate import Channel, propagate
from ketworks.plasma.arm_bridge import ArmBridge, add_vein, arm_bridge
from ketworks.plasma.combined.model import Combined
from ketworks.plasma.layout import Layout
from ketworks.plasma.simons2022 import equations as simons2022

# places of the states written out below: the core in the order of its file, then the bridge
K1, K2, K3, T1, T2, N1, N2, U1, U2, H1, H2, EXCESS, K_VEIN, N_VEIN = range(14)
STATES = 14
Floats = NDArray[np.float64]
INFUSION, END, STEP = 40.0, 1440.0, 1.0  # min
AMOUNT = 84.0  # umol of one enantiomer, about 0.25 mg/kg at 80 kg
WEIGHT = 80.0  # kg
PEOPLE = 128
RTOL, ATOL = 1e-10, 1e-14


class Problem(NamedTuple):
    constants: simons2022.Constants
    bridge: ArmBridge
    times: Floats


def problem(people: int) -> Problem:
    p = {key: jnp.asarray(row.canonical) for key, row in Combined.parameters().items()}
    weight = jnp.full(people, WEIGHT)
    spread = jnp.linspace(-2.0, 2.0, people) if people > 1 else jnp.zeros(1)
    eta = {f"plasma.{name}": spread for name in simons2022.RANDOM_EFFECTS}
    constants = simons2022.individual_constants(p, weight, eta)
    return Problem(constants, arm_bridge(p, constants.v1, weight), np.arange(0.0, END + STEP, STEP))


def dense(work: Problem, person: int) -> tuple[Floats, Floats, Floats]:
    """Rate matrix, entry of one umol, and readings of one person, written out from the equations."""
    c = {name: float(np.asarray(value)[person]) for name, value in work.constants._asdict().items()}
    arm = float(np.broadcast_to(work.bridge.arm, work.constants.v1.shape)[person])
    fill = float(np.broadcast_to(work.bridge.fill, work.constants.v1.shape)[person])
    kt, ku = 2.0 / c["delay_n"], 2.0 / c["delay_h"]
    flows = [  # from, to, rate; None is out
        (K1, K2, c["q2"] / c["v1"]), (K2, K1, c["q2"] / c["v2"]),
        (K1, K3, c["q3"] / c["v1"]), (K3, K1, c["q3"] / c["v3"]),
        (K1, T1, c["clearance"] / c["v1"]), (T1, T2, kt),
        (T2, N1, c["to_n"] * kt), (T2, None, (1 - c["to_n"]) * kt),
        (N1, N2, c["qn"] / c["vn1"]), (N2, N1, c["qn"] / c["vn2"]), (N1, U1, c["clearance_n"] / c["vn1"]),
        (U1, U2, ku), (U2, H1, c["to_h"] * ku), (U2, None, (1 - c["to_h"]) * ku),
        (H1, H2, c["qh"] / c["vh1"]), (H2, H1, c["qh"] / c["vh2"]),
        (H1, None, c["clearance_h"] / c["vh1"]), (EXCESS, None, fill), (K_VEIN, None, arm), (N_VEIN, None, arm),
    ]  # fmt: skip
    matrix = np.zeros((STATES, STATES))
    for source, to, rate in flows:
        matrix[source, source] -= rate
        if to is not None:
            matrix[to, source] += rate
    # concentrations in the arm follow the artery without taking from it
    matrix[K_VEIN, K1], matrix[K_VEIN, EXCESS], matrix[N_VEIN, N1] = arm / c["v1"], -arm, arm / c["vn1"]
    entry = np.zeros(STATES)
    entry[K1], entry[EXCESS] = 1.0, 1.0 / c["v1"]
    read = np.zeros((5, STATES))
    read[0, K1], read[1, K_VEIN], read[2, N1], read[3, N_VEIN] = 1.0 / c["v1"], 1.0, 1.0 / c["vn1"], 1.0
    read[4, H1] = 1.0 / c["vh1"]
    return matrix, entry, read


@jax.jit
def _levels(work: Problem) -> jax.Array:
    c = work.constants
    layout = Layout(c.v1.shape[0])
    simons2022.add_core(layout, c)
    add_vein(layout, work.bridge, c.v1, c.vn1)
    entry = layout.vector({"central": 1.0, "excess": 1.0 / c.v1})
    dose = Channel(entry, jnp.zeros(1), jnp.full(1, INFUSION), jnp.full((c.v1.shape[0], 1), AMOUNT))
    read = layout.readings(
        {"central": 1.0 / c.v1},
        {"vein": 1.0},
        {"norketamine": 1.0 / c.vn1},
        {"norketamine_vein": 1.0},
        {"hydroxynorketamine": 1.0 / c.vh1},
    )
    return propagate(layout.cascade(), [dose], work.times, read)


def by_propagator(work: Problem) -> Floats:
    return np.asarray(_levels(work))


def by_lsoda(work: Problem, people: int) -> Floats:
    found = []
    for person in range(people):
        matrix, entry, read = dense(work, person)
        state, parts = np.zeros(STATES), []
        for start, stop, rate in ((0.0, INFUSION, AMOUNT / INFUSION), (INFUSION, END, 0.0)):
            asked = work.times[(work.times >= start) & (work.times <= stop)]
            drive = entry * rate
            solution = solve_ivp(
                lambda t, y, m=matrix, b=drive: m @ y + b,
                (start, stop), state, "LSODA", asked, rtol=RTOL, atol=ATOL, jac=lambda t, y, m=matrix: m,
            )  # fmt: skip
            state = solution.y[:, -1]
            parts.append(solution.y if not parts else solution.y[:, 1:])
        found.append(read @ np.concatenate(parts, axis=1))
    return np.stack(found)


def by_exponentials(work: Problem) -> Floats:
    """Steps of expm of the matrix widened by its input: exact up to rounding."""
    matrix, entry, read = dense(work, 0)
    path = [np.zeros(STATES)]
    for rate, steps in ((AMOUNT / INFUSION, round(INFUSION / STEP)), (0.0, round((END - INFUSION) / STEP))):
        wide = np.zeros((STATES + 1, STATES + 1))
        wide[:STATES, :STATES], wide[:STATES, STATES] = matrix, entry * rate
        step = expm(wide * STEP)
        for _ in range(steps):
            path.append(step[:STATES, :STATES] @ path[-1] + step[:STATES, STATES])
    return (read @ np.stack(path, axis=1))[None]


def worst(found: Floats, reference: Floats) -> float:
    """Largest relative error over all levels and times above 1e-9 of the level's peak."""
    counts = np.abs(reference) > 1e-9 * np.abs(reference).max(axis=-1, keepdims=True)
    return float(np.max(np.abs(found - reference)[counts] / np.abs(reference)[counts]))


def rows() -> list[Row]:
    set_up()
    one, many = problem(1), problem(PEOPLE)
    reference = by_exponentials(one)
    error = worst(by_propagator(one), reference)
    error_lsoda = worst(by_lsoda(one, 1), reference)
    apart = worst(by_propagator(many)[::16], by_lsoda(many, PEOPLE)[::16])
    ours = best_of(20, partial(by_propagator, one)), best_of(5, partial(by_propagator, many))
    theirs = best_of(3, partial(by_lsoda, one, 1)), best_of(1, partial(by_lsoda, many, PEOPLE))
    return [
        Row("propagator, one person, 24 h by 1 min", 1e3 * ours[0], "ms", "LSODA rtol 1e-10", 1e3 * theirs[0]),
        Row(f"propagator, {PEOPLE} people", 1e3 * ours[1], "ms", "LSODA rtol 1e-10", 1e3 * theirs[1]),
        Row("its relative error", error, "", "LSODA's", error_lsoda, 1e-9),
        Row("largest distance between the two", apart, "", "LSODA's error", error_lsoda),
    ]
