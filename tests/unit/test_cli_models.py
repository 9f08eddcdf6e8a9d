"""``ketworks models``: the table, a card, its JSON, and what a wrong id is answered with."""

from __future__ import annotations

import json
from functools import partial

import pytest
from command_line import Ketworks

from ketworks.cli.models import complete_model
from ketworks.plasma.cards import every_card


@pytest.fixture
def models(ketworks: Ketworks) -> Ketworks:
    """The command in this process."""
    return partial(ketworks, "models")


def test_every_model_with_a_card_is_listed(models: Ketworks) -> None:
    said = models()
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert [line.split()[0] for line in lines[2 : 2 + len(every_card())]] == list(every_card())
    assert {"herd2007", "otto2021", "simons2022"} <= set(every_card())
    assert max(map(len, lines)) <= 190


def test_the_table_as_json_has_the_same_models(models: Ketworks) -> None:
    rows = {row["id"]: row for row in json.loads(models("--json").out)}
    assert list(rows) == list(every_card())
    assert rows["herd2007"]["site"] == "venous?"
    assert rows["kamp2020"]["site"] == "arterial"
    assert rows["kamp2020"]["n"] is None
    grades = {name: row["grade"] for name, row in rows.items()}
    assert (grades["otto2021"], grades["kamp2020"], grades["hornik2018"]) == ("B", "C", "E")
    assert {grades[name] for name, row in rows.items() if row["site"].endswith("?")} == {"E"}  # the site is assumed


def test_a_card_shows_equations_values_and_defects(models: Ketworks) -> None:
    said = models("flint2017")
    assert said.code == 0
    words = " ".join(said.out.split())
    for part in ("k(t) = k0 (1 + b t)", "flint2017.norketamine_clearance_rise = 0.0087 1/h", "correlated 0.506"):
        assert part in words
    assert "[PAR-FLINT-007]" in words
    assert "Defects" in said.out
    assert "bridge.arm_rate" not in said.out  # rows of other models stay away
    assert max(map(len, said.out.splitlines())) <= 122


def test_a_card_as_json_has_the_whole_row(models: Ketworks) -> None:
    found = json.loads(models("hornik2018", "--json").out)
    rows = {row["id"]: row for row in found["parameters"]}
    assert rows["hornik2018.im_half_time"]["grade"] == "E"
    assert rows["hornik2018.clearance"]["locator"].endswith("[PAR-TCI-025]")
    assert found["routes"] == ["iv", "im"]
    assert found["signals"] == ["plasma.ketamine.venous"]
    assert "ka = ln 2 / half_time" in found["equations"]["absorption"]
    otto = json.loads(models("otto2021", "--json").out)
    assert otto["residual_error"]["plasma.s_ketamine.venous"]["proportional"] == "otto2021.residual.ketamine"


def test_a_wrong_id_is_answered_with_the_nearest(models: Ketworks) -> None:
    said = models("herd2008")
    assert said.code == 2
    assert said.out == ""
    assert "unknown plasma model 'herd2008'" in said.err
    assert "nearest: herd2007" in said.err


def test_ids_complete() -> None:
    assert complete_model("h") == ["herd2007", "hijazi2003", "hornik2018"]
    assert complete_model("") == list(every_card())
