"""Habituation: the experience weakens from session to session; pressure, in another stage, does not."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from ketworks.engine.schedule import Schedule


def earlier_sessions(times: Array, schedule: Schedule, pause: Array) -> Array:
    """How many sessions came before the one that a time belongs to, shape (times,).

    Equation:  n(t) = max(0, number of sessions begun by t - 1)
    Symbols:   a dose begins a session when all doses before it ended more than ``pause`` earlier; pause - min
    Source:    definition; the pause is assumed (sprays of one sitting and a course of days are one session)
    Leaves out: forgetting: after weeks without ketamine the count stands.

    Args:
        times: min, shape (times,).
        schedule: the doses, sorted by start; slots without amount are no doses.
        pause: min, scalar.
    """
    given = jnp.any(schedule.s_amount + schedule.r_amount > 0.0, axis=0)
    end = schedule.start + schedule.duration
    order = jnp.arange(len(schedule.start))
    near = (order[None, :] < order[:, None]) & (schedule.start[:, None] - end[None, :] <= pause) & given[None, :]
    begins = given & ~jnp.any(near, axis=1)
    begun = jnp.sum(begins[None, :] & (schedule.start[None, :] <= times[:, None]), axis=1)
    return jnp.maximum(0.0, begun - 1.0)


def habituated(sessions: Array, least: Array, sessions_to_settle: Array) -> Array:
    """What is left of the first session's intensity.

    Equation:  T = f + (1 - f) exp(-n / k)
    Symbols:   n earlier sessions - 1; f what is left after many - 1; k sessions over which it falls - 1
    Source:    f: Glue 2018, mean CADSS 8.8 at week 14 over 20 at week 1; k assumed: the fall lies after the first week
    Leaves out: recovery after a pause; differences between people; whether it is habit, expectation or learning.
    """
    return least + (1.0 - least) * jnp.exp(-sessions / sessions_to_settle)
