"""Event tables against NONMEM's own output, and against data simulated by others with known parameters."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ketworks.check.run import data_folder
from ketworks.events import Choices, EventTable, LinearModel, csv_text, predict, read

DATA = data_folder()
pytestmark = pytest.mark.skipif(DATA is None, reason="no folder of external data (KETWORKS_DATA, ../shared/data)")


def folder(name: str) -> Path:
    assert DATA is not None
    return DATA / name


@cache
def nonmem() -> tuple[EventTable, NDArray[np.float64]]:
    table = read(folder("nonmem_events") / "dosing_events_1001.csv")
    with (folder("nonmem_events") / "dosing_nonmem_1001.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["ID"] for row in rows] == [table.people[person] for person in table.person]
    np.testing.assert_array_equal([float(row["TIME"]) for row in rows], table["TIME"])
    return table, np.array([float(row["CP"]) for row in rows])


def predicted(table: EventTable) -> NDArray[np.float64]:
    """ADVAN2 with the control stream's parameters; R2 and D2 are the columns that its MODE picks for RATE -1 and -2."""
    dosing = {"ALAG2": table["LAGT"], "F2": table["BIOAV"], "R2": table["RAT2"], "D2": table["DUR2"]}
    return predict(LinearModel.named("advan2", factor=1000.0), table, {"CL": 1.1, "V": 20.0, "KA": 1.5, **dosing})


def worst(found: NDArray[np.float64], wanted: NDArray[np.float64]) -> float:
    return float(np.max(np.abs(found - wanted) / np.maximum(wanted, 1e-3 * wanted.max())))


@pytest.mark.parametrize("scenario", [str(number) for number in range(1, 15)])
def test_a_scenario_of_doses_is_predicted_as_by_nonmem(scenario: str) -> None:
    table, wanted = nonmem()
    here = table.person == table.people.index(scenario)
    assert worst(predicted(table)[here], wanted[here]) <= 1e-4


def test_the_scenarios_are_the_same_one_by_one_and_after_being_written() -> None:
    table, _ = nonmem()
    together = predicted(table)
    for number, name in enumerate(table.people):
        np.testing.assert_array_equal(predicted(table.of(name)), together[table.person == number])
    np.testing.assert_array_equal(predicted(read(csv_text(table))), together)


@pytest.mark.parametrize("change", ["SS", "ADDL", "LAGT", "BIOAV"])
def test_the_scenarios_would_show_a_mistake(change: str) -> None:
    table, wanted = nonmem()
    wrong = {name: values.copy() for name, values in {**table.columns, **table.covariates}.items()}
    wrong[change] = np.where(wrong[change] > 0, wrong[change] * 0 + (1.0 if change == "BIOAV" else 0.0), wrong[change])
    if change in ("SS", "ADDL"):
        wrong["II"] = np.where((wrong["SS"] > 0) | (wrong["ADDL"] > 0), wrong["II"], 0.0)
    columns = {name: wrong[name] for name in table.columns}
    covariates = {name: wrong[name] for name in table.covariates}
    spoilt = EventTable(table.people, table.person, table.line, columns, covariates, {}, table.given)
    assert worst(predicted(spoilt), wanted) > 0.1


SETS = {
    "Bolus_1CPT": ("one", {"CL": "CL", "V": "V"}),
    "Bolus_2CPT": ("two", {"CL": "CL", "V": "V1", "Q": "Q", "V2": "V2"}),
    "Infusion_1CPT": ("one", {"CL": "CL", "V": "V"}),
    "Infusion_2CPT": ("two", {"CL": "CL", "V": "V", "Q": "Q", "V2": "V2"}),
    "Oral_1CPT": ("one oral", {"KA": "KA", "CL": "CL", "V": "V"}),
    "Oral_2CPT": ("two oral", {"KA": "KA", "CL": "CL", "V": "V1", "Q": "Q", "V2": "V2"}),
}


@pytest.mark.parametrize("name", SETS)
def test_simulated_people_are_predicted_with_their_own_parameters(name: str) -> None:
    """SS 99 is these files' mark for 'not at steady state'; each person ends with one dose that is (SS 1, II 24)."""
    structure, columns = SETS[name]
    table = read(folder("poppk_datasets") / f"{name}.csv", Choices(recode={"SS": {"99": 0}}))
    parameters = {parameter: table[column] for parameter, column in columns.items()}
    ratio = table["DV"][table.is_observed] / predict(LinearModel.named(structure), table, parameters)[table.is_observed]
    assert np.median(ratio) == pytest.approx(1.0, abs=0.015)
    at_steady_state = (table["TIME"] >= 216.0)[table.is_observed]
    assert np.median(ratio[at_steady_state]) == pytest.approx(1.0, abs=0.03)
