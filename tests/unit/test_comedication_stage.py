"""Other drugs beside ketamine: neutral where none is about, the table's value at the reference, the right row named."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray

from ketworks import other_drugs
from ketworks.comedication import drugs
from ketworks.comedication.signals import BENEFIT, EXPERIENCE, HEART_RATE, NEUTRAL, OPIOID, SEDATION, SYMPATHETIC
from ketworks.comedication.stage import Company as CompanyStage
from ketworks.comedication.variants import BenzodiazepineNeutral, LamotrigineProtects, NaltrexoneNeutral
from ketworks.engine.schedule import Company, Schedule
from ketworks.engine.stage import Surroundings
from ketworks.registry import default_variant, make, variants

Floats = NDArray[np.float64]
TIMES = np.array([0.0, 7.0, 40.0, 120.0, 1440.0])
STAGES = (CompanyStage(), BenzodiazepineNeutral(), NaltrexoneNeutral(), LamotrigineProtects())
WEIGHT = 70.0


def doses(*given: tuple[str, float, float, bool], slots: int = 8) -> Company:
    """Doses at once: drug, mg, start in min, whether into a vein."""
    start, amount, drug, vein = np.zeros(slots), np.zeros((1, slots)), np.zeros(slots, dtype=np.int64), np.zeros(slots)
    for k, (name, mg, at, into) in enumerate(given):
        start[k], amount[0, k], drug[k], vein[k] = at, mg, drugs.GIVEN.index(name), into
    return Company(*(jnp.asarray(one) for one in (start, np.zeros(slots), amount, drug, vein)))


def run(
    *given: tuple[str, float, float, bool],
    taken: tuple[str, ...] = (),
    stage: CompanyStage | None = None,
    ketamine: tuple[tuple[float, float], ...] = ((0.0, 1.0),),
) -> dict[str, Floats]:
    """Outputs for one person; ``ketamine`` as start and amount of doses over 40 min."""
    stage = stage or CompanyStage()
    person = {f"with_{name}": jnp.array([float(name in taken)]) for name in drugs.TAKEN}
    person["weight"] = jnp.array([WEIGHT])
    start, amount = (jnp.asarray(np.array(column)) for column in zip(*ketamine, strict=True))
    schedule = Schedule(
        start, jnp.full_like(start, 40.0), amount[None], amount[None], 0, doses(*given) if given else None
    )
    p = {key: jnp.asarray(row.canonical) for key, row in stage.parameters().items()}
    made = stage.run(Surroundings(jnp.asarray(TIMES), schedule, person, {}, p), {})
    return {name: np.array(array) for name, array in made.items()}


def value(key: str) -> float:
    return drugs.rows()[key].value


@pytest.mark.parametrize("stage", STAGES, ids=lambda s: s.variant)
def test_without_another_drug_everything_is_exactly_neutral(stage: CompanyStage) -> None:
    for made in (run(stage=stage), run(("clonidine", 0.0, -60.0, False), stage=stage)):
        assert set(made) == set(NEUTRAL)
        for name, neutral in NEUTRAL.items():
            assert made[name].shape == (1, len(TIMES))
            assert np.all(made[name] == neutral)


@pytest.mark.parametrize("name", drugs.TAKEN)
def test_a_drug_taken_daily_does_what_its_rows_say(name: str) -> None:
    made = run(taken=(name,))
    for signal, neutral in NEUTRAL.items():
        key = drugs.effect_row(f"daily.{name}", signal)
        expected = value(key) if key else neutral
        np.testing.assert_allclose(made[signal][0, 1:], expected, rtol=1e-12, err_msg=signal)


@pytest.mark.parametrize("name", drugs.GIVEN)
def test_at_its_reference_amount_a_dose_does_what_its_rows_say(name: str) -> None:
    unit = WEIGHT if drugs.rows()[f"{name}.reference"].unit == "mg/kg" else 1.0
    made = run((name, value(f"{name}.reference") * unit, 7.0, True))
    for signal in set(NEUTRAL) - {BENEFIT}:
        key = drugs.effect_row(name, signal)
        np.testing.assert_allclose(made[signal][0, 1], value(key) if key else NEUTRAL[signal], rtol=1e-12)
        assert made[signal][0, 0] == NEUTRAL[signal]  # not yet given


def test_the_trial_behind_clonidine_is_met_at_its_time() -> None:
    made = run(("clonidine", 0.005 * WEIGHT, -90.0, False))
    assert made[SYMPATHETIC][0, 1] == pytest.approx(39 / 55, rel=1e-5)
    assert made[HEART_RATE][0, 1] == pytest.approx(20 / 46, rel=1e-5)
    half = run(("clonidine", 0.0025 * WEIGHT, -90.0, False))
    assert made[SYMPATHETIC][0, 1] < half[SYMPATHETIC][0, 1] < 1.0


def test_drugs_together_multiply_factors_and_add_shifts() -> None:
    both = run(taken=("ssri", "maoi", "benzodiazepine"))
    alone = [run(taken=(name,)) for name in ("ssri", "maoi", "benzodiazepine")]
    for name in (SYMPATHETIC, EXPERIENCE, HEART_RATE):
        np.testing.assert_allclose(both[name], np.prod([one[name] for one in alone], axis=0), rtol=1e-12)
    np.testing.assert_allclose(both[SEDATION], sum(one[SEDATION] for one in alone), rtol=1e-12)


@pytest.mark.parametrize("name", ["midazolam", "lorazepam", "diazepam", "dexmedetomidine", "clonidine", "morphine"])
def test_sedation_and_opioids_have_no_ceiling_and_factors_have_one(name: str) -> None:
    unit = WEIGHT if drugs.rows()[f"{name}.reference"].unit == "mg/kg" else 1.0
    made = run((name, 50.0 * value(f"{name}.reference") * unit, 7.0, True))
    assert made[SEDATION][0, 1] == pytest.approx(50.0 * value(f"{name}.sedation"), rel=1e-12)
    level = value(f"{name}.opioid_level") if name == "morphine" else 0.0
    assert made[OPIOID][0, 1] == pytest.approx(50.0 * level, rel=1e-12)
    gain = value(f"{name}.sympathetic_gain") if name != "morphine" else 1.0
    assert abs(np.log(made[SYMPATHETIC][0, 1])) <= value(drugs.REACH) * abs(np.log(gain))


def test_naltrexone_stops_an_opioid() -> None:
    opioid, both = run(taken=("opioid",)), run(taken=("opioid", "naltrexone"))
    share = value("daily.naltrexone.opioid_share")
    np.testing.assert_allclose(both[OPIOID], share * opioid[OPIOID], rtol=1e-12)
    assert np.all(run(taken=("naltrexone",))[OPIOID] == 0.0)


def test_benefit_looks_at_the_doses_of_ketamine_only() -> None:
    late = run(("midazolam", 5.0, 90.0, True))
    assert np.all(late[BENEFIT] == 1.0)  # ketamine had been given
    assert late[SEDATION][0, 3] > 0.0
    early = run(("midazolam", 5.0, -15.0, True))
    assert early[BENEFIT][0, 1] < 1.0
    assert np.ptp(early[BENEFIT][0, 1:]) < 1e-12  # it stays when midazolam has gone
    again = run(("midazolam", 5.0, -15.0, True), ketamine=((0.0, 1.0), (1000.0, 3.0)))
    own = early[BENEFIT][0, -1]
    assert again[BENEFIT][0, 3] == pytest.approx(own, rel=1e-12)
    assert own < again[BENEFIT][0, -1] < 1.0  # the second, larger dose came without it


@pytest.mark.parametrize(
    ("stage", "name", "signal", "row"),
    [
        (BenzodiazepineNeutral(), "benzodiazepine", BENEFIT, "alternative.benzodiazepine.benefit_gain"),
        (NaltrexoneNeutral(), "naltrexone", BENEFIT, "alternative.naltrexone.benefit_gain"),
        (LamotrigineProtects(), "lamotrigine", EXPERIENCE, "alternative.lamotrigine.experience_gain"),
    ],
)
def test_the_other_side_reads_its_own_row_and_says_so(stage: CompanyStage, name: str, signal: str, row: str) -> None:
    made, usual = run(taken=(name,), stage=stage), run(taken=(name,))
    assert made[signal][0, 1] == pytest.approx(value(row), rel=1e-12)
    assert made[signal][0, 1] != usual[signal][0, 1]
    for other in set(NEUTRAL) - {signal}:
        np.testing.assert_array_equal(made[other], usual[other])
    fitted = stage.fitted(frozenset({f"with:{name}"}))
    assert row in fitted.support()[signal]
    assert f"daily.{name}.{signal.removeprefix('comedication.')}" not in fitted.support()[signal]


def test_facts_bring_in_the_rows_of_the_drugs_that_are_about_and_no_others() -> None:
    assert all(rows == (drugs.ALONE,) for rows in CompanyStage().fitted(frozenset({"route:iv"})).support().values())
    fitted = CompanyStage().fitted(frozenset({"given:clonidine", "with:lithium", "with:rifampicin"}))
    assert fitted == CompanyStage()  # the program is the same
    found = fitted.support()
    assert {"clonidine.sympathetic_gain", "clonidine.half_life", drugs.UNSTUDIED} <= set(found[SYMPATHETIC])
    assert drugs.REACH in found[SYMPATHETIC]
    assert drugs.REACH not in found[SEDATION]
    assert "daily.lithium.benefit_gain" in found[BENEFIT]
    assert not any("midazolam" in row for rows in found.values() for row in rows)


def test_the_lists_of_names_agree() -> None:
    assert drugs.GIVEN == other_drugs.GIVEN  # numbered by place
    assert drugs.TAKEN == other_drugs.TAKEN
    assert {make("comedication", variant) for variant in variants()["comedication"]} == set(STAGES)
    assert default_variant("comedication") == "factors"


def test_every_effect_row_belongs_to_a_drug_and_an_output() -> None:
    known = {*(name.removeprefix("comedication.") for name in NEUTRAL), *drugs.KINETICS, drugs.OPIOID_SHARE}
    agents = {*drugs.GIVEN, *(f"daily.{name}" for name in drugs.TAKEN), "comedication"}
    agents |= {f"alternative.{name}" for name in ("benzodiazepine", "naltrexone", "lamotrigine")}
    for key in drugs.rows():
        agent, _, what = key.rpartition(".")
        assert agent in agents, key
        assert agent == "comedication" or what in known, key
