"""``ketworks exposure``, ``phases`` and ``half-time`` as a user types them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from command_line import Ketworks

SENTENCE = "0.5 mg/kg iv over 40 min"
VENOUS = "plasma.ketamine.venous"
TABLE = "ID,TIME,DV\n1,0,0\n1,1,8\n1,2,4\n1,3,2\n1,4,1\n"


def test_a_sentence_gives_a_table_and_a_file(ketworks: Ketworks, tmp_path: Path) -> None:
    said = ketworks(
        "exposure", SENTENCE, "--signals", VENOUS, "--above", "100 ng/mL", "--out", "t.csv", "--people", "4"
    )
    assert said.code == 0
    assert said.out.splitlines()[0] == SENTENCE
    assert "plasma.ketamine.venous (venous, grade" in said.out
    assert "time_above" in said.out
    rows = list(csv.DictReader((tmp_path / "t.csv").read_text().splitlines()))
    assert {row["person"] for row in rows} == {"1", "2", "3", "4"}
    assert "wrote t.csv" in said.err


def test_json_window_and_unit_of_time(ketworks: Ketworks) -> None:
    parts = ("exposure", SENTENCE, "--signals", VENOUS, "--no-band", "--json", "--window", "0 to 24 h")
    hours, minutes = (json.loads(ketworks(*parts, "--in", unit).out)["signals"][VENOUS] for unit in ("h", "min"))
    assert hours["metrics"]["auc_inf"]["unit"] == "ng/mL*h"
    for name in ("interval_auc", "auc_inf", "half_life"):
        long, short = (found["metrics"][name]["people"]["typical"] for found in (minutes, hours))
        assert long == pytest.approx(60.0 * short)


def test_without_names_every_level_is_analysed(ketworks: Ketworks) -> None:
    found = json.loads(ketworks("exposure", "esketamine 84 mg nasal", "--no-band", "--json").out)["signals"]
    assert {"plasma.s_ketamine.venous", "plasma.s_norketamine.venous"} <= set(found)
    assert all(name.startswith("plasma.") for name in found)


def test_a_table_of_levels(ketworks: Ketworks, tmp_path: Path) -> None:
    (tmp_path / "levels.csv").write_text(TABLE)
    given = ("exposure", "levels.csv", "--time-unit", "h", "--unit", "ng/mL")
    said = ketworks(*given, "--dose", "10 mg", "--route", "oral", "--json")
    assert said.code == 0
    metrics = json.loads(said.out)["signals"]["DV"]["metrics"]
    assert metrics["half_life"]["people"]["1"] == pytest.approx(1.0)
    assert metrics["clearance_over_f"]["unit"] == "L/h"
    plain = ketworks(*given)
    assert "cannot say vss, clearance_over_f, vz_over_f: no dose was stated" in plain.out


def test_phases(ketworks: Ketworks) -> None:
    said = ketworks("phases", "esketamine", "--no-band", "--in", "min")
    assert said.code == 0
    assert "plasma.s_ketamine.arterial (arterial, grade C)" in said.out
    assert [line.split()[0] for line in said.out.splitlines() if line.startswith("phase_")] == [
        f"phase_{k}_{what}" for k in (1, 2, 3) for what in ("half_life", "share")
    ]
    assert "cannot say phase_1_half_life" in ketworks("phases", "--signal", "plasma.s_norketamine.arterial").out


ASKED = [
    ("exposure", SENTENCE, "--signals", VENOUS, "--no-band", "--json"),
    ("phases", "ketamine", "--signal", VENOUS, "--no-band", "--json"),
    ("half-time", "ketamine", "--signal", VENOUS, "--lengths", "10,60 min", "--no-band", "--json"),
]


@pytest.mark.parametrize("asked", ASKED, ids=[words[0] for words in ASKED])
def test_a_plasma_model_is_asked_for_by_its_name(ketworks: Ketworks, asked: tuple[str, ...]) -> None:
    usual, short, long = (
        ketworks(*asked, *how) for how in ((), ("--plasma", "herd2007"), ("--chain", "plasma=herd2007"))
    )
    assert (usual.code, short.code, long.code) == (0, 0, 0)
    assert short.out == long.out != usual.out


@pytest.mark.parametrize(("command", "model"), [("phases", "herd2007"), ("half-time", "otto2021")])
def test_a_model_in_the_place_of_the_drug_is_told_where_it_belongs(
    ketworks: Ketworks, command: str, model: str
) -> None:
    said = ketworks(command, model)
    assert said.code == 2
    drug = {"herd2007": "ketamine", "otto2021": "esketamine"}[model]
    assert f"try: ketworks {command} {drug} --plasma {model}" in said.err


def test_half_time_writes_numbers_and_a_picture(ketworks: Ketworks, tmp_path: Path) -> None:
    said = ketworks(
        "half-time", "ketamine", "--lengths", "10,60 min", "--no-band", "--out", "t.csv", "--plot", "t.png", "--json"
    )
    assert said.code == 0
    found = json.loads(said.out)
    assert found["infusion_min"] == [10.0, 60.0]
    assert 0.0 < found["time_min"][0] < found["time_min"][1]
    assert found["held"] == "plasma.ketamine.arterial"
    assert [row["infusion_min"] for row in csv.DictReader((tmp_path / "t.csv").read_text().splitlines())] == [
        "10.0",
        "60.0",
    ]
    assert (tmp_path / "t.png").read_bytes().startswith(b"\x89PNG")
    deeper = json.loads(ketworks("half-time", "--lengths", "10,60 min", "--no-band", "--fall", "80", "--json").out)
    assert all(long > short for long, short in zip(deeper["time_min"], found["time_min"], strict=True))


WRONG = [
    (["exposure", SENTENCE, "--above", "100"], 2, "such as '100 ng/mL'"),
    (["exposure", SENTENCE, "--window", "24 h"], 2, "'0 to 24 h'"),
    (["exposure", SENTENCE, "--method", "log"], 2, "linear-up/log-down"),
    (["exposure", SENTENCE, "--in", "s"], 2, "unknown unit of time"),
    (["exposure", SENTENCE, "--points", "all"], 2, "from, to and a unit"),
    (["exposure", SENTENCE, "--signals", "plasma.ketamin.venous"], 2, "nearest: plasma.ketamine.venous"),
    (["exposure", SENTENCE, "--signals", "body.systolic"], 2, "is no concentration"),
    (["exposure", SENTENCE, "--out", "t.txt"], 2, "ends in .csv"),
    (["exposure", "none.csv", "--time-unit", "h", "--unit", "ng/mL"], 2, "none.csv"),
    (["exposure", "none.csv", "--unit", "ng/mL"], 2, "--time-unit h"),
    (["exposure", "none.csv", "--time-unit", "h"], 2, "--unit ng/mL"),
    (["half-time", "ketamin"], 2, "nearest: ketamine"),
    (["half-time", "--fall", "100"], 2, "a share between 0 and 1"),
    (["half-time", "--lengths", "0,10 min"], 2, "1 min to 7 d"),
    (["half-time", "--plot", "t.pdf"], 2, "ends in .png"),
    (["half-time", "--signal", "plasma.ketamine.venus"], 2, "nearest: plasma.ketamine.venous"),
    (["phases", "esketamin"], 2, "nearest: esketamine"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), WRONG, ids=[" ".join(given) for given, _, _ in WRONG])
def test_wrong_use(ketworks: Ketworks, arguments: list[str], code: int, words: str) -> None:
    said = ketworks(*arguments)
    assert said.code == code
    assert said.out == ""
    assert words in said.err
