"""Tables of people: what is read, and that every faulty cell is told with row, column and remedy."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ketworks.errors import CannotSay, WrongUse
from ketworks.people.cohort import Cohort, cohort_of
from ketworks.people.people_table import read_people, table_of
from ketworks.people.person import Person

WHOLE = """id,weight (lb),age,sex,height_cm,comedication,liver
12,150,45,female,165,,normal
3,90 kg,61 y,male,180,ticlopidine + grapefruit_juice,moderate
"""


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "people.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_people_are_read_in_order_with_their_units(tmp_path: Path) -> None:
    made = Cohort.of_table(written(tmp_path, WHOLE), seed=5)
    assert made.ids.tolist() == [12, 3]
    assert made.covariates["weight"].tolist() == [150 * 0.45359237, 90.0]
    assert made.covariates["height"].tolist() == [165.0, 180.0]
    assert made.covariates["with_ticlopidine"].tolist() == [0.0, 1.0]
    assert made.covariates["with_grapefruit_juice"].tolist() == [0.0, 1.0]
    assert made.covariates["liver_moderate"].tolist() == [0.0, 1.0]
    assert made.one(3) == Person("90 kg", 61, "male", "180 cm", ("ticlopidine", "grapefruit_juice"), "moderate")
    assert str(made) == "2 people of people.csv (seed 5)"
    assert cohort_of(json.loads(json.dumps(made.described())), 5) == made


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (WHOLE.replace(",", ";"), "utf-8"),
        (WHOLE, "utf-8-sig"),
        (WHOLE.replace("\n", "\r\n"), "utf-8"),
        (WHOLE.replace("\n3", "\n,,,,,,\n\n3"), "utf-8"),
    ],
    ids=["semicolons", "byte-order mark", "line ends", "empty lines"],
)
def test_tables_as_spreadsheets_write_them(tmp_path: Path, text: str, encoding: str) -> None:
    plain = table_of(read_people(written(tmp_path, WHOLE)).described())
    assert read_people(written(tmp_path, text, encoding)) == plain


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("id,weight_kg\n", "header alone"),
        ("weight_kg\n70\n", "no column 'id'"),
        ("id,wieght_kg\n1,70\n", "nearest: weight"),
        ("id,weight_kg,weight_lb\n1,70,150\n", "stands twice"),
        ("id,weight_kg\n1,70,3\n", "row 2: 3 cells"),
        ("id,weight_kg\n1,70\n1,80\n", "row 3, column id: 1 also stands in row 2"),
        ("id,weight_kg\nA1,70\n", "row 2, column id: 'A1'"),
        ("id,weight_kg\n0,70\n", "from 1 to"),
        ("id,weight_kg\n1.5,70\n", "a whole number"),
        ("id,weight_kg\n1,\n", "row 2, column weight: empty"),
        ("id,weight_kg\n1,heavy\n", "row 2, column weight"),
        ("id,weight_kg\n1,70\n2,700\n", "row 3, column weight: weight '700 kg'\n  expected: 1 to 250 kg"),
        ('id;weight_kg\n1;"70,5"\n', "nearest: '70.5 kg'"),
        ("id,weight\n1,70\n", "has no unit"),
        ("id,weight_cm\n1,70\n", "row 2, column weight"),
        ("id,age,sex\n1,45,femal\n", "row 2, column sex: unknown sex 'femal'"),
        ("id,age,sex\n1,450,female\n", "row 2, column age"),
        ("id,comedication\n1,ticlopidin\n", "nearest: ticlopidine"),
        ("id,age\n1,45\n2,8\n", "row 3: age 8 without a weight"),
    ],
)
def test_a_faulty_cell_is_told_with_row_column_and_remedy(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(WrongUse) as caught:
        read_people(written(tmp_path, text))
    assert words in str(caught.value)


def test_what_is_no_table_at_all(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="no file"):
        read_people(tmp_path / "none.csv")
    with pytest.raises(WrongUse, match="UTF-8"):
        read_people(written(tmp_path, WHOLE.replace("female", "fémale"), "latin-1"))


def test_a_table_says_who_they_are_and_nothing_beside_it(tmp_path: Path) -> None:
    table = read_people(written(tmp_path, WHOLE))
    with pytest.raises(WrongUse, match="the table alone"):
        Cohort(2, 1, Person(sex="male"), table)
    with pytest.raises(WrongUse, match="the 2 people"):
        Cohort(3, 1, Person(), table)
    assert Cohort.of_table(table, only=(3,)).covariates["weight"].tolist() == [90.0]
    with pytest.raises(WrongUse, match="ids of the cohort"):
        Cohort.of_table(table, only=(4,))


def test_one_person_stands_for_all_in_the_choice_of_models(tmp_path: Path) -> None:
    who = Cohort.of_table(written(tmp_path, WHOLE)).representative
    assert (who.age_years, who.liver, who.kidney) == (45.0, "moderate", "normal")
    assert who.comedication == ("ticlopidine", "grapefruit_juice")
    with pytest.raises(CannotSay, match="8 to 40 years together"):
        _ = Cohort.of_table(written(tmp_path, "id,age,weight_kg\n1,8,25\n2,40,70\n")).representative
    with pytest.raises(CannotSay, match="clinic and icu together"):
        _ = Cohort.of_table(written(tmp_path, "id,setting\n1,icu\n2,clinic\n")).representative
    children = Cohort.of_table(written(tmp_path, "id,age,weight_kg\n1,8,25\n2,4,16\n"))
    assert children.representative.age_years == 4.0
    assert np.isnan(children.covariates["height"]).all()
