"""Populations: what may be stated, what the published tables give, and what is drawn from them."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ketworks.check.run import data_folder
from ketworks.errors import WrongUse
from ketworks.evidence.parameters import load
from ketworks.evidence.read_rows import cited, row
from ketworks.people.cohort import Cohort, cohort_of
from ketworks.people.drawing import QUANTITIES, draw, log_shape
from ketworks.people.person import Person
from ketworks.people.population import PAIRS, Population
from ketworks.people.spread import Spread
from ketworks.people.stated import POPULATIONS, population

FOLDER = Path(__file__).parents[2] / "src" / "ketworks" / "people"
TABLE = load(str(FOLDER))
MANY = 20_000
SEX = {"female": 0.0, "male": 1.0}
DECILES = 2.0 * 1.2815515655446004  # standard normal, 10th to 90th percentile
OWN = {"weight": Spread("80 kg", "15 kg", "50 kg", "120 kg"), "age": ("40 y", "10 y", "20 y", "60 y")}
HEIGHT = {"female": ("162 cm", "6 cm"), "male": ("176 cm", "7 cm")}


def drawn(name: str, sex: str) -> dict[str, np.ndarray]:
    found = draw(population(name), 3, np.arange(1, MANY + 1), {})
    return {key: values[found["male"] == SEX[sex]] for key, values in found.items()}


@pytest.mark.parametrize("name", POPULATIONS)
@pytest.mark.parametrize("sex", SEX)
def test_draws_follow_the_stated_spread_and_correlations(name: str, sex: str) -> None:
    people, one = drawn(name, sex), population(name).sexes[sex]
    median, log_sd = log_shape(one.weight)
    count = len(people["weight"])
    assert np.median(people["weight"]) == pytest.approx(median, rel=4.0 * 1.2533 * log_sd / math.sqrt(count))
    assert np.log(people["weight"]).std() == pytest.approx(log_sd, rel=0.03)  # the cut at 3 SD takes 1.3 %
    assert people["height"].mean() == pytest.approx(one.height.mean, abs=4.0 * one.height.sd / math.sqrt(count))
    assert people["height"].std() == pytest.approx(one.height.sd, rel=0.03)
    table = np.corrcoef([people["age"], people["height"], np.log(people["weight"])])
    found = (table[0, 1], table[0, 2], table[1, 2])
    np.testing.assert_allclose(found, one.correlations, atol=0.04)


@pytest.mark.parametrize("name", POPULATIONS)
def test_nobody_lies_outside_the_ranges_and_the_share_of_women_holds(name: str) -> None:
    people, stated = draw(population(name), 3, np.arange(1, MANY + 1), {}), population(name)
    for sex, one in stated.sexes.items():
        here = people["male"] == SEX[sex]
        for spread, key in ((one.weight, "weight"), (one.height, "height"), (stated.ages, "age")):
            assert spread.holds(people[key][here]).all()
            assert np.ptp(people[key][here]) > 0.8 * (spread.high - spread.low)
    share = 1.0 - people["male"].mean()
    assert share == pytest.approx(stated.share_female, abs=4.0 * math.sqrt(0.25 / MANY))


def test_an_age_without_standard_deviation_is_spread_evenly() -> None:
    ages = draw(population("general-adults"), 3, np.arange(1, MANY + 1), {})["age"]
    counts, _ = np.histogram(ages, bins=6, range=(20.0, 80.0))
    np.testing.assert_allclose(counts / MANY, 1.0 / 6.0, atol=4.0 * math.sqrt(5.0 / 36.0 / MANY))


def test_a_person_is_the_same_in_any_company_and_order() -> None:
    ids = np.array([70_000, 3, 12, 1023, 1024, 1025])
    few = draw(population("general-adults"), 9, ids, {})
    many = draw(population("general-adults"), 9, np.arange(1, 3001), {})
    for name in (*QUANTITIES, "male"):
        assert few[name][1:].tobytes() == many[name][ids[1:] - 1].tobytes()
    assert draw(population("general-adults"), 10, ids, {})["weight"][0] != few["weight"][0]


def test_what_is_fixed_is_shared_and_the_rest_goes_with_it() -> None:
    ids = np.arange(1, MANY + 1)
    stated = population("general-adults")
    women = draw(stated, 1, ids, {"weight": 100.0, "sex": "female"})
    assert set(women["weight"]) == {100.0}
    assert set(women["male"]) == {0.0}
    one = stated.sexes["female"]
    median, log_sd = log_shape(one.weight)
    taller = one.correlations[2] * math.log(100.0 / median) / log_sd * one.height.sd
    assert women["height"].mean() == pytest.approx(one.height.mean + taller, abs=0.25)
    assert women["height"].std() == pytest.approx(one.height.sd * math.sqrt(1.0 - one.correlations[2] ** 2), rel=0.03)
    free = draw(stated, 1, ids, {"sex": "female"})
    assert free["weight"].std() > 10.0


@pytest.mark.parametrize(
    ("fixed", "words"),
    [({"weight": 200.0}, "weight 200 for everybody"), ({"age": 19.0}, "20 to 80"), ({"height": 100.0}, "height 100")],
)
def test_what_nobody_in_the_population_has_cannot_be_fixed(fixed: dict[str, Any], words: str) -> None:
    with pytest.raises(WrongUse, match=words):
        draw(population("general-adults"), 1, np.array([1]), fixed)


def test_ranges_that_hold_nobody_are_an_error_and_not_a_long_wait() -> None:
    narrow = Population(Spread("80 kg", "15 kg", "80 kg", "80.001 kg"), **{"age": OWN["age"], "height": HEIGHT})
    with pytest.raises(WrongUse, match="one in 64"):
        draw(narrow, 1, np.array([1]), {})


def test_a_population_of_ones_own() -> None:
    own = Population(**OWN, height=HEIGHT, share_female=1.0, weight_height=0.5, name="mine")
    assert Population(**json.loads(json.dumps(own.described()))).described() == own.described()
    people = draw(own, 1, np.arange(1, MANY + 1), {})
    assert people["male"].max() == 0.0
    assert np.corrcoef(people["height"], np.log(people["weight"]))[0, 1] == pytest.approx(0.5, abs=0.06)
    assert (people["weight"].min() >= 50.0, people["weight"].max() <= 120.0) == (True, True)
    assert draw(Population(**OWN, height=HEIGHT, share_female=0.0), 1, np.arange(1, 50), {})["male"].min() == 1.0


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"weight": ("80", "15 kg")}, "unit"),
        ({"weight": ("80 kg",)}, "mean, standard deviation"),
        ({"weight": Spread("80 kg")}, "mean and sd"),
        ({"weight": Spread(low="50 kg", high="90 kg")}, "only ages are even"),
        ({"weight": ("80 kg", "15 kg", "90 kg")}, "90 to 250 kg"),
        ({"weight": ("80 kg", "15 kg", "90 kg", "60 kg")}, "lowest value first"),
        ({"weight": {"female": ("80 kg", "15 kg")}}, "female and male"),
        ({"weight": {"mean": "80 kg", "sdd": "15 kg"}}, "unknown part 'sdd'"),
        ({"age": ("40 y", "10 y", "20 y", "120 y")}, "0 to 110 year"),
        ({"share_female": 1.5}, "0 to 1"),
        ({"share_female": True}, "0 to 1"),
        ({"weight_height": 2.0}, "-1 to 1"),
        ({"weight_height": 0.9, "age_height": 0.9, "age_weight": -0.9}, "that can be together"),
        ({"weight_height": 1.0}, "that can be together"),
    ],
)
def test_what_cannot_be_a_population_is_refused(parts: dict[str, Any], words: str) -> None:
    with pytest.raises(WrongUse, match=words):
        Population(**{**OWN, "height": HEIGHT, **parts})


def test_an_unknown_population_is_answered_with_the_nearest() -> None:
    with pytest.raises(WrongUse) as caught:
        Cohort(3, population="generaladults")
    assert caught.value.nearest.split(", ")[0] == "general-adults"
    with pytest.raises(WrongUse, match="a Population"):
        Cohort(3, population=3)  # type: ignore[arg-type]


def test_a_cohort_of_a_population_is_described_and_made_again() -> None:
    for source in ("trial-adults", Population(**OWN, height=HEIGHT)):
        made = Cohort(30, 4, Person(sex="female", comedication="ticlopidine"), source, only=(7, 30))
        again = cohort_of(json.loads(json.dumps(made.described())), 4)
        assert again.described() == made.described()
        for name, values in made.covariates.items():
            assert values.tobytes() == again.covariates[name].tobytes(), name
        assert made.ids.tolist() == [7, 30]
        assert set(made.covariates["with_ticlopidine"]) == {1.0}
        assert "female, with ticlopidine" in str(made)
    assert made.one(7).weight_kg == made.covariates["weight"][0]
    assert made.one(7).comedication == ("ticlopidine",)


@pytest.mark.parametrize("only", [(0,), (31,), (3, 3), (2.0,), ("3",)])
def test_ids_that_nobody_has_are_refused(only: tuple[Any, ...]) -> None:
    with pytest.raises(WrongUse):
        Cohort(30, only=only)


def numbers_behind(key: str) -> list[float]:
    return [float(row(one)["value"]) for one in cited(TABLE[key].locator)]


def log_sd(low: float, high: float) -> float:
    return math.log(high / low) / DECILES


@pytest.mark.parametrize("sex", SEX)
def test_values_of_general_adults_follow_from_the_rows_they_cite(sex: str) -> None:
    def value(name: str) -> float:
        return TABLE[f"people.general_adults.{name}.{sex}"].value

    def behind(name: str) -> list[float]:
        return numbers_behind(f"people.general_adults.{name}.{sex}")

    assert [value("weight_median")] == behind("weight_median")
    assert [value("height_mean")] == behind("height_mean")
    assert value("weight_log_sd") == pytest.approx(log_sd(*behind("weight_log_sd")), abs=5e-5)
    low, high = behind("height_sd")
    assert value("height_sd") == pytest.approx((high - low) / DECILES, abs=5e-4)
    parts = behind("weight_height")
    weight, height, mass_index = (log_sd(*parts[k : k + 2]) for k in (0, 2, 4))
    together = (weight**2 + 4.0 * height**2 - mass_index**2) / 4.0
    assert value("weight_height") == pytest.approx(together / (weight * height), abs=5e-4)
    middles = np.arange(24.5, 80.0, 10.0)
    for name, spread, shape in (
        ("age_height", value("height_sd"), np.array),
        ("age_weight", value("weight_log_sd"), np.log),
    ):
        slope = np.polyfit(middles, shape(behind(name)), 1)[0]
        assert value(name) == pytest.approx(slope * 60.0 / math.sqrt(12.0) / spread, abs=5e-3)


@pytest.mark.parametrize("sex", SEX)
def test_a_log_normal_weight_nearly_has_the_printed_mean(sex: str) -> None:
    """The printed mean set no value: it lies 2 % above, for the heavy tail is longer than log-normal."""
    printed = next(
        float(cells["value"])
        for key in (f"POP-NCHS-{k:03d}" for k in range(1, 40))
        if (cells := row(key))["quantity"] == "weight, mean" and (" women " in cells["population"]) == (sex == "female")
    )
    assert population("general-adults").sexes[sex].weight.mean == pytest.approx(printed, rel=0.025)


@pytest.mark.parametrize("sex", SEX)
def test_values_of_trial_adults_follow_from_the_rows_they_cite(sex: str) -> None:
    prefix = "people.trial_adults."
    bmi, low, middle, high = numbers_behind(f"{prefix}weight_median.{sex}")
    spread = math.sqrt(math.log1p((float(row("POP-SUS-003")["spread"]) / bmi) ** 2))
    height = log_sd(low, high)
    total = math.hypot(spread, 2.0 * height)
    expected = {
        "weight_median": bmi * math.exp(-0.5 * spread**2) * (middle / 100.0) ** 2,
        "weight_log_sd": total,
        "weight_height": 2.0 * height / total,
    }
    for name, value in expected.items():
        assert TABLE[f"{prefix}{name}.{sex}"].value == pytest.approx(value, rel=2e-3), name


def test_the_trials_weight_agrees_with_a_figure_that_set_nothing() -> None:
    """Perez-Ruixo 2021 gives a median of 74 kg for 820 people of such trials and volunteers; no value rests on it."""
    weights = draw(population("trial-adults"), 1, np.arange(1, MANY + 1), {})["weight"]
    assert np.median(weights) == pytest.approx(74.0, rel=0.05)


@pytest.mark.parametrize(("sex", "code"), [("male", 1.0), ("female", 2.0)])
def test_values_of_volunteers_follow_from_the_data(sex: str, code: float) -> None:
    folder = data_folder()
    if folder is None or not (folder / "poppk_datasets" / "mavoglurant.csv").is_file():
        pytest.skip("data folder absent")
    first: dict[str, list[float]] = {}
    with (folder / "poppk_datasets" / "mavoglurant.csv").open() as handle:
        for cells in csv.DictReader(handle):
            first.setdefault(cells["ID"], [float(cells[name]) for name in ("AGE", "SEX", "WT", "HT")])
    people = np.array(list(first.values()))
    assert len(people) == 120
    here = people[people[:, 1] == code]
    logs, heights = np.log(here[:, 2]), 100.0 * here[:, 3]
    table = np.corrcoef([here[:, 0], heights, logs])
    expected = {
        f"weight_median.{sex}": math.exp(logs.mean()),
        f"weight_log_sd.{sex}": logs.std(ddof=1),
        f"height_mean.{sex}": heights.mean(),
        f"height_sd.{sex}": heights.std(ddof=1),
        **{f"{pair}.{sex}": table[k] for pair, k in zip(PAIRS, [(0, 1), (0, 2), (1, 2)], strict=True)},
        "share_female": (people[:, 1] == 2.0).mean(),
        "age_low": people[:, 0].min(),
        "age_high": people[:, 0].max(),
    }
    for name, value in expected.items():
        assert TABLE[f"people.volunteers.{name}"].value == pytest.approx(value, rel=2.5e-3, abs=5e-4), name
