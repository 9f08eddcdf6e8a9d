"""Other scales: published correspondences, ranges, thresholds on whole points; ideation: size, mediation, sign."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray

from ketworks.engine.random import standard_normals
from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Stage, Surroundings
from ketworks.outcome.measures import HAMD17, PHQ9, QIDS, SCALES, LinkedScales, Scale, from_madrs
from ketworks.outcome.scales import whole_points
from ketworks.outcome.suicidality import IDEATION, MEAN_IDEATION, PartlyThroughMood

jax.config.update("jax_enable_x64", True)

Floats = NDArray[np.float64]
NONE = Schedule(*(jnp.zeros((1,)), jnp.zeros((1,)), jnp.zeros((1, 1)), jnp.zeros((1, 1))))


def values_of(stage: Stage) -> dict[str, jax.Array]:
    return {key: jnp.asarray(row.canonical) for key, row in stage.parameters().items()}


def run(stage: Stage, inputs: dict[str, Floats], drawn: bool = False) -> dict[str, Floats]:
    people, times = next(iter(inputs.values())).shape
    eta = standard_normals(4, range(1, people + 1), stage.random_effects)
    if not drawn:
        eta = {name: jnp.zeros(people) for name in eta}
    around = Surroundings(jnp.arange(times) * 1440.0, NONE, {}, eta, values_of(stage))
    made = stage.run(around, {name: jnp.asarray(array) for name, array in inputs.items()})
    return {name: np.asarray(array) for name, array in made.items()}


def linked(scale: Scale, madrs: float) -> float:
    return float(from_madrs(scale, jnp.asarray(madrs), values_of(LinkedScales())))


@pytest.mark.parametrize(("hamd", "madrs"), [(10, 13), (20, 26), (30, 39), (40, 52.5)])
def test_hamilton_meets_the_table_it_comes_from(hamd: float, madrs: float) -> None:
    assert linked(HAMD17, madrs) == pytest.approx(hamd, abs=0.4)


def test_hamilton_meets_another_groups_linking() -> None:
    """Carmody 2006: HRSD17 of 7 corresponds to 8 or 9 on MADRS; not used to set the link."""
    assert linked(HAMD17, 8.0) <= 7.0 <= linked(HAMD17, 9.0) + 0.1


def test_qids_meets_its_line_and_stays_near_another_groups_linking() -> None:
    assert linked(QIDS, 7.5) == pytest.approx(5.0)
    assert linked(QIDS, 60.0) == 27.0
    # Chinese versions: 5, 10, 15 and 20 end where MADRS 8, 17, 24 and 33 end (not used); two points apart at most
    for madrs, qids in ((8.0, 5.0), (17.0, 10.0), (24.0, 15.0), (33.0, 20.0)):
        assert linked(QIDS, madrs) == pytest.approx(qids, abs=2.0)


def test_the_scales_agree_with_the_table_between_them() -> None:
    """The scales' own site: QIDS-SR 5, 10, 15 and 20 stand beside HRSD17 7, 13, 18 to 19 and 25 (not used)."""
    madrs = np.linspace(0.0, 60.0, 6001)
    qids = np.array(from_madrs(QIDS, jnp.asarray(madrs), values_of(LinkedScales())))
    for score, hamd in ((5.0, 7.0), (10.0, 13.0), (15.0, 18.5), (20.0, 25.0)):
        at = madrs[np.searchsorted(qids, score)]
        assert linked(HAMD17, float(at)) == pytest.approx(hamd, abs=3.5)


@pytest.mark.parametrize("scale", SCALES, ids=lambda s: s.name)
def test_a_scale_rises_with_madrs_within_its_range(scale: Scale) -> None:
    score = np.array(from_madrs(scale, jnp.linspace(0.0, 60.0, 601), values_of(LinkedScales())))
    assert score[0] == 0.0
    assert np.all(np.diff(score) >= 0.0)
    assert score[-1] <= LinkedScales.parameters()[f"{scale.name}.top"].value


def test_thresholds_are_counted_on_whole_points() -> None:
    assert [float(whole_points(jnp.asarray(x))) for x in (0.49, 0.5, 7.49, 7.5)] == [0.0, 1.0, 7.0, 8.0]
    below, above = 7.49 / 0.769, 7.51 / 0.769
    made = run(LinkedScales(), {"outcome.madrs": np.array([[33.0, below], [33.0, above]])})
    assert made["outcome.remission.hamd17"][:, 1].tolist() == [1.0, 0.0]
    assert made["outcome.response.hamd17"][:, 1].tolist() == [1.0, 1.0]
    assert np.all(made["outcome.response.phq9"][:, 0] == 0.0)


def test_every_declared_score_is_made_and_rests_on_rows() -> None:
    for stage, inputs in (
        (LinkedScales(), {"outcome.madrs": np.full((2, 3), 20.0)}),
        (PartlyThroughMood(), {name: np.full((2, 3), 8.0) for name in ("outcome.mean_effect", "outcome.drug_effect")}),
    ):
        made = run(stage, inputs)
        assert set(made) == {signal.name for signal in stage.outputs} == set(stage.rests_on) == set(stage.equations)
        known = {*stage.parameters(), *(need.name for need in stage.needs)}
        assert {link for links in stage.rests_on.values() for link in links} == known
        assert all(array.shape == (2, 3) and np.all(np.isfinite(array)) for array in made.values())


def test_ideation_falls_by_what_the_trial_found_where_mood_gains_eight_points() -> None:
    both = {name: np.full((1, 2), 8.0) for name in ("outcome.mean_effect", "outcome.drug_effect")}
    assert run(PartlyThroughMood(), both)[MEAN_IDEATION][0, 0] == pytest.approx(-4.96)
    nothing = {name: np.zeros((50, 2)) for name in both}
    assert np.all(run(PartlyThroughMood(), nothing, drawn=True)[IDEATION] == 0.0)


def test_a_third_of_the_fall_of_ideation_goes_through_the_persons_own_mood() -> None:
    """Blocking the person's mood effect, and nothing else, takes away 33.6 % of the mean fall."""
    mean = np.full((40_000, 1), 8.0)
    whole = run(PartlyThroughMood(), {"outcome.mean_effect": mean, "outcome.drug_effect": mean}, drawn=True)[IDEATION]
    rest = run(PartlyThroughMood(), {"outcome.mean_effect": mean, "outcome.drug_effect": 0.0 * mean}, drawn=True)
    assert 1.0 - rest[IDEATION].mean() / whole.mean() == pytest.approx(0.336, abs=0.01)
    assert whole.mean() == pytest.approx(-4.96, abs=0.15)
    assert whole.min() >= -38.0


def test_phq9_moves_as_its_smallest_change_that_matters() -> None:
    assert linked(PHQ9, 30.0) - linked(PHQ9, 20.0) == pytest.approx(6.0)
