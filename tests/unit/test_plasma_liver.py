"""Gut wall and liver: the published escape shares, what each drug and organ does to them, and what cannot be said."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from ketworks.dose import parse
from ketworks.errors import CannotSay, WrongUse
from ketworks.people.person import Person
from ketworks.plasma.liver import comedication, first_pass, organ_function, ticlopidine
from ketworks.plasma.liver.first_pass import LiverState, liver_state
from ketworks.plasma_choice import WITH_LIVER
from ketworks.registry import Chain, make, variants

P: dict[str, Any] = {key: jnp.float64(row.canonical) for key, row in first_pass.parameters().items()}
ROWS = first_pass.parameters()
FLOW, QG = 3.75 * 70.0**0.75, 3.319023  # L/h at 70 kg
FG, E = QG / (QG + 1.19), 301 * 1.4 / (FLOW + 301 * 1.4)


def state(weight: float = 70.0, age: float = 40.0, **said: float) -> LiverState:
    person = {key: jnp.array([value]) for key, value in said.items()}
    return liver_state(P, jnp.array([weight]), jnp.array([age]), person)


def value(array: Any) -> float:
    return float(array[0])


def oral(found: LiverState) -> float:
    """Exposure to an absorbed oral dose, over a constant."""
    return value(found.gut_escape * (1.0 - found.extraction) / (found.flow * found.extraction))


def test_a_healthy_adult_has_the_published_escape_shares() -> None:
    found = state()
    assert value(found.flow) * 60.0 == pytest.approx(FLOW, rel=1e-12)
    assert value(found.gut_escape) == pytest.approx(FG, rel=1e-6)
    assert value(found.extraction) == pytest.approx(E, rel=1e-12)
    assert value(found.gut_escape * (1.0 - found.extraction)) == pytest.approx(0.1304, abs=1e-4)
    assert value(found.norketamine_gut_escape) == pytest.approx(0.192 * FLOW / (0.192 * FLOW + 44.4), rel=1e-12)
    assert value(found.norketamine_liver_escape) == pytest.approx(FLOW / (FLOW + 73.5 * 0.5), rel=1e-12)
    ratios = (
        found.clearance_ratio,
        found.intrinsic_ratio,
        found.gut_intrinsic_ratio,
        found.norketamine_clearance_ratio,
    )
    assert [value(ratio) for ratio in ratios] == [1.0] * 4


@pytest.mark.parametrize(
    ("drug", "by_mouth", "into_vein"),
    [
        ("ticlopidine", 2.69, 1.30),
        ("clarithromycin", 2.6, 1.16),
        ("itraconazole", 1.0, 1.0),
        ("grapefruit_juice", 3.0, 1.21),
        ("rifampicin", 0.14, 0.876),
        ("st_johns_wort", 0.42, 0.926),
    ],
)
def test_a_drug_moves_oral_exposure_several_fold_and_intravenous_hardly(
    drug: str, by_mouth: float, into_vein: float
) -> None:
    found = state(**{f"with_{drug}": 1.0})
    assert oral(found) / oral(state()) == pytest.approx(by_mouth, rel=0.005)
    assert 1.0 / value(found.clearance_ratio) == pytest.approx(into_vein, rel=0.005)
    assert oral(state(**{f"with_{drug}": 0.0})) == oral(state())


def test_organs_and_drugs_multiply() -> None:
    both = state(with_itraconazole=1.0, with_ticlopidine=1.0, liver_moderate=1.0)
    assert value(both.intrinsic_ratio) == pytest.approx(0.3715 * 0.266, rel=1e-3)
    kidney = state(kidney_mild=1.0)
    assert value(kidney.intrinsic_ratio) == 0.61
    assert value(kidney.norketamine_clearance_ratio) == 1.0
    assert value(state(kidney_severe=1.0).norketamine_clearance_ratio) == 0.68
    assert value(state(with_rifampicin=1.0, kidney_moderate=1.0).norketamine_clearance_ratio) == pytest.approx(2.04)


def test_flow_falls_above_sixty_years_and_clearance_with_it() -> None:
    young, old = state(age=60.0), state(age=80.0)
    assert oral(young) == oral(state(age=20.0))
    assert value(old.flow / young.flow) == pytest.approx(1.0 - 2.19 * 20.0 / 151.0)
    assert value(old.extraction) > value(young.extraction)
    assert 1.0 > value(old.clearance_ratio) > value(old.flow / young.flow)


def test_extraction_does_not_depend_on_weight() -> None:
    small, big = state(weight=12.0), state(weight=140.0)
    assert value(small.extraction) == pytest.approx(value(big.extraction), rel=1e-12)
    assert value(small.gut_escape) == pytest.approx(value(big.gut_escape), rel=1e-12)
    assert value(small.flow / big.flow) == pytest.approx((12.0 / 140.0) ** 0.75)


def test_a_published_escape_share_follows_its_intrinsic_clearance() -> None:
    one, changed = state(), state(with_rifampicin=1.0)
    followed = first_pass.escape_after(one.gut_escape, changed.gut_intrinsic_ratio)
    assert value(followed) == pytest.approx(value(changed.gut_escape), rel=1e-12)
    followed = first_pass.escape_after(1.0 - one.extraction, changed.intrinsic_ratio)
    assert value(followed) == pytest.approx(1.0 - value(changed.extraction), rel=1e-12)


def row(key: str) -> float:
    return ROWS[key].value


def gut_factor(escape: float) -> float:
    return (QG / escape - QG) / 1.19


def test_the_factors_follow_from_the_observations_in_their_notes() -> None:
    assert row("interaction.clarithromycin.liver") == pytest.approx(1.0 / (2.6 * FG), abs=5e-4)
    assert row("interaction.grapefruit_juice.liver") == pytest.approx(1.0 / (3.0 * FG), abs=5e-4)
    clearance = np.exp((11 * -np.log(0.86) + 20 * np.log(1.13)) / 31)
    odds = E * clearance / (1 - E * clearance) / (E / (1 - E))
    assert row("interaction.rifampicin.liver") == pytest.approx(odds, abs=5e-3)
    assert row("interaction.rifampicin.gut") == pytest.approx(gut_factor(0.14 * odds * FG), abs=5e-3)
    gut_n = 0.192 * FLOW / (0.192 * FLOW + 44.4)
    escape = (0.82 * ((1 - FG) * gut_n + FG) - gut_n) / (1 - gut_n)
    assert row("interaction.st_johns_wort.gut") == pytest.approx(gut_factor(escape), abs=5e-3)
    assert row("interaction.st_johns_wort.liver") == pytest.approx(escape / FG / 0.42, abs=5e-3)


@pytest.mark.parametrize(("key", "seen"), [("organ.liver_moderate", 2.03), ("organ.kidney", 1.24)])
def test_the_organ_factors_give_the_nasal_exposure_in_the_liver_of_perez_ruixo(key: str, seen: float) -> None:
    def exposure(factor: float) -> float:
        taken = (1.11 + 2.77) * 101.0 * factor
        extraction = taken / (151.0 + taken)
        return (0.54 + 0.46 * 0.64 * (1.0 - extraction)) / (151.0 * extraction)

    assert exposure(row(key)) / exposure(1.0) == pytest.approx(seen, rel=2e-3)


def test_ticlopidine_leaves_next_to_nothing_of_cyp2b6() -> None:
    level = value(ticlopidine.mean_unbound_portal(P, jnp.array([FLOW / 60.0])))
    rate = 250.0 / 0.26378 / 12.0  # umol/h
    cleared = 0.02 * 1505.0
    by_hand = 0.02 * (rate * (1.0 / cleared) + rate / (0.75 * FLOW))
    assert level == pytest.approx(by_hand, rel=1e-12)
    assert value(ticlopidine.activity(P, jnp.array([0.0]))) == 1.0
    left = value(ticlopidine.activity(P, jnp.array([level])))
    assert left == pytest.approx(0.017 / (0.017 + 18.0 * level / (0.57 + level)) / (1.0 + level / 0.031), rel=1e-9)
    assert value(ticlopidine.intrinsic_ratio(P, jnp.array([1.0]))) == pytest.approx(1.0, rel=1e-12)


def test_facts_bring_in_the_rows_that_carry_them() -> None:
    assert first_pass.support_for({"route:oral", "age:over60"}) == ()
    assert first_pass.support_for({"with:rifampicin", "route:iv"}) == (
        "interaction.rifampicin.liver",
        "interaction.rifampicin.gut",
        "interaction.rifampicin.norketamine",
    )
    both = first_pass.support_for({"with:ticlopidine", "with:itraconazole", "kidney:severe"})
    assert {comedication.TOGETHER, "organ.kidney", "ashraf2018.cyp2b6_share"} <= set(both)
    assert "interaction.ticlopidine.liver" not in both
    every = first_pass.support_for({f"with:{name}" for name in comedication.INHIBITORS} | {"liver:moderate"})
    assert set(every) <= set(ROWS)
    assert set(comedication.all_ids()) <= set(ROWS)


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"liver:severe"}, "severe impairment of the liver"),
        ({"liver:mild"}, "mild impairment of the liver"),
        ({"with:rifampicin", "with:ticlopidine"}, "rifampicin and ticlopidine together"),
    ],
)
def test_what_nobody_measured_cannot_be_said(facts: set[str], message: str) -> None:
    with pytest.raises(CannotSay, match=message):
        first_pass.support_for(facts)


def test_one_person_of_whom_nothing_can_be_said_is_not_given_a_number() -> None:
    person = {"liver_mild": jnp.array([0.0, 1.0, 0.0]), "liver_moderate": jnp.array([1.0, 0.0, 0.0])}
    found = liver_state(P, jnp.full(3, 70.0), jnp.full(3, 40.0), person)
    assert np.isnan(np.asarray(found.clearance_ratio)).tolist() == [False, True, False]


def test_inert_and_alike_drugs_may_be_combined() -> None:
    comedication.check(("itraconazole", "rifampicin"))
    comedication.check(("rifampicin", "st_johns_wort"))
    organ_function.check("moderate", "severe")


def test_an_unknown_word_is_answered_with_the_nearest() -> None:
    with pytest.raises(WrongUse, match="rifampicin"):
        comedication.check(("rifampicine",))
    with pytest.raises(WrongUse, match="severe"):
        organ_function.check(kidney="sever")


@pytest.mark.parametrize(
    ("choice", "person", "message"),
    [
        ({}, Person(liver="severe"), "severe impairment of the liver"),
        ({}, Person(comedication=("rifampicin", "clarithromycin")), "clarithromycin and rifampicin together"),
        ({"plasma": "otto2021"}, Person(comedication="grapefruit_juice"), "otto2021 with grapefruit juice"),
        ({"plasma": "simons2022"}, Person(kidney="mild"), "simons2022 with mild kidney"),
        ({}, Person(age=6, weight="20 kg", comedication="rifampicin"), "flint2017 with rifampicin"),
    ],
)
def test_a_run_is_refused_where_nothing_is_known(choice: dict[str, str], person: Person, message: str) -> None:
    regimen = parse("esketamine 0.5 mg/kg iv over 40 min")
    with pytest.raises(CannotSay, match=message):
        Chain(**choice).resolve(regimen, person)


def test_the_models_with_a_liver_are_those_that_read_its_rows() -> None:
    reading = {name for name in variants()["plasma"] if organ_function.KIDNEY_ROW in make("plasma", name).parameters()}
    assert set(WITH_LIVER) == reading


def test_people_and_plasma_know_the_same_drugs_and_degrees() -> None:
    assert Person(comedication=comedication.NAMES).comedication == comedication.NAMES
    stated = Person().covariates()
    assert {f"with_{name}" for name in comedication.NAMES} <= set(stated)
    assert {f"{organ}_{level}" for organ in ("liver", "kidney") for level in organ_function.IMPAIRED} <= set(stated)


def test_the_names_come_without_the_numerical_library() -> None:
    modules = "ketworks.plasma.liver.comedication, ketworks.plasma.liver.organ_function"
    code = f"import sys, {modules}; print('jax' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
