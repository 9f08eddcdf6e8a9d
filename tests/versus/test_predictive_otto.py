"""Data that ketworks simulates under Otto 2021: the true model is rarely flagged, one with other clearance always."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ketworks.events import EventTable, read
from ketworks.predictive.npde import prediction_errors
from ketworks.predictive.plasma_population import PlasmaPopulation, plasma_population
from ketworks.predictive.replicates import observations, simulate_replicates
from ketworks.predictive.vpc import predictive_check

TIMES = (15, 30, 40, 60, 90, 120, 240, 480)
SETS = 20


def design() -> EventTable:
    """48 people of 48 to 110 kg, 0.5 mg/kg over 40 min, eight samples of S-ketamine and of S-norketamine each."""
    rng = np.random.default_rng(0)
    rows = ["ID,TIME_MIN,AMT,RATE,EVID,MDV,DV,WT,DVID"]
    for number in range(48):
        weight = round(float(np.clip(rng.normal(70.0, 12.0), 48.0, 110.0)), 1)
        amount = round(0.5 * weight, 2)
        rows.append(f"{number},0,{amount},{amount / 40:.8g},1,1,.,{weight},1")
        rows += [f"{number},{time},0,0,0,0,1,{weight},{dvid}" for time in TIMES for dvid in (1, 2)]
    return read("\n".join(rows) + "\n")


def verdicts(model: PlasmaPopulation, replicates: int) -> np.ndarray:
    """Flags of npde and vpc, shape (sets, 2), over data sets of the true model."""
    table = design()
    truth = simulate_replicates(plasma_population("otto2021", "min"), table, SETS, seed=99).values
    own = simulate_replicates(model, table, replicates, seed=1)
    empty = observations(model, table)
    found = []
    for values in truth:
        data = replace(empty, value=values)
        found.append((prediction_errors(data, own).flagged, predictive_check(data, own).flagged))
    return np.array(found)


@pytest.mark.slow
def test_the_true_model_is_flagged_no_more_often_than_one_in_twenty_is_by_chance() -> None:
    """Binomial(20, 0.05): more than 4 in three of a thousand experiments."""
    assert (verdicts(plasma_population("otto2021", "min"), 300).sum(axis=0) <= 4).all()


@pytest.mark.slow
@pytest.mark.parametrize("factor", [1.5, 1 / 1.5])
def test_another_clearance_is_always_flagged(factor: float) -> None:
    wrong = plasma_population("otto2021", "min").scaled({"clearance": factor})
    assert verdicts(wrong, 300).all()
