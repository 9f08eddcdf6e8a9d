"""Which plasma model a sentence and a person get, why, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import ketworks as kw
from ketworks.dose.sentence import parse
from ketworks.errors import CannotSay, WrongUse
from ketworks.plasma.cards import card_of, every_card
from ketworks.plasma_choice import facts_of, plasma_for
from ketworks.registry import ORDER, Chain, variants

CHILD = kw.Person(age=6, weight="20 kg")
INFANT = kw.Person(age=0.5, weight="7 kg")


@pytest.mark.parametrize(
    ("sentence", "person", "model", "reason"),
    [
        ("0.5 mg/kg iv over 40 min", kw.Person(), "combined", "intravenous"),
        ("esketamine 84 mg nasal", kw.Person(), "perezruixo2021", "820 people"),
        ("ketamine 50 mg nasal", kw.Person(), "combined", "11 to 45 %"),
        ("50 mg oral then 25 mg sublingual after 4 h", kw.Person(), "combined", "by mouth"),
        ("arketamine 30 mg iv over 40 min", kw.Person(), "combined", "intravenous"),
        ("1 mg/kg/h iv for 24 h", kw.Person(setting="icu"), "hijazi2003", "intensive care"),
        ("esketamine 1 mg/kg/h iv for 24 h", kw.Person(setting="icu"), "combined", "intravenous"),
        ("1 mg/kg iv bolus", CHILD, "herd2007", "a child"),
        ("1 mg/kg/h iv for 24 h", INFANT, "hornik2018", "beyond what Herd 2007 sampled"),
        ("1 mg/kg iv bolus", INFANT, "hornik2018", "beyond what Herd 2007 sampled"),
        ("4 mg/kg im", CHILD, "hornik2018", "a child"),
        ("5 mg/kg oral", CHILD, "brunette2011", "burned children"),
        ("esketamine 0.5 mg/kg/h iv for 24 h", INFANT, "flint2017", "intensive care"),
    ],
)
def test_drug_route_age_and_setting_choose(sentence: str, person: kw.Person, model: str, reason: str) -> None:
    chosen, why = plasma_for(parse(sentence), person)
    assert chosen == model
    assert reason in why
    card = card_of(chosen)
    assert card is not None
    for event in parse(sentence).events():
        assert event.drug in card.drugs
        assert event.route in card.routes


@pytest.mark.parametrize("sentence", ["50 mg rectal", "esketamine 28 mg nasal", "arketamine 5 mg iv bolus"])
def test_no_adult_model_is_stretched_to_a_child(sentence: str) -> None:
    with pytest.raises(CannotSay, match="in a child"):
        plasma_for(parse(sentence), CHILD)
    with pytest.raises(CannotSay, match="nobody younger was sampled"):
        Chain(plasma="combined").resolve(parse(sentence), CHILD)


@pytest.mark.parametrize(
    ("model", "sentence", "message"),
    [
        ("herd2007", "esketamine 20 mg iv over 20 min", "for esketamine"),
        ("herd2007", "50 mg oral", "a dose oral"),
        ("simons2022", "0.5 mg/kg iv over 40 min", "for ketamine"),
        ("perezruixo2021", "esketamine 20 mg im", "a dose im"),
    ],
)
def test_an_asked_model_must_know_drug_and_route(model: str, sentence: str, message: str) -> None:
    with pytest.raises(WrongUse, match=message) as refused:
        Chain(plasma=model).resolve(parse(sentence), kw.Person())
    assert refused.value.nearest == "combined"


def test_a_nebulised_dose_needs_its_time() -> None:
    with pytest.raises(WrongUse, match="without a time"):
        plasma_for(parse("25 mg nebulised"), kw.Person())
    assert plasma_for(parse("25 mg nebulised over 20 min"), kw.Person())[0] == "combined"


def test_every_built_in_model_has_a_card_that_names_it_and_the_other_way_round() -> None:
    assert set(every_card()) == set(variants()["plasma"])
    for name, card in every_card().items():
        assert card.id == name
        assert card.defects


def test_facts_are_routes_drugs_and_what_differs_from_a_healthy_young_person() -> None:
    person = kw.Person(age=70, comedication="rifampicin", kidney="mild")
    found = facts_of(parse("50 mg oral"), person)
    assert found == {"route:oral", "drug:ketamine", "with:rifampicin", "kidney:mild", "age:over60"}
    assert facts_of(parse("5 mg iv bolus"), kw.Person()) == {"route:iv", "drug:ketamine"}
    assert "age:over60" in facts_of(parse("5 mg iv bolus"), kw.Person(), oldest=80.0)


@pytest.mark.parametrize(
    ("model", "person"), [("herd2007", kw.Person()), ("kamp2020", kw.Person()), (None, CHILD), (None, INFANT)]
)
def test_later_stages_are_left_out_where_nothing_feeds_them(model: str | None, person: kw.Person) -> None:
    chain, reasons = Chain(**({"plasma": model} if model else {})).resolve(parse("1 mg/kg iv bolus"), person)
    assert [stage.name for stage in chain.stages] == ["dose", "plasma"]
    assert reasons["after plasma"].startswith("left out")
    full, reasons = Chain().resolve(parse("1 mg/kg iv bolus"), kw.Person())
    assert len(full.stages) == len(ORDER)
    assert "after plasma" not in reasons


@pytest.mark.parametrize("route", ["iv", "im", pytest.param("oral", marks=pytest.mark.slow)])
def test_a_route_shows_in_the_grade_of_a_run(route: str) -> None:
    found = kw.simulate(
        f"20 mg {route}{' bolus' if route == 'iv' else ''}", outputs=["plasma.ketamine.arterial"], times="0,30 min"
    )
    assert found.grades["plasma.ketamine.arterial"].grade == {"iv": "C", "im": "E", "oral": "E"}[route]


def test_children_run_by_default_and_adults_by_name() -> None:
    child = kw.simulate("1 mg/kg iv bolus", CHILD, times="10,60 min", band=False)
    assert list(child.names) == ["dose.given", "plasma.ketamine.venous"]
    named = kw.simulate("1 mg/kg iv bolus", chain=Chain(plasma="herd2007"), times="10,60 min", band=False)
    assert any("extrapolated" in note for note in named.notes)
    assert np.all(np.asarray(named["plasma.ketamine.venous"]) > 0.0)


def notes_of(sentence: str, person: kw.Person, *names: str, plasma: str = "") -> str:
    chain = Chain(**({"plasma": plasma} if plasma else {}))
    return " | ".join(kw.simulate(sentence, person, chain, list(names), "0,30 min", band=False).notes)


def test_what_levels_are_not_is_told() -> None:
    nasal = notes_of("esketamine 84 mg nasal", kw.Person(), "plasma.s_ketamine.arterial", "plasma.s_norketamine.venous")
    assert "arterial levels after nasal doses are the venous ones" in nasal
    assert "multiply by 0.71" in nasal
    infusion = "plasma.ketamine.venous"
    assert "critically ill" in notes_of("50 mg oral", kw.Person(setting="icu"), infusion)
    assert "critically ill" not in notes_of("5 mg iv bolus", kw.Person(setting="icu"), infusion)
    assert "no band is shown" in notes_of("5 mg iv bolus", kw.Person(), infusion, plasma="domino1984")


def test_no_band_is_shown_where_nobody_differs() -> None:
    alike = kw.simulate("4 mg/kg im", CHILD, outputs=["plasma.ketamine.venous"], times="0,10 min")
    assert alike.curve("plasma.ketamine.venous").low is None
    assert alike.peaks()[0].band_shown == ""
    differ = kw.simulate("1 mg/kg iv bolus", CHILD, outputs=["plasma.ketamine.venous"], times="0,10 min")
    assert differ.curve("plasma.ketamine.venous").low is not None


def test_rows_about_norketamine_do_not_grade_ketamine() -> None:
    """Itraconazole changes nothing but has an assumed row for norketamine; it must not make ketamine's grade worse."""
    chain, _ = Chain().resolve(parse("5 mg iv bolus"), kw.Person(comedication="itraconazole"))
    (plasma,) = (stage for stage in chain.stages if stage.name == "plasma")
    assert not any("norketamine" in key for key in plasma.support()["plasma.s_ketamine.arterial"])
    assert any("norketamine" in key for key in plasma.support()["plasma.s_norketamine.arterial"])


def test_only_prolonged_release_rests_on_its_release() -> None:
    def rows(sentence: str) -> tuple[str, ...]:
        chain, _ = Chain().resolve(parse(sentence), kw.Person())
        (plasma,) = (stage for stage in chain.stages if stage.name == "plasma")
        return plasma.support()["plasma.ketamine.arterial"]

    assert "route.prolonged_duration" in rows("80 mg oral-pr")
    assert "route.prolonged_duration" not in rows("80 mg oral")
    assert "enantiomer.hepatic_share" in rows("80 mg oral")
