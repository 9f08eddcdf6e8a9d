"""Laws of other drugs: factors positive and bounded, more drug acts more, order and company of doses do not matter."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ketworks.comedication import drugs
from ketworks.comedication.at_doses import over_doses
from ketworks.comedication.combined import product_of_factors, strength
from ketworks.comedication.signals import NEUTRAL, OPIOID, SEDATION
from ketworks.comedication.stage import Company as CompanyStage
from ketworks.engine.schedule import Company, Schedule
from ketworks.engine.stage import Surroundings

Floats = NDArray[np.float64]
TIMES = np.array([0.0, 1.0, 40.0, 90.0, 1440.0, 20160.0])
PEOPLE, SLOTS = 3, 8
STAGE = CompanyStage()
P = {key: jnp.asarray(row.canonical) for key, row in STAGE.parameters().items()}

doses = st.lists(
    st.tuples(
        st.integers(0, len(drugs.GIVEN) - 1),
        st.floats(0.0, 500.0),
        st.floats(-1440.0, 10_000.0),
        st.sampled_from([0.0, 5.0, 120.0]),
    ),
    max_size=SLOTS,
)


def run(given: list[tuple[int, float, float, float]], scale: float = 1.0) -> dict[str, Floats]:
    """Outputs for people of three weights, of whom the last takes an opioid and naltrexone every day."""
    columns = np.zeros((4, SLOTS))
    for k, dose in enumerate(given):
        columns[:, k] = dose
    drug, amount, start, duration = columns
    company = Company(
        *(jnp.asarray(start), jnp.asarray(duration), jnp.asarray(np.tile(scale * amount, (PEOPLE, 1)))),
        *(jnp.asarray(drug.astype(np.int64)), jnp.asarray((duration > 0.0).astype(float))),
    )
    ketamine = (jnp.array([0.0, 5000.0]), jnp.array([40.0, 0.0]), *(jnp.ones((PEOPLE, 2)) for _ in range(2)))
    person = {f"with_{name}": jnp.zeros(PEOPLE) for name in drugs.TAKEN} | {"weight": jnp.array([50.0, 70.0, 120.0])}
    person |= {f"with_{name}": jnp.array([0.0, 0.0, 1.0]) for name in ("opioid", "naltrexone")}
    made = STAGE.run(Surroundings(jnp.asarray(TIMES), Schedule(*ketamine, 0, company), person, {}, P), {})
    return {name: np.array(array) for name, array in made.items()}


@given(doses)
@pytest.mark.slow
def test_factors_are_finite_and_positive_and_shifts_not_negative(given_: list[tuple[int, float, float, float]]) -> None:
    for name, values in run(given_).items():
        assert values.shape == (PEOPLE, len(TIMES))
        assert np.all(np.isfinite(values))
        assert np.all(values >= 0.0 if name in (SEDATION, OPIOID) else values > 0.0)


@given(doses, st.floats(1.0, 10.0))
def test_more_of_a_drug_never_acts_less(given_: list[tuple[int, float, float, float]], more: float) -> None:
    one = given_[:1]
    none, less, much = run([]), run(one), run(one, more)
    for name in NEUTRAL:  # beside what the third person takes every day, which may pull the other way
        moved, further = np.abs(less[name] - none[name]), np.abs(much[name] - none[name])
        assert np.all(further >= moved - 1e-9 * (1.0 + none[name]))


@pytest.mark.slow
@given(doses, st.randoms(use_true_random=False))
def test_the_order_of_doses_does_not_matter(given_: list[tuple[int, float, float, float]], random: object) -> None:
    shuffled = list(given_)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for name, values in run(given_).items():
        np.testing.assert_allclose(run(shuffled)[name], values, rtol=1e-9, atol=1e-12)


@given(st.floats(0.0, 1e12), st.floats(1.01, 10.0))
def test_strength_is_bounded_by_its_reach(ratio: float, reach: float) -> None:
    found = float(strength(jnp.asarray(ratio), jnp.asarray(reach)))
    assert 0.0 <= found <= reach * (1.0 + 1e-12)


@given(st.floats(0.0, 3.0), st.floats(0.0, 2.0))
def test_a_factor_lies_between_one_and_its_end(factor: float, weight: float) -> None:
    found = float(product_of_factors(jnp.array([factor]), jnp.full((1, 1, 1), weight))[0, 0])
    end = max(factor, 1e-6) ** 2.0
    assert min(1.0, end) - 1e-12 <= found <= max(1.0, end) + 1e-12


@given(st.lists(st.floats(0.01, 3.0), min_size=3, max_size=3), st.lists(st.floats(0.1, 9.0), min_size=3, max_size=3))
def test_benefit_is_a_mean_of_the_factors_at_the_doses(gains: list[float], amounts: list[float]) -> None:
    schedule = Schedule(
        *(jnp.array([0.0, 100.0, 5000.0]), jnp.array([40.0, 0.0, 40.0]), jnp.array([amounts]), jnp.zeros((1, 3)))
    )
    found = np.array(over_doses(jnp.array([gains]), schedule, jnp.asarray(TIMES)))[0]
    assert found[0] == 1.0
    assert found[1] == np.float64(gains[0]) or abs(found[1] / gains[0] - 1.0) < 1e-12
    assert min(gains) - 1e-12 <= found[-1] <= max(gains) + 1e-12
    np.testing.assert_allclose(found[-1], np.average(gains, weights=amounts), rtol=1e-12)
