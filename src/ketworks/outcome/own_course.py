"""What depression does without the drug: slow recovery, what an antidepressant adds, and a wandering severity."""

from __future__ import annotations

import math
from collections.abc import Sequence

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import ndtr


def recovery(times: Array, rate: Array, spread: Array, eta: Array) -> Array:
    """Own recovery: how far the person's level without the drug has fallen, as an exponent.

    Equation:  h_i(t) = r exp(sigma eta) t
    Symbols:   h - 1, shape (people, times);  r median rate - 1/min;  sigma spread of its log - 1;  eta - 1;  t - min
    Source:    r and sigma from two shares of responders under usual treatment (rows ``course.*``); the form is assumed
    Leaves out: episodes that come back after a recovery; they return only through the wandering severity.
    """
    return rate * jnp.exp(spread * eta)[:, None] * times[None, :]


def support(times: Array, share: Array, spread: Array, time: Array, eta: Array) -> Array:
    """What a newly started antidepressant, the visits and the hope that come with it add, as an exponent.

    Equation:  a_i(t) = A exp(sigma eta) (1 - exp(-t / tau))
    Symbols:   a - 1, shape (people, times);  A median - 1;  sigma spread of its logarithm - 1;  tau - min;  eta - 1
    Source:    A and sigma from the shares of responders and remitters on a new antidepressant with placebo spray at day
               28; tau is assumed (rows ``course.*``)
    Leaves out: the parts: drug, placebo response and regression to the mean were never told apart in these people.
    """
    return share * jnp.exp(spread * eta)[:, None] * -jnp.expm1(-times / time)[None, :]


def wander(
    times: Array, sd: Array, time: Array, cosines: Sequence[Array], sines: Sequence[Array], paces: Sequence[Array]
) -> Array:
    """A person's slow wander of severity: a stationary course whose correlation fades exponentially with the lag.

    Equation:  w_i(t) = s sum_k (a_k cos(q_k t) + b_k sin(q_k t)) / sqrt(K)
               q_k = tan(pi (k - 1 + Phi(c_k)) / 2K) / tau
    Symbols:   w - points, shape (people, times);  s - points;  tau - min;  a, b, c - standard-normal draws, K of each,
               shape (people,);  q - 1/min;  Phi normal distribution function
    Source:    assumed. Each wave's pace is drawn from one of K equal parts of the spectrum of an Ornstein-Uhlenbeck
               course, so that over people the mean is 0, the variance s^2 and the correlation exp(-lag / tau),
               exactly and for any K. A closed form of time: neither grid, batch nor asked times change it.
    Leaves out: that one person's course is no exact Ornstein-Uhlenbeck course (K waves); jumps, seasons.
    """
    count = len(cosines)
    total = jnp.zeros((cosines[0].shape[0], times.shape[0]))
    for k in range(count):
        pace = jnp.tan(0.5 * jnp.pi * (k + ndtr(paces[k])) / count) / time
        angle = pace[:, None] * times[None, :]
        total = total + cosines[k][:, None] * jnp.cos(angle) + sines[k][:, None] * jnp.sin(angle)
    return sd * total / math.sqrt(count)


def own_change(baseline: Array, exponent: Array, wandering: Array) -> Array:
    """Fall of the score since the start that the drug did not bring.

    Equation:  B_i(t) = S0 (1 - exp(-h_i(t) - a_i(t))) - (w_i(t) - w_i(0))
    Symbols:   B, S0, w - points;  h, a - 1
    Source:    assumed: a share of the baseline, and additive wander; 0 at the start, where the baseline was rated
    Leaves out: that scores near 0 wander less; whoever goes below 0 is held there.
    """
    return baseline * -jnp.expm1(-exponent) - (wandering - wandering[:, :1])
