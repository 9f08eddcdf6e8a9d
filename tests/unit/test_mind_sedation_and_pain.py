"""Sedation on the MOAA/S, loss of response, relief of pain and memory, at steady levels."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from test_mind_effect_site import P, mind

from ketworks.mind import analgesia, sedation


@pytest.mark.parametrize(
    ("level", "lowest", "highest"), [(100.0, 0.0, 0.002), (440.0, 0.499, 0.501), (1959.0, 0.999, 1.0)]
)
def test_loss_of_response_on_the_ladder_of_levels(level: float, lowest: float, highest: float) -> None:
    assert lowest <= mind(level, level)["mind.unresponsive"][0, -1] <= highest


def test_people_differ_in_the_level_at_which_they_stop_responding() -> None:
    c50 = [P["unresponsive.c50"] * np.exp(P["unresponsive.spread"] * z) for z in (-1.96, 1.96)]
    assert c50[1] / c50[0] == pytest.approx(560.0 / 320.0, rel=0.01)
    shares = mind(440.0, 0.0, {"mind.response": np.array([-1.0, 0.0, 1.0])})["mind.unresponsive"][:, -1]
    assert list(shares) == sorted(shares, reverse=True)


@pytest.mark.parametrize(("level", "step"), [(20.0, 0), (60.0, 1), (150.0, 2), (300.0, 3), (700.0, 4)])
def test_ladder_steps(level: float, step: int) -> None:
    assert mind(level, 0.0)["mind.sedation"][0, -1] == step


@pytest.mark.parametrize(("level", "score"), [(50.0, 5), (120.0, 4), (300.0, 3), (500.0, 2), (600.0, 1), (900.0, 0)])
def test_moaas_of_the_typical_person(level: float, score: int) -> None:
    assert mind(level, 0.0)["mind.moaas"][0, -1] == score


def test_half_are_sedated_at_the_level_of_mild_sedation_and_nobody_is_deep_but_not_lightly_sedated() -> None:
    draws = {"mind.response": np.random.default_rng(1).standard_normal(4_000)}
    made = mind(P["sedation.mild"], 0.0, draws)
    assert np.mean(made["mind.sedated"][:, -1] > 0.5) == pytest.approx(0.5, abs=0.03)
    deep = mind(440.0, 0.0, draws)
    assert np.all(deep["mind.sedated"] >= deep["mind.unresponsive"])


def test_a_sedative_adds_to_the_logit_of_drug_and_placebo_together() -> None:
    odds = sedation.sedated_odds(*(jnp.asarray(x) for x in (100.0, 100.0, 6.0, 0.124, 0.7)))
    assert float(odds) == pytest.approx(1.124 * np.exp(0.7) - 0.124)


def test_response_follows_plasma_faster_than_experience() -> None:
    assert P["response_site.half_life"] < 0.3 * P["experience_site.half_life"]
    made = mind(1000.0, 0.0)
    assert made["mind.unresponsive"][0, 3] > 0.95  # 3 min after a step
    assert made["mind.drug_high"][0, 3] < 0.9 * made["mind.drug_high"][0, -1]


def test_relief_of_heat_pain_is_six_times_more_potent_and_electrical_pain_four_to_six_times_less_than_the_high() -> (
    None
):
    grid = np.linspace(0.0, 2000.0, 241)

    def half(name: str) -> float:
        ends = [mind(level, 0.0)[name][0, -1] for level in grid[1::8]]
        return float(np.interp(0.5, ends, grid[1::8]))

    heat, electrical = half("mind.analgesia.heat"), half("mind.analgesia.electrical")
    assert electrical / heat == pytest.approx(6.0, rel=0.05)
    assert 4.0 <= half("mind.analgesia") / P["drug_high.c50"] <= 6.0


def test_pain_has_a_draw_of_its_own_and_r_relieves_none() -> None:
    draws = np.random.default_rng(5).standard_normal((2, 3_000))
    made = mind(140.0, 140.0, {"mind.dissociation": draws[0], "mind.analgesia": draws[1]})
    assert abs(np.corrcoef(made["mind.cadss"][:, -1], made["mind.analgesia.heat"][:, -1])[0, 1]) < 0.05
    assert made["mind.analgesia"][:, -1].std() > 0.05
    assert mind(0.0, 300.0)["mind.analgesia"].max() == 0.0
    assert float(analgesia.analgesia(jnp.asarray(345.0), jnp.asarray(345.0))) == pytest.approx(0.5)


@pytest.mark.slow
def test_memory_falls_with_the_dose_and_not_with_dissociation() -> None:
    ends = [mind(level, 0.0)["mind.memory"][0, -1] for level in (0.0, 50.0, 100.0, 200.0)]
    assert ends[0] == 1.0
    assert ends == sorted(ends, reverse=True)
    made = mind(100.0, 0.0, {"mind.dissociation": np.array([-2.0, 2.0])})["mind.memory"]
    np.testing.assert_array_equal(made[0], made[1])


def test_however_much_another_drug_sedates_the_probability_is_a_number() -> None:
    odds = sedation.sedated_odds(*(jnp.asarray(x) for x in (500.0, 440.0, 5.0, 1e-3, 5000.0)))
    assert float(sedation.probability(odds)) == 1.0
