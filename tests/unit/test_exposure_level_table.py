"""Measured levels from CSV: what is read, what is refused with line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

import ketworks as kw
from ketworks.exposure import Columns, exposure_of_table
from ketworks.exposure.level_table import read_levels

GOOD = "ID,TIME,DV\n1,0,0\n1,1,8\n1,2,4\n1,3,2\n1,4,1\nB,0,0\nB,1,4\nB,2,2\nB,3,1\nB,4,0.5\n"


def table(folder: Path, text: str) -> Path:
    path = folder / "levels.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_people_are_read_in_their_order(tmp_path: Path) -> None:
    found = exposure_of_table(table(tmp_path, GOOD), dose="12 mg", route="oral")
    assert list(found.of("DV", "cmax")) == ["1", "B"]
    assert found.value("DV", "half_life", "B") == pytest.approx(1.0)
    assert found.value("DV", "clearance_over_f", "1") == pytest.approx(0.5 * found.value("DV", "clearance_over_f", "B"))
    assert found.summaries["DV", "cmax"].mean == 6.0


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD.replace("\n", "\r\n"),
        GOOD + "\n\n",
        GOOD.replace("ID,TIME,DV", "ID , TIME, DV"),
    ],
    ids=["byte order mark", "semicolons", "tabs", "dos", "empty lines", "blanks"],
)
def test_dialects(tmp_path: Path, text: str) -> None:
    assert read_levels(table(tmp_path, text), Columns()) == read_levels(table(tmp_path, GOOD), Columns())


def test_units_and_names_of_columns(tmp_path: Path) -> None:
    path = table(tmp_path, "t,c\n0,0\n60,8\n120,4\n180,2\n240,1\n")
    found = exposure_of_table(path, Columns("t", "c", "", "min", "ug/mL"))
    assert found.value("c", "half_life") == pytest.approx(1.0)
    assert found.of("c", "auc_inf")["1"].unit == "ug/mL*h"


def test_rows_without_a_sample_are_left_out_and_counted(tmp_path: Path) -> None:
    text = "ID,TIME,DV,EVID,MDV\n1,0,.,1,1\n1,0,0,0,0\n1,1,8,0,0\n1,1.5,99,0,1\n1,2,4,0,0\n1,3,2,0,0\n1,4,1,0,0\n"
    found = exposure_of_table(table(tmp_path, text))
    assert found.value("DV", "cmax") == 8.0
    assert "2 rows hold no sample" in found.notes[-1]


def test_below_the_limit_is_no_level(tmp_path: Path) -> None:
    text = GOOD.replace("1,4,1\n", "1,4,BLQ\n").replace("B,0,0\n", "B,0,<0.1\n")
    found = exposure_of_table(table(tmp_path, text))
    assert found.value("DV", "tlast", "1") == 3.0
    assert found.value("DV", "clast", "B") == 0.5


WRONG = [
    ("ID,TIME\n1,0\n", "unknown column 'DV'"),
    ("ID,TIME,DV,DV\n1,0,1,1\n", "2 columns are named 'DV'"),
    ("ID,TIME,DV\n1,0,x\n", "line 2: 'x' in column DV is no number"),
    ("ID,TIME,DV\n1,0,1\n1,1,0,5\n", "line 3: 4 cells"),
    ("ID;TIME;DV\n1;0;1\n1;1;0,5\n", "nearest: 0.5"),
    ("ID,TIME,DV\n1,0,1\n1,,2\n", "line 3: '' in column TIME"),
    ("ID,TIME,DV\n1,0,1\n1,1,\n", "line 3: '' in column DV"),
    ("ID,TIME,DV\n1,0,nan\n", "'nan' in column DV is no number"),
    ("ID,TIME,DV\n1,0,1\n1,2,1\n1,1,1\n", "person 1: times 120 and 60 min"),
    ("ID,TIME,DV\n1,0,-1\n", "person 1: level 1 is -1"),
    ("ID,TIME,DV\n", "holds no sample"),
    ("ID,TIME,DV,EVID,AMT\n1,0,.,1,9\n1,1,1,0,.\n1,24,.,1,9\n", "line 4: a dose later than time 0"),
    ("ID,TIME,DV,EVID,AMT,ADDL\n1,0,.,1,9,3\n1,1,1,0,.,.\n", "line 2: a dose later than time 0"),
    ("", "unknown column 'TIME'"),
]


@pytest.mark.parametrize(("text", "words"), WRONG, ids=[words for _, words in WRONG])
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(kw.WrongUse) as caught:
        exposure_of_table(table(tmp_path, text))
    assert words in str(caught.value)


def test_no_file_and_no_unit(tmp_path: Path) -> None:
    with pytest.raises(kw.WrongUse, match="a readable CSV file"):
        exposure_of_table(tmp_path / "none.csv")
    with pytest.raises(kw.WrongUse, match="nearest: h"):
        exposure_of_table(table(tmp_path, GOOD), Columns(time_unit="hh"))
