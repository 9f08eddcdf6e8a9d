"""The chain with doses as pulses: single doses with the constants of an earlier fit, and SciPy with exact jumps."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from ketworks.engine.grid import time_grid
from ketworks.outcome.drug_effect import mean_share
from ketworks.plasticity import exponential_steps
from ketworks.plasticity.synaptic_chain import Rates

jax.config.update("jax_enable_x64", True)

Floats = NDArray[np.float64]
DAY = 1440.0
PULSE = 1.0  # min
JUMP, FAST, DELAY, GROWTH, LOSS, LARGEST, SHARE = 0.6, 0.47, 0.05, 2.52, 9.2, 23.6, 0.26
GAIN, TRACE, HOLD = 0.12, 16.0, 3.0  # consolidation: of any size that shows
_TIMES = (FAST * DAY, DELAY * DAY, GROWTH / DAY, LOSS * DAY, GAIN, TRACE * DAY, HOLD)
RATES = Rates(*(jnp.asarray(v) for v in (JUMP, 1.0 / PULSE, *_TIMES)))
SOLVE = jax.jit(exponential_steps.solve)
THRICE = (0.0, 2.0, 4.0, 7.0, 9.0, 11.0)
TWICE = (0.0, 3.5, 7.0, 10.5)


def pulsed(doses: Sequence[float], asked: Sequence[float], area: float = 1.0) -> tuple[Floats, Floats]:
    """States (4, asked) and effect (asked,) under pulses of the drive of the given area."""
    starts = np.array(doses) * DAY
    at = np.array(asked) * DAY
    edges = np.concatenate([starts, starts + PULSE])
    shoulders = np.concatenate([starts - 1e-6, starts + PULSE + 1e-6])
    times = np.unique(np.concatenate([time_grid(edges, at, float(at.max()) + 1.0), shoulders[shoulders > 0.0]]))
    share = area * sum(((times >= s) & (times <= s + PULSE)).astype(float) for s in starts)[None]
    fine = np.sort(np.concatenate([times, 0.5 * (times[1:] + times[:-1])]))
    fine_share = np.interp(fine, times, share[0])[None]
    course = SOLVE(*(jnp.asarray(x) for x in (times, share, fine, fine_share)), RATES)
    states = np.array(course.states)[:, 0, np.searchsorted(times, at - 1e-9)]
    effect = mean_share(jnp.asarray(states[0]), jnp.asarray(states[2]), jnp.asarray(LARGEST), jnp.asarray(SHARE))
    return states, np.array(effect)


def jumped(doses: Sequence[float], asked: Sequence[float]) -> Floats:
    """Mean effect by a stiff solver between exact jumps A -> A + kA (1 - A); a value at a dose is before it."""

    def slope(t: float, y: Floats) -> list[float]:
        a, d, n, k = y
        growth = GROWTH * d * (1.0 - n) - n / (LOSS * (1.0 + HOLD * k))
        return [-a / FAST, (a - d) / DELAY, growth, -k / TRACE]

    y, found = np.zeros(4), {}
    for start, stop in zip(doses, [*doses[1:], max(asked) + 1.0], strict=True):
        y[0] += JUMP * (1.0 - y[0])
        y[3] += (1.0 - np.exp(-GAIN)) * (1.0 - y[3])
        path = solve_ivp(slope, (start, stop), y, method="LSODA", rtol=1e-10, atol=1e-12, dense_output=True)
        for t in asked:
            if start < t <= stop:
                a, _, n, _ = path.sol(t)
                found[t] = LARGEST * (SHARE * a + (1.0 - SHARE) * n)
        y = path.y[:, -1].copy()
    return np.array([found[t] for t in asked])


def test_published_table_of_the_pulse_fit_for_a_week() -> None:
    """One pulse, docs/evidence/clinical.md section 8, where the synapses made the consolidation: alike until then."""
    asked, published = (0.15, 1.0, 3.0, 7.0), (4.9, 8.0, 7.0, 5.1)
    np.testing.assert_allclose(pulsed((0.0,), asked)[1], published, rtol=0.05)


@pytest.mark.parametrize("doses", [(0.0,), TWICE, THRICE])
def test_agrees_with_a_stiff_solver_and_exact_jumps(doses: tuple[float, ...]) -> None:
    asked = (0.5, 1.0, 3.0, 6.9, 13.9, 20.0, 28.0)
    np.testing.assert_allclose(pulsed(doses, asked)[1], jumped(doses, asked), rtol=3e-3)


@pytest.mark.parametrize("area", [0.3, 1.0, 1.6])
def test_a_pulse_makes_the_stated_jump(area: float) -> None:
    after = (PULSE + 1e-3) / DAY
    gain = pulsed((0.0,), (after,), area)[0][0, 0]
    expected = 1.0 - (1.0 - JUMP) ** area
    assert gain == pytest.approx(expected, rel=3e-3)
    assert area != 1.0 or gain == pytest.approx(JUMP, rel=3e-3)


def test_second_pulse_jumps_by_the_share_of_what_is_left() -> None:
    states, _ = pulsed((0.0, 0.25), (0.25, 0.25 + (PULSE + 1e-3) / DAY))
    before, after = states[0]
    assert after - before == pytest.approx(JUMP * (1.0 - before), rel=5e-3)
