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


def kept_share(times: Array, starts: Array, day: Array, fading: Array) -> Array:
    """Share of the control's change that is kept between sessions, shape (times,).

    Equation:  k(t) = max_j c_j(t),  c_j = u_j exp(-r max(t - t_j - t1, 0)),  u_j = min((t - t_j) / t1, 1), u_1 = 1
    Symbols:   t min, shape (times,);  t_j starts of the sessions up to now, the first at 0 - min, shape (sessions,);
               t1 one day - min;  r - 1/min
    Source:    assumed: each later session brings back what had faded, over a day, as the first one brought it
    Leaves out: sessions that work less, or more, than the one before.
    """
    since = times[:, None] - jnp.concatenate([jnp.zeros(1), starts])[None, :]
    risen = jnp.clip(since / day, 0.0, 1.0).at[:, 0].set(1.0)
    faded = jnp.exp(-fading * jnp.maximum(since - day, 0.0))
    return jnp.max(jnp.where(since >= 0.0, risen * faded, 0.0), axis=1)


def control_change(times: Array, kept: Array, control: Control, eta: Array) -> Array:
    """Fall of the score under the control treatment, shape (people, times).

    Equation:  P_i = (m + s * eta) * g(t) * k(t)
               g = a min(t / t1, 1) + (1 - a) min(max(t - t1, 0) / (tv - t1), 1)
    Symbols:   P - points;  m, s mean and SD at the visit - points;  t1 one day, tv visit - min;  a share of the fall
               that is there after a day - 1;  k share kept - 1, shape (times,);  eta - 1
    Source:    m and s by setting (rows ``control.*``); r so that few still respond two weeks after one session
               (Abdallah 2020), against pooled rates that hardly fall to day 7 (Han 2016): assumed
    Leaves out: the form between the two readings; people whose own course is steeper or flatter; what people who notice
               ketamine expect beyond this (``trial``).
    """
    later = jnp.maximum(times - control.day, 0.0) / jnp.maximum(control.visit - control.day, _NEVER)
    first = control.early * jnp.minimum(times / control.day, 1.0)
    course = first + (1.0 - control.early) * jnp.minimum(later, 1.0)
    return (control.mean + control.sd * eta)[:, None] * (course * kept)[None, :]
