"""The gradient of a cohort's mean against central differences of the same runs, and what it refuses."""

from __future__ import annotations

import json

import pytest
from command_line import Ketworks

import ketworks as kw
from ketworks.derivatives.gradient import Gradient

SENTENCE = "0.5 mg/kg iv over 40 min"


@pytest.fixture(scope="module")
def found() -> Gradient:
    return kw.gradient(SENTENCE, kw.Cohort(20, seed=3), at="30 h", check=True)  # 24 h is a kink of control.day


@pytest.mark.slow
def test_twenty_derivatives_are_those_of_differences(found: Gradient) -> None:
    assert len(found.slopes) == 20
    stages = {one.id.split(".")[0] for one in found.slopes}
    assert {"simons2022", "synaptic_chain", "mood", "madrs"} <= stages  # from the dose to the score
    largest = max(abs(one.derivative * one.value) for one in found.slopes)
    for one in found.slopes:
        assert one.difference is not None
        size = max(abs(one.difference * one.value), 1e-4 * largest)
        assert abs(one.derivative - one.difference) * abs(one.value) < 1e-5 * size, one.id


@pytest.mark.slow
def test_the_mean_is_that_of_the_simulation(found: Gradient) -> None:
    run = kw.simulate(SENTENCE, kw.Cohort(20, seed=3), outputs=["outcome.madrs"], times="30 h")
    assert found.mean == pytest.approx(float(run.tables["outcome.madrs"].mean()), rel=1e-9)
    largest = max(found.slopes, key=lambda one: abs(one.derivative * one.value))
    assert found.slopes[0] == largest
    assert largest.elasticity == pytest.approx(largest.derivative * largest.value / found.mean)


def test_counted_and_directed_signals_are_refused_with_the_nearest_smooth_one() -> None:
    with pytest.raises(kw.CannotSay, match="almost everywhere") as refused:
        kw.gradient(SENTENCE, signal="outcome.response")
    assert refused.value.nearest == "outcome.madrs"
    with pytest.raises(kw.CannotSay, match="direction"):
        kw.gradient(SENTENCE, signal="circuit.gamma_power")


@pytest.mark.slow
def test_whole_points_have_no_gradient_and_the_start_is_a_time() -> None:
    with pytest.raises(kw.CannotSay, match="whole points"):
        kw.gradient(SENTENCE, signal="mind.cadss", at="40 min")
    (slope,) = kw.gradient(SENTENCE, None, ["madrs.baseline"], at="0 min").slopes
    assert slope.derivative > 0.5


def test_wrong_names_and_times_are_refused() -> None:
    with pytest.raises(kw.WrongUse, match=r"synaptic_chain\.jump"):
        kw.gradient(SENTENCE, parameters=["synaptic_chain.jumps"])
    with pytest.raises(kw.WrongUse, match="one time"):
        kw.gradient(SENTENCE, at="24 h, 48 h")
    with pytest.raises(kw.WrongUse, match="value"):
        kw.gradient(SENTENCE, parameters=["baroreflex.gain"])  # stands behind no stage that runs


def test_the_command_prints_what_the_function_gives(ketworks: Ketworks) -> None:
    given = ("gradient", SENTENCE, "--signal", "plasticity.drive", "--at", "40min", "--quiet")
    said = ketworks(*given, "--parameters", "synaptic_drive.half_level", "--json")
    assert said.code == 0
    (slope,) = json.loads(said.out)["slopes"]
    assert slope["id"] == "synaptic_drive.half_level"
    assert slope["derivative"] < 0.0
    assert ketworks("gradient", SENTENCE, "--signal", "outcome.response").code == 3
