"""Exposure against closed forms: the model's own parameters, its rate matrix, and identities on measured curves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.optimize import brentq

import ketworks as kw
from ketworks.exposure import Columns, context_sensitive_half_time, exposure_of, exposure_of_table, phases_of
from ketworks.exposure.phases import NOT_A_SUM, phases
from ketworks.registry import make

S_ARTERIAL = "plasma.s_ketamine.arterial"
THEOPH = Path(__file__).resolve().parents[3] / "shared" / "data" / "poppk_datasets" / "theo_sd.csv"
SIMONS = kw.Chain(plasma="simons2022")


def core() -> dict[str, float]:
    """Simons 2022 at 70 kg; L and L/min."""
    rows = make("plasma", "simons2022").parameters()
    names = ("central_volume", "volume_2", "volume_3", "clearance", "flow_2", "flow_3")
    return {name: rows[f"simons2022.{name}"].canonical for name in names}


def matrix() -> np.ndarray:
    """Rate matrix on amounts, 1/min."""
    c = core()
    v1, v2, v3 = c["central_volume"], c["volume_2"], c["volume_3"]
    out = c["clearance"] + c["flow_2"] + c["flow_3"]
    return np.array(
        [
            [-out / v1, c["flow_2"] / v2, c["flow_3"] / v3],
            [c["flow_2"] / v1, -c["flow_2"] / v2, 0.0],
            [c["flow_3"] / v1, 0.0, -c["flow_3"] / v3],
        ]
    )


@pytest.mark.parametrize(
    "plan",
    [
        "esketamine 10 mg iv bolus",
        "esketamine 0.25 mg/kg iv over 40 min",
        "esketamine 0.25 mg/kg iv over 40 min, twice weekly for 2 weeks",
        "esketamine 5 mg iv bolus then 0.3 mg/kg/h iv for 6 h",
    ],
)
def test_the_grid_gives_the_model_its_own_clearance_and_volume(plan: str) -> None:
    found = exposure_of(kw.simulate(plan, chain=SIMONS, outputs=[S_ARTERIAL], band=False), time_unit="min")
    c = core()
    assert found.value(S_ARTERIAL, "clearance") == pytest.approx(c["clearance"], rel=1e-3)
    volume = c["central_volume"] + c["volume_2"] + c["volume_3"]
    assert found.value(S_ARTERIAL, "vss") == pytest.approx(volume, rel=3e-3)
    slowest = -np.linalg.eigvals(matrix()).real.max()
    assert found.value(S_ARTERIAL, "half_life") == pytest.approx(np.log(2.0) / slowest, rel=1e-5)
    assert found.notes == ()


def test_linear_areas_agree_less_well_and_stay_within_a_percent() -> None:
    found = kw.simulate("esketamine 0.25 mg/kg iv over 40 min", chain=SIMONS, outputs=[S_ARTERIAL], band=False)
    linear = exposure_of(found, method="linear", time_unit="min").value(S_ARTERIAL, "clearance")
    assert linear == pytest.approx(core()["clearance"], rel=1e-2)
    assert linear < core()["clearance"], "chords lie above a falling curve"


def test_every_person_of_a_cohort_has_a_clearance_of_their_own_weight() -> None:
    drawn = kw.Cohort(8, seed=3, population="general-adults")
    simulation = kw.simulate("0.5 mg/kg iv over 40 min", drawn, outputs=["dose.given", "plasma.ketamine.arterial"])
    found = exposure_of(simulation)
    given = simulation.tables["dose.given"][:, -1]
    assert given.std() > 1.0, "people differ in weight"
    for row, person in enumerate(simulation.ids):
        clearance, area = (
            found.value("plasma.ketamine.arterial", name, str(person)) for name in ("clearance", "auc_inf")
        )
        assert clearance * area / 1000.0 == pytest.approx(given[row], rel=1e-9)


def test_a_window_against_the_matrix_exponential() -> None:
    found = kw.simulate("esketamine 10 mg iv bolus", chain=SIMONS, outputs=[S_ARTERIAL], band=False)
    area = exposure_of(found, window="30 to 90 min", time_unit="min").value(S_ARTERIAL, "interval_auc")
    a, start = matrix(), np.array([10.0, 0.0, 0.0])
    state = np.linalg.solve(a, (expm(90.0 * a) - expm(30.0 * a)) @ start)
    assert area == pytest.approx(1000.0 * state[0] / core()["central_volume"], rel=1e-3)


def test_phases_are_the_eigenvalues() -> None:
    found = phases_of("esketamine", chain=SIMONS, band=False, time_unit="min")
    rates = np.sort(-np.linalg.eigvals(matrix()).real)[::-1]
    values, vectors = np.linalg.eig(matrix())
    heights = vectors[0] * np.linalg.solve(vectors, np.array([1.0, 0.0, 0.0]))
    areas = (heights / -values)[np.argsort(values)].real
    for k, rate in enumerate(rates, start=1):
        assert found.value(S_ARTERIAL, f"phase_{k}_half_life") == pytest.approx(np.log(2.0) / rate, rel=1e-5)
        assert found.value(S_ARTERIAL, f"phase_{k}_share") == pytest.approx(
            100.0 * areas[k - 1] / areas.sum(), rel=1e-4
        )
    assert len(found.rows) == 6


@pytest.mark.parametrize("signal", ["plasma.s_ketamine.venous", "plasma.s_norketamine.arterial"])
def test_levels_of_more_phases_are_not_told_apart(signal: str) -> None:
    found = phases_of("esketamine", signal=signal, band=False)
    assert [row.metric.why for row in found.rows] == [NOT_A_SUM] * 2


def test_a_curve_that_is_no_sum_of_exponentials_has_no_phases() -> None:
    t = np.concatenate([[0.0], np.geomspace(0.02, 1e4, 400)])
    assert phases(t, 1.0 / (1.0 + t / 10.0)) == NOT_A_SUM
    two = phases(t, 3.0 * np.exp(-0.5 * t) + 1.0 * np.exp(-0.01 * t))
    assert not isinstance(two, str)
    assert two.rates == pytest.approx([0.5, 0.01], rel=1e-6)
    assert two.heights == pytest.approx([3.0, 1.0], rel=1e-6)


@pytest.mark.parametrize("remaining", [0.5, 0.2])
def test_context_sensitive_half_times_in_closed_form(remaining: float) -> None:
    """The level is held exactly: the outer compartments fill as 1 - exp(-Q t / V); then the matrix exponential."""
    lengths = "5,20,60,240,720 min"
    found = context_sensitive_half_time("esketamine", chain=SIMONS, lengths=lengths, remaining=remaining, band=False)
    c = core()
    v1, outer = c["central_volume"], [(c["volume_2"], c["flow_2"]), (c["volume_3"], c["flow_3"])]
    for length, time in zip(found.lengths, found.center, strict=True):
        start = np.array([v1, *(v * -np.expm1(-q / v * length) for v, q in outer)])
        exact = brentq(lambda t, x=start: (expm(t * matrix()) @ x)[0] / v1 - remaining, 1e-6, 5e3, xtol=1e-10)
        assert time == pytest.approx(exact, rel=2e-3)


def test_a_half_time_behind_the_arm_is_longer_and_says_so() -> None:
    lengths = "30,120 min"
    artery, vein = (
        context_sensitive_half_time("ketamine", signal=f"plasma.ketamine.{site}", lengths=lengths, band=False)
        for site in ("arterial", "venous")
    )
    assert vein.held == artery.held == "plasma.ketamine.arterial"
    assert all(slow > quick for slow, quick in zip(vein.center, artery.center, strict=True))
    assert "plasma.ketamine.venous after an infusion that held plasma.ketamine.arterial" in str(vein)


def test_identities_on_measured_curves() -> None:
    """Theophylline, 12 people: what must hold between metrics whatever the data are."""
    if not THEOPH.exists():
        pytest.skip(f"no {THEOPH}")
    columns = Columns(time_unit="h", unit="mg/L")
    logs = exposure_of_table(THEOPH, columns, "320 mg", "oral")
    lines = exposure_of_table(THEOPH, columns, "320 mg", "oral", method="linear")
    people = list(logs.of("DV", "cmax"))
    assert len(people) == 12
    for who in people:
        value = {
            name: found[who].value for name in ("clast", "lambda_z", "auc_last") for found in [logs.of("DV", name)]
        }
        beyond = logs.value("DV", "auc_inf", who) - value["auc_last"]
        assert beyond == pytest.approx(value["clast"] / value["lambda_z"], rel=1e-10)
        assert logs.value("DV", "clearance_over_f", who) * logs.value("DV", "auc_inf", who) == pytest.approx(320.0)
        ratio = logs.value("DV", "vz_over_f", who) * value["lambda_z"]
        assert ratio == pytest.approx(logs.value("DV", "clearance_over_f", who))
        assert value["auc_last"] < lines.value("DV", "auc_last", who), "chords lie above a falling exponential"
        assert logs.value("DV", "lambda_z", who) == lines.value("DV", "lambda_z", who)
