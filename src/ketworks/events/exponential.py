"""Exact steps of linear kinetics, for many systems at once.

    dA/dt = M A + r,  r constant:   A(t) = exp(M t) A(0) + (integral of exp(M s) over s from 0 to t) r

Symbols:    A amounts;  M rate matrix - 1/time, off its diagonal never negative;  r input - amount/time
Matrix exponentials are Taylor series of a step so short that nothing cancels, squared until the step is long enough:
all factors are non-negative, so that small amounts keep their digits. The relative error grows with the squarings, to
about 1e-16 |M| t. Where a system has well separated real modes, its steps are sums of exponentials instead.

Leaves out: rates that depend on amounts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_STEP, _TERMS = 0.5, 16  # |M| h of the first step, and terms of its series: the next one is below 1e-19
_SPREAD, _CONDITION = 1e4, 1e2  # of modes that are safe: ratio of rates, and condition of their vectors
_SHORT = 1e-4  # |rate| t below which sums of exponentials cancel
_SINGULAR = 1e14


def transition(matrix: Array, time: Array, rate: Array) -> tuple[Array, Array]:
    """exp(M t) and what a constant input has become after t.

    Args:
        matrix: M, shape (systems, states, states).
        time: t, shape (systems,).
        rate: r, shape (systems, states).

    Returns:
        exp(M t), shape (systems, states, states), and the integral, shape (systems, states).
    """
    norm = np.abs(matrix).sum(axis=-2).max(axis=-1, initial=0.0) * time
    squarings = np.ceil(np.log2(np.maximum(norm / _STEP, 1.0))).astype(np.int64)
    h = time / np.exp2(squarings)
    step = matrix * h[:, None, None]
    unit = np.eye(matrix.shape[-1])
    power, driven = np.broadcast_to(unit, step.shape), rate
    for term in range(_TERMS, 0, -1):
        power = unit + step @ power / term
        if term > 1:
            driven = rate + _times(step, driven) / term
    driven = driven * h[:, None]
    for count in range(int(squarings.max(initial=0))):
        on = np.flatnonzero(squarings > count)
        half = power[on]
        driven[on] += _times(half, driven[on])
        power[on] = half @ half
    return power, driven


def advance(matrix: Array, amounts: Array, time: Array, rate: Array) -> Array:
    """Amounts after ``time`` under constant input; shapes as in :func:`transition`, amounts (systems, states)."""
    power, driven = transition(matrix, time, rate)
    return _times(power, amounts) + driven


def periodic(matrix: Array, interval: Array, gained: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Amounts that an interval with its doses leaves as they were: (I - exp(M T))^-1 times what its doses become.

    Args:
        matrix: M, shape (systems, states, states).
        interval: T, shape (systems,).
        gained: what the doses of one interval have become at its end, shape (systems, states).

    Returns:
        the amounts, and which systems have such a state at all.
    """
    power, _ = transition(matrix, interval, np.zeros_like(gained))
    return _solve(np.eye(matrix.shape[-1]) - power, gained)


def settled(matrix: Array, rate: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Amounts under an input that has run for ever, -M^-1 r, and which systems have them."""
    return _solve(-matrix, rate)


def _solve(matrix: Array, right: Array) -> tuple[Array, NDArray[np.bool_]]:
    exists: NDArray[np.bool_] = np.asarray(np.linalg.cond(matrix) < _SINGULAR)
    safe = np.where(exists[:, None, None], matrix, np.eye(matrix.shape[-1]))
    solution: Array = np.asarray(np.linalg.solve(safe, right[:, :, None])[:, :, 0], np.float64)
    return solution, exists & np.all(np.isfinite(solution), axis=-1)


def _times(matrix: Array, vector: Array) -> Array:
    product: Array = (matrix @ vector[:, :, None])[:, :, 0]
    return product


@dataclass(frozen=True)
class Modes:
    """Systems taken apart into modes, where that is safe.

    Attributes:
        matrix: M of each system, shape (systems, states, states).
        rates: rates of the modes, shape (systems, states).
        vectors: columns that make amounts of modes.
        inverse: its inverse.
        safe: systems whose modes are real, well apart and not spread too wide.
    """

    matrix: Array
    rates: Array
    vectors: Array
    inverse: Array
    safe: NDArray[np.bool_]

    @classmethod
    def of(cls, matrix: Array) -> Modes:
        """Takes systems apart; those that cannot be are marked."""
        values, vectors = np.linalg.eig(matrix)
        size = np.abs(values)
        real = np.all(values.imag == 0.0, axis=-1) & np.all(values.real < 0.0, axis=-1)
        apart = real & (size.max(axis=-1) < _SPREAD * np.maximum(size.min(axis=-1), 1e-300))
        usable = np.where(apart[:, None, None], vectors.real, np.eye(matrix.shape[-1]))
        safe = apart & (np.linalg.cond(usable) < _CONDITION)
        usable = np.where(safe[:, None, None], usable, np.eye(matrix.shape[-1]))
        return cls(matrix, np.where(safe[:, None], values.real, -1.0), usable, np.linalg.inv(usable), safe)

    def advance(self, system: NDArray[np.int64], amounts: Array, time: Array, rate: Array) -> Array:
        """Amounts after ``time`` under constant input; ``system`` says which system each row belongs to."""
        result = np.empty_like(amounts)
        rates = self.rates[system]
        quick = self.safe[system] & (np.abs(rates).min(axis=-1) * time > _SHORT)
        rows = np.flatnonzero(quick)
        if rows.size:
            at = system[rows]
            inverse, mode = self.inverse[at], rates[rows]
            passed = mode * time[rows, None]
            start, driven = _times(inverse, amounts[rows]), _times(inverse, rate[rows])
            result[rows] = _times(self.vectors[at], start * np.exp(passed) + driven * np.expm1(passed) / mode)
        rows = np.flatnonzero(~quick)
        if rows.size:
            result[rows] = advance(self.matrix[system[rows]], amounts[rows], time[rows], rate[rows])
        return result
