"""Organs against SciPy: the loop of carbon dioxide, cortisol over days, exposure with a memory."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

from ketworks.engine.lag import march
from ketworks.organs import breathing, cortisol
from ketworks.organs.exposure import exposure
from ketworks.organs.stage import FromArterialLevel

jax.config.update("jax_enable_x64", True)

P = {key: row.canonical for key, row in FromArterialLevel.parameters().items()}
DAY = cortisol.Day(
    *(jnp.asarray(P[f"cortisol.{name}"]) for name in ("production", "decline", "floor", "rises_at")),
)
K = np.log(2.0) / P["cortisol.half_life"]
REST = breathing.AtRest(
    *(jnp.asarray(P[f"breathing.{name}"]) for name in ("ventilation", "carbon_dioxide", "slope", "rise"))
)


@pytest.mark.parametrize(
    ("push", "slope"), [(0.0, 2.0), (4.0, 2.0), (-6.0, 2.0), (-60.0, 2.0), (90.0, 2.0), (1.0, 0.01)]
)
def test_settled_carbon_dioxide_is_the_root_of_its_balance(push: float, slope: float) -> None:
    def balance(p: float) -> float:
        return p * (slope * (p - (40.0 - 7.0 / 1.49)) + push) - 280.0

    low = max((40.0 - 7.0 / 1.49) - push / slope, 0.0)  # there nothing is breathed
    found = float(breathing.settled_carbon_dioxide(jnp.asarray(push), jnp.asarray(slope), REST))
    assert found == pytest.approx(brentq(balance, low, 1e6, xtol=1e-12), rel=1e-9)


def test_production_and_cortisol_without_drug_repeat_every_day_and_solve_their_equation() -> None:
    times = np.linspace(0.0, 2880.0, 577)
    made = np.asarray(cortisol.without_drug(jnp.asarray(times), DAY, jnp.asarray(K)))

    def rhs(t: float, c: np.ndarray) -> np.ndarray:
        return np.asarray(cortisol.production(jnp.asarray(t), DAY)) - K * c

    found = solve_ivp(rhs, (0.0, 2880.0), [made[0]], t_eval=times, rtol=1e-9, atol=1e-12, max_step=10.0)
    np.testing.assert_allclose(made, found.y[0], rtol=1e-6)
    np.testing.assert_allclose(made[288:576], made[:288], rtol=1e-9)
    hours = np.asarray(cortisol.production(jnp.asarray([0.0, 120.0]), DAY)) * 1000.0
    assert hours == pytest.approx([7.9, 7.9 - 1.25 * 2.0])


@pytest.mark.parametrize("spacing", [2.0, 30.0])
def test_cortisol_with_drug_solves_its_equation(spacing: float) -> None:
    times = np.arange(0.0, 4000.0, spacing)
    ends = [0.0, 300.0, 2000.0, 4000.0]
    factor = np.interp(times, ends, [1.0, 2.0, 2.0, 1.0])
    usual = cortisol.without_drug(jnp.asarray(times), DAY, jnp.asarray(K))
    lag = march(*cortisol.lag_of_added(jnp.asarray(times), jnp.asarray(factor[None]), usual, jnp.asarray(K)))
    made = np.asarray(cortisol.with_drug(usual, jnp.asarray(factor[None]), lag))[0]

    def rhs(t: float, c: np.ndarray) -> np.ndarray:
        gain = np.interp(t, ends, [1.0, 2.0, 2.0, 1.0])
        return gain * np.asarray(cortisol.production(jnp.asarray(t), DAY)) - K * c

    found = solve_ivp(rhs, (0.0, 4000.0), [made[0]], t_eval=times, rtol=1e-8, atol=1e-12, max_step=10.0)
    np.testing.assert_allclose(made, found.y[0], rtol=2e-5 * spacing)


@pytest.mark.parametrize("memory", [np.inf, 1000.0])
def test_exposure_of_a_decay_is_exact_but_for_its_memory(memory: float) -> None:
    times = np.concatenate([np.linspace(0.0, 10.0, 21), np.linspace(14.0, 800.0, 60)])
    made = march(*exposure(jnp.asarray(times), jnp.asarray(np.exp(-times / 30.0))[None], jnp.asarray([1.0 / memory])))
    last = quad(lambda t: np.exp(-t / 30.0) * np.exp(-(800.0 - t) / memory), 0.0, 800.0)[0]
    assert np.asarray(made)[0, -1] == pytest.approx(last, rel=1e-9 if np.isinf(memory) else 1e-3)
