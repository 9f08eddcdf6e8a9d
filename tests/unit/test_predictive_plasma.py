"""Published ketamine models as populations: the package's own levels, its residual errors, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from ketworks.errors import CannotSay, WrongUse
from ketworks.events import Choices, read
from ketworks.people.person import Person
from ketworks.predictive.plasma_population import plasma_population
from ketworks.predictive.replicates import observations, simulate_replicates
from ketworks.registry import Chain
from ketworks.simulation import simulate

TABLE = """ID,TIME_MIN,AMT,RATE,EVID,MDV,DV,WT,DVID,ADDL,II
a,0,35,0.875,1,1,.,70,1,0,0
a,40,0,0,0,0,1,70,1,0,0
a,40,0,0,0,0,1,70,2,0,0
a,120,0,0,0,0,1,70,1,0,0
b,0,20,0,1,1,.,90,1,1,60
b,30,0,0,0,0,1,90,1,0,0
b,90,0,0,0,0,1,90,2,0,0
"""
OTTO = plasma_population("otto2021", "min")


def test_the_typical_person_is_that_of_simulate() -> None:
    names = ["plasma.s_ketamine.venous", "plasma.s_norketamine.venous"]
    chain = Chain(plasma="otto2021")
    first = simulate("esketamine 35 mg iv over 40 min", Person(weight="70 kg"), chain, names, "40,120 min", band=False)
    second = simulate(
        "esketamine 20 mg iv bolus every 60 min x 2", Person(weight="90 kg"), chain, names, "30,90 min", band=False
    )
    a, b = ({name: one.tables[name][0] for name in names} for one in (first, second))
    expected = [a[names[0]][0], a[names[1]][0], a[names[0]][1], b[names[0]][0], b[names[1]][1]]
    np.testing.assert_allclose(simulate_replicates(OTTO, read(TABLE), 1).typical, expected, rtol=1e-9)


def test_each_signal_has_its_own_error() -> None:
    table = read(TABLE)
    found = simulate_replicates(OTTO, table, 3000, seed=2)
    levels = OTTO.levels(table, 2, 0, 3000)[:, table.is_observed]
    errors = found.values / levels - 1.0
    rows = OTTO.stage.parameters()
    sizes = [rows[f"otto2021.residual.{name}"].canonical for name in ("ketamine", "norketamine")]
    expected = [sizes[0], sizes[1], sizes[0], sizes[0], sizes[1]]
    np.testing.assert_allclose(errors.std(axis=0), expected, rtol=0.06)


def test_people_differ_as_the_model_says() -> None:
    levels = OTTO.levels(read(TABLE), 2, 0, 4000)
    end = np.log(levels[:, 3])  # two hours after the start
    assert 0.1 < end.std() < 0.4
    assert np.corrcoef(levels[:, 1], levels[:, 3])[0, 1] > 0.3
    assert abs(np.corrcoef(levels[:, 1], levels[:, 5])[0, 1]) < 0.06


def test_replicates_do_not_depend_on_how_many_are_asked() -> None:
    table = read(TABLE)
    whole = OTTO.levels(table, 1, 0, 300)
    np.testing.assert_array_equal(OTTO.levels(table, 1, 250, 20), whole[250:270])
    np.testing.assert_array_equal(OTTO.levels(table, 1, 0, 7), whole[:7])
    few, many = (simulate_replicates(OTTO, table, count, seed=1).values for count in (5, 300))
    assert few.tobytes() == np.ascontiguousarray(many[:5]).tobytes()


def test_a_sample_before_a_dose_of_the_same_time_is_taken_before_it() -> None:
    text = "ID,TIME_MIN,AMT,EVID,MDV,DV,WT\n1,0,0,0,0,0,70\n1,0,20,1,1,.,70\n1,0,0,0,0,0,70\n1,5,0,0,0,0,70\n"
    before, after, later = simulate_replicates(OTTO, read(text), 1).typical
    assert before == 0.0
    assert after > later > 0.0


def test_what_was_measured_is_said_by_dvid() -> None:
    assert set(observations(OTTO, read(TABLE)).output) == {"plasma.s_ketamine.venous", "plasma.s_norketamine.venous"}
    named = TABLE.replace(",1,0,0\n", ",s_ketamine,0,0\n").replace(",2,0,0\n", ",s_norketamine,0,0\n")
    named = named.replace(",1,1,60\n", ",s_ketamine,1,60\n")
    by_name = observations(OTTO, read(named, Choices(labels=["DVID"])))
    assert by_name.output.tolist() == observations(OTTO, read(TABLE)).output.tolist()
    with pytest.raises(WrongUse, match="nearest: s_norketamine"):
        observations(OTTO, read(named.replace("s_norketamine", "norketamine"), Choices(labels=["DVID"])))
    with pytest.raises(WrongUse, match="line 4: DVID 3"):
        observations(OTTO, read(TABLE.replace("a,40,0,0,0,0,1,70,2", "a,40,0,0,0,0,1,70,3")))


@pytest.mark.parametrize("name", ["clearance", "otto2021.clearance", "CL"])
def test_a_parameter_has_three_names(name: str) -> None:
    wrong = OTTO.scaled({name: 1.5})
    assert wrong.name == "otto2021 (clearance x 1.5)"
    table = read(TABLE)
    right, less = (simulate_replicates(model, table, 1).typical for model in (OTTO, wrong))
    assert (less[[0, 2]] < right[[0, 2]]).all()


def test_what_is_no_parameter_is_answered() -> None:
    with pytest.raises(WrongUse, match="nearest: clearance"):
        OTTO.scaled({"clearence": 1.5})
    with pytest.raises(WrongUse, match="above 0"):
        OTTO.scaled({"clearance": -1.0})
    with pytest.raises(WrongUse, match="unknown plasma variant"):
        plasma_population("otto", "h")
    with pytest.raises(WrongUse, match="unknown drug"):
        plasma_population("otto2021", "h", drug="ketamine")
    with pytest.raises(WrongUse, match="unknown time unit"):
        plasma_population("otto2021", "")
    with pytest.raises(WrongUse, match="without a route"):
        plasma_population("perezruixo2021", "h")
    with pytest.raises(CannotSay, match="residual error is not known"):
        plasma_population("domino1984", "h")


@pytest.mark.parametrize(
    ("was", "becomes", "words"),
    [
        ("WT", "SIZE", "without WT"),
        ("a,120,0,0,0,0,1,70", "a,120,0,0,0,0,1,80", "WT of ID a changes"),
        ("a,0,35,0.875,1,1", "a,0,35,0.875,4,1", "line 2: EVID 4"),
        ("a,0,35,0.875,1,1", "a,0,35,-2,1,1", "line 2: RATE -2"),
    ],
)
def test_tables_that_a_plasma_model_cannot_read(was: str, becomes: str, words: str) -> None:
    with pytest.raises(WrongUse, match=words):
        simulate_replicates(OTTO, read(TABLE.replace(was, becomes)), 1)


def test_children_are_not_adults() -> None:
    child = "ID,TIME_MIN,AMT,EVID,MDV,DV,WT,AGE\nx,0,20,1,1,.,30,9\nx,5,0,0,0,9,30,9\n"
    with pytest.raises(CannotSay, match="otto2021 for ID x of 9 years"):
        simulate_replicates(OTTO, read(child), 1)
    adult = simulate_replicates(OTTO, read(child.replace(",9\n", ",40\n")), 1)
    assert adult.typical[0] > 0
