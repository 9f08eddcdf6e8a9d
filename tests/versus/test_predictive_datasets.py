"""Checks on data that nobody here made: simulated populations whose truth is known, and three real data sets.

Simulated populations: the model is built from the truth that stands in the files: typical values and covariance from
the geometric mean and the spread of the people's own parameters, the residual standard deviation (log scale) from
the data over the predictions with each person's own parameters, since no file states it.

Real data: nobody knows the truth. Models are estimated here from the same data (one step of Gauss-Newton towards each
person's most likely parameters, then new population values, in turn); no value is taken from the literature.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ketworks.check.run import data_folder
from ketworks.events import Choices, EventTable, LinearModel, predict, read
from ketworks.events.model_file import Given
from ketworks.predictive.npde import NpdeResult, prediction_errors
from ketworks.predictive.population import PopulationModel
from ketworks.predictive.replicates import observations, simulate_replicates
from ketworks.predictive.residual_error import ResidualError
from ketworks.predictive.vpc import VpcResult, predictive_check

Floats = NDArray[np.float64]
FOLDER = (data_folder() or Path("/none")) / "poppk_datasets"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="no poppk_datasets in the data folder; set KETWORKS_DATA")
SIMULATED = {
    "Bolus_1CPT": ("one", {"CL": "CL", "V": "V"}),
    "Infusion_1CPT": ("one", {"CL": "CL", "V": "V"}),
    "Oral_1CPT": ("one oral", {"KA": "KA", "CL": "CL", "V": "V"}),
    "Bolus_2CPT": ("two", {"CL": "CL", "V": "V1", "Q": "Q", "V2": "V2"}),
    "Infusion_2CPT": ("two", {"CL": "CL", "V": "V", "Q": "Q", "V2": "V2"}),
    "Oral_2CPT": ("two oral", {"KA": "KA", "CL": "CL", "V": "V1", "Q": "Q", "V2": "V2"}),
}


def both(model: PopulationModel, table: EventTable, replicates: int, **how: str) -> tuple[NpdeResult, VpcResult]:
    seen = observations(model, table)
    own = simulate_replicates(model, table, replicates, seed=1)
    return prediction_errors(seen, own), predictive_check(seen, own, **how)


def simulated(name: str) -> tuple[EventTable, PopulationModel]:
    structure, columns = SIMULATED[name]
    # SS 99 marks ordinary doses in these files; SD marks the single-dose part
    table = read(FOLDER / f"{name}.csv", Choices(recode={"SS": {"99": 0}}, covariates=["SD"]))
    first = table.starts[:-1]
    own = {key: np.asarray(table[column][first]) for key, column in columns.items()}
    linear = LinearModel.named(structure)
    seen = table.is_observed
    errors = np.log(table["DV"][seen] / predict(linear, table, own)[seen])
    logs = np.log(np.array(list(own.values())))
    typical = {key: Given(float(np.exp(row.mean())), "", 1.0) for key, row in zip(own, logs, strict=True)}
    error = ResidualError(log=float(errors.std()))
    return table, PopulationModel(name, linear, typical, tuple(own), np.cov(logs), error, "h", "ug/L")


QUICK = ("Bolus_1CPT",)  # the others repeat it with another model


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in SIMULATED]
)
def test_the_truth_is_compatible_and_a_wrong_clearance_flagged(name: str) -> None:
    """Single-dose part: 120 people, about 19 samples each."""
    table, model = simulated(name)
    single = table.take(table["SD"] == 1)
    for result in both(model, single, 300):
        assert not result.flagged
    for result in both(model.scaled({"CL": 1.5}), single, 300):
        assert result.flagged


@pytest.mark.slow
@pytest.mark.parametrize("name", SIMULATED)
def test_the_same_over_all_doses_and_a_fifth_too_much_clearance(name: str) -> None:
    """All seven doses with steady state: about 58 samples each, 1000 replicates."""
    table, model = simulated(name)
    for result in both(model, table, 1000, axis="after-dose"):
        assert not result.flagged
    for result in both(model.scaled({"CL": 1.2}), table, 1000, axis="after-dose"):
        assert result.flagged


def estimated(
    table: EventTable, linear: LinearModel, start: dict[str, float], size: Floats | float = 1.0, rounds: int = 60
) -> tuple[dict[str, float], Floats, float]:
    """Typical values, covariance of the logarithms, additive error; sizes multiply clearance and volume."""
    names, people, seen = list(start), len(table.people), table.is_observed
    person, data, step = table.person[seen], table["DV"][seen], 1e-5
    mean = np.log(list(start.values()))
    own, covariance, error = np.tile(mean, (people, 1)), 0.1 * np.eye(len(names)), 1.0
    sizes = {name: size if name in ("CL", "V") else 1.0 for name in names}
    for _ in range(rounds):
        tried = np.concatenate([own[None], own[None] + step * np.eye(len(names))[:, None, :]])
        values = {name: np.exp(tried[..., k]) * sizes[name] for k, name in enumerate(names)}
        predicted = predict(linear, table, values)[:, seen]
        rest, slope = data - predicted[0], (predicted[1:] - predicted[0]) / step
        precision, spread, doubt = np.linalg.inv(covariance), np.zeros_like(covariance), 0.0
        for number in range(people):
            mine = person == number
            towards = slope[:, mine] @ rest[mine] / error + precision @ (mean - own[number])
            posterior = np.linalg.inv(slope[:, mine] @ slope[:, mine].T / error + precision)
            move = posterior @ towards
            own[number] += move * min(1.0, 0.5 / np.abs(move).max())
            spread += posterior / people
            doubt += float(np.trace(slope[:, mine].T @ posterior @ slope[:, mine]))
        mean = own.mean(axis=0)
        covariance = (own - mean).T @ (own - mean) / people + spread
        error = float(rest @ rest + doubt) / len(rest)
    return dict(zip(names, np.exp(mean).tolist(), strict=True)), covariance, float(np.sqrt(error))


@cache
def real(name: str) -> tuple[EventTable, PopulationModel]:
    size: Floats | float = 1.0
    if name == "pheno_sd":
        table, structure = read(FOLDER / "pheno_sd.csv"), "one"
        start, size = {"CL": 0.007, "V": 1.4}, table["WT"][table.starts[:-1]] / 1.5
    elif name == "theo_sd":
        table, structure = read(FOLDER / "theo_sd.csv", Choices(recode={"EVID": {"101": 1}})), "one oral"
        table, start = table.take((table["EVID"] != 0) | (table["TIME"] > 0)), {"KA": 1.5, "CL": 3.0, "V": 32.0}
    else:
        table, structure = read(FOLDER / "warfarin.csv", Choices(labels=["dvid", "sex"])), "one oral"
        level = np.array([word == "cp" for word in table.labels["DVID"]])
        table = table.take((table["EVID"] != 0) | (level & (table["TIME"] > 0)))
        start = {"KA": 1.0, "CL": 0.13, "V": 8.0, "ALAG1": 0.5}
    linear = LinearModel.named(structure)
    typical, covariance, error = estimated(table, linear, start, size)
    weight = ("WT", 1.5) if name == "pheno_sd" else ("", 1.0)
    given = {key: Given(value, "", 1.0, *weight) for key, value in typical.items()}
    error_model = ResidualError(additive=error)
    return table, PopulationModel(
        f"{name} (estimated)", linear, given, tuple(given), covariance, error_model, "h", "mg/L"
    )


@pytest.mark.parametrize("name", ["theo_sd", "pheno_sd", "warfarin"])
@pytest.mark.parametrize("factor", [1.5, pytest.param(1 / 1.5, marks=pytest.mark.slow)])
def test_a_wrong_clearance_is_flagged_on_real_data(name: str, factor: float) -> None:
    table, model = real(name)
    discrepancies, percentiles = both(model.scaled({"CL": factor}), table, 600)
    assert percentiles.flagged
    assert discrepancies.flagged
    assert discrepancies.criteria[0].p < 0.02
    assert np.sign(discrepancies.criteria[0].value) == np.sign(factor - 1.0)


def test_estimates_for_phenobarbital_are_compatible() -> None:
    for result in both(*reversed(real("pheno_sd")), 600):
        assert not result.flagged


def test_estimates_for_theophylline_fit_in_level_and_spread_but_not_in_shape() -> None:
    """Early samples scatter more than an additive error allows; that is what the shape says."""
    discrepancies, percentiles = both(*reversed(real("theo_sd")), 600)
    by_name = {one.name: one.p for one in discrepancies.criteria}
    assert not percentiles.flagged
    assert min(by_name["mean"], by_name["variance"]) > 0.05
    assert by_name["normality"] < 0.05


def test_estimates_for_warfarin_miss_its_absorption() -> None:
    """One compartment, first-order absorption after a lag: late medians fit, the spread of early levels does not."""
    discrepancies, percentiles = both(*reversed(real("warfarin")), 600)
    by_name = {one.name: one.p for one in discrepancies.criteria}
    assert by_name["mean"] > 0.05
    assert by_name["normality"] < 0.05
    late = [cell for cell in percentiles.cells if cell.center >= 24 and cell.percentile == 50.0]
    assert np.mean([cell.outside for cell in late]) < 0.5
