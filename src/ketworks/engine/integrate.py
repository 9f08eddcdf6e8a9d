"""Integrates small nonlinear systems along a shared time grid, with an error estimate that a caller must read.

Method: ROS2 (Verwer et al. 1999), a linearly implicit, L-stable Rosenbrock method of order 2, on every grid interval;
the same grid taken in half steps gives the error (Richardson) and, extrapolated, the answer (order 3). Inputs are
straight lines between grid points, so dropping every second point estimates what the sampling of the inputs costs.
A fixed grid shared by all people keeps batches free of per-person step control, and the traced body small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

Inputs = Mapping[str, Array]
Rhs = Callable[[Array, Array, Inputs], Array]
_GAMMA = 1.0 + 0.5**0.5  # L-stable


class Trajectory(NamedTuple):
    """Solution of ``integrate``.

    Attributes:
        values: shape (states, people, times).
        error: estimated largest error over the largest magnitude of each state, shape (states,).
    """

    values: Array
    error: Array


def integrate(rhs: Rhs, start: Array, times: Array, inputs: Inputs) -> Trajectory:
    """Solves dy/dt = rhs(t, y, u(t)) at the grid times.

    Args:
        rhs: pure function of t (min, scalar), y (states, people) and inputs at t, each (people,); returns
            dy/dt of shape (states, people). People must not influence each other.
        start: shape (states, people).
        times: min, shape (times,), non-decreasing.
        inputs: each of shape (people, times).

    Returns:
        The trajectory with its error estimate; a state that is not finite has error ``inf``.
    """
    whole = _march(rhs, start, times, inputs, substeps=1)
    halves = _march(rhs, start, times, inputs, substeps=2)
    values = halves + (halves - whole) / 3.0
    thinned = _march(rhs, start, times[::2], {name: x[:, ::2] for name, x in inputs.items()}, substeps=2)
    scale = jnp.maximum(jnp.max(jnp.abs(values), axis=(1, 2)), 1e-300)
    step_error = jnp.max(jnp.abs(values - halves), axis=(1, 2)) / scale
    sampling_error = jnp.max(jnp.abs(thinned - halves[..., ::2]), axis=(1, 2)) / 3.0 / scale
    error = jnp.where(jnp.all(jnp.isfinite(values), axis=(1, 2)), step_error + sampling_error, jnp.inf)
    return Trajectory(values, error)


def _march(rhs: Rhs, start: Array, times: Array, inputs: Inputs, substeps: int) -> Array:
    def interval(y: Array, edge: tuple[Array, Array, Inputs, Inputs]) -> tuple[Array, Array]:
        t0, t1, u0, u1 = edge
        h = (t1 - t0) / substeps
        for k in range(substeps):
            left, right = k / substeps, (k + 1) / substeps
            ua = {name: u0[name] + left * (u1[name] - u0[name]) for name in u0}
            ub = {name: u0[name] + right * (u1[name] - u0[name]) for name in u0}
            y = _ros2_step(rhs, t0 + k * h, h, y, ua, ub)
        return y, y

    columns = {name: x.T for name, x in inputs.items()}
    edges = (
        times[:-1],
        times[1:],
        {name: x[:-1] for name, x in columns.items()},
        {name: x[1:] for name, x in columns.items()},
    )
    _, path = jax.lax.scan(interval, start, edges)
    return jnp.moveaxis(jnp.concatenate([start[None], path]), 0, -1)


def _ros2_step(rhs: Rhs, t: Array, h: Array, y: Array, ua: Inputs, ub: Inputs) -> Array:
    """One step: (I - g h J) k1 = f(t, y);  (I - g h J) k2 = f(t+h, y + h k1) - 2 k1;  y + h (3 k1 + k2) / 2."""
    f0 = rhs(t, y, ua)
    solve = _factor(rhs, t, h, y, ua)
    k1 = solve(f0)
    k2 = solve(rhs(t + h, y + h * k1, ub) - 2.0 * k1)
    return y + 0.5 * h * (3.0 * k1 + k2)


def _factor(rhs: Rhs, t: Array, h: Array, y: Array, u: Inputs) -> Callable[[Array], Array]:
    """Solves (I - gamma h J) x = b for all people at once; elimination is unrolled since systems are small."""
    states = y.shape[0]
    basis = jnp.eye(states)
    columns = [
        jax.jvp(lambda state: rhs(t, state, u), (y,), (jnp.broadcast_to(basis[j][:, None], y.shape),))[1]
        for j in range(states)
    ]
    matrix = [[float(i == j) - _GAMMA * h * columns[j][i] for j in range(states)] for i in range(states)]
    multipliers: list[tuple[int, int, Array]] = []
    for pivot in range(states):
        for row in range(pivot + 1, states):
            factor = matrix[row][pivot] / matrix[pivot][pivot]
            multipliers.append((row, pivot, factor))
            for column in range(pivot + 1, states):
                matrix[row][column] = matrix[row][column] - factor * matrix[pivot][column]

    def solve(b: Array) -> Array:
        x = [b[i] for i in range(states)]
        for row, pivot, factor in multipliers:
            x[row] = x[row] - factor * x[pivot]
        for i in reversed(range(states)):
            rest = sum((matrix[i][j] * x[j] for j in range(i + 1, states)), start=jnp.zeros_like(x[i]))
            x[i] = (x[i] - rest) / matrix[i][i]
        return jnp.stack(x)

    return solve
