"""``ketworks events`` on tables: sentences, predictions in stated units, tables written back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ketworks.errors import WrongUse
from ketworks.events import csv_text, explain, read
from ketworks.events.model_file import from_toml

TABLE = """ID,TIME,AMT,RATE,DUR,EVID,CMT,ADDL,II,SS,WT
3,0,100,0,0,1,1,3,24,0,70
3,5,0,0,0,0,2,0,0,0,70
3,9,0,0,0,0,2,0,0,0,71
3,80,0,0,0,2,0,0,0,0,.
4,0,30,10,0,1,2,0,0,0,60
4,1,30,-2,0,1,2,0,0,0,60
4,2,30,-1,0,1,0,0,0,0,60
4,3,30,0,6,1,2,0,0,0,60
4,4,0,0,0,3,0,0,0,0,60
4,5,20,0,0,4,1,0,0,0,60
4,6,20,0,0,1,1,0,12,1,60
4,7,0,5,0,1,2,0,0,2,60
"""

MODEL = """
structure = "one oral"
[units]
time = "h"
amount = "mg"
volume = "L"
output = "ng/mL"
[parameters]
CL = "25 mL/min"
V = {value = "20 L", per = "WT", reference = 70, power = 2}
KA = "0.02 1/min"
F1 = 0.5
ALAG1 = "30 min"
"""


@pytest.fixture(autouse=True)
def files(tmp_path):
    (tmp_path / "t.csv").write_text("ID,TIME,AMT,WT,SITE\n1,0,100,70,x\n1,5,.,70,x\n2,0,50,140,y\n2,5,.,140,y\n")
    (tmp_path / "m.toml").write_text(MODEL)


def test_a_table_is_told_in_sentences():
    three, four = explain(read(TABLE), "mg")
    assert three == (
        "ID 3: 100 mg into compartment 1 at 0, again every 24 3 more times; 1 other record (EVID 2); 2 observations "
        "from 5 to 9 in compartment 2, not measured; WT 70 to 71 (1 missing)."
    )
    for words in (
        "30 mg into compartment 2 at 10 mg per unit of time (over 3 if all of it enters) at 0;",
        "30 mg into compartment 2 over the model's duration D2 at 1;",
        "30 mg into the usual compartment at the model's rate R of that compartment at 2;",
        "30 mg into compartment 2 over 6 at 3;",
        "at 4 all amounts are reset to zero and doses to come are cancelled;",
        "all amounts are reset to zero, then 20 mg into compartment 1 at 5;",
        "20 mg into compartment 1 at 6 at the steady state of one every 12 (all that was before is replaced);",
        "a constant infusion at 5 mg per unit of time, which had run until steady state, into compartment 2 ends at 7 "
        "(added to what was before);",
        "no observation; WT 60.",
    ):
        assert words in four


def test_units_of_time_and_like_doses_are_told_together():
    (told,) = explain(read("TIME_H,AMT,DV\n0,5,.\n2,5,.\n3,5,.\n4,7,.\n5,0,1\n"))
    assert told.startswith("ID 1 (no ID column: one person): 5 into the usual compartment at 0, 2, 3 h; ")
    assert "; 7 into the usual compartment at 4 h; " in told
    assert "1 observation at 5 h in the usual compartment, measured" in told
    (several,) = explain(read("TIME_H,AMT,CMT,DV\n0,5,1,.\n2,.,0,3\n2,.,2,.\n4,.,2,1\n"))
    assert "3 observations from 2 to 4 h in the usual compartment and compartment 2, 2 of them measured" in several
    (many,) = explain(read("TIME,AMT\n" + "".join(f"{t},5\n" for t in range(9))))
    assert "at 0, 1, 2, ..., 8 (9 times)" in many
    assert explain(read("TIME,DV\n0,1\n"))[0].startswith("ID 1 (no ID column: one person): no dose; ")


def test_every_record_is_predicted_in_the_models_units(ketworks):
    code, out, err = ketworks("events", "t.csv", "--label", "SITE", "--model", "m.toml", "--predict", "out.csv")
    assert (code, out) == (0, "")
    assert "PRED in ng/mL (amounts in mg)" in err
    assert "wrote out.csv: 4 records of 2 people" in err
    rows = [line.split(",") for line in Path("out.csv").read_text().splitlines()]
    assert rows[0][-2:] == ["SITE", "PRED"]
    ka, k, since = 1.2, 1.5 / 20.0, 4.5
    first = 50 / 20 * ka / (ka - k) * (np.exp(-k * since) - np.exp(-ka * since)) * 1000
    k = 1.5 / 80.0
    second = 25 / 80 * ka / (ka - k) * (np.exp(-k * since) - np.exp(-ka * since)) * 1000
    np.testing.assert_allclose([float(row[-1]) for row in rows[1:]], [0, first, 0, second], rtol=1e-12)


def test_predictions_go_to_stdout_and_json_when_no_file_is_named(ketworks):
    code, out, _ = ketworks("events", "t.csv", "--ignore", "SITE", "--model", "m.toml", "--quiet")
    assert code == 0
    assert out.splitlines()[0].endswith(",WT,PRED")
    code, out, _ = ketworks("events", "t.csv", "--ignore", "SITE", "--model", "m.toml", "--json", "--explain")
    found = json.loads(out)
    assert found["people"] == ["1", "2"]
    assert found["notes"] == ["left out: column SITE"]
    assert found["prediction"]["unit"] == "ng/mL"
    assert len(found["prediction"]["values"]) == found["records"] == 4
    assert found["explain"][0].startswith("ID 1: 100 mg into the usual compartment at 0 h;")


def test_a_table_is_written_back_in_nonmems_columns(ketworks):
    code, _, err = ketworks("events", "t.csv", "--label", "SITE", "--to", "clean.csv", "--time-unit", "h")
    assert code == 0, err
    once = Path("clean.csv").read_text()
    header, first, *_ = once.splitlines()
    assert header == "ID,TIME_H,AMT,RATE,DUR,EVID,CMT,ADDL,II,SS,MDV,DV,WT,SITE"
    assert first == "1,0,100,0,0,1,0,0,0,0,1,.,70,x"
    assert ketworks("events", "clean.csv", "--label", "SITE", "--to", "again.csv")[0] == 0
    assert Path("again.csv").read_text() == once


def test_whole_numbers_stay_whole_when_a_table_is_written_back():
    text = csv_text(read("TIME_H,AMT,ADDL,II\n0,1234567.5,1000000000,24\n1000000,3e6,0,0\n"))
    first, second = (line.split(",") for line in text.splitlines()[1:])
    assert (first[2], first[7], second[1], second[2]) == ("1234567.5", "1000000000", "1000000", "3000000")


def test_the_line_to_paste_into_a_model_file_carries_the_users_number():
    for given, paste in (("CL = 4.2", 'CL = "4.2 L/h"'), ("CL = {value = 4.2}", 'CL = "4.2 L/h"')):
        with pytest.raises(WrongUse, match="no unit") as caught:
            from_toml(MODEL.replace('CL = "25 mL/min"', given))
        assert caught.value.paste == paste
        from_toml(MODEL.replace('CL = "25 mL/min"', caught.value.paste))
    with pytest.raises(WrongUse, match="no unit") as caught:
        from_toml(MODEL.replace('"20 L", per', "20, per"))
    assert caught.value.paste == 'value = "20 L"'


def test_what_is_missing_or_elsewhere_is_told(ketworks):
    cases = [
        (("t.csv", "--predict", "out.csv"), "--predict without --model"),
        (("35 mg iv bolus", "--model", "m.toml"), "with --model or --predict"),
        (("35 mg iv bolus", "--label", "x"), "--label without --explain"),
        (("t.csv", "--explain"), "'x' in column SITE is no number"),
        (("t.csv", "--explain", "--recode", "SS"), "COLUMN:code=number"),
        (("t.csv", "--to", "out.txt"), "ends in .csv"),
        (("t.csv", "--to", "absent/out.csv"), "no folder"),
        (("t.csv", "--model", "absent.toml", "--ignore", "SITE"), "absent.toml"),
        (("t.csv", "--model", "m.toml", "--ignore", "SITE", "--time-unit", "d"), "a table in d and a model in h"),
    ]
    for arguments, words in cases:
        code, out, err = ketworks("events", *arguments)
        assert (code, out) == (2, ""), arguments
        assert words in err, arguments


def test_the_chain_refuses_what_a_regimen_cannot_hold_and_names_the_command_that_can(ketworks, tmp_path):
    (tmp_path / "ss.csv").write_text("TIME_H,AMT,SS,II,ROUTE\n0,35,1,24,iv\n")
    code, _, err = ketworks("run", "ss.csv")
    assert code == 2
    assert "line 2: SS 1" in err
    assert "ketworks events TABLE --model MODEL.toml --predict OUT.csv" in err
    code, out, err = ketworks("events", "ss.csv", "--explain")
    assert code == 0
    assert "not one regimen that `ketworks run` takes: line 2: SS 1" in err
    assert out == (
        "ID 1 (no ID column: one person): 35 mg into the usual compartment at 0 h at the steady state of one every 24 "
        "h (all that was before is replaced); no observation.\n"
    )


def test_a_model_file_may_name_its_own_compartments_and_columns():
    stated = from_toml("""
        compartments = ["gut", "blood", "site"]
        output = "blood"
        [rates]
        "gut -> blood" = "KA"
        "blood ->" = "CL/V"
        "site ->" = "KE0"
        [copies]
        "blood -> site" = "KE0"
        [volumes]
        blood = "V"
        [units]
        time = "min"
        amount = "ug"
        volume = "mL"
        output = "mg/L"
        [parameters]
        KA = {column = "UPTAKE", unit = "1/h"}
        CL = "1 L/min"
        V = "10 L"
        KE0 = "0.1 1/min"
        R2 = "1 mg/min"
    """)
    assert stated.model.compartments == ("gut", "blood", "site")
    assert stated.model.factor == pytest.approx(1.0)
    table = read("TIME,AMT,UPTAKE\n0,1000,6\n")
    assert stated.given["KA"].of(table) == pytest.approx([0.1])
    assert stated.given["CL"].of(table) == pytest.approx([1000.0])
    assert stated.given["R2"].of(table) == pytest.approx([1000.0])


WRONG_MODELS = [
    ("structure =", "not TOML"),
    (MODEL.replace('"one oral"', '"one orall"'), "unknown structure 'one orall'"),
    (MODEL.replace("structure", "structur"), "unknown key 'structur'"),
    (MODEL.replace('structure = "one oral"', ""), "a model without structure"),
    (MODEL.replace('structure = "one oral"', 'structure = "one"\ndose = "central"'), "structure together with dose"),
    (MODEL.replace('output = "ng/mL"', ""), "[units] without output"),
    (MODEL.replace('"ng/mL"', '"ng"'), "output: '1 mg/L'"),
    (MODEL.replace('time = "h"', 'time = "week"'), "unknown time unit 'week'"),
    (MODEL.replace('CL = "25 mL/min"', ""), "no parameter CL"),
    (MODEL.replace('CL = "25 mL/min"', 'CL = "25 mL"'), "CL: '25 mL'"),
    (MODEL.replace('CL = "25 mL/min"', "CL = 25"), "CL = 25 has no unit"),
    (MODEL.replace('CL = "25 mL/min"', 'CL = "much L/h"'), "CL: 'much L/h'"),
    (MODEL.replace('CL = "25 mL/min"', 'CL = "25 9**9**9"'), "CL: '25 9**9**9'"),
    (MODEL.replace('CL = "25 mL/min"', "CL = true"), "CL = True"),
    (MODEL.replace('CL = "25 mL/min"', 'CL = {column = "CL"}'), "CL from column CL without a unit"),
    (MODEL.replace('CL = "25 mL/min"', 'CL = {valu = "1 L/h"}'), "unknown part of CL: 'valu'"),
    (MODEL.replace('CL = "25 mL/min"', 'CL = {value = "1 L/h", column = "x"}'), "CL with value and column"),
    (MODEL.replace('CL = "25 mL/min"', 'CL = {column = "x", unit = "L/h", per = "WT"}'), "CL: column with per"),
    (MODEL.replace("reference = 70", "reference = 0"), "V: reference and power"),
    (MODEL.replace("F1 = 0.5", 'F1 = "0.5 L"'), "F1: '0.5 L'"),
    (MODEL.replace("F1 = 0.5", "F9 = 0.5"), "unknown parameter 'F9'"),
    (MODEL.replace("[units]", "[rates]\nx = 1\n[units]"), "structure together with rates"),
]


@pytest.mark.parametrize(("text", "given"), WRONG_MODELS, ids=[given for _, given in WRONG_MODELS])
def test_a_model_file_says_what_is_wrong_with_it(text, given):
    with pytest.raises(WrongUse) as caught:
        from_toml(text)
    assert given in caught.value.given
    assert caught.value.expected
