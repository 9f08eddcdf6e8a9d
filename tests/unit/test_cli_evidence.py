"""``why``, ``cite`` and ``evidence guessed`` for the chain that a person, a dose or a saved simulation has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Ketworks

import ketworks as kw

SENTENCE = "0.5 mg/kg iv over 40 min"
CHILD = ("--dose", "1 mg/kg iv bolus", "--age", "5", "--weight", "18 kg")
LEVEL = "plasma.ketamine.venous"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small simulation of a person who takes ticlopidine, with a replaced value."""
    path = tmp_path_factory.mktemp("saved") / "run.nc"
    found = kw.simulate(
        "50 mg oral",
        kw.Person(comedication="ticlopidine"),
        outputs=[LEVEL],
        times="0,40 min",
        band=False,
        values={"simons2022.clearance": 1.0},
    )
    found.save(path)
    return path


def test_the_grade_of_a_child_is_traced_from_the_shell(ketworks: Ketworks) -> None:
    child = ketworks("why", LEVEL, *CHILD)
    assert "stage plasma[herd2007]" in child.out
    assert "stage plasma[combined]" in ketworks("why", LEVEL, "--dose", "1 mg/kg iv bolus").out
    assert "Herd" in ketworks("cite", LEVEL, *CHILD, "--plain").out
    assert "female, 5 y, 18 kg - plasma by herd2007" in ketworks("evidence", "guessed", *CHILD).out


@pytest.mark.parametrize(
    ("options", "row"),
    [
        (("--with", "grapefruit juice"), "interaction.grapefruit_juice.gut:"),
        (("--liver", "moderate"), "organ.liver_moderate:"),
        (("--kidney", "severe"), "organ.kidney:"),
    ],
)
def test_rows_of_a_person_are_behind_their_levels(ketworks: Ketworks, options, row: str) -> None:
    asked = ("why", LEVEL, "--dose", "50 mg oral", "--depth", "9")
    assert row not in ketworks(*asked).out
    assert row in ketworks(*asked, *options).out


def test_a_person_without_a_dose_is_asked_for_one(ketworks: Ketworks) -> None:
    for command in (("why", LEVEL), ("cite", LEVEL), ("evidence", "guessed")):
        said = ketworks(*command, "--age", "70")
        assert (said.code, said.out) == (2, "")
        assert f'try: --dose "{SENTENCE}"' in said.err


def test_what_a_chain_leaves_out_is_told_with_the_reason(ketworks: Ketworks) -> None:
    said = ketworks("why", "body.systolic", *CHILD)
    assert (said.code, said.out) == (3, "")
    assert "no later stage has evidence under 18 years" in said.err
    said = ketworks("why", "body.systolic", "--plasma", "herd2007")
    assert said.code == 3
    assert "left out of the chain of plasma herd2007" in said.err
    assert "try: ketworks why body.systolic" in said.err


def test_a_saved_simulation_is_explained(ketworks: Ketworks, saved: Path) -> None:
    said = ketworks("why", str(saved), LEVEL, "--depth", "9")
    assert said.code == 0
    assert "ticlopidine" in said.out
    assert "ticlopidine" not in ketworks("why", LEVEL, "--dose", "50 mg oral", "--depth", "9").out
    assert "simons2022.clearance was replaced: 1 L/min instead of" in said.err
    assert json.loads(ketworks("why", str(saved), LEVEL, "--json").out)["signal"] == LEVEL
    assert f"50 mg oral - {kw.Person(comedication='ticlopidine')} - " in ketworks("evidence", "guessed", str(saved)).out


def test_a_saved_simulation_is_used_as_it_is(ketworks: Ketworks, saved: Path) -> None:
    for arguments, words in (
        (("why", str(saved)), f"try: ketworks why {saved} {LEVEL}"),
        (("why", str(saved), LEVEL, "--age", "70"), "the file alone"),
        (("cite", str(saved), "--dose", SENTENCE), "the file alone"),
        (("evidence", "guessed", str(saved), "--plasma", "herd2007"), "the file alone"),
        (("why", LEVEL, "body.systolic"), "two signals"),
        (("why", str(saved), "plasma.ketamin.venous"), f"nearest: {LEVEL}"),
        (("evidence", "guessed", "herd2007"), "try: ketworks evidence guessed --plasma herd2007"),
    ):
        said = ketworks(*arguments)
        assert (said.code, said.out) == (2, ""), arguments
        assert words in said.err


def test_guessed_says_which_chain_and_how_to_ask_for_another(ketworks: Ketworks) -> None:
    lines = ketworks("evidence", "guessed").out.splitlines()
    assert lines[1] == "Chain: plasma by combined, whatever the dose."
    assert lines[2].startswith("Another: --plasma herd2007; ")
    other = ketworks("evidence", "guessed", "--plasma", "herd2007").out.splitlines()
    assert other[1] == "Chain: plasma by herd2007, whatever the dose."
    assert other[0] != lines[0]


def test_guessed_counts_what_only_commands_read(ketworks: Ketworks) -> None:
    assert "ketworks eeg: " in ketworks("evidence", "guessed").out
    rows = json.loads(ketworks("evidence", "guessed", "--json").out)
    (window,) = [row for row in rows if row["id"] == "eeg.window"]
    assert (window["stage"], window["signals"]) == ("ketworks eeg", [])
