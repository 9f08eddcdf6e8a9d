"""The mind stage: levels at its sites, calibration of the CADSS, distribution between people, other drugs."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import gamma, norm

from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings
from ketworks.mind.skewed_score import gamma_above, gamma_multiplier, gamma_quantile
from ketworks.mind.stage import EffectSite

jax.config.update("jax_enable_x64", True)

NO_DOSE = Schedule(jnp.zeros(1), jnp.zeros(1), jnp.zeros((1, 1)), jnp.zeros((1, 1)))
P = {key: row.canonical for key, row in EffectSite.parameters().items()}
TIMES = np.linspace(0.0, 240.0, 241)
SHAPE = (P["dissociation.intensity"] / P["dissociation.sd"]) ** 2
RUN = jax.jit(lambda around, inputs: EffectSite().run(around, inputs))


def mind(
    s: np.ndarray | float,
    r: np.ndarray | float,
    eta: dict[str, np.ndarray] | None = None,
    gain: float = 1.0,
    sedative: float = 0.0,
    schedule: Schedule = NO_DOSE,
) -> dict[str, np.ndarray]:
    draws = eta or {}
    people = max([len(one) for one in draws.values()], default=1)
    given = {name: jnp.asarray(draws.get(name, np.zeros(people))) for name in EffectSite.random_effects}
    names = [need.name for need in EffectSite.needs]
    levels = [np.broadcast_to(np.asarray(x, dtype=float), (people, len(TIMES))) for x in (s, r, gain, sedative)]
    around = Surroundings(jnp.asarray(TIMES), schedule, {}, given, P)
    made = RUN(around, dict(zip(names, map(jnp.asarray, levels), strict=True)))
    return {k: np.asarray(v) for k, v in made.items()}


def racemate_giving(level: float) -> float:
    return level / (1.0 + P["drug_high.r_weight"])


def test_without_drug_nothing_is_felt() -> None:
    draws = {name: np.array([-3.0, 0.0, 3.0]) for name in EffectSite.random_effects if name != "mind.expectation"}
    made = mind(0.0, 0.0, draws)
    at_rest = {"mind.moaas": 5.0, "mind.memory": 1.0}
    for signal in EffectSite.outputs:
        assert np.all(made[signal.name] == at_rest.get(signal.name, 0.0)), signal.name


def test_mean_score_meets_its_calibration_at_the_reference_level() -> None:
    level = racemate_giving(P["dissociation.reference_level"])
    assert mind(level, level)["mind.cadss_mean"][0, -1] == pytest.approx(P["dissociation.mean"], rel=1e-3)


def test_mean_score_is_the_mean_of_whole_points() -> None:
    """Against SciPy, over levels from faint to far above the reference."""
    for level in (40.0, 80.0, 160.0, 400.0, 1200.0):
        odds = P["dissociation.intensity"] / (92.0 - P["dissociation.intensity"])
        odds *= (level / P["dissociation.reference_level"]) ** P["drug_high.steepness"]
        mean = 92.0 * odds / (1.0 + odds)
        expected = gamma.sf(np.arange(1, 93) * SHAPE / mean, SHAPE).sum()
        assert mind(level, 0.0)["mind.cadss_mean"][0, -1] == pytest.approx(expected, rel=2e-3)


def test_a_cohort_has_the_published_mean_and_spread_and_is_skewed() -> None:
    draws = np.random.default_rng(1).standard_normal(20_000)
    level = racemate_giving(P["dissociation.reference_level"])
    made = mind(level, level, {"mind.dissociation": draws})["mind.cadss"][:, -1]
    assert made.mean() == pytest.approx(7.7, abs=0.2)
    assert made.std() == pytest.approx(9.2, abs=0.3)
    assert np.mean((made - made.mean()) ** 3) / made.std() ** 3 > 1.5
    assert np.array_equal(made, np.floor(made))


def test_zeros_become_more_as_the_level_falls() -> None:
    draws = np.random.default_rng(2).standard_normal(4_000)
    shares = [np.mean(mind(level, 0.0, {"mind.dissociation": draws})["mind.cadss"][:, -1] == 0) for level in (155, 53)]
    assert 0.1 < shares[0] < 0.25
    assert shares[1] > 2.0 * shares[0]


def test_the_typical_person_is_the_median_and_not_the_mean() -> None:
    level = racemate_giving(P["dissociation.reference_level"])
    made = mind(level, level)
    median = P["dissociation.intensity"] * gamma.median(SHAPE) / SHAPE
    assert made["mind.cadss"][0, -1] == np.floor(median) < made["mind.cadss_mean"][0, -1]


def test_scores_stop_at_the_scale_and_the_mean_does_not_stop_early() -> None:
    made = mind(5000.0, 5000.0, {"mind.dissociation": np.array([5.0])})
    assert made["mind.cadss"].max() == P["dissociation.most"]
    assert mind(2.0 * 155.0, 0.0)["mind.cadss_mean"][0, -1] > 1.7 * mind(155.0, 0.0)["mind.cadss_mean"][0, -1]


@pytest.mark.parametrize("shape", [0.3, SHAPE, 1.5, 4.0])
def test_gamma_quantile_and_tail_against_scipy(shape: float) -> None:
    z = np.linspace(-5.0, 5.0, 97)
    expected = np.where(z < 0.0, gamma.ppf(norm.cdf(z), shape), gamma.isf(norm.sf(z), shape))
    found = np.asarray(gamma_quantile(jnp.asarray(z), jnp.asarray(shape)))
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    x = np.concatenate([np.geomspace(1e-6, 34.9, 60), [60.0, 1e4]])
    np.testing.assert_allclose(gamma_above(jnp.asarray(x), jnp.asarray(shape)), gamma.sf(x, shape), atol=1e-11)
    assert float(gamma_multiplier(jnp.zeros(()), jnp.sqrt(shape), jnp.ones(()))) == pytest.approx(
        gamma.median(shape) / shape
    )


def test_half_the_high_at_its_c50_and_r_counts_for_less() -> None:
    assert mind(P["drug_high.c50"], 0.0)["mind.drug_high"][0, -1] == pytest.approx(0.5, abs=1e-8)
    assert 0.0 < mind(0.0, 100.0)["mind.drug_high"][0, -1] < mind(100.0, 0.0)["mind.drug_high"][0, -1]


def test_steepness_of_drug_high() -> None:
    twice = 2.0 ** P["drug_high.steepness"]
    assert mind(2.0 * P["drug_high.c50"], 0.0)["mind.drug_high"][0, -1] == pytest.approx(twice / (1.0 + twice))


def test_high_is_linear_in_steady_levels_as_bowdle_found() -> None:
    """Scales in venous racemate 50 to 200 ng/mL: r 0.93 to 0.99, 37 to 89 % at the top [B0102, B0245]."""
    draws = np.random.default_rng(3).standard_normal(4_000)
    steps = np.array([50.0, 100.0, 150.0, 200.0])
    highs = [mind(c / 2, c / 2, {"mind.dissociation": draws})["mind.drug_high"][:, -1].mean() for c in steps]
    assert np.corrcoef(steps, highs)[0, 1] > 0.93
    assert 0.37 < highs[-1] < 0.89


def test_psychotomimetic_symptoms_stay_below_their_published_ceiling() -> None:
    draws = np.random.default_rng(4).standard_normal(20_000)
    made = mind(100.0, 100.0, {"mind.dissociation": draws})["mind.psychotomimetic"][:, -1]
    assert made.mean() == pytest.approx(0.11, abs=0.005)


def test_experience_lags_plasma_and_passes() -> None:
    plasma = np.where(TIMES < 40.0, 3.6 * TIMES, 144.0 * np.exp(-(TIMES - 40.0) / 17.0))
    made = mind(plasma, plasma)["mind.cadss_mean"][0]
    assert 40.0 < TIMES[np.argmax(made)] < 50.0
    assert made[-1] < 0.02 * made.max()


def test_other_drugs_change_scores_and_sedation_but_not_the_high() -> None:
    plain = mind(150.0, 0.0)
    damped, asleep = mind(150.0, 0.0, gain=0.5), mind(60.0, 0.0, sedative=3.0)
    for name in ("mind.cadss_mean", "mind.psychotomimetic"):
        assert 0.0 < damped[name][0, -1] < 0.6 * plain[name][0, -1]
    for name in ("mind.drug_high", "mind.sedated", "mind.analgesia"):
        np.testing.assert_array_equal(damped[name], plain[name])
    assert asleep["mind.sedated"][0, -1] > 2.0 * mind(60.0, 0.0)["mind.sedated"][0, -1]
    assert mind(0.0, 0.0, sedative=3.0)["mind.sedated"][0, -1] > 0.5
    assert mind(0.0, 0.0, sedative=-3.0)["mind.sedated"][0, -1] == 0.0


def test_declares_what_it_makes() -> None:
    made = mind(100.0, 100.0)
    assert {signal.name for signal in EffectSite.outputs} <= set(made)
    known = {*EffectSite.parameters(), *(need.name for need in EffectSite.needs)}
    assert all(set(links) <= known for links in EffectSite.rests_on.values())
    assert set(EffectSite.rests_on) == set(EffectSite.equations) == {signal.name for signal in EffectSite.outputs}
    assert set(EffectSite.parameters()) <= {link for links in EffectSite.rests_on.values() for link in links}
    assert {name for name in made if name.startswith("error.")} == {f"error.{s.name}" for s in EffectSite.outputs}
