"""NONMEM-style event tables say the same as sentences, or say why not."""

from __future__ import annotations

import pytest

from ketworks.dose import from_event_table, from_toml, parse, read_event_table
from ketworks.errors import WrongUse

SAME = [
    ("TIME_MIN,AMT,DUR,EVID\n0,35,40,1\n", "35 mg iv over 40 min"),
    ("TIME_MIN,AMT,RATE,EVID\n0,35,0.875,1\n", "35 mg iv over 40 min"),
    ("time_h,amt,rate,dur\n0,35,17.5,2\n", "35 mg iv over 2 h"),
    ("TIME_H,AMT\n0,35\n", "35 mg iv bolus"),
    ("TIME_D,AMT,DUR,ADDL,II,EVID\n0,35,0.125,5,2,1\n", "35 mg iv over 3 h every 2 d x 6"),
    ("TIME_H,AMT,DUR,EVID\n0,35,1,1\n72,35,1,1\n168,35,1,1\n240,35,1,1\n", "35 mg iv over 60 min twice weekly x 4"),
    ("TIME_H,AMT,DUR,EVID,MDV,DV\n0,35,1,1,1,.\n1,.,.,0,0,250\n48,35,1,1,1,.\n", "35 mg iv over 60 min at 0, 2 d"),
    ("C,TIME_H,AMT,RATE\nC,0,999,0\n,0,20,20\n,1,40,40\n", "20 mg/h iv for 60 min then 40 mg/h for 60 min"),
    ("TIME_H,AMT,ROUTE\n0,35,IV\n3,50,oral\n", "35 mg iv bolus; 50 mg oral at 3 h"),
]


@pytest.mark.parametrize(("table", "sentence"), SAME, ids=[sentence for _, sentence in SAME])
def test_a_table_gives_the_events_of_its_sentence(table, sentence):
    regimen = from_event_table(table, route="iv")["1"]
    assert regimen.events() == parse(sentence).events()
    assert parse(str(regimen)) == regimen


def test_sentence_toml_and_table_give_equal_events():
    sentence = parse("esketamine HCl 84 mg nasal, three times weekly for 2 weeks")
    keys = from_toml(
        'drug = "esketamine"\nsalt = "HCl"\nroute = "nasal"\ndose = "84 mg"\n'
        'often = "three times weekly"\nfor = "2 weeks"'
    )
    rows = "".join(f"{24 * day},84,1\n" for day in (0, 2, 4, 7, 9, 11))
    table = from_event_table(f"TIME_H,AMT,EVID\n{rows}", route="nasal", drug="esketamine", salt="hcl")["1"]
    assert sentence.events() == keys.events() == table.events()


def test_each_person_has_a_regimen():
    table = "ID,TIME,AMT,DUR,WT\nb,0,35,1,70\na,0,20,1,50\nb,24,35,1,70\n"
    found = from_event_table(table, route="iv", time_unit="h")
    assert list(found) == ["b", "a"]
    assert str(found["b"]) == "35 mg iv over 60 min at 0, 1 d"
    assert str(found["a"]) == "20 mg iv over 60 min"


def test_evenly_spaced_doses_read_back_as_a_repeat():
    assert str(from_event_table("TIME_H,AMT,ADDL,II\n0,50,9,12\n", route="oral")["1"]) == "50 mg oral, every 12 h x 10"


def test_time_may_be_counted_from_the_first_dose_when_asked():
    table = "TIME_H,AMT\n2,35\n26,35\n"
    with pytest.raises(WrongUse, match="first dose at 120 min"):
        from_event_table(table, route="iv")
    found = from_event_table(table, route="iv", from_first_dose=True)["1"]
    assert found.events() == parse("35 mg iv bolus at 0, 1 d").events()


WRONG = [
    ("TIME_MIN,AMT,RATE,DUR\n0,35,1,40\n", "line 2: AMT 35 at RATE 1 lasts 35, not DUR 40"),
    ("TIME_H,AMT,RATE,EVID\n0,0,10,1\n", "line 2: a dose (EVID 1) of AMT 0 with RATE 10"),
    ("TIME_H,AMT,EVID\n0,.,1\n", "line 2: a dose (EVID 1) of AMT 0"),
    ("TIME_H,AMT,EVID\n0,35,0\n", "line 2: an observation (EVID 0) with AMT 35"),
    ("TIME_H,AMT,RATE\n0,35,0\n1,0,10\n", "line 3: an observation (EVID 0) with RATE 10"),
    ("TIME_H,AMT,ADDL\n0,35,3\n", "line 2: ADDL 3 with II 0"),
    ("TIME_H,AMT,II\n0,35,24\n", "line 2: II 24 without ADDL"),
    ("TIME_H,AMT,ADDL,II\n0,35,1.5,24\n", "line 2: ADDL 1.5"),
    ("TIME_H,AMT,ADDL,II\n0,35,1e9,24\n", "1e+09 doses"),
    ("TIME_H,AMT,EVID\n0,35,4\n", "line 2: EVID 4 (reset and dose)"),
    ("TIME_H,AMT,EVID\n0,0,3\n", "line 2: EVID 3 (reset)"),
    ("TIME_H,AMT,EVID\n0,0,2\n", "without a dose record"),
    ("TIME_H,AMT,EVID\n0,0,7\n", "line 2: EVID 7"),
    ("TIME_H,AMT,SS,II\n0,35,1,24\n", "line 2: SS 1"),
    ("TIME_H,AMT,RATE\n0,35,-2\n", "line 2: RATE -2"),
    ("TIME_H,AMT,DUR\n0,35,-2\n", "line 2: DUR -2"),
    ("TIME_H,AMT\n0,-35\n", "line 2: AMT -35"),
    ('TIME_H,AMT\n0,"3,5"\n', "line 2: '3,5' in column AMT"),
    ("TIME_H,AMT\n0,nan\n", "line 2: 'nan' in column AMT"),
    ("TIME_H,AMT\n0,x\n", "line 2: 'x' in column AMT"),
    ("TIME_H,AMT\n0,35\n0,35,1\n", "line 3: 3 cells"),
    ("TIME_H,AMT\n5,35\n2,35\n", "line 3: TIME_H 2 of ID 1"),
    ("TIME_H,AMT\n-5,35\n", "line 2: TIME_H -5 of ID 1"),
    ("TIME_H,AMT,CMT\n0,35,1\n1,35,2\n", "line 3: CMT '2' after CMT '1'"),
    ("TIME_H,AMT,ROUTE\n0,35,ivv\n", "line 2: unknown route 'ivv'"),
    ("TIME,AMT\n0,35\n", "column TIME without its unit"),
    ("TIME,TIME_H,AMT\n0,0,35\n", "TIME and TIME_H together"),
    ("AMT,DUR\n35,1\n", "no column TIME"),
    ("TIME_H,DOSE\n0,35\n", "unknown column 'DOSE'"),
    ("TIME_H,DUR\n0,35\n", "no column AMT"),
    ("TIME_H,AMT,AMT\n0,35,35\n", "column AMT stands twice"),
    ("TIME_H,AMT,ADL,II\n0,35,3,24\n", "unknown column 'ADL'"),
    ("TIME_H;AMT\n0;35\n", "line 1: columns separated by semicolons"),
    ("\ufeffTIME_H\tAMT\n0\t35\n", "line 1: columns separated by tabs"),
    ("\n\nAMT\n35\n", "line 3: one column 'AMT'"),
    ("ID,TIME_H,AMT\n1,0,35\n1,08:30,0\n", "line 3: '08:30' in column TIME_H"),
    ("ID,TIME_H,AMT,RATE,EVID\n1,0,35,fast,1\n", "line 2: 'fast' in column RATE"),
    ("TIME_H,AMT,ROUTE\n0,35,intrathecal\n", "line 2: unknown route 'intrathecal'"),
    ("TIME_H,AMT\n0,0\n", "without a dose record"),
    ("", "an empty event table"),
    ("ID,TIME_H,AMT\n9,0,0.5\n", "ID 9: 0.5 mg iv is too small"),
]


@pytest.mark.parametrize(("table", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_contradiction_is_named_with_its_line(table, message):
    with pytest.raises(WrongUse) as caught:
        from_event_table(table, route="iv")
    assert message in caught.value.given
    assert caught.value.expected


def test_a_table_needs_a_route_and_one_time_unit():
    with pytest.raises(WrongUse, match="without a route"):
        from_event_table("TIME_H,AMT\n0,35\n")
    with pytest.raises(WrongUse, match="dose without a route"):
        from_event_table("TIME_H,AMT,ROUTE\n0,35,.\n")
    with pytest.raises(WrongUse, match="one time unit"):
        from_event_table("TIME_H,AMT\n0,35\n", route="iv", time_unit="min")
    with pytest.raises(WrongUse, match="unknown time unit"):
        from_event_table("TIME,AMT\n0,35\n", route="iv", time_unit="hours")


def test_columns_without_doses_are_ignored_only_when_named():
    table = "TIME_H,AMT,SITE\n0,35,3\n"
    with pytest.raises(WrongUse, match="SITE"):
        from_event_table(table, route="iv")
    assert from_event_table(table, route="iv", ignore=["site"])["1"] == parse("35 mg iv bolus")


def test_a_file_is_read_or_named(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text("\ufeffTIME_H,AMT\r\n0,35\r\n", encoding="utf-8")
    assert read_event_table(path, route="iv")["1"] == parse("35 mg iv bolus")
    with pytest.raises(WrongUse, match="absent"):
        read_event_table(tmp_path / "absent.csv", route="iv")


NONMEM = "\ufeffID,TIME,AMT,RATE,EVID,MDV,CMT,DV,ADDL,II\n1,0,35,52.5,1,1,1,.,1,48\n1,1,.,.,0,0,1,182,.,.\n"


def test_the_usual_headers_are_read_with_a_time_unit(tmp_path):
    path = tmp_path / "nonmem.csv"
    path.write_text(NONMEM, encoding="utf-8")
    wanted = parse("35 mg iv over 40 min at 0, 2 d").events()
    assert read_event_table(path, route="iv", time_unit="h")["1"].events() == wanted
    assert from_event_table(NONMEM, route="iv", time_unit="h")["1"].events() == wanted


def test_a_missing_time_unit_says_both_ways_to_give_it():
    with pytest.raises(WrongUse, match="column TIME without its unit") as caught:
        from_event_table(NONMEM, route="iv")
    for way in ("rename the column to TIME_H", "`--time-unit h`", 'time_unit="h"'):
        assert way in caught.value.expected
    with pytest.raises(WrongUse, match="without a route") as caught:
        from_event_table(NONMEM, time_unit="h")
    assert "`--route iv`" in caught.value.expected


def test_a_route_that_is_another_route_has_no_nearest():
    with pytest.raises(WrongUse, match="intrathecal") as caught:
        from_event_table("TIME_H,AMT,ROUTE\n0,35,intrathecal\n")
    assert caught.value.nearest == ""
    with pytest.raises(WrongUse, match="intravenous") as caught:
        from_event_table("TIME_H,AMT,ROUTE\n0,35,intravenous\n")
    assert caught.value.nearest == "iv"


def test_an_option_that_no_table_has_is_named():
    with pytest.raises(WrongUse, match="unknown option 'rute'"):
        from_event_table(NONMEM, rute="iv")


def test_an_infusion_longer_than_any_in_use_is_refused():
    with pytest.raises(WrongUse, match="ID 1: iv over 400 d"):
        from_event_table("TIME_D,AMT,DUR\n0,350,400\n", route="iv")


def test_other_records_are_no_doses():
    table = "TIME_H,AMT,DUR,EVID,MDV\n0,35,1,1,1\n3,.,.,2,1\n"
    assert from_event_table(table, route="iv")["1"] == parse("35 mg iv over 60 min")


@pytest.mark.parametrize("row", ["0,35,1,24,0,1", "0,35,0,0,-2,1", "0,35,0,0,0,4"])
def test_what_a_regimen_cannot_hold_is_sent_to_the_command_that_can(row):
    with pytest.raises(WrongUse) as caught:
        from_event_table(f"TIME_H,AMT,SS,II,RATE,EVID\n{row}\n", route="iv")
    assert "ketworks events TABLE --model MODEL.toml --predict OUT.csv" in caught.value.expected
