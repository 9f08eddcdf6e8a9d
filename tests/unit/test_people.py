"""Who may be simulated: limits, units, the words of refusals, and a description that makes the same person again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketworks.errors import EXIT_CANNOT_SAY, EXIT_WRONG_USE, CannotSay, WrongUse
from ketworks.people.cohort import LARGEST, Cohort, check_seed
from ketworks.people.person import Person
from ketworks.quantity import registry


@pytest.mark.parametrize(
    ("given_words", "range_words"),
    [
        ({"weight": "0 kg"}, "30 to 250 kg"),
        ({"weight": "29.9 kg"}, "30 to 250 kg"),
        ({"weight": "800 kg"}, "30 to 250 kg"),
        ({"weight": "-70 kg"}, "30 to 250 kg"),
        ({"weight": float("nan")}, "30 to 250 kg"),
        ({"weight": "80 g"}, "30 to 250 kg"),
        ({"weight": 80}, "a unit, such as kg"),
        ({"weight": "80"}, "a unit, such as kg"),
        ({"weight": "80 cm"}, "of the kind of kg"),
        ({"weight": registry().Quantity(80.0, "cm")}, "pint quantity"),
        ({"weight": None}, "a number with a unit"),
        ({"age": 200}, "0 to 110 year"),
        ({"age": -1}, "0 to 110 year"),
        ({"age": float("nan")}, "0 to 110 year"),
        ({"age": "45 kg"}, "of the kind of year"),
        ({"age": True}, "a number with a unit"),
        ({"height": "99 cm"}, "100 to 230 cm"),
        ({"height": "2.31 m"}, "100 to 230 cm"),
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
def test_of_children_the_model_cannot_say(age: object) -> None:
    with pytest.raises(CannotSay, match="children") as caught:
        Person(age=age)
    assert caught.value.exit_code == EXIT_CANNOT_SAY == 3


def test_the_limits_themselves_are_accepted() -> None:
    assert Person(weight="30 kg", age=18, height="100 cm").covariates()["weight"] == 30.0
    assert Person(weight="250 kg", age=110, height="230 cm").covariates()["age"] == 110.0


def test_quantities_in_other_units_become_the_names_that_stages_read() -> None:
    person = Person(weight=registry().Quantity(80_000.0, "g"), age="45 y", sex="male", height="1.8 m")
    assert person.covariates() == {"weight": 80.0, "age": 45.0, "height": 180.0, "male": 1.0}
    assert Person().covariates() == {"weight": 70.0, "age": 40.0, "height": 170.0, "male": 0.0}


@given(
    weight=st.floats(30.0, 250.0),
    age=st.floats(18.0, 110.0),
    height=st.floats(100.0, 230.0),
    sex=st.sampled_from(["female", "male"]),
)
def test_a_description_makes_the_same_person(weight: float, age: float, height: float, sex: str) -> None:
    person = Person(weight=f"{weight!r} kg", age=age, height=f"{height!r} cm", sex=sex)
    again = Person(**person.described())
    assert again.covariates() == person.covariates()
    assert again.described() == person.described()


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
