"""The circulation where it is asked for: it forgets within seconds, so a few drug levels just before are enough.

Equation:  x = T b - tau x',  b = 1 - FB (m - 1),  m = h c (1 - a ln h) r;  x = (h, c, r)
Symbols:   T targets without reflex - 1; tau turnover times - min; x' read from a few points before, first from the
           settled states (tau = 0), then from what came of it: each round gains a factor of tau over the drug's pace
Leaves out: what is left of a jump of the drug's slope (the start or end of an infusion) after some turnover times, and
           changes too fast for the rounds: 3.6e-5 just after an edge, 4.5e-6 after 5 min, below 1e-6 from 10 min on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from numpy.typing import NDArray

_FIRST, _NEAR, _AGAIN = 5, 2, 1  # Newton steps from rest, from the solution beside, and of each round
_ROUNDS = 2


class Flow(NamedTuple):
    """Heart rate, contractility and resistance over rest, each (times, people)."""

    rate: Array
    contractility: Array
    resistance: Array


def settling(acting: Array, total: Array, theta: Array, back: NDArray[np.float64], c: Mapping[str, float]) -> Flow:
    """The circulation at some times.

    Args:
        acting: level that drives it, now and at even distances before, ng/mL, shape (points, times, people).
        total: level that depresses the heart, likewise.
        theta: personal sensitivity, shape (people,).
        back: the distance, min, shape (times,).
        c: constants by the names of ``model``.
    """
    points = acting.shape[0]
    targets = [_targets(acting[k], total[k], theta, c) for k in range(points)]
    tau = (1.0 / c["k_rate"], 1.0 / c["k_force"], 1.0 / c["k_resistance"])
    slopes = _slopes(points)
    left, states = _reflex(jnp.ones_like(acting[0]), targets[0], None, _FIRST, c)
    found = [(left, states)] + [_reflex(left, target, None, _NEAR, c) for target in targets[1:]]
    for turn in range(_ROUNDS):
        courses = [states for _, states in found]
        behind = [
            [sum(slopes[k, j] * courses[j][i] for j in range(points)) * (tau[i] / back)[:, None] for i in range(3)]
            for k in range(points)
        ]
        found = [
            _reflex(found[k][0], targets[k], behind[k], _AGAIN, c) for k in range(points if turn < _ROUNDS - 1 else 1)
        ]
    return Flow(*found[0][1])


def _targets(acting: Array, total: Array, theta: Array, c: Mapping[str, float]) -> list[Array]:
    push = theta * acting / (acting + c["c50_push"])
    force = theta * acting / (acting + c["c50_force"])
    return [
        1.0 + c["rate_gain"] * c["most_push"] * push,
        (1.0 + c["most_force"] * force) / (1.0 + total / c["c50_depression"]),
        (1.0 + c["resistance_gain"] * c["most_push"] * push) / (1.0 + c["most_dilation"] * push),
    ]


def _reflex(
    b: Array, target: Sequence[Array], behind: Sequence[Array] | None, steps: int, c: Mapping[str, float]
) -> tuple[Array, list[Array]]:
    """Newton steps on what the reflex leaves, and the states then."""
    gain, filling = c["reflex_gain"], c["filling"]
    t1, t2, t3 = target
    for _ in range(steps):
        h, s, r = _states(b, target, behind)
        fill = 1.0 - filling * jnp.log(h)
        value = b - 1.0 + gain * (h * fill * s * r - 1.0)
        slope = 1.0 + gain * (t1 * (fill - filling) * s * r + h * fill * (t2 * r + s * t3))
        b = b - value / slope
    b, *states = lax.optimization_barrier(
        (b, *_states(b, target, behind))
    )  # kept, not made again by each that reads it
    return b, states


def _states(b: Array, target: Sequence[Array], behind: Sequence[Array] | None) -> list[Array]:
    if behind is None:
        return [t * b for t in target]
    return [t * b - lag for t, lag in zip(target, behind, strict=True)]


def _slopes(points: int) -> NDArray[np.float64]:
    """Derivatives at each of some points 0, -1, -2 ... from the values there."""
    powers = np.arange(points)
    places = -np.arange(points, dtype=float)
    values = places[:, None] ** powers
    slopes = np.where(powers > 0, powers * places[:, None] ** np.maximum(powers - 1, 0), 0.0)
    return np.asarray(slopes @ np.linalg.inv(values))
