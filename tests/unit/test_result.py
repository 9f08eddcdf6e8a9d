"""What a simulation hands out: arrays with their attributes, the table of peaks, JSON, citations, explanations."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import ketworks as kw
from ketworks import peaks
from ketworks.configuration import from_configuration
from ketworks.errors import WrongUse

SENTENCE = "0.5 mg/kg iv over 40 min"
VENOUS = "plasma.ketamine.venous"
NAMES = [VENOUS, "receptor.block", "circuit.gamma_power", "circuit.alpha_power", "body.systolic", "outcome.response"]
PARTS = ["unit", "kind", "grade", "label", "times_min", "values", "low", "high", "error", "neglected"]


@cache
def person() -> kw.Simulation:
    return kw.simulate(SENTENCE, kw.Person("80 kg", 45), outputs=NAMES)


@cache
def cohort() -> kw.Simulation:
    return kw.simulate(SENTENCE, kw.Cohort(20, seed=3), outputs=NAMES, times="0,40,80 min")


def made_of(simulation: kw.Simulation, **tables: np.ndarray) -> kw.Simulation:
    """The simulation with other values, for what no regimen makes."""
    changed = {name.replace("__", "."): table for name, table in tables.items()}
    fields = {name: getattr(simulation, name) for name in kw.Simulation.__dataclass_fields__}
    return kw.Simulation(**{**fields, "tables": {**simulation.tables, **changed}})


def test_an_array_carries_unit_grade_label_sources_and_what_limits_it() -> None:
    array = person()[VENOUS]
    assert array.dims == ("time",)
    assert array.name == VENOUS
    assert array.attrs["units"] == "ng/mL"
    assert array.attrs["grade"] == person().grades[VENOUS].grade
    assert "venous" in array.attrs["long_name"]
    assert "simons2022" in array.attrs["sources"].split(", ")
    assert array.attrs["limited_by"]
    assert array.attrs["kind"] == "value"
    assert re.fullmatch("#[0-9a-f]{6}", array.attrs["color"])
    assert array.time.attrs["units"] == "min"
    np.testing.assert_array_equal(array.time, person().times)


def test_an_array_holds_the_typical_person_within_low_and_high() -> None:
    array, curve = person()[VENOUS], person().curve(VENOUS)
    np.testing.assert_array_equal(array, curve.center)
    np.testing.assert_array_equal(array.low, curve.low)
    np.testing.assert_array_equal(array.high, curve.high)
    at_peak = array.sel(time=40.0)
    assert 0 < at_peak.low < at_peak < at_peak.high


def test_an_array_of_a_cohort_holds_everybody() -> None:
    array = cohort()[VENOUS]
    assert array.dims == ("person", "time")
    assert array.person.values.tolist() == list(range(1, 21))
    assert array.name == VENOUS
    np.testing.assert_array_equal(array, cohort().tables[VENOUS])


def test_the_solver_error_is_on_the_array() -> None:
    assert person()["receptor.block"].attrs["error"] == person().errors["receptor.block"]


def test_a_signal_that_was_not_computed_shows_the_nearest() -> None:
    for reach in (person().__getitem__, person().signal, person().why, person().people_table, person().curve):
        with pytest.raises(WrongUse) as error:
            reach("body.systolyc")
        assert error.value.nearest.split(", ")[0] == "body.systolic"
    with pytest.raises(WrongUse, match="unknown signal"):
        person().plot(["body.diastolic"])


def test_the_dataset_holds_every_signal_and_its_band() -> None:
    dataset = person().dataset
    for name in person().names:
        assert name in dataset
        assert dataset[name].attrs["units"] == person().signal(name).unit
    assert dataset[f"{VENOUS}.low"].attrs["units"] == "ng/mL"
    assert "outcome.response.low" in dataset  # the sampling interval of the share
    config = json.loads(dataset.attrs["configuration"])
    assert config == person().configuration()
    assert "@misc{simons2022" in dataset.attrs["citations"]
    assert json.loads(dataset.attrs["versions"])["ketworks"] == kw.__version__
    assert "never" in dataset.attrs["disclaimer"]


def test_the_center_of_a_cohort_is_its_median_and_a_share_is_a_mean() -> None:
    np.testing.assert_array_equal(cohort().curve(VENOUS).center, np.median(cohort().tables[VENOUS], axis=0))
    table = np.zeros((20, 3))
    table[:5, 1] = 1.0
    share = made_of(cohort(), outcome__response=table).curve("outcome.response")
    np.testing.assert_array_equal(share.center, [0.0, 0.25, 0.0])
    assert share.low is not None
    assert share.high is not None
    # Wilson score interval for 5 of 20 at 90 %: (0.25 + z2/40 -+ z sqrt(0.25 * 0.75 / 20 + z2/1600)) / (1 + z2/20)
    assert (share.low[1], share.high[1]) == pytest.approx((0.12737717, 0.43220175), abs=1e-8)
    assert share.low[0] == 0.0


def test_the_share_among_the_others_leaves_the_typical_person_out() -> None:
    table = np.zeros((128, len(person().times)))
    table[0] = 1.0
    assert made_of(person(), outcome__response=table).curve("outcome.response").center.max() == 0.0


def test_a_change_that_does_not_go_back_is_timed_by_when_it_is_nearly_there() -> None:
    times, people = person().times, len(person().ids)
    climbing = np.tile(100.0 + 20.0 * (1.0 - np.exp(-times / 300.0)), (people, 1))
    (row,) = [one for one in made_of(person(), body__systolic=climbing).peaks() if one.name == "body.systolic"]
    assert row.stays
    assert row.when == pytest.approx(900.0, rel=0.1)  # three time constants
    assert re.fullmatch(r"95 % by \d+\.\d h", row.when_shown)
    assert not any(one.stays for one in person().peaks())


def test_pressure_that_comes_back_after_another_drug_is_no_peak_of_ketamine() -> None:
    beside = kw.simulate(f"{SENTENCE}, clonidine 0.2 mg oral 60 min before", outputs=["body.heart_rate"], band=False)
    (row,) = beside.peaks()
    assert beside.curve(row.name).center.argmax() == len(beside.times) - 1  # the rate at rest comes back for days
    assert row.when == pytest.approx(40.0, abs=5.0)


def test_every_signal_that_was_asked_for_is_in_the_table() -> None:
    asked = list(person().chain.signals)[:30]
    made = kw.simulate(SENTENCE, outputs=asked, times="40 min", band=False)
    assert [row.name for row in made.peaks()] == asked
    every = kw.simulate(SENTENCE, times="40 min", band=False)
    assert all(every.signal(row.name).headline for row in every.peaks())


def test_a_peak_is_the_largest_change_with_unit_time_and_band() -> None:
    rows = {row.name: row for row in person().peaks()}
    assert list(rows) == NAMES
    row, curve = rows[VENOUS], person().curve(VENOUS)
    assert row.value == curve.center.max()
    assert row.when == person().times[np.argmax(curve.center)]
    assert row.unit == "ng/mL"
    own = person().people_table(VENOUS).max(axis=1)
    assert (row.low, row.high) == pytest.approx(tuple(np.percentile(own, (5.0, 95.0))))
    assert row.grade == person().grades[VENOUS].grade
    assert re.fullmatch(r"\d+ ng/mL", row.shown)
    assert re.fullmatch(r"\d+ to \d+", row.band_shown)


def test_pressure_is_a_value_and_not_a_change() -> None:
    row = next(row for row in person().peaks() if row.name == "body.systolic")
    assert 110 < row.value < 170
    assert row.unit == "mmHg"


def test_a_falling_signal_peaks_at_its_lowest() -> None:
    base = person().curve("body.systolic").center[0]
    table = np.full((128, len(person().times)), base)
    table[:, 10] = base - 20.0
    table[1:, 10] -= np.arange(127) / 127.0
    row = peaks.peaks(made_of(person(), body__systolic=table))[4]
    assert row.value == base - 20.0
    assert row.high is not None
    assert row.high < base - 19.9


@pytest.mark.parametrize(("change", "word"), [(3.0, "up"), (-3.0, "down"), (0.005, "flat"), (0.0, "flat")])
def test_a_direction_is_a_word_and_not_a_number(change: float, word: str) -> None:
    table = np.zeros((128, len(person().times)))
    table[:, 5] = change
    row = peaks.peaks(made_of(person(), circuit__gamma_power=table))[2]
    assert row.kind == "sign"
    assert row.shown == word
    assert row.band_shown == ""
    assert row.value in (-1.0, 0.0, 1.0)


def test_a_share_is_shown_in_percent_of_people() -> None:
    table = np.zeros((20, 3))
    table[:5, 1] = 1.0
    row = peaks.peaks(made_of(cohort(), outcome__response=table))[5]
    assert row.shown == "25 % of people"
    assert row.when == 40.0


def test_without_people_a_peak_has_no_band() -> None:
    (row,) = kw.simulate(SENTENCE, outputs=[VENOUS], times="0,40 min", band=False).peaks()
    assert (row.low, row.high, row.band_shown) == (None, None, "")


def test_the_table_shows_headline_signals_only_when_there_are_many() -> None:
    whole = kw.simulate(SENTENCE, times="0,40 min", band=False)
    shown = [row.name for row in whole.peaks()]
    assert shown == [name for name in whole.names if whole.signal(name).headline]
    assert [row.name for row in whole.peaks(headline=False)] == list(whole.names)
    assert 10 < len(shown) < 30


def test_the_printed_result_is_the_table() -> None:
    lines = repr(person()).splitlines()
    assert lines[0] == SENTENCE
    assert lines[1] == "female, 45 y, 80 kg, 170 cm"
    assert lines[3].split() == ["signal", "peak", "90", "%", "of", "people", "when", "grade"]
    end = 4 + len(NAMES)
    assert [line.split()[0] for line in lines[4:end]] == NAMES
    assert all(line.split()[-1] in "ABCDE" for line in lines[4:end])
    assert lines[end] == ""
    assert lines[end + 1].startswith("plasma: combined; intravenous")
    assert "circuit.gamma_power" in lines[6]
    assert lines[6].split()[1] == "up"


@pytest.mark.parametrize(
    ("minutes", "shown"), [(0.0, "0 min"), (119.4, "119 min"), (120.0, "2.0 h"), (2879.0, "48.0 h"), (2880.0, "2.0 d")]
)
def test_clock(minutes: float, shown: str) -> None:
    assert peaks.clock(minutes) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (171.2, "171"),
        (12.34, "12.3"),
        (1.0, "1.00"),
        (0.14579, "0.146"),
        (-3.456, "-3.46"),
        (12345.6, "12346"),
    ],
)
def test_number(value: float, shown: str) -> None:
    assert peaks.number(value) == shown


def test_json_has_the_promised_shape() -> None:
    found = json.loads(json.dumps(person().as_dict(), allow_nan=False))
    assert list(found) == ["regimen", "person", "seed", "stages", "reasons", "values", "notes", "failed", "signals"]
    assert found["regimen"] == SENTENCE
    assert found["person"] == {
        "kind": "person",
        "n": 1,
        "weight": "80.0 kg",
        "age": "45.0 y",
        "sex": "female",
        "height": "170.0 cm",
    }
    assert found["stages"]["plasma"] == "combined"
    assert "intravenous" in found["reasons"]["plasma"]
    assert list(found["signals"]) == NAMES
    for name, signal in found["signals"].items():
        assert list(signal) == PARTS, name
        assert len(signal["times_min"]) == len(signal["values"]) == len(person().times)
    signal = found["signals"][VENOUS]
    assert signal["unit"] == "ng/mL"
    assert signal["values"] == person().curve(VENOUS).center.tolist()
    assert len(signal["low"]) == len(signal["high"]) == len(signal["values"])
    share = found["signals"]["outcome.response"]
    assert share["low"][0] == 0.0
    assert all(
        low <= value <= high for low, value, high in zip(share["low"], share["values"], share["high"], strict=True)
    )


def test_json_of_a_cohort_says_so() -> None:
    found = cohort().as_dict()
    assert (found["person"]["kind"], found["person"]["n"], found["seed"]) == ("cohort", 20, 3)
    assert found["signals"][VENOUS]["times_min"] == [0.0, 40.0, 80.0]


@pytest.mark.parametrize("simulation", [person, cohort])
def test_a_configuration_makes_the_same_arguments(simulation: object) -> None:
    made = simulation()  # type: ignore[operator]
    config = json.loads(json.dumps(made.configuration()))
    again = kw.simulate(**from_configuration(config))
    assert again.configuration() == made.configuration()
    assert again.tables[VENOUS].tobytes() == made.tables[VENOUS].tobytes()


@pytest.mark.parametrize(
    "part", ["regimen", "people", "band", "seed", "chain", "outputs", "times_min", "values", "occasions", "measured"]
)
def test_a_configuration_without_a_part_is_refused(part: str) -> None:
    config = person().configuration()
    del config[part]
    with pytest.raises(WrongUse, match=f"stored configuration: '{part}'"):
        from_configuration(config)


def test_citations_are_bibtex_of_the_sources_and_can_be_written(tmp_path: Path) -> None:
    text = person().cite(tmp_path / "paper.bib")
    assert (tmp_path / "paper.bib").read_text() == text
    keys = re.findall(r"^@misc\{(\w[\w-]*),$", text, flags=re.MULTILINE)
    assert len(keys) == len(set(keys)) > 5
    assert "simons2022" in keys
    assert text.count("{") == text.count("}")
    few = kw.simulate(SENTENCE, outputs=[VENOUS], times="0 min", band=False).cite()
    assert set(re.findall(r"^@misc\{(\S+),$", few, flags=re.MULTILINE)) < set(keys)


def test_why_leads_from_a_curve_to_a_source() -> None:
    text = person().why("body.systolic").text(3)
    assert text.startswith("body.systolic [mmHg]")
    assert "Equation:" in text
    assert "simons2022" in text
    assert "plasma.s_ketamine.arterial" in text


def test_a_figure_has_one_axis_per_panel_with_units() -> None:
    figure = person().plot([VENOUS, "body.systolic"])
    assert [axis.get_ylabel() for axis in figure.axes] == ["ng/mL", "mmHg"]
    assert all("time since first dose" in axis.get_xlabel() for axis in figure.axes)
