"""Who may be simulated: limits, units, the words of refusals, and a description that makes the same person again."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketworks.errors import EXIT_WRONG_USE, WrongUse
from ketworks.other_drugs import CONDITIONS
from ketworks.people.cohort import LARGEST, Cohort, check_seed
from ketworks.people.person import FUNCTION, NAMES, SETTINGS, Person
from ketworks.quantity import registry

SIZE = ("weight", "age", "height", "male")


@pytest.mark.parametrize(
    ("given_words", "range_words"),
    [
        ({"weight": "0 kg"}, "1 to 250 kg"),
        ({"weight": "0.9 kg"}, "1 to 250 kg"),
        ({"weight": "800 kg"}, "1 to 250 kg"),
        ({"weight": "-70 kg"}, "1 to 250 kg"),
        ({"weight": float("nan")}, "1 to 250 kg"),
        ({"weight": "80 g"}, "1 to 250 kg"),
        ({"weight": 80}, "a unit, such as kg"),
        ({"weight": "80"}, "a unit, such as kg"),
        ({"weight": "80 cm"}, "of the kind of kg"),
        ({"weight": registry().Quantity(80.0, "cm")}, "pint quantity"),
        ({"weight": True}, "a number with a unit"),
        ({"age": 200}, "0 to 110 year"),
        ({"age": -1}, "0 to 110 year"),
        ({"age": float("nan")}, "0 to 110 year"),
        ({"age": "45 kg"}, "of the kind of year"),
        ({"age": True}, "a number with a unit"),
        ({"height": "29 cm"}, "30 to 230 cm"),
        ({"height": "2.31 m"}, "30 to 230 cm"),
        ({"height": 170}, "a unit, such as cm"),
    ],
)
def test_a_covariate_that_cannot_be_is_refused(given_words: dict[str, Any], range_words: str) -> None:
    with pytest.raises(WrongUse, match=range_words) as caught:
        Person(**given_words)
    assert caught.value.exit_code == EXIT_WRONG_USE
    assert next(iter(given_words)) in caught.value.given


@pytest.mark.parametrize(("word", "nearest"), [("femal", "female"), ("males", "male"), ("Male", "male")])
def test_a_misspelled_sex_is_answered_with_the_nearest(word: str, nearest: str) -> None:
    with pytest.raises(WrongUse, match="unknown sex") as caught:
        Person(sex=word)
    assert nearest in caught.value.nearest.split(", ")


@pytest.mark.parametrize("age", [0, 8, 17.9, "17 y", "200 months"])
def test_the_weight_of_a_child_is_never_guessed(age: object) -> None:
    with pytest.raises(WrongUse, match="never guessed") as caught:
        Person(age=age)
    assert "weight=" in caught.value.expected
    assert caught.value.paste == f'--age "{age}" --weight "20 kg"'
    child = Person(age=age, weight="20 kg")
    assert child.weight_kg == 20.0
    assert child.height_cm is None
    assert np.isnan(child.covariates()["height"])
    assert "height" not in child.described()
    assert "170" not in str(child)


def test_the_limits_themselves_are_accepted() -> None:
    assert Person(weight="1 kg", age=0, height="30 cm").covariates()["weight"] == 1.0
    assert Person(weight="250 kg", age=110, height="230 cm").covariates()["age"] == 110.0


def test_quantities_in_other_units_become_the_names_that_stages_read() -> None:
    person = Person(weight=registry().Quantity(80_000.0, "g"), age="45 y", sex="male", height="1.8 m")
    found = person.covariates()
    assert {name: found[name] for name in SIZE} == {"weight": 80.0, "age": 45.0, "height": 180.0, "male": 1.0}
    usual = Person().covariates()
    assert {name: usual[name] for name in SIZE} == {"weight": 70.0, "age": 40.0, "height": 170.0, "male": 0.0}
    assert {value for name, value in usual.items() if name not in SIZE} == {0.0}


def test_every_covariate_has_its_name_for_everybody() -> None:
    names = {*SIZE, *(f"with_{drug}" for drug in NAMES)}
    names |= {f"condition_{name}" for name in CONDITIONS}
    names |= {f"{organ}_{degree}" for organ in ("liver", "kidney") for degree in ("mild", "moderate", "severe")}
    assert set(Person().covariates()) == names == set(Person(age=3, weight="14 kg").covariates())


def test_comedication_and_organ_function_become_zeros_and_ones() -> None:
    who = Person(comedication=("rifampicin", "ticlopidine"), liver="moderate", kidney="severe", setting="icu")
    ones = {name for name, value in who.covariates().items() if name not in SIZE and value == 1.0}
    assert ones == {"with_ticlopidine", "with_rifampicin", "liver_moderate", "kidney_severe"}
    assert str(who).endswith(
        "170 cm, with ticlopidine and rifampicin, moderate liver impairment, severe kidney impairment, intensive care"
    )
    assert Person(comedication="ticlopidine") == Person(comedication=["ticlopidine", "ticlopidine"])
    assert hash(Person(comedication=["ticlopidine"])) == hash(Person(comedication="ticlopidine"))


@pytest.mark.parametrize(
    ("words", "kind", "nearest"),
    [
        ({"comedication": "ticlopidin"}, "comedication", "ticlopidine"),
        ({"comedication": ("rifampicin", "grapefruit")}, "comedication", "grapefruit_juice"),
        ({"comedication": "benzodiazepines"}, "comedication", "benzodiazepine"),
        ({"conditions": "hypertensoin"}, "conditions", "hypertension"),
        ({"conditions": ["hypertension", "hypotension"]}, "conditions", ""),
        ({"liver": "moderat"}, "liver", "moderate"),
        ({"kidney": "sever"}, "kidney", "severe"),
        ({"kidney": "Moderate"}, "kidney", "moderate"),
        ({"liver": "Child-Pugh B"}, "liver", "moderate"),
        ({"kidney": "Child-Pugh B"}, "kidney", ""),
        ({"kidney": "bad"}, "kidney", ""),
        ({"setting": "ICU "}, "setting", "icu"),
    ],
)
def test_an_unknown_word_is_answered_with_the_nearest(words: dict[str, Any], kind: str, nearest: str) -> None:
    with pytest.raises(WrongUse, match=f"unknown {kind}") as caught:
        Person(**words)
    assert caught.value.nearest.split(", ")[0] == nearest


@pytest.mark.parametrize(
    "other",
    ["ketoconazole", "voriconazole", "erythromycin", "azithromycin", "rifabutin", "clopidogrel", "orange juice"],
)
def test_another_drug_is_never_answered_with_one_of_a_like_name(other: str) -> None:
    with pytest.raises(WrongUse, match="unknown comedication") as caught:
        Person(comedication=other)
    assert caught.value.nearest == ""


@pytest.mark.parametrize(("word", "meant"), [("rifampin", "rifampicin"), ("clarithromicyn", "clarithromycin")])
def test_a_slip_in_a_drugs_name_is_answered_with_the_name(word: str, meant: str) -> None:
    with pytest.raises(WrongUse, match="unknown comedication") as caught:
        Person(comedication=word)
    assert caught.value.nearest == meant


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("grapefruit juice", "grapefruit_juice"),
        ("grapefruit-juice", "grapefruit_juice"),
        ("st john's wort", "st_johns_wort"),
        ("St. John\u2019s Wort", "st_johns_wort"),
        ("st-johns-wort", "st_johns_wort"),
        (" Ticlopidine ", "ticlopidine"),
        ("beta-blocker", "beta_blocker"),
        ("SSRI", "ssri"),
    ],
)
def test_a_drug_may_be_written_as_people_write_it(written: str, name: str) -> None:
    assert Person(comedication=[written]).comedication == (name,)


def test_comedication_that_is_no_list_of_names_is_refused() -> None:
    with pytest.raises(WrongUse, match="names, such as ticlopidine"):
        Person(comedication=3)  # type: ignore[arg-type]


def test_conditions_and_drugs_that_act_beside_ketamine_become_zeros_and_ones() -> None:
    who = Person(comedication=("ssri", "ticlopidine"), conditions="hypertension")
    ones = {name for name, value in who.covariates().items() if name not in SIZE and value == 1.0}
    assert ones == {"with_ssri", "with_ticlopidine", "condition_hypertension"}
    assert str(who).endswith("with ticlopidine and ssri, hypertension")
    assert who.described()["conditions"] == ["hypertension"]


@given(
    weight=st.floats(1.0, 250.0),
    age=st.floats(0.0, 110.0),
    height=st.one_of(st.none(), st.floats(30.0, 230.0)),
    sex=st.sampled_from(["female", "male"]),
    comedication=st.lists(st.sampled_from(NAMES)),
    liver=st.sampled_from(FUNCTION),
    kidney=st.sampled_from(FUNCTION),
    setting=st.sampled_from(SETTINGS),
    conditions=st.lists(st.sampled_from(CONDITIONS)),
)
def test_a_description_makes_the_same_person(weight: float, age: float, height: float | None, **words: Any) -> None:
    person = Person(f"{weight!r} kg", age, height=None if height is None else f"{height!r} cm", **words)
    again = Person(**json.loads(json.dumps(person.described())))
    assert again == person
    np.testing.assert_equal(again.covariates(), person.covariates())
    assert again.described() == person.described()
    assert str(again) == str(person)


def test_what_was_said_is_known_apart_from_what_is_usual() -> None:
    assert Person().given == frozenset()
    assert Person(sex="female", weight="70 kg").given == {"sex", "weight"}
    assert Person(sex="female", weight="70 kg") == Person()


@pytest.mark.parametrize("n", [1, 2, LARGEST])
def test_cohort_sizes(n: int) -> None:
    assert Cohort(n).n == n


@pytest.mark.parametrize("n", [0, -1, LARGEST + 1, 1.0, "10", True, None, float("nan")])
def test_cohort_sizes_that_cannot_be(n: Any) -> None:
    with pytest.raises(WrongUse, match=f"1 to {LARGEST} people"):
        Cohort(n)


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1])
def test_seeds(seed: int) -> None:
    assert check_seed(seed) == Cohort(1, seed=seed).seed == seed


@pytest.mark.parametrize("seed", [-1, 2**63, 1.0, "1", True, None])
def test_seeds_that_cannot_be(seed: Any) -> None:
    with pytest.raises(WrongUse, match="seed"):
        check_seed(seed)
    with pytest.raises(WrongUse, match="seed"):
        Cohort(1, seed=seed)
