"""``ketworks vpc`` and ``ketworks npde``: exit codes, what goes where, files, and what is refused at once."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from command_line import Ketworks
from numpy.typing import NDArray

from ketworks.events import read
from ketworks.predictive.population_file import from_toml
from ketworks.predictive.replicates import simulate_replicates

MODEL = """
name = "example"
structure = "one"
units = { time = "h", amount = "mg", volume = "L", output = "mg/L" }
parameters = { CL = "5 L/h", V = "40 L" }
between = { CL = { cv = "30 %" }, V = { cv = "20 %" } }
residual = { proportional = "10 %" }
"""
TIMES = (0.5, 1.0, 2.0, 4.0, 8.0, 12.0)


def measured(text: str, values: NDArray[np.float64]) -> str:
    """The table with these measurements."""
    lines = [line.split(",") for line in text.splitlines()]
    seen = [cells for cells in lines if cells[3] == "0"]
    for cells, value in zip(seen, values, strict=True):
        cells[5] = f"{value:.8g}"
    return "\n".join(",".join(cells) for cells in lines) + "\n"


@pytest.fixture
def say(ketworks: Ketworks, tmp_path: Path) -> Ketworks:
    """Runs a command in a folder with ``model.toml`` and ``data.csv``, which the model made."""
    (tmp_path / "model.toml").write_text(MODEL)
    rows = ["ID,TIME,AMT,EVID,MDV,DV,WT,SEX"]
    for k in range(30):
        tail = f"{60 + k},{k % 2}"
        rows += [f"{k},0,100,1,1,.,{tail}", *(f"{k},{t},0,0,0,0,{tail}" for t in TIMES)]
    text = "\n".join(rows) + "\n"
    values = simulate_replicates(from_toml(MODEL), read(text), 1, seed=77).values[0]
    (tmp_path / "data.csv").write_text(measured(text, values))

    return ketworks


ASKED = ("data.csv", "--model", "model.toml", "--replicates", "300")


@pytest.mark.parametrize("command", ["vpc", "npde"])
def test_a_compatible_model_exits_0_and_a_flagged_one_1(say: Ketworks, command: str) -> None:
    code, out, err = say(command, *ASKED)
    assert (code, out.splitlines()[-1].split(":")[0]) == (0, "compatible")
    assert "no proof that the model is right" in err
    code, out, err = say(command, *ASKED, "--scale", "CL=1.5")
    assert (code, out.splitlines()[-1].split(":")[0]) == (1, "flagged")
    assert "example (CL x 1.5)" in out
    assert "flagged" in err
    assert say(command, *ASKED, "--quiet")[2] == ""


def test_json_is_all_of_stdout(say: Ketworks) -> None:
    code, out, _ = say("vpc", *ASKED, "--json", "--bins", "0,2,20", "--stratify", "SEX")
    found = json.loads(out)
    assert code == 0
    assert [(cell["stratum"], cell["high"]) for cell in found["cells"]][::3] == [
        ("SEX 0", 1.0),
        ("SEX 0", 12.0),
        ("SEX 1", 1.0),
        ("SEX 1", 12.0),
    ]
    found = json.loads(say("npde", *ASKED, "--json")[1])
    assert [one["name"] for one in found["tests"]] == ["mean", "variance", "normality", "global"]
    assert len(found["observations"]) == 30 * len(TIMES)
    assert json.loads(say("npde", *ASKED, "--json", "--npd")[1])["check"] == "npd"


def test_the_same_seed_gives_the_same_words(say: Ketworks) -> None:
    first = say("vpc", *ASKED, "--seed", "5")[1]
    assert say("vpc", *ASKED, "--seed", "5")[1] == first
    assert say("vpc", *ASKED, "--seed", "6")[1] != first


@pytest.mark.parametrize("command", ["vpc", "npde"])
def test_files_are_written(say: Ketworks, command: str) -> None:
    _, _, err = say(command, *ASKED, "--out", "picture.png", "--table", "numbers.csv")
    assert Path("picture.png").read_bytes().startswith(b"\x89PNG")
    assert "wrote picture.png" in err
    with Path("numbers.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == (18 if command == "vpc" else 180)


def test_observations_may_be_chosen(say: Ketworks) -> None:
    chosen = json.loads(say("npde", *ASKED, "--json", "--where", "SEX=1")[1])
    assert len(chosen["observations"]) == 15 * len(TIMES)


def test_a_limit_of_quantification_adds_shares(say: Ketworks) -> None:
    found = json.loads(say("vpc", *ASKED, "--json", "--lloq", "1")[1])
    assert {cell["percentile"] for cell in found["cells"]} == {5.0, 50.0, 95.0, "below"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("data.csv",), "neither --model nor --plasma"),
        ((*ASKED, "--plasma", "otto2021"), "both --model and --plasma"),
        (("data.csv", "--model", "modl.toml"), "modl.toml"),
        (("dta.csv", "--model", "model.toml"), "dta.csv"),
        ((*ASKED, "--scale", "Cl=1.5"), "nearest: CL"),
        ((*ASKED, "--scale", "CL"), "name=value"),
        ((*ASKED, "--scale", "CL=more"), "a number"),
        ((*ASKED, "--where", "DVID=1"), "unknown column 'DVID'"),
        ((*ASKED, "--where", "SEX=male"), "a number"),
        ((*ASKED, "--recode", "SS=0"), "column:code=meaning"),
        ((*ASKED, "--out", "picture.pdf"), ".png or .svg"),
        ((*ASKED, "--table", "numbers.txt"), ".csv"),
        ((*ASKED, "--time-unit", "min"), "times in min, model in h"),
        ((*ASKED, "--seed", "-1"), "seed"),
        ((*ASKED[:3], "--replicates", "199"), "200 or more"),
        (("data.csv", "--plasma", "otto2021"), "unknown time unit"),
        (("data.csv", "--plasma", "otto2021", "--time-unit", "h", "--drug", "ketamine"), "esketamine"),
    ],
)
@pytest.mark.parametrize("command", ["vpc", "npde"])
def test_wrong_use_is_answered(say: Ketworks, command: str, words: tuple[str, ...], expected: str) -> None:
    code, out, err = say(command, *words)
    assert (code, out) == (2, "")
    assert expected in err


def test_a_wrong_bin_or_column_is_answered(say: Ketworks) -> None:
    for option, value, expected in (
        ("--bins", "often", "nominal"),
        ("--stratify", "SX", "nearest: SEX"),
        ("--axis", "tad", "after-dose"),
    ):
        code, _, err = say("vpc", *ASKED, option, value)
        assert code == 2
        assert expected in err
    assert say("npde", *ASKED, "--mean-test", "u")[0] == 2


def test_a_published_model_by_name(say: Ketworks) -> None:
    from ketworks.predictive.plasma_population import plasma_population

    text = Path("data.csv").read_text().replace("TIME", "TIME_H")
    made = simulate_replicates(plasma_population("otto2021", "h"), read(text), 1, seed=3).values[0]
    Path("otto.csv").write_text(measured(text, made))
    asked = ("otto.csv", "--plasma", "otto2021", "--replicates", "300")
    assert say("npde", *asked)[0] == 0
    code, out, _ = say("npde", *asked, "--scale", "CL=1.5")
    assert code == 1
    assert "otto2021 (clearance x 1.5)" in out


def test_a_model_without_residual_error_cannot_say(say: Ketworks) -> None:
    code, _, err = say("vpc", "data.csv", "--plasma", "domino1984", "--time-unit", "h")
    assert code == 3
    assert "residual error is not known" in err
