"""Sources, studies, observations and claims are read strictly."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketworks.errors import WrongUse
from ketworks.evidence import claims, sources, studies

STUDY = """
id = "one"
title = "a study"
label = "check"
regimen = "0.5 mg/kg iv over 40 min"
[people]
n = 3
weight = "70 kg"
[chain]
outcome = "other"
[[compare]]
signal = "body.systolic"
statistic = "value_at"
value_unit = "mmHg"
observed = 12.6
accept = [10.4, 14.8]
at = "40 min"
source = "doe2020"
locator = "abstract"
grade = "B"
"""


def write(folder: Path, text: str, name: str = "one.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_sources_of_all_files_are_joined_with_the_special_ids(tmp_path: Path) -> None:
    write(tmp_path, '[doe2020]\nauthors = "Doe J"\nyear = 2020\ntitle = ""\n', "a.toml")
    write(tmp_path, '[roe2021]\nyear = ""\n', "b.toml")
    found = sources.load(str(tmp_path))
    assert set(found) == {"assumption", "this-work", "doe2020", "roe2021"}
    assert found["doe2020"].where == "a.toml:1"
    assert found["doe2020"].short == "Doe J 2020"
    assert found["roe2021"].short == "roe2021"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[doe2020]\nautors = 'x'\n", "nearest: authors"),
        ("[doe2020]\nyear = '2020'\n", "year as int"),
        ("[doe2020\n", "TOML"),
        ("title = 'x'\n", "outside a table"),
        ("[assumption]\nyear = 1\n", "stands twice"),
    ],
)
def test_a_broken_source_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, text)
    with pytest.raises(WrongUse, match=message):
        sources.load(str(tmp_path))


def test_a_source_in_two_files_names_both(tmp_path: Path) -> None:
    write(tmp_path, "[doe2020]\nyear = 2020\n", "a.toml")
    write(tmp_path, "\n[doe2020]\nyear = 2020\n", "b.toml")
    with pytest.raises(WrongUse, match=r"(?s)b\.toml:2.*a\.toml:1"):
        sources.load(str(tmp_path))


def test_a_source_cell_may_name_several() -> None:
    assert sources.source_ids(" doe2020; roe2021 ") == ("doe2020", "roe2021")
    assert sources.source_ids("") == ()


def test_a_study_is_read_with_its_people_and_points(tmp_path: Path) -> None:
    study = studies.load_file(write(tmp_path, STUDY))
    assert study.people.given() == {"n": 3, "weight": "70 kg"}
    assert study.chain == {"outcome": "other"}
    point = study.compare[0]
    assert (point.at, point.accept, point.label) == (40.0, (10.4, 14.8), "check")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('regimen = "0.5', 'regime = "0.5', "nearest: regimen"),
        ("observed = 12.6", "obsreved = 12.6", "nearest: observed"),
        ("n = 3", "nn = 3", "nearest: n"),
        ("n = 3", "n = 3.5", "int"),
        ('"value_at"', '"value_att"', "nearest: value_at"),
        ('"value_at"', '"sign_at"', "direction"),
        ('at = "40 min"', "at = 40", "a number with one of"),
        ('at = "40 min"', 'at = "40 parsecs"', "a number with one of"),
        ('at = "40 min"', "", "value_at without at"),
        ("[10.4, 14.8]", "[14.8, 10.4]", "low, high"),
        ("[10.4, 14.8]", '"up"', "low, high"),
        ('label = "check"', 'label = "validated"', "nearest: validation"),
        ('source = "doe2020"', "", "no source"),
        ('locator = "abstract"', 'locator = ""', "no locator"),
        ('"value_at"', '"aafe"', "one series"),
        ('at = "40 min"', 'at = "40 min"\nwindow = ["2 h", "1 h"]', "low, high"),
    ],
)
def test_a_wrong_study_is_refused_with_the_fix(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in STUDY
    with pytest.raises(WrongUse, match=message):
        studies.load_file(write(tmp_path, STUDY.replace(old, new)))


REFERENCE = """
[reference]
regimen = "1 mg/kg oral"
[reference.people]
comedication = []
liver = "normal"
"""


def ratio_study() -> str:
    ratio = STUDY.replace('"value_at"', '"exposure_ratio"').replace('at = "40 min"', 'window = ["0 min", "24 h"]')
    return ratio.replace("n = 3", 'n = 3\ncomedication = ["rifampicin"]') + REFERENCE


def test_the_reference_is_the_study_with_what_it_states(tmp_path: Path) -> None:
    study = studies.load_file(write(tmp_path, ratio_study()))
    assert study.people.given() == {"n": 3, "weight": "70 kg", "comedication": ("rifampicin",)}
    assert study.reference is not None
    assert study.reference.regimen == "1 mg/kg oral"
    assert study.reference.people.given() == {"n": 3, "weight": "70 kg", "liver": "normal"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ratio_study().replace(REFERENCE, ""), "without .reference."),
        (STUDY + REFERENCE, "no point uses"),
        (ratio_study().replace("liver =", "livre ="), "nearest: liver"),
        (ratio_study().replace('regimen = "1 mg', 'regime = "1 mg'), "nearest: regimen"),
        (ratio_study().replace('window = ["0 min", "24 h"]', ""), "exposure_ratio without window"),
    ],
)
def test_a_wrong_reference_is_refused_with_the_fix(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(WrongUse, match=message):
        studies.load_file(write(tmp_path, text))


def test_a_study_without_points_and_a_spread_of_one_person_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="at least one point"):
        studies.load_file(write(tmp_path, STUDY.split("[[compare]]")[0]))
    with pytest.raises(WrongUse, match="a cohort"):
        studies.load_file(write(tmp_path, STUDY.replace("n = 3", "n = 1").replace('"value_at"', '"cv_at"')))


LEVEL = STUDY.replace("body.systolic", "plasma.ketamine.venous").replace("mmHg", "ng/mL")


@pytest.mark.parametrize(
    ("site", "message"),
    [("", "site ''"), ('site = "arm"', "site 'arm'"), ('site = "arterial"', "arterial and venous levels compared")],
)
def test_a_level_needs_its_own_sampling_site(tmp_path: Path, site: str, message: str) -> None:
    with pytest.raises(WrongUse, match=message):
        studies.load_file(write(tmp_path, f"{LEVEL}{site}\n"))


@pytest.mark.parametrize("site", ["venous", "not read"])
def test_a_level_with_its_site_is_read(tmp_path: Path, site: str) -> None:
    assert studies.load_file(write(tmp_path, f'{LEVEL}site = "{site}"\n')).compare[0].site == site


def test_no_ratio_joins_two_sites(tmp_path: Path) -> None:
    text = LEVEL.replace('"value_at"', '"ratio_at"') + 'site = "not read"\nover_signal = "plasma.ketamine.arterial"\n'
    with pytest.raises(WrongUse, match="arterial and venous"):
        studies.load_file(write(tmp_path, text))


def test_one_study_id_stands_once(tmp_path: Path) -> None:
    write(tmp_path, STUDY, "a.toml")
    write(tmp_path, STUDY, "b.toml")
    with pytest.raises(WrongUse, match="stands twice"):
        studies.load(str(tmp_path))


def test_times_need_a_unit() -> None:
    assert [studies.minutes(t) for t in ("90 s", "2 h", "7 d", "2 wk")] == [1.5, 120.0, 10080.0, 20160.0]


def test_a_series_is_filtered_converted_pooled_and_cut(tmp_path: Path) -> None:
    rows = "panel,time_h,c\nb,0.05,9\nb,1,2\nb,1,4\nb,0.5,1\nc,0.5,7\n"
    path = write(tmp_path, rows, "x.csv")
    found = studies.series(path, {"panel": "b"}, ("time_h", "c"), "h", after=3.0)
    assert found == studies.Series((30.0, 60.0), (1.0, 3.0))
    above = studies.series(path, {"panel": "b"}, ("time_h", "c"), "h", above=1.0)
    assert above == studies.Series((3.0, 60.0), (9.0, 3.0))
    with pytest.raises(WrongUse, match="nearest: time_h"):
        studies.series(path, {}, ("time_hh", "c"))
    with pytest.raises(WrongUse, match="at least one"):
        studies.series(path, {"panel": "z"}, ("time_h", "c"), "h")
    with pytest.raises(WrongUse, match=r"x\.csv:3"):
        studies.series(write(tmp_path, "time_min,value\n1,2\n2,n/a\n", "x.csv"), {})


HEAD = "id\tclaim\tverdict\tsources_for\tsources_against\thow_shown\tnote\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id\tclaim\n", "the columns"),
        (HEAD + "a\tb\tproven\tx\t\tc\td\n", "unknown verdict"),
        (HEAD + "a\tb\tpartly\tx\t\t\td\n", "empty how_shown"),
        (HEAD + "a\tb\tpartly\tx\n", "cells"),
        (HEAD + 2 * "a\tb\tpartly\tx\t\tc\td\n", "stands twice"),
    ],
)
def test_a_wrong_claims_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(WrongUse, match=message):
        claims.load(write(tmp_path, text, "claims.tsv"))


def test_claims_are_read_and_printed(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + "a\tIt works.\tpartly\tdoe2020; roe2021\t\tbody.hr\tin 7 people\n", "claims.tsv")
    (claim,) = claims.load(path)
    assert claim.sources_for == ("doe2020", "roe2021")
    assert "PARTLY: It works." in claims.text([claim])
    assert claims.as_dicts([claim])[0]["line"] == 2
