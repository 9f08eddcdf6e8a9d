"""Evaluates a smooth function of the drug inputs along each person's own course, at a few knots instead of all times.

The function is solved exactly, with its derivatives, at knots on the straight line from no drug to the person's highest
inputs, and carried to every time by cubic Hermite interpolation along that line plus the first derivative across it.
Nothing depends on how many doses there are, on other people, or on the time grid.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array


class Course(NamedTuple):
    """``values`` (people, times, outputs); ``exact`` and ``approximate`` (people, checks, outputs) at checked times;
    ``health`` (people, knots + checks): the function's own diagnostic."""

    values: Array
    exact: Array
    approximate: Array
    health: Array


STEP = 1e-5  # of the odds, for slopes: its truncation and rounding errors are both far below the tolerance
MOST = 1.0 - 1e-6  # a block of exactly 1 has no finite odds
CHECKED = (1.0, 0.75, 0.53, 0.32, 0.18, 0.1, 0.04)  # shares of each person's highest level, solved exactly
LEAST = -0.5  # odds below -1 have no meaning; steps off the line near no drug may be slightly negative


def along_axis(function: Callable[[Array], tuple[Array, Array]], inputs: Array, knots: int) -> Course:
    """The function of the inputs at all times, and exactly at eight times of each person as a check.

    Equation:  y(u) = H(a) + J(a) r + b^2 Q(a);  o = u/(1-u);  a = sum(o)/sum(top);  r = o - a*top;  b = r.d/d.d

    H is cubic Hermite along the line to the highest odds ``top``; J holds the slopes (small forward steps) and Q the
    curvature along ``d``, the person's farthest departure ``r`` from that line; J and Q are linear in a. The odds o are
    proportional to concentration for a block that follows the law of mass action, so the courses of several blocks by
    one drug lie near one straight line.

    Args:
        function: blocks (kinds, n) -> ((outputs, n), diagnostic (n,)), smooth, each of the n by itself.
        inputs: blocked shares, shape (people, times, kinds), from 0 to below 1.
        knots: number of exact solutions per person.

    Returns:
        The course. Without drug all values equal those of the first knot exactly.
    """
    people, _, kinds = inputs.shape
    odds = inputs / (1.0 - jnp.minimum(inputs, MOST))
    top = jnp.max(odds, axis=1)
    total = jnp.sum(top, axis=-1, keepdims=True)
    place = jnp.sum(odds, axis=-1) / jnp.where(total > 0.0, total, 1.0)
    across = odds - place[..., None] * top[:, None, :]
    checked = _checked_times(place, across)
    farthest = jnp.take_along_axis(across, checked[:, -1:, None], axis=1)
    points = jnp.linspace(0.0, 1.0, knots)[:, None] * top[:, None, :]
    small = jnp.concatenate([jnp.zeros((1, kinds)), STEP * jnp.eye(kinds)])
    steps = jnp.concatenate([jnp.broadcast_to(small, (people, kinds + 1, kinds)), 0.5 * farthest], axis=1)
    ask = (points[:, :, None, :] + steps[:, None, :, :]).reshape(people, -1, kinds)
    ask = jnp.concatenate([ask, jnp.take_along_axis(odds, checked[..., None], axis=1)], axis=1)
    ask = jnp.maximum(ask, LEAST)
    solved, health = function((ask / (1.0 + ask)).reshape(-1, kinds).T)
    solved = solved.T.reshape(*ask.shape[:2], -1)
    at_knots = solved[:, : -checked.shape[1]].reshape(people, knots, kinds + 2, -1)
    values = _carried(place, across, top, farthest[:, 0], at_knots)
    approximate = jnp.take_along_axis(values, checked[..., None], axis=1)
    return Course(values, solved[:, -checked.shape[1] :], approximate, health.reshape(ask.shape[:2]))


def _carried(place: Array, across: Array, top: Array, farthest: Array, at_knots: Array) -> Array:
    """Values at all times from those at the knots, after small steps, and half of ``farthest`` off the line.

    ``at_knots`` has shape (people, knots, 1 + kinds + 1, outputs).
    """
    knots = at_knots.shape[1]
    y = at_knots[:, :, 0]
    slopes = (at_knots[:, :, 1:-1] - y[:, :, None]) / STEP
    bend = 4.0 * (at_knots[:, :, -1] - y) - 2.0 * jnp.einsum("pkio,pi->pko", slopes, farthest)
    along = jnp.einsum("pkio,pi->pko", slopes, top) / (knots - 1)
    offset = place[..., None] * (knots - 1) - jnp.arange(knots)
    near = jnp.maximum(1.0 - jnp.abs(offset), 0.0)
    values = jnp.einsum("ptk,pko->pto", near**2 * (3.0 - 2.0 * near), y)
    values = values + jnp.einsum("ptk,pko->pto", offset * near**2, along)
    across_slopes = jnp.einsum("ptk,pkio->ptio", near, slopes)
    values = values + jnp.einsum("pti,ptio->pto", across, across_slopes)
    length = jnp.sum(farthest**2, axis=-1)[:, None]
    share = jnp.einsum("pti,pi->pt", across, farthest) / jnp.where(length > 0.0, length, 1.0)
    return values + share[..., None] ** 2 * jnp.einsum("ptk,pko->pto", near, bend)


def _checked_times(place: Array, across: Array) -> Array:
    """Indices of each person's times nearest to levels between the knots, and of the time farthest off the line."""
    far = jnp.argmax(jnp.sum(jnp.abs(across), axis=-1), axis=1)
    levels = jnp.asarray(CHECKED) * jnp.max(place, axis=1, keepdims=True)
    nearest = jnp.argmin(jnp.abs(place[:, None, :] - levels[..., None]), axis=-1)
    return jax.lax.stop_gradient(jnp.concatenate([nearest, far[:, None]], axis=1))
