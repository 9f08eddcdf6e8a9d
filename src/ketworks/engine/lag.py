"""First-order lag (effect site, arm, filter) of a sampled input, exact for an input that is linear between samples.

Equation:  dy/dt = rate * (x(t) - y),  y(t0) = start
Symbols:   y lagged value - unit of x;  x input;  rate - 1/min
Leaves out: the curvature of x between samples; ``lag_error`` estimates what that costs, from half as many samples and
            second order. Where rate * step is far above 1 the order is first and the estimate up to threefold low.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import Array


def lagged(times: Array, x: Array, rate: Array, start: Array | float = 0.0) -> Array:
    """The lagged input at the sample times.

    Args:
        times: min, shape (times,), non-decreasing (repeated times change nothing).
        x: input, shape (people, times).
        rate: 1/min, shape () or (people,).
        start: value at the first time, shape () or (people,).

    Returns:
        Shape (people, times), unit of ``x``.
    """
    keep, add = lag_steps(times, x, rate)
    return march(keep, add, jnp.broadcast_to(jnp.asarray(start, dtype=x.dtype), x.shape[:1]))


def lag_steps(times: Array, x: Array, rate: Array) -> tuple[Array, Array]:
    """What each step keeps of the lagged value and what it adds to it, each of shape (people, times - 1)."""
    step = rate_column(rate) * jnp.diff(times)[None, :]
    keep = jnp.exp(-step)
    # weights of the exact integral of a straight line between two samples; series where the step is tiny
    safe = jnp.where(step < 1e-5, 1.0, step)
    mean = jnp.where(step < 1e-5, 1.0 - 0.5 * step, -jnp.expm1(-safe) / safe)
    add = x[:, :-1] * (mean - keep) + x[:, 1:] * (1.0 - mean)
    keep, add = jnp.broadcast_arrays(keep, add)
    return keep, add


def march(keep: Array, add: Array, start: Array) -> Array:
    """The values y of y <- keep y + add from a start, shape (people, steps + 1)."""

    def step_on(y: Array, edge: tuple[Array, Array]) -> tuple[Array, Array]:
        y = edge[0] * y + edge[1]
        return y, y

    _, path = jax.lax.scan(step_on, start, (keep.T, add.T))
    return jnp.concatenate([start[:, None], path.T], axis=1)


def lag_error(times: Array, x: Array, rate: Array, start: Array | float = 0.0) -> Array:
    """Largest error of ``lagged`` over its largest value, estimated by dropping every second sample (scalar)."""
    fine = lagged(times, x, rate, start)[:, ::2]
    coarse = lagged(times[::2], x[:, ::2], rate, start)
    return jnp.max(jnp.abs(fine - coarse)) / 3.0 / jnp.maximum(jnp.max(jnp.abs(fine)), 1e-300)


def rate_column(rate: Array) -> Array:
    """A scalar or per-person rate as a column that broadcasts over times."""
    rate = jnp.asarray(rate)
    return rate[:, None] if rate.ndim else rate
