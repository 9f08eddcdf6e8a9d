"""Experience: calibration of the CADSS, its distribution between people, loss of response, the ladder."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import gamma, norm

from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings
from ketworks.mind.skewed_score import gamma_multiplier, gamma_quantile
from ketworks.mind.stage import EffectSite

jax.config.update("jax_enable_x64", True)

NO_DOSE = Schedule(jnp.zeros(1), jnp.zeros(1), jnp.zeros((1, 1)), jnp.zeros((1, 1)))
P = {key: row.canonical for key, row in EffectSite.parameters().items()}
TIMES = np.linspace(0.0, 240.0, 241)
SHAPE = (P["dissociation.mean"] / P["dissociation.sd"]) ** 2
RUN = jax.jit(lambda around, inputs: EffectSite().run(around, inputs))


def mind(
    s: np.ndarray | float, r: np.ndarray | float, dissociation: np.ndarray | None = None, response: float = 0.0
) -> dict[str, np.ndarray]:
    draws = np.zeros(1) if dissociation is None else dissociation
    levels = [np.broadcast_to(np.asarray(x, dtype=float), (len(draws), len(TIMES))) for x in (s, r)]
    eta = {"mind.dissociation": jnp.asarray(draws), "mind.response": jnp.full(len(draws), response)}
    names = ("plasma.s_ketamine.arterial", "plasma.r_ketamine.arterial")
    around = Surroundings(jnp.asarray(TIMES), NO_DOSE, {}, eta, P)
    return {k: np.asarray(v) for k, v in RUN(around, dict(zip(names, map(jnp.asarray, levels), strict=True))).items()}


def racemate_giving(level: float) -> float:
    return level / (1.0 + P["drug_high.r_weight"])


def test_without_drug_nothing_is_felt() -> None:
    made = mind(0.0, 0.0, np.array([-3.0, 0.0, 3.0]))
    assert all(np.all(x == 0.0) for x in made.values())


def test_mean_score_meets_its_calibration_at_the_reference_level() -> None:
    level = racemate_giving(P["dissociation.reference_level"])
    assert mind(level, level)["mind.cadss_mean"][0, -1] == pytest.approx(P["dissociation.mean"], rel=1e-9)


def test_a_cohort_has_the_published_mean_and_spread_and_is_skewed() -> None:
    draws = np.random.default_rng(1).standard_normal(20_000)
    made = P["dissociation.mean"] * np.asarray(
        gamma_multiplier(jnp.asarray(draws), P["dissociation.mean"], P["dissociation.sd"])
    )
    assert made.mean() == pytest.approx(7.7, abs=0.2)
    assert made.std() == pytest.approx(9.2, abs=0.3)
    assert np.mean((made - made.mean()) ** 3) / made.std() ** 3 == pytest.approx(2.0 / SHAPE**0.5, abs=0.3)
    assert np.mean(made < 1.0) > 0.2  # crowded near zero
    assert made.min() >= 0.0


def test_the_typical_person_is_the_median_and_not_the_mean() -> None:
    level = racemate_giving(P["dissociation.reference_level"])
    made = mind(level, level)
    assert made["mind.cadss"][0, -1] / made["mind.cadss_mean"][0, -1] == pytest.approx(gamma.median(SHAPE) / SHAPE)


def test_scores_stop_at_the_scale() -> None:
    made = mind(5000.0, 5000.0, np.array([5.0]))
    assert made["mind.cadss"].max() == P["dissociation.most"]


@pytest.mark.parametrize("shape", [0.3, SHAPE, 1.5, 4.0])
def test_gamma_quantile_against_scipy(shape: float) -> None:
    z = np.linspace(-5.0, 5.0, 97)
    expected = np.where(z < 0.0, gamma.ppf(norm.cdf(z), shape), gamma.isf(norm.sf(z), shape))
    found = np.asarray(gamma_quantile(jnp.asarray(z), jnp.asarray(shape)))
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_half_the_high_at_its_c50_and_r_counts_for_less() -> None:
    assert mind(P["drug_high.c50"], 0.0)["mind.drug_high"][0, -1] == pytest.approx(0.5, abs=1e-9)
    assert 0.0 < mind(0.0, 100.0)["mind.drug_high"][0, -1] < mind(100.0, 0.0)["mind.drug_high"][0, -1]


def test_experience_lags_plasma_and_passes() -> None:
    plasma = np.where(TIMES < 40.0, 3.6 * TIMES, 144.0 * np.exp(-(TIMES - 40.0) / 17.0))
    made = mind(plasma, plasma)["mind.cadss"][0]
    assert 40.0 < TIMES[np.argmax(made)] < 46.0
    assert made[-1] < 0.02 * made.max()


@pytest.mark.parametrize(
    ("level", "lowest", "highest"), [(100.0, 0.0, 0.002), (440.0, 0.499, 0.501), (1959.0, 0.999, 1.0)]
)
def test_loss_of_response_on_the_ladder_of_levels(level: float, lowest: float, highest: float) -> None:
    assert lowest <= mind(level, level)["mind.unresponsive"][0, -1] <= highest


def test_people_differ_in_the_level_at_which_they_stop_responding() -> None:
    c50 = [P["unresponsive.c50"] * np.exp(P["unresponsive.spread"] * z) for z in (-1.96, 1.96)]
    assert c50[1] / c50[0] == pytest.approx(560.0 / 320.0, rel=0.01)
    shares = [mind(440.0, 0.0, response=z)["mind.unresponsive"][0, -1] for z in (-1.0, 0.0, 1.0)]
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize(("level", "step"), [(20.0, 0), (60.0, 1), (150.0, 2), (300.0, 3), (700.0, 4)])
def test_ladder_steps(level: float, step: int) -> None:
    assert mind(level, 0.0)["mind.sedation"][0, -1] == step


def test_declares_what_it_makes() -> None:
    made = mind(100.0, 100.0)
    assert {signal.name for signal in EffectSite.outputs} <= set(made)
    known = {*EffectSite.parameters(), *(need.name for need in EffectSite.needs)}
    assert all(set(links) <= known for links in EffectSite.rests_on.values())
    assert set(EffectSite.rests_on) == set(EffectSite.equations) == {signal.name for signal in EffectSite.outputs}
    assert set(EffectSite.parameters()) <= {link for links in EffectSite.rests_on.values() for link in links}


def test_steepness_of_drug_high() -> None:
    twice = 2.0 ** P["drug_high.steepness"]
    assert mind(2.0 * P["drug_high.c50"], 0.0)["mind.drug_high"][0, -1] == pytest.approx(twice / (1.0 + twice))
