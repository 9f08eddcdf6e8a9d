"""Block that comes and goes with use: the kinetics of trapping, stepped exactly where its inputs stand still."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jax import Array
from numpy.typing import NDArray

from ketworks.receptor.trapping_block import trapping_rate

Floats = NDArray[np.float64]
_INSIDE = 1e-9  # of a step: its ends are looked at from within, so that a jump at an edge belongs to one side


class Pace(NamedTuple):
    """The linear rate of the trapped share: dK/dt = gain - loss * K, both 1/s."""

    gain: Floats
    loss: Floats


def escape_rate(share: Array | float, time_constant: Array | float) -> Array | float:
    """Rate at which a blocker leaves channels that still hold agonist or have just lost it.

    Equation:  k_esc = f / tau.  Escape and lasting capture compete for a blocked channel once agonist is gone:
    f = k_esc / (k_esc + k_capture) leave, and both are over with 1 / tau = k_esc + k_capture.

    =======  ==================================================  ====
    f        share of blocked channels that the drug leaves      1
    tau      time constant of that escape                        s
    k_esc    escape rate                                         1/s
    =======  ==================================================  ====

    Source: rows ``memantine.escape_*`` (one sixth, 0.79 s); 0 for ketamine, which is trapped nearly always.
    Leaves out: that captured channels (five sixths) keep the drug until they are used again, so in a cell silent for
    longer than tau the block falls less than this rate alone says.
    """
    return share / time_constant


def pace(
    active: Floats, dissociation: Floats, free: Floats, open_probability: Floats, k_on: float, k_escape: float
) -> Pace:
    """Gain and loss of ``trapping_rate``, which is linear in the trapped share: its value at 0, and its fall to 1.

    Source: algebra. Leaves out: nothing of ``trapping_rate``.
    """
    zero, one = np.zeros_like(active), np.ones_like(active)
    more = (active, dissociation, free, open_probability, k_on, k_escape)
    gain = np.asarray(trapping_rate(zero, *more))  # type: ignore[arg-type]
    return Pace(gain, gain - np.asarray(trapping_rate(one, *more)))  # type: ignore[arg-type]


def settled_share(pace: Pace) -> Floats:
    """Trapped share at which gain and loss balance.

    Equation:  K = Po k_on C m / (Po k_on (C m + Kd) + k_esc);  ``trapped_share`` where k_esc = 0.

    Symbols and source as in ``trapping_rate``. A channel that never opens stays as it is: 0 without an earlier block.
    Leaves out: how long it takes (1 / loss).
    """
    return np.divide(pace.gain, pace.loss, out=np.zeros_like(pace.gain), where=pace.loss > 0.0)


def stepped(pace: Pace, durations: Floats, start: Floats) -> Floats:
    """Trapped share at the end of each step.

    Equation:  K(t + h) = K_s + (K(t) - K_s) exp(-loss h),  K_s the settled share of the step

    Args:
        pace: gain and loss in the middle of each step, shape (steps, n).
        durations: h in s, shape (steps,).
        start: K before the first step, shape (n,).

    Returns:
        Shape (steps + 1, n), the start first. Exact where gain and loss stand still in a step, else of second order.

    Source: linear equation of first order. Leaves out: nothing.
    """
    kept = np.exp(-pace.loss * durations[:, None])
    into = np.where(pace.loss > 0.0, settled_share(pace) * (1.0 - kept), 0.0)
    share = np.empty((len(durations) + 1, start.size))
    share[0] = start
    for i in range(len(durations)):
        share[i + 1] = share[i] * kept[i] + into[i]
    return share


def course(
    pace_at: Callable[[Floats], Pace], times: Floats, start: Floats, tolerance: float, least_steps: int, most_steps: int
) -> tuple[Floats, float]:
    """Trapped share at the given times, with steps halved until two rules agree.

    Equation:  K = (2 K_mid + K_ends) / 3: gain and loss of a step are taken from its middle, and as the mean of its two
    ends. The two differ wherever an input bends or jumps within a step; their difference is the error that is returned.

    Args:
        pace_at: gain and loss at times of shape (steps,), each (steps, n).
        times: s, increasing; the first is the start. A jump of an input at one of them costs nothing.
        start: K at the first time, shape (n,).
        tolerance: largest difference that the two rules may show at the given times.
        least_steps: steps in all of the first grid; what the inputs do between these may stay unseen.
        most_steps: steps in all at which it gives up.

    Returns:
        K of shape (times, n), and the largest difference of the two rules, above the tolerance only if it gave up.

    Source: weights of Simpson's rule; of second order. Leaves out: nothing.
    """
    parts = -(-least_steps // (times.size - 1))
    while True:
        share = np.arange(parts) / parts
        starts = (times[:-1, None] + np.diff(times)[:, None] * share).ravel()
        steps = np.repeat(np.diff(times) / parts, parts)
        first, last = pace_at(starts + _INSIDE * steps), pace_at(starts + (1.0 - _INSIDE) * steps)
        ends = Pace((first.gain + last.gain) / 2.0, (first.loss + last.loss) / 2.0)
        middle, mean = (stepped(one, steps, start)[::parts] for one in (pace_at(starts + steps / 2.0), ends))
        error = float(np.max(np.abs(middle - mean)))
        if error <= tolerance or 2 * steps.size > most_steps:
            return (2.0 * middle + mean) / 3.0, error
        parts *= 2
