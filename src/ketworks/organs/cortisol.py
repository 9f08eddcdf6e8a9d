"""Cortisol: production that falls through the morning, driven by S-ketamine, against first-order elimination."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from ketworks.organs.sites import Memory

DAY = 1440.0


class Day(NamedTuple):
    """Production without drug over a day, scalars: at the first dose ``first`` (umol/L/min), falling by ``decline``
    (umol/L/min^2) to ``floor``, from ``rises_at`` (min) back to ``first`` at 24 h.
    """

    first: Array
    decline: Array
    floor: Array
    rises_at: Array

    @property
    def knots(self) -> list[Array]:
        """Minutes at which the course bends."""
        return [jnp.zeros(()), (self.first - self.floor) / self.decline, self.rises_at, jnp.asarray(DAY)]

    @property
    def heights(self) -> list[Array]:
        """Production at the knots."""
        return [self.first, self.floor, self.floor, self.first]


def production(times: Array, day: Day) -> Array:
    """Production of cortisol without drug.

    Equation:  k_in = 7.9 - 1.25 t (t in h), not below the floor; back to 7.9 towards the next day; the same each day
    Symbols:   k_in production - umol/L/min; t time since the first dose - min
    Source:    Khalili-Mahani 2015, 12 men [B0377, B0378]; floor, return and hour of the first dose are assumed
    Leaves out: pulses, sleep, meals, the stress of a clinic.
    """
    phase = jnp.mod(times, DAY)
    falling = jnp.maximum(day.first - day.decline * phase, day.floor)
    rising = day.floor + (day.first - day.floor) * (phase - day.rises_at) / (DAY - day.rises_at)
    return jnp.where(phase > day.rises_at, rising, falling)


def drug_factor(level: Array, doubling: Array, most: Array) -> Array:
    """Production with the drug over production without.

    Equation:  f = min(1 + S / C100, f_most)
    Symbols:   S arterial S-ketamine - ng/mL; C100 level that doubles production - ng/mL; f_most largest factor - 1
    Source:    Khalili-Mahani 2015 [B0379]; the largest factor is assumed
    Leaves out: depletion, feedback of cortisol on itself, R-ketamine, whether the level was arterial (not read).
    """
    return jnp.minimum(1.0 + level / doubling, most)


def without_drug(times: Array, day: Day, elimination: Array) -> Array:
    """Cortisol of a person without drug who lives the same day over and over.

    Equation:  dC/dt = k_in - k C, solved on each straight piece of k_in: C = q + (C_i - q_i) exp(-k (t - t_i)),
               q = k_in / k - slope / k^2
    Symbols:   C cortisol - umol/L; k elimination - 1/min; k_in production - umol/L/min; i start of the piece
    Source:    turnover of Khalili-Mahani 2015; k is assumed
    Leaves out: binding to globulin, which makes elimination depend on the level.
    """
    knots, heights = day.knots, day.heights
    pieces = list(zip(knots, knots[1:], heights, heights[1:], strict=False))
    slopes = [(right - left) / (stop - start) for start, stop, left, right in pieces]
    steady = [
        left / elimination - slope / elimination**2 for (_, _, left, _), slope in zip(pieces, slopes, strict=True)
    ]

    def after(piece: int, value: Array, since: Array) -> Array:
        quasi = steady[piece] + slopes[piece] * since / elimination
        return quasi + (value - steady[piece]) * jnp.exp(-elimination * since)

    def around_the_day(value: Array) -> list[Array]:
        at = [value]
        for piece, (start, stop, _, _) in enumerate(pieces):
            at.append(after(piece, at[-1], stop - start))
        return at

    # the map of one day is linear in the value it begins with: its fixed point is the value that comes back
    begin = around_the_day(jnp.zeros(()))[-1] / -jnp.expm1(-elimination * DAY)
    at = around_the_day(begin)
    phase = jnp.mod(times, DAY)
    courses = [after(k, at[k], jnp.maximum(phase - knots[k], 0.0)) for k in range(len(pieces))]
    return jnp.where(phase < knots[1], courses[0], jnp.where(phase < knots[2], courses[1], courses[2]))


def lag_of_added(times: Array, factor: Array, usual: Array, elimination: Array) -> Memory:
    """What the cortisol that the drug adds lags behind.

    Equation:  dD/dt = g k_in - k D, written as D = g C0 - W with dW/dt = C0 dg/dt - k W
    Symbols:   D cortisol added - umol/L; g factor of production less 1 - 1; C0 cortisol without drug - umol/L;
               k elimination - 1/min; W what cortisol lags behind - umol/L
    Source:    arithmetic: where the drug's effect is steady, W dies away and any step is exact, however long
    Leaves out: curvature of g and C0 within a step, which the error estimate contains.

    Args:
        times: min, shape (times,).
        factor: production over that without drug, shape (people, times).
        usual: cortisol without drug, umol/L, shape (times,).
        elimination: 1/min.
    """
    step = elimination * jnp.diff(times)
    length = jnp.where(step > 0.0, step, 1.0)
    share = jnp.where(step > 0.0, -jnp.expm1(-length) / length, 1.0)
    rise = jnp.diff(factor, axis=1)
    keep = jnp.broadcast_to(jnp.exp(-step)[None, :], rise.shape)
    push = rise * (0.5 * (usual[1:] + usual[:-1]) * share)[None, :]
    return Memory(keep, push, (factor[:, 0] - 1.0) * usual[0])


def with_drug(usual: Array, factor: Array, lag: Array) -> Array:
    """Cortisol with the drug.

    Equation:  C = C0 + g C0 - W
    Symbols:   C, C0 cortisol with and without drug - umol/L; g factor of production less 1 - 1; W as in
               ``lag_of_added`` - umol/L
    Source:    arithmetic
    Leaves out: nothing more.
    """
    return factor * usual - lag
