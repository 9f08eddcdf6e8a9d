"""The change that a control treatment brings by itself: regression to the mean, placebo response and expectancy."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

_NEVER = 1e-9  # min; keeps the line to the visit defined where the visit is the first day


class Control(NamedTuple):
    """A control's course: mean and SD of the fall in points, the first day in min, the share of the fall that is there
    by then, the visit in min by which all of it is, and the rate 1/min at which it fades after the last session."""

    mean: Array
    sd: Array
    day: Array
    early: Array
    visit: Array
    fading: Array


def since_session(times: Array, starts: Array) -> Array:
    """Time since the start of the last session, min, shape (times,).

    Equation:  d = t - max(t_k, t_k <= t)
    Symbols:   t min, shape (times,);  t_k starts of the sessions, the first at 0 - min, shape (sessions,)
    Source:    arithmetic
    Leaves out: nothing; without doses the one session is at 0.
    """
    passed = jnp.where(starts[None, :] <= times[:, None], starts[None, :], 0.0)
    return times - jnp.max(passed, axis=1)


def control_change(times: Array, since: Array, control: Control, eta: Array) -> Array:
    """Fall of the score under the control treatment, shape (people, times).

    Equation:  P_i = (m + s * eta) * g(t) * exp(-r max(d - t1, 0))
               g = a min(t / t1, 1) + (1 - a) min(max(t - t1, 0) / (tv - t1), 1)
    Symbols:   P - points;  m, s mean and SD at the visit - points;  t1 one day, tv visit - min;  a share of the fall
               that is there after a day - 1;  d time since the last session - min;  r - 1/min;  eta - 1
    Source:    m and s by setting (rows ``control.*``); r so that few still respond two weeks after one session
               (Abdallah 2020), against pooled rates that hardly fall to day 7 (Han 2016): assumed
    Leaves out: the form between the two readings; people whose own course is steeper or flatter; what people who notice
               ketamine expect beyond this (``trial``).
    """
    later = jnp.maximum(times - control.day, 0.0) / jnp.maximum(control.visit - control.day, _NEVER)
    first = control.early * jnp.minimum(times / control.day, 1.0)
    course = first + (1.0 - control.early) * jnp.minimum(later, 1.0)
    kept = jnp.exp(-control.fading * jnp.maximum(since - control.day, 0.0))
    return (control.mean + control.sd * eta)[:, None] * (course * kept)[None, :]
