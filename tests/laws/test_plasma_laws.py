"""Laws that every linear kinetics must keep, on the plasma models as they ship."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ketworks.dose.route import ROUTES
from ketworks.engine.chain import Chain
from ketworks.engine.propagate import Channel, Link, diagonalize, exchange, propagate, single, transits
from ketworks.engine.schedule import Schedule
from ketworks.people.person import Person
from ketworks.plasma.combined.model import Combined
from ketworks.plasma.perezruixo2021.model import PerezRuixo2021

ROUTE = {"combined": "iv", "perezruixo2021": "nasal"}
TIMES = np.array([0.0, 1.0, 5.0, 20.0, 40.0, 41.0, 60.0, 120.0, 480.0, 1440.0, 4320.0])
CHAINS = {stage.variant: Chain([stage()]) for stage in (Combined, PerezRuixo2021)}
# irrational ratios: no two modes of the random systems coincide exactly, as none do among drawn people
MULTIPLES = [0.31, 0.53, 0.79, 1.13, 1.71, 2.37, 3.53, 4.69]
amounts = st.floats(1e-3, 1e3)
draws = st.lists(st.floats(-3.0, 3.0), min_size=12, max_size=12)


def levels(
    variant: str,
    doses: list[tuple[float, float, float]],
    eta: list[float] | None = None,
    times: NDArray[np.float64] = TIMES,
    weight: float = 70.0,
) -> dict[str, Any]:
    """Levels for doses (start, duration, umol of S; half as much R for the intravenous model)."""
    chain = CHAINS[variant]
    slots = 4
    padded = [*doses, *[(doses[-1][0], 0.0, 0.0)] * (slots - len(doses))]
    start, duration, s = (jnp.array([dose[k] for dose in padded]) for k in range(3))
    names = chain.random_effects(tuple(chain.signals))
    drawn = {name: jnp.array([(eta or [0.0] * 12)[k % 12]]) for k, name in enumerate(names)}
    drawn |= {name: jnp.zeros((1, slots)) for stage in chain.stages for name in stage.dose_effects}
    person = {name: jnp.array([value]) for name, value in (Person().covariates() | {"weight": weight}).items()}
    code = jnp.full(slots, ROUTES.index(ROUTE[variant]))
    r = 0.5 * s[None] if variant == "combined" else jnp.zeros((1, slots))
    run = chain.run(
        tuple(chain.signals), jnp.asarray(times), Schedule(start, duration, s[None], r, code), person, drawn
    )
    return {name: np.asarray(value)[0] for name, value in run.signals.items()}


@pytest.mark.parametrize("variant", ["combined"])
@given(a=amounts, b=amounts, eta=draws)
def test_superposition_and_linearity(variant: str, a: float, b: float, eta: list[float]) -> None:
    first, second = (0.0, 40.0, a), (60.0, 0.0, b)
    both = levels(variant, [first, second], eta)
    alone = levels(variant, [first], eta)
    other = levels(variant, [(0.0, 40.0, 0.0), second], eta)
    for name in both:
        scale = np.abs(both[name]).max()
        np.testing.assert_allclose(both[name], alone[name] + other[name], rtol=1e-9, atol=1e-9 * scale)


@given(factor=st.floats(1e-3, 1e3), eta=draws)
def test_levels_are_proportional_to_dose(factor: float, eta: list[float]) -> None:
    once = levels("combined", [(0.0, 40.0, 100.0)], eta)
    more = levels("combined", [(0.0, 40.0, 100.0 * factor)], eta)
    for name in once:
        np.testing.assert_allclose(more[name], factor * once[name], rtol=1e-9, atol=1e-9 * np.abs(more[name]).max())


@pytest.mark.parametrize("variant", list(CHAINS))
@given(shift=st.floats(0.1, 5000.0))
def test_time_shift(variant: str, shift: float) -> None:
    here = levels(variant, [(0.0, 0.0, 100.0)])
    there = levels(variant, [(shift, 0.0, 100.0)], times=TIMES + shift)
    for name in here:
        np.testing.assert_allclose(there[name], here[name], rtol=1e-8, atol=1e-8 * np.abs(here[name]).max() + 1e-300)


@given(cut=st.floats(0.05, 0.95), eta=draws)
def test_splitting_an_infusion_changes_nothing(cut: float, eta: list[float]) -> None:
    whole = levels("combined", [(0.0, 40.0, 100.0)], eta)
    parts = levels("combined", [(0.0, 40.0 * cut, 100.0 * cut), (40.0 * cut, 40.0 * (1 - cut), 100.0 * (1 - cut))], eta)
    for name in whole:
        np.testing.assert_allclose(parts[name], whole[name], rtol=1e-8, atol=1e-9 * np.abs(whole[name]).max())


@pytest.mark.parametrize("variant", list(CHAINS))
@given(eta=draws, weight=st.floats(30.0, 250.0), duration=st.sampled_from([0.0, 2.0, 40.0, 600.0]))
def test_levels_are_never_negative(variant: str, eta: list[float], weight: float, duration: float) -> None:
    fine = np.unique(np.concatenate([TIMES, np.geomspace(1e-3, 1500.0, 60)]))
    lasting = duration if variant == "combined" else 0.0
    found = levels(variant, [(0.0, lasting, 200.0)], eta, fine, weight)
    for name, value in found.items():
        assert value.min() >= -1e-12 * max(value.max(), 1e-300), name


@given(values=st.lists(st.sampled_from(MULTIPLES), min_size=11, max_size=11), duration=st.floats(1.0, 500.0))
def test_mass_balance_to_1e_8_of_the_dose(values: list[float], duration: float) -> None:
    """Everything given is in the body, or in the two accumulators that take what leaves."""
    given_so_far = 100.0 * np.minimum(TIMES / duration, 1.0)
    assert np.abs(np.asarray(whole_amount(jnp.array(values), duration)) - given_so_far).max() <= 1e-8 * 100.0


@jax.jit
def whole_amount(values: jax.Array, duration: float) -> jax.Array:
    """Sum of all states at TIMES after an infusion of 100 umol, with the shipped constants times ``values``."""
    shipped = jnp.array([11.6, 39.0, 174.0, 1.48, 2.43, 1.21, 0.0995, 11.6, 221.0, 1.0, 2.63])
    v1, v2, v3, cl, q2, q3, kt, vn1, vn2, cln, qn = (shipped * values)[:, None]
    zero = jnp.zeros(1)
    blocks = [
        exchange([v1, v2, v3], {(0, 1): q2, (0, 2): q3}, {0: cl}),
        transits(kt, 2),
        exchange([vn1, vn2], {(0, 1): qn}, {0: cln}),
        single(zero),
        single(zero),
    ]
    to_n = 0.8
    links = [
        Link(3, 0, to_n * cl / v1),
        Link(5, 4, kt),
        Link(7, 0, (1.0 - to_n) * cl / v1),
        Link(8, 5, cln / vn1),
    ]
    entry = jnp.zeros((1, 9)).at[:, 0].set(1.0)
    dose = Channel(entry, jnp.array([0.0]), jnp.reshape(duration, (1,)), jnp.array([[100.0]]))
    return propagate(diagonalize(blocks, links), [dose], jnp.asarray(TIMES), jnp.ones((1, 1, 9)))[0, 0]


def test_a_person_is_the_same_in_any_company() -> None:
    stage = Combined()
    chain = Chain([stage])
    names = tuple(chain.signals)
    eta = {name: np.random.default_rng(3).standard_normal(128) for name in stage.random_effects}
    order = np.random.default_rng(4).permutation(128)
    schedule = Schedule(jnp.zeros(1), jnp.array([40.0]), jnp.full((128, 1), 100.0), jnp.full((128, 1), 100.0))
    eta |= {name: np.random.default_rng(5).standard_normal((128, 1)) for name in stage.dose_effects}
    person = {name: jnp.full(128, value) for name, value in Person().covariates().items()}
    straight = chain.run(names, jnp.asarray(TIMES), schedule, person, {k: jnp.asarray(v) for k, v in eta.items()})
    mixed = chain.run(names, jnp.asarray(TIMES), schedule, person, {k: jnp.asarray(v[order]) for k, v in eta.items()})
    for name in names:
        np.testing.assert_array_equal(np.asarray(straight.signals[name])[order], np.asarray(mixed.signals[name]))
