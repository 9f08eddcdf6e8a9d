"""How a mode and a transit chain decay and fill: exponentials to rounding, two results from one series.

Written in plain arithmetic, so that a loop over times runs in vector registers and a person's bytes do not depend on
how many others are there: no sum rounds one of two products, or a product that is used twice, as a compiler likes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import jax.numpy as jnp
from jax import Array, lax

_SERIES_BELOW, _SERIES_TERMS = 1.0, 18
_LOWEST = -708.0  # exp of it is the smallest normal number
# ln 2 in two parts, the first short enough that multiples of it are exact
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_EXP_TERMS = 14  # of the series on +-ln(2)/2: the next is below 1e-17 of the result
_ROUNDER, _EXPONENT_BITS, _EXPONENT_ZERO = 1.5 * 2.0**52, 52, 1023  # how float64 keeps integers and exponents
_NEARLY_ZERO = 1e-200  # 1/min, in place of a mode that does not decay, so that its quotient needs no special case


def decay(rate: Array, since: Array) -> tuple[Array, Array]:
    """What is left of a mode, exp(z), and what a unit input has filled it to, (exp(z) - 1) / rate, z = rate since.

    z = k ln 2 + r,   q = exp(r) - 1 by its series,   exp(z) = 2^k (1 + q),   exp(z) - 1 = 2^k q + (2^k - 1)

    Both come from one series without cancellation; two calls of the library would take twice as long.
    """
    rate = jnp.where(rate == 0.0, -_NEARLY_ZERO, rate)
    z = jnp.maximum(rate * since, _LOWEST)
    k = jnp.round(z * (1.0 / math.log(2.0)))
    r = (z - k * _LN2_HIGH) - k * _LN2_LOW
    series = jnp.full_like(r, 1.0 / math.factorial(_EXP_TERMS))
    for n in range(_EXP_TERMS - 1, 1, -1):
        series = series * r + 1.0 / math.factorial(n)
    q = r + r * (r * series)
    # a rounded number plus 1.5 * 2^52 has it as an integer in its low bits; moved up, they are the exponent of 2^k
    bits = lax.bitcast_convert_type(k + _ROUNDER, jnp.int64)
    power = lax.bitcast_convert_type((bits << _EXPONENT_BITS) + (_EXPONENT_ZERO << _EXPONENT_BITS), jnp.float64)
    return power * (1.0 + q), (power * q + (power - 1.0)) * (1.0 / rate)


def chain(rate: Array, w: Array, drive: Array, since: Array) -> Array:
    """Members of one transit chain (people, count, times): what was in them handed on, and what the drive put in.

    Args:
        rate: 1/min, shape (people, 1).
        w: members at the last edge, shape (people, count, times).
        drive: of each member, umol/min, shape (people, count, times).
        since: min, shape (times,).
    """
    count = w.shape[1]
    x = rate * since
    gone = decay(-rate, since)[0]
    passed = [gone]  # exp(-x) x^l / l!
    for step in range(1, count):
        passed.append(passed[-1] * x * (1.0 / step))
    reached = _reached(x, gone, passed)
    members = []
    for k in range(count):
        parts = [passed[n] * w[:, k - n] + reached[n] * (1.0 / rate) * drive[:, k - n] for n in range(k + 1)]
        members.append(sum(parts[1:], start=parts[0]))
    return jnp.stack(members, axis=1)


def _reached(x: Array, gone: Array, passed: Sequence[Array]) -> list[Array]:
    """P(n, x) for n = 1 to count, what has gone through n equal steps; ``gone`` = exp(-x).

    The last by its series where 1 - ... would cancel; the others by P(n, x) = P(n + 1, x) + exp(-x) x^n / n!.
    """
    count = len(passed)
    low = jnp.where(x < _SERIES_BELOW, x, 0.0)
    factors = [math.factorial(count) / math.factorial(count + k) for k in range(_SERIES_TERMS)]
    series = jnp.full_like(low, factors[-1])
    for factor in factors[-2::-1]:
        series = series * low + factor
    small = gone * low**count * (1.0 / math.factorial(count)) * series
    found = [jnp.where(x < _SERIES_BELOW, small, 1.0 - sum(passed[1:], start=passed[0]))]
    for step in range(count - 1, 0, -1):
        found.append(found[-1] + passed[step])
    return found[::-1]
