"""A sentence written as an event table reads back to the same doses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketworks.cli.main import call
from ketworks.dose import from_event_table, parse
from ketworks.dose.amount import enantiomer_amounts
from ketworks.dose.tabulated import tabulate
from ketworks.errors import WrongUse
from ketworks.events import csv_text

SENTENCES = [
    "40 mg iv over 40 min",
    "40 mg iv over 40 min, twice weekly for 2 weeks",
    "40 mg iv over 40 min, three times weekly for 3 weeks then weekly for 4 weeks",
    "50 mg oral every 12 h for 10 days; 35 mg iv over 40 min at 1 d",
    "20 mg iv bolus then 0.3 mg/min for 47 min then 11 mg/h for 100 min",
    "25 mg oral every 7 h x 9",
    "30 mg im at 0, 11, 29 min",
]


@pytest.mark.parametrize("unit", ["min", "h", "d"])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_table_reads_back_to_the_same_regimen(sentence, unit):
    plan = parse(sentence)
    text = csv_text(tabulate(plan, 80.0, unit))
    back = from_event_table(text)["1"]
    if unit == "min":
        assert back.events() == plan.events()
    for one, other in zip(back.events(), plan.events(), strict=True):
        assert replace(one, time=0.0, duration=0.0) == replace(other, time=0.0, duration=0.0)
        assert (one.time, one.duration) == pytest.approx((other.time, other.duration), rel=1e-14)


@given(minutes=st.integers(1, 600), every=st.integers(601, 5000), count=st.integers(2, 12))
def test_minutes_survive_hours_but_for_rounding(minutes, every, count):
    plan = parse(f"35 mg iv over {minutes} min every {every} min x {count}")
    back = from_event_table(csv_text(tabulate(plan, 80.0, "h")))["1"].events()
    for one, other in zip(back, plan.events(), strict=True):
        assert (one.time, one.end) == pytest.approx((other.time, other.end), rel=1e-13)
        assert one.amount == pytest.approx(other.amount, rel=1e-13)


def test_doses_by_weight_are_in_mg_of_base_and_say_the_weight():
    plan = parse("esketamine HCl 0.25 mg/kg iv over 40 min")
    text = csv_text(tabulate(plan, 80.0))
    assert text.splitlines()[0] == "ID,TIME_MIN,AMT,RATE,DUR,EVID,CMT,ADDL,II,SS,MDV,DV,WT,ROUTE"
    assert text.splitlines()[1].endswith(",80,iv")
    (back,) = from_event_table(text, drug="esketamine")["1"].events()
    assert enantiomer_amounts(back, 55.0) == pytest.approx(enantiomer_amounts(plan.events()[0], 80.0), rel=1e-14)


def test_even_repeats_are_one_record_and_others_one_each():
    table = tabulate(parse("50 mg oral every 12 h x 20; 35 mg iv over 40 min at 0, 3, 7, 10 d"), 70.0, "h")
    assert table["ADDL"].tolist() == [19.0, 0.0, 0.0, 0.0, 0.0]
    assert table["II"].tolist() == [12.0, 0.0, 0.0, 0.0, 0.0]
    assert table["TIME"].tolist() == [0.0, 0.0, 72.0, 168.0, 240.0]
    assert table["RATE"].tolist() == pytest.approx([0.0, *[52.5] * 4])
    with pytest.raises(WrongUse, match="unknown time unit"):
        tabulate(parse("50 mg oral"), 70.0, "week")


def test_the_command_writes_a_table_that_run_and_events_take(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["events", "0.5 mg/kg iv over 40 min, twice weekly for 2 weeks", "--weight", "80kg", "--to", "plan.csv"]
    assert call(words) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "wrote plan.csv: 4 records of 1 person; AMT in mg of ketamine base at 80 kg" in said.err
    assert from_event_table(Path("plan.csv").read_text())["1"].events() == tuple(
        replace(event, amount=40.0, amount_unit="mg") for event in parse(words[1]).events()
    )
    assert call(["events", "plan.csv"]) == 0
    assert capsys.readouterr().out.startswith("40 mg iv over 40 min at 0, 3, 7, 10 d\n")
    assert call([*words[:-1], "plan.txt"]) == 2
    assert "ends in .csv" in capsys.readouterr().err
