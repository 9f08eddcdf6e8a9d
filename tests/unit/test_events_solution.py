"""Predictions of event tables: order at one time, lag, share, modelled rates, covariates in time, resets, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ketworks.errors import WrongUse
from ketworks.events import LinearModel, amounts, predict, read
from ketworks.events.linear_model import NAMES

ONE = LinearModel.named("one")
VALUES = {"CL": 2.0, "V": 10.0}  # 0.2 per unit of time
K = 0.2


def seen(text, values=VALUES, model=ONE):
    return predict(model, read(text), values)


def refusal(text, values=VALUES, model=ONE):
    with pytest.raises(WrongUse) as caught:
        seen(text, values, model)
    assert caught.value.expected
    return caught.value.given


def test_a_bolus_and_an_infusion_are_the_textbook_ones():
    found = seen("TIME,AMT,RATE\n0,100,0\n5,0,0\n10,30,10\n12,0,0\n20,0,0\n")
    bolus = [10 * math.exp(-K * t) for t in (0, 5, 10, 12, 20)]
    infusion = [0, 0, 0, 5 * (1 - math.exp(-K * 2)), 5 * (1 - math.exp(-K * 3)) * math.exp(-K * 7)]
    np.testing.assert_allclose(found, np.add(bolus, infusion), rtol=1e-12)


def test_records_at_one_time_happen_in_the_order_of_the_table():
    before, after = seen("TIME,AMT,DV\n0,0,1\n0,100,.\n"), seen("TIME,AMT,DV\n0,100,.\n0,0,1\n")
    assert before.tolist() == [0.0, 10.0]
    assert after.tolist() == [10.0, 10.0]


def test_additional_and_lagged_doses_enter_before_records_of_their_time():
    found = seen("TIME,AMT,ADDL,II\n0,100,1,5\n5,0,0,0\n")
    assert found[1] == pytest.approx(10 * math.exp(-1) + 10, rel=1e-12)
    lagged = seen("TIME,AMT\n0,100\n1.9,0\n2,0\n", {**VALUES, "ALAG1": 2.0})
    assert lagged.tolist() == [0.0, 0.0, 10.0]


def test_a_time_that_no_binary_number_holds_is_still_one_instant():
    """0.1 + 2 x 0.1 is not 0.3 in binary; the dose that enters there is seen by the record of 0.3."""
    found = seen("TIME,AMT,ADDL,II\n0.1,100,2,0.1\n0.3,0,0,0\n")
    wanted = 10 * (1 + math.exp(-K * 0.1) + math.exp(-K * 0.2))
    assert found[1] == pytest.approx(wanted, rel=1e-12)


def test_a_share_shortens_an_infusion_of_given_rate_and_thins_one_of_given_duration():
    by_rate = seen("TIME,AMT,RATE\n0,100,10\n3,0,0\n6,0,0\n", {**VALUES, "F1": 0.5})
    np.testing.assert_allclose(by_rate[1], 5 * (1 - math.exp(-K * 3)), rtol=1e-12)
    np.testing.assert_allclose(by_rate[2], 5 * (1 - math.exp(-K * 5)) * math.exp(-K * 1), rtol=1e-12)
    by_time = seen("TIME,AMT,DUR\n0,100,10\n3,0,0\n", {**VALUES, "F1": 0.5})
    np.testing.assert_allclose(by_time[1], 2.5 * (1 - math.exp(-K * 3)), rtol=1e-12)
    assert "share F is not 1" in refusal("TIME,AMT,RATE,DUR\n0,100,10,10\n3,0,0,0\n", {**VALUES, "F1": 0.5})
    assert seen("TIME,AMT,RATE\n0,100,10\n3,0,0\n", {**VALUES, "F1": 0.0}).tolist() == [0.0, 0.0]


def test_modelled_rate_and_duration_are_those_of_the_compartment():
    rate = seen("TIME,AMT,RATE\n0,100,-1\n3,0,0\n", {**VALUES, "R1": 20.0})
    duration = seen("TIME,AMT,RATE\n0,100,-2\n3,0,0\n", {**VALUES, "D1": 5.0})
    np.testing.assert_allclose(rate, duration, rtol=1e-12)
    np.testing.assert_allclose(rate[1], 10 * (1 - math.exp(-K * 3)), rtol=1e-12)
    assert "RATE -1 into compartment 1 without R1" in refusal("TIME,AMT,RATE\n0,100,-1\n", {**VALUES, "D1": 5.0})
    assert "RATE -2 into compartment 1 without D1" in refusal("TIME,AMT,RATE\n0,100,-2\n", {**VALUES, "R1": 5.0})
    assert "modelled duration of 0" in refusal("TIME,AMT,RATE\n0,100,-2\n", {**VALUES, "D1": 0.0})


def test_the_parameters_of_a_later_dose_are_those_of_the_record_that_ends_its_interval():
    text = "TIME,AMT,ADDL,II,F,X\n0,100,2,10,1,1\n5,0,0,0,1,1\n12,0,0,0,0.5,1\n25,0,0,0,0.25,1\n"
    table = read(text)
    found = predict(ONE, table, {"CL": 2.0, "V": 10.0, "F1": table["F"]})
    gone = {t: math.exp(-K * t) for t in (2, 5, 12, 15, 25)}
    wanted = [10, 10 * gone[5], 10 * gone[12] + 5 * gone[2]]
    wanted.append(10 * gone[25] + 5 * gone[15] + 2.5 * gone[5])
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_a_share_of_nothing_now_may_be_something_later():
    table = read("TIME,AMT,ADDL,II,F\n0,100,1,10,0\n9,0,0,0,0\n12,0,0,0,1\n")
    found = predict(ONE, table, {**VALUES, "F1": table["F"]})
    np.testing.assert_allclose(found, [0, 0, 10 * math.exp(-K * 2)], rtol=1e-12)
    twice = read("TIME,AMT,ADDL,II,RATE,DUR,F\n0,100,1,30,10,10,1\n9,0,0,0,0,0,1\n42,0,0,0,0,0,0.5\n")
    with pytest.raises(WrongUse, match="line 2: RATE and DUR of a dose whose share F is not 1 when it enters"):
        predict(ONE, twice, {**VALUES, "F1": twice["F"]})


def test_a_modelled_rate_that_changes_on_the_way_is_refused():
    table = read("TIME,AMT,RATE,X\n0,100,-1,10\n3,0,0,10\n20,0,0,5\n")
    predict(ONE, table, {**VALUES, "R1": np.array([10.0, 10.0, 10.0])})
    with pytest.raises(WrongUse, match="R1 changes while an infusion runs, between line 2 and line 4"):
        predict(ONE, table, {**VALUES, "R1": table["X"]})
    later = read("TIME,AMT,RATE,X\n0,100,-1,50\n3,0,0,50\n20,0,0,5\n")  # over before the change
    predict(ONE, later, {**VALUES, "R1": later["X"]})


def test_the_record_that_ends_an_interval_rules_over_it():
    """Next observation carried backward, as NONMEM does; a volume changes a level, not an amount."""
    table = read("TIME,AMT,CL,V\n0,100,9,10\n2,0,1,10\n5,0,4,20\n")
    found = predict(ONE, table, {"CL": table["CL"], "V": table["V"]})
    left = 100 * math.exp(-0.1 * 2)
    np.testing.assert_allclose(found, [10, left / 10, left * math.exp(-0.2 * 3) / 20], rtol=1e-12)


def test_a_person_may_have_parameters_of_their_own():
    table = read("ID,TIME,AMT\na,0,100\na,5,0\na,6,0\nb,0,100\nb,5,0\n")
    by_person = predict(ONE, table, {"CL": [1.0, 4.0], "V": 10.0})
    by_record = predict(ONE, table, {"CL": np.array([1.0, 1, 1, 4, 4]), "V": [10.0] * 5})
    np.testing.assert_array_equal(by_person, by_record)
    np.testing.assert_allclose(by_person[[1, 4]], [10 * math.exp(-0.5), 10 * math.exp(-2.0)])


def test_a_reset_forgets_and_cancels():
    found = seen("TIME,AMT,ADDL,II,EVID\n0,100,9,4,1\n2,0,0,0,3\n30,0,0,0,0\n")
    assert found[1:].tolist() == [0.0, 0.0]
    running = seen("TIME,AMT,RATE,EVID\n0,100,1,1\n2,50,0,4\n4,0,0,0\n")
    np.testing.assert_allclose(running[2], 5 * math.exp(-K * 2), rtol=1e-12)
    lagged = seen("TIME,AMT,EVID\n0,100,1\n1,0,3\n9,0,0\n", {**VALUES, "ALAG1": 5.0})
    assert lagged.tolist() == [0, 0, 0]


def test_steady_state_replaces_or_adds():
    base = "TIME,AMT,SS,II\n0,50,0,0\n10,100,{ss},12\n13,0,0,0\n"
    settled = [10 / (1 - math.exp(-K * 12)) * math.exp(-K * t) for t in (0, 3)]
    np.testing.assert_allclose(seen(base.format(ss=1))[1:], settled, rtol=1e-12)
    rest = [5 * math.exp(-K * t) for t in (10, 13)]
    np.testing.assert_allclose(seen(base.format(ss=2))[1:], np.add(settled, rest), rtol=1e-12)


def test_no_rounding_runs_on_after_the_last_infusion():
    """0.1 + 0.2 - 0.1 - 0.2 is not 0 in binary; late levels would show it."""
    found = seen("TIME,AMT,RATE\n0,1,0.1\n0,4,0.2\n300,0,0\n")
    wanted = sum(
        rate / 2.0 * (math.exp(-K * (300 - long)) - math.exp(-K * 300)) for rate, long in ((0.1, 10), (0.2, 20))
    )
    assert found[2] == pytest.approx(wanted, rel=1e-12, abs=0.0)


def test_a_steady_state_has_no_lag_beyond_its_interval_and_needs_a_way_out():
    text = "TIME,AMT,SS,II\n0,100,1,12\n"
    assert "line 2: a steady state with II 12 and lag 13" in refusal(text, {**VALUES, "ALAG1": 13.0})
    assert "line 2: ID 1 has no steady state" in refusal(text, {"CL": 0.0, "V": 10.0})
    assert "no steady state" in refusal("TIME,AMT,SS,RATE\n0,0,1,5\n", {"CL": 0.0, "V": 10.0})
    overlap = "TIME,AMT,SS,II,DUR\n0,100,1,1,20000\n"
    assert "infusions run at once" in refusal(overlap)


def test_observations_look_into_their_compartment_and_other_records_into_the_output():
    model = LinearModel.named("two oral", factor=1000.0)
    values = {"KA": 1.0, "CL": 2.0, "V": 10.0, "Q": 3.0, "V2": 20.0}
    table = read("TIME,AMT,CMT,EVID\n0,100,1,1\n2,0,1,0\n2,0,2,0\n2,0,0,0\n2,0,3,0\n2,0,1,2\n")
    found, held = predict(model, table, values), amounts(model, table, values)
    assert found[1] == held[1, 0]  # the depot has no volume: its amount
    np.testing.assert_allclose(found[2:4], held[2, 1] / 10 * 1000)
    np.testing.assert_allclose(found[4], held[4, 2] / 20 * 1000)
    np.testing.assert_allclose(found[5], held[5, 1] / 10 * 1000)


def test_more_doses_than_can_be_computed_are_refused_and_those_after_the_last_record_do_not_count():
    assert "line 2: 1e+09 additional doses" in refusal("TIME,AMT,ADDL,II\n0,1,1e9,1e-9\n24,0,0,0\n")
    found = seen("TIME,AMT,ADDL,II\n0,100,1e9,10\n5,0,0,0\n")
    assert found[1] == pytest.approx(10 * math.exp(-1), rel=1e-12)


def test_what_does_not_fit_the_model_is_told():
    assert "line 2: CMT 3" in refusal("TIME,AMT,CMT\n0,1,3\n")
    assert "unknown parameter 'KA'" in refusal("TIME,AMT\n0,1\n", {**VALUES, "KA": 1.0})
    assert refusal("TIME,AMT\n0,1\n", {"CL": 1.0}) == "no parameter V"
    assert "line 2: parameter V of ID 1 is 0" in refusal("TIME,AMT\n0,1\n", {"CL": 1.0, "V": 0.0})
    assert "line 3: parameter CL of ID 1 is nan" in refusal("TIME,AMT\n0,1\n1,0\n", {"CL": [1.0, np.nan], "V": 1.0})
    assert "line 2: parameter ALAG1 of ID 1 is -1" in refusal("TIME,AMT\n0,1\n", {**VALUES, "ALAG1": -1.0})
    assert "parameter CL of shape (3,)" in refusal("TIME,AMT\n0,1\n1,0\n", {"CL": [1.0, 2.0, 3.0], "V": 1.0})
    many = {"CL": np.ones((2, 1)), "V": np.ones((3, 1))}
    assert refusal("TIME,AMT\n0,1\n", many) == "parameters for 2 and 3 replicates"


def test_a_table_without_doses_is_nothing():
    assert seen("TIME,DV\n0,3\n1,2\n").tolist() == [0.0, 0.0]


@pytest.mark.parametrize("name", NAMES)
def test_every_structure_keeps_its_columns_balanced(name):
    model = LinearModel.named(name)
    values = {parameter: np.float64(number) for number, parameter in enumerate(model.parameters, 2)}
    matrix = model.matrix(values)
    central = model.compartments.index("central")
    lost = np.zeros(len(model.compartments))
    lost[central] = values["CL"] / values[model.scales[central]]
    np.testing.assert_allclose(matrix.sum(axis=0), -lost, atol=1e-15)


def test_plain_and_nonmem_names_are_one_structure():
    table = read("TIME,AMT\n0,100\n1,0\n9,0\n")
    numbers = range(1, 8)
    plain = dict(zip(("KA", "CL", "V", "Q2", "V2", "Q3", "V3"), numbers, strict=True))
    nonmem = dict(zip(("KA", "CL", "V2", "Q3", "V3", "Q4", "V4"), numbers, strict=True))
    found = [predict(LinearModel.named(name), table, one) for name, one in (("three oral", plain), ("advan12", nonmem))]
    np.testing.assert_array_equal(*found)


def test_an_explicit_model_may_have_an_effect_compartment():
    model = LinearModel.explicit(
        ["central", "effect"],
        {("central", ""): "CL/V", ("effect", ""): "KE0"},
        {"central": "V", "effect": "V"},
        output="effect",
        copies={("central", "effect"): "KE0"},
    )
    found = predict(model, read("TIME,AMT,CMT\n0,100,1\n3,0,2\n3,0,1\n"), {**VALUES, "KE0": 0.5})
    wanted = 10 * 0.5 / (0.5 - K) * (math.exp(-K * 3) - math.exp(-0.5 * 3))
    np.testing.assert_allclose(found[1:], [wanted, 10 * math.exp(-K * 3)], rtol=1e-12)


def test_explicit_models_are_checked():
    with pytest.raises(WrongUse, match="unknown compartment 'gutt'"):
        LinearModel.explicit(["gut"], {("gutt", ""): "K"}, {})
    with pytest.raises(WrongUse, match="different names"):
        LinearModel.explicit(["gut", "gut"], {}, {})
    with pytest.raises(WrongUse, match="without rates"):
        LinearModel.explicit(["gut"], {}, {})
    with pytest.raises(WrongUse, match="rate 'CL/V/2'"):
        LinearModel.explicit(["gut"], {("gut", ""): "CL/V/2"}, {})
    with pytest.raises(WrongUse, match="unknown structure 'advan13'"):
        LinearModel.named("advan13")
