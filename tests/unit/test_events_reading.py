"""Event tables: what is read, and what is refused with its line, its column and a remedy."""

from __future__ import annotations

import numpy as np
import pytest

from ketworks.errors import WrongUse
from ketworks.events import Choices, csv_text, read
from ketworks.events.faults import SHOWN


def refusal(text, choices=None):
    with pytest.raises(WrongUse) as caught:
        read(text, choices)
    assert caught.value.expected
    return caught.value


def test_columns_are_read_in_any_order_and_case_with_nonmems_defaults():
    table = read("wt, amt ,TIME,id\n70,100,0,a\n.,.,2.5,a\n 80,,4e0,b\n")
    assert table.people == ("a", "b")
    np.testing.assert_array_equal(table.person, [0, 0, 1])
    np.testing.assert_array_equal(table.starts, [0, 2, 3])
    np.testing.assert_array_equal(table["AMT"], [100, 0, 0])
    np.testing.assert_array_equal(table["EVID"], [1, 0, 0])
    np.testing.assert_array_equal(table["MDV"], [1, 0, 0])
    np.testing.assert_array_equal(table["TIME"], [0, 2.5, 4])
    np.testing.assert_array_equal(table["WT"], [70, np.nan, 80])
    assert np.isnan(table["DV"]).all()
    assert not table.is_observed.any()
    np.testing.assert_array_equal(table.line, [2, 3, 4])
    assert table.given == ("WT", "AMT", "TIME", "ID")


def test_evid_is_derived_where_it_is_not_said():
    table = read("TIME,AMT,MDV,DV,EVID\n0,10,.,.,.\n1,0,0,3,.\n2,0,1,.,.\n3,0,1,.,0\n")
    np.testing.assert_array_equal(table["EVID"], [1, 0, 2, 0])
    np.testing.assert_array_equal(table.is_observed, [False, True, False, False])
    assert read("TIME,AMT,RATE,SS\n0,0,10,1\n")["EVID"].tolist() == [1]


def test_a_byte_order_mark_windows_lines_blank_rows_and_quotes_are_read(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes('\ufeff"ID","TIME","AMT"\r\n\r\n"1","0","100"\r\n,,\r\n1,1,0\r\n'.encode())
    table = read(path)
    np.testing.assert_array_equal(table["TIME"], [0, 1])
    np.testing.assert_array_equal(table.line, [3, 5])


def test_a_person_or_some_records_can_be_taken():
    table = read("ID,TIME,AMT,WT,SITE\nx,0,1,50,p\nx,1,0,51,q\ny,0,2,60,r\n", Choices(labels=["site"]))
    one = table.of("y")
    assert (one.people, one["WT"].tolist(), one.labels["SITE"], one.line.tolist()) == (("y",), [60.0], ("r",), [4])
    some = table.take(np.array([False, True, True]))
    assert (some.people, some.person.tolist()) == (("x", "y"), [0, 1])
    with pytest.raises(WrongUse, match="unknown ID"):
        table.of("z")
    with pytest.raises(WrongUse, match="unknown column"):
        table["WTT"]


def test_comment_rows_and_columns_left_out_are_told():
    table = read("C,TIME,AMT,NOTE\nC,0,999,x\n.,0,5,y\n", Choices(ignore=["NOTE"]))
    assert len(table) == 1
    assert table.notes == ("left out: column NOTE", "no ID column: one person", "left out: 1 rows marked C")


def test_codes_are_told_not_guessed():
    text = "TIME,AMT,SS\n0,10,99\n1,0,99\n"
    assert "SS 99" in refusal(text).given
    assert read(text, Choices(recode={"ss": {"99": 0}}))["SS"].tolist() == [0, 0]
    assert "unknown column" in refusal(text, Choices(recode={"ST": {"99": 0}})).given
    assert "recode SS" in refusal(text, Choices(recode={"SS": {"x": 0}})).given


def test_records_of_a_person_are_put_together_only_when_asked():
    text = "ID,TIME,AMT\nb,0,1\na,0,2\nb,5,3\n"
    error = refusal(text)
    assert error.given == "line 4: ID b comes back after another ID"
    assert "sort by ID, then TIME" in error.expected
    table = read(text, Choices(returning=True))
    assert table.people == ("b", "a")
    assert table["AMT"].tolist() == [1, 3, 2]
    assert table.line.tolist() == [2, 4, 3]


def test_times_may_start_again_at_a_reset():
    table = read("TIME,AMT,EVID\n24,10,1\n3,0,3\n3,10,1\n12,10,1\n0,5,4\n")
    assert table["TIME"].tolist() == [24, 3, 3, 12, 0]


def test_a_short_list_is_shown_and_the_rest_counted():
    rows = "".join(f"0,{'x' if row % 2 else '1'}\n" for row in range(1000))
    error = refusal(f"TIME,AMT\n{rows}")
    lines = error.given.splitlines()
    assert [line.strip().split(":")[0] for line in lines[:-1]] == [f"line {n}" for n in (3, 5, 7, 9, 11)]
    assert len(lines) == SHOWN + 1
    assert lines[-1].strip() == "and 495 more, the last in line 1001"


def test_several_faults_are_told_together_in_the_order_of_lines():
    error = refusal("TIME,AMT,ADDL,RATE\n0,10,2,0\n1,10,0,-3\n")
    assert error.given == "line 2: ADDL 2 with II 0\n  line 3: RATE -3"
    assert error.expected.startswith("II above 0; a rate above 0")


FAULTS = [
    ("AMT,EVID\n1,1\n", "no column TIME", "one of TIME, TIME_MIN"),
    ("TIME,DUR,II\n0,1,1\n", "no column AMT", "a column AMT"),
    ("TIME,AMT\n5,1\n2,1\n", "line 3: TIME 2 of ID 1", "5 or later: times of a person are in order"),
    ("TIME,AMT\n-1,1\n", "line 2: TIME -1 of ID 1", "0 or later"),
    ("TIME,AMT\n.,1\n", "line 2: no TIME", "a number in column TIME"),
    ("ID,TIME,AMT\n ,0,1\n", "line 2: no ID", "an ID in each record"),
    ("TIME,AMT,RATE\n0,1,-3\n", "line 2: RATE -3", "-1 (rate from the model)"),
    ("TIME,AMT,DUR\n0,1,-3\n", "line 2: DUR -3", "0 or more"),
    ("TIME,AMT\n0,-4\n", "line 2: AMT -4", "0 or more"),
    ("TIME,AMT,ADDL\n0,1,3\n", "line 2: ADDL 3 with II 0", "II above 0"),
    ("TIME,AMT,ADDL,II\n0,1,-3,24\n", "line 2: ADDL -3", "a whole number of 0 or more"),
    ("TIME,AMT,II\n0,1,24\n", "line 2: II 24 without ADDL", "ADDL of 1 or more, SS 1 or 2, or no II"),
    ("TIME,AMT,II,ADDL\n0,1,-24,1\n", "line 2: II -24", "0 or more"),
    ("TIME,AMT,SS\n0,1,1\n", "line 2: SS 1 of AMT 1 with II 0", "II above 0"),
    ("TIME,AMT,SS,II\n0,1,3,24\n", "line 2: SS 3", "1 (steady state instead"),
    ("TIME,AMT,SS,RATE,ADDL,II\n0,0,1,5,3,24\n", "SS 1, AMT 0, RATE 5) with II 24, ADDL 3", "II, ADDL and DUR of 0"),
    ("TIME,AMT,SS,RATE,EVID\n0,0,1,0,1\n", "line 2: a dose (EVID 1) of AMT 0", "an amount above 0"),
    ("TIME,AMT,RATE,DUR\n0,10,5,3\n", "AMT 10 at RATE 5 lasts 2, not DUR 3", "RATE and DUR that agree"),
    ("TIME,AMT,RATE,DUR\n0,10,-2,3\n", "RATE -2 (from the model) with DUR 3", "one of them"),
    ("TIME,AMT,EVID\n0,10,0\n", "an observation (EVID 0) with AMT 10", "EVID 1, or no dosing values"),
    ("TIME,AMT,EVID,RATE\n0,0,2,4\n", "an other-type event (EVID 2) with RATE 4", "EVID 1, or no dosing values"),
    ("TIME,AMT,EVID,SS,II\n0,0,3,1,24\n", "a reset (EVID 3) with II 24, SS 1", "EVID 1, or no dosing values"),
    ("TIME,AMT,EVID\n0,0,1\n", "a dose (EVID 1) of AMT 0", "an amount above 0"),
    ("TIME,AMT,EVID,RATE\n0,0,4,5\n", "a reset and dose (EVID 4) of AMT 0 with RATE 5", "an amount above 0"),
    ("TIME,AMT,EVID\n0,1,5\n", "line 2: EVID 5", "0 (observation), 1 (dose)"),
    ("TIME,AMT,EVID\n0,1,101\n", "line 2: EVID 101", "0 (observation), 1 (dose)"),
    ("TIME,AMT,CMT\n0,1,-2\n", "line 2: CMT -2", "none can be turned off"),
    ("TIME,AMT,CMT\n0,1,1.5\n", "line 2: CMT 1.5", "the number of a compartment"),
    ("TIME,AMT,EVID,MDV\n0,1,1,0\n", "a dose (EVID 1) with MDV 0", "MDV 1"),
    ("TIME,AMT,MDV\n0,1,2\n", "line 2: MDV 2", "0 (DV is a measurement)"),
    ("TIME,AMT\n0,ten\n", "'ten' in column AMT", "a finite number"),
    ("TIME,AMT\n0,10 mg\n", "'10 mg' in column AMT", "no unit in the cell"),
    ("TIME,AMT\n0,nan\n", "'nan' in column AMT", "a finite number"),
    ("TIME,AMT\n0,-Inf\n", "'-Inf' in column AMT", "a finite number"),
    ("TIME,AMT\n0,1e999\n", "'1e999' in column AMT", "a finite number"),
    ("TIME,AMT\n0,1_000\n", "'1_000' in column AMT", "a finite number"),
    ('TIME,AMT\n0,"3,5"\n', "'3,5' in column AMT", "a decimal point"),
    ("TIME,AMT\n10:30,1\n", "'10:30' in column TIME", "not clock times"),
    ("TIME,AMT\n2023-07-14,1\n", "'2023-07-14' in column TIME", "not dates"),
    ("TIME,AMT\n14/07/2023,1\n", "'14/07/2023' in column TIME", "not dates"),
    ("TIME,AMT\n14.07.2023 08:00,1\n", "'14.07.2023 08:00' in column TIME", "not dates"),
    (
        "TIME,AMT\n45123.5,1\n45124.5,0\n",
        "TIME 45123.5, a date of a spreadsheet",
        "counted from the person's first record",
    ),
    ("TIME,AMT,DATE\n0,1,5\n", "column DATE", "times as numbers"),
    ("TIME;AMT\n0;1\n", "line 1: columns separated by semicolons", "separated by commas"),
    ("TIME\tAMT\n0\t1\n", "line 1: columns separated by tabs", "separated by commas"),
    ("\nTIME\n0\n", "line 2: one column 'TIME'", "separated by commas"),
    ("TIME,AMT,AMT\n0,1,1\n", "line 1: column AMT stands twice", "each column once"),
    ("TIME,AMT,\n0,1,1\n", "line 1: column 3 has no name", "a name for each column"),
    ("TIME,AMT\n0,1\n0\n0,1,2\n", "line 3: 1 cells\n  line 4: 3 cells", "2 cells, as in the header"),
    ("TIME,AMT,SEX\n0,1,male\n", "'male' in column SEX", "--label SEX"),
    ("TIME,AMT,ADL,II\n0,1,3,24\n", "unknown column 'ADL'", "ADDL, or ADL named as a covariate"),
    ("TIME,AMT,TIME_H\n0,1,3\n", "TIME and TIME_H together", "one of TIME"),
    ("TIME,AMT\n", "an event table without records", "records"),
    ("\n", "an empty event table", "a header line"),
]


@pytest.mark.parametrize(("text", "given", "expected"), FAULTS, ids=[text.replace("\n", "|") for text, _, _ in FAULTS])
def test_what_is_wrong_is_told_with_line_column_and_remedy(text, given, expected):
    error = refusal(text)
    assert given in error.given
    assert expected in error.expected


@pytest.mark.parametrize(("cell", "nearest"), [("3,5", "3.5"), ("10 mg", "10"), ("nan", "."), ("ten", "")])
def test_the_nearest_number_is_shown_where_there_is_one(cell, nearest):
    assert refusal(f'TIME,AMT\n0,"{cell}"\n').nearest == nearest


def test_what_looks_wrong_can_be_said_to_be_meant():
    assert read("TIME,AMT,LATE\n0,1,3\n", Choices(covariates=["LATE"]))["LATE"].tolist() == [3]
    assert refusal("TIME,AMT,LATE,RAT\n0,1,3,0\n").given == "unknown column 'LATE'"
    assert read("TIME,AMT\n45123.5,1\n", Choices(large_times=True))["TIME"].tolist() == [45123.5]
    assert read("TIME,AMT,SEX\n0,1,male\n", Choices(labels=["SEX"])).labels == {"SEX": ("male",)}
    assert "unknown column" in refusal("TIME,AMT\n0,1\n", Choices(labels=["SEX"])).given
    assert "unknown time unit" in refusal("TIME,AMT\n0,1\n", Choices(time_unit="hours")).given
    assert "TIME_H with time_unit" in refusal("TIME_H,AMT\n0,1\n", Choices(time_unit="d")).given


@pytest.mark.parametrize(
    ("raw", "given"),
    [
        (b"TIME,AMT\n0,1\n\xe9,2\n", "line 3: byte 0xe9 is no UTF-8"),
        ("TIME,AMT\n0,1\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04rest", "a spreadsheet file"),
        (b"", "an empty event table"),
    ],
)
def test_a_file_that_is_no_csv_in_utf_8_is_named(tmp_path, raw, given):
    path = tmp_path / "t.csv"
    path.write_bytes(raw)
    with pytest.raises(WrongUse) as caught:
        read(path)
    assert given in caught.value.given


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(WrongUse, match=r"absent\.csv"):
        read(tmp_path / "absent.csv")


def test_long_tables_are_read_with_a_word_of_progress_and_keep_their_lines(monkeypatch):
    from ketworks.events import cells

    monkeypatch.setattr(cells, "_AT_ONCE", 10)
    said = []
    rows = "".join(f"{n // 7},{n % 7},{n % 5 or 0.5}\n" for n in range(65))
    table = read(f"ID,TIME,WT\n{rows}", progress=said.append)
    assert said[0] == "reading the table, line 11"
    assert len(said) == 6
    assert table["WT"].tolist() == [n % 5 or 0.5 for n in range(65)]
    assert table.line.tolist() == list(range(2, 67))
    bad = rows.replace("4,3,", "4,3,x", 1)
    assert "line 33: 'x" in refusal(f"ID,TIME,WT\n{bad}").given


def test_text_that_a_spreadsheet_would_compute_is_quoted_and_read_back():
    table = read('ID,TIME,AMT,SITE\n=1+1,0,1,@x\n-2,0,1,"a,b"\n', Choices(labels=["SITE"]))
    text = csv_text(table)
    assert "\n'=1+1,0," in text
    assert "\n-2,0," in text  # a number is no formula
    assert text.splitlines()[1].endswith(",'@x")
    again = read(text, Choices(labels=["SITE"]))
    assert (again.people, again.labels) == (table.people, table.labels)


def test_further_columns_are_written_under_their_own_name():
    table = read("TIME_H,AMT\n0,1\n")
    assert csv_text(table, {"PRED": np.array([0.1])}).splitlines() == [
        "ID,TIME_H,AMT,RATE,DUR,EVID,CMT,ADDL,II,SS,MDV,DV,PRED",
        "1,0,1,0,0,1,0,0,0,0,1,.,0.1",
    ]
    with pytest.raises(WrongUse, match="a column DV in the table already"):
        csv_text(table, {"DV": np.array([0.1])})


@pytest.mark.parametrize("name", ["SUBJ", "subject", "USUBJID", "Patient", "PID", "#ID", "patient_id", "Subject No."])
@pytest.mark.parametrize("whose", ["1", "A-01"])
def test_a_column_like_id_is_never_merged_into_one_person(name, whose):
    text = f"{name},TIME,AMT\n{whose},0,100\n2,1,50\n"
    with pytest.raises(WrongUse) as caught:
        read(text)
    assert caught.value.given == f"no column ID, but a column {name.upper()}"
    assert caught.value.nearest == "ID"
    for way in (f"--label {name.upper()}", f"--ignore {name.upper()}"):
        assert way in caught.value.expected
    renamed = text.replace(text.splitlines()[0], caught.value.paste)
    assert read(renamed).people == (whose, "2")
    for one_person in (Choices(ignore=[name]), Choices(labels=[name])):
        assert read(text, one_person).people == ("1",)


def test_columns_that_only_sound_like_id_are_covariates():
    assert set(read("TIME,AMT,DVID,SUBSTANCE,GRID,PT\n0,5,1,2,3,4\n").covariates) == {"DVID", "SUBSTANCE", "GRID", "PT"}
