"""Block from a concentration, in Python and as a command: answers, and what wrong questions are told."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import numpy as np
import pytest
from command_line import Ketworks

import ketworks as kw
from ketworks.cli.block import complete_blocker, percent
from ketworks.errors import SolverFailed, WrongUse
from ketworks.quantity import registry
from ketworks.receptor import given_amount as amounts
from ketworks.receptor import without_dose
from ketworks.receptor.blockers import ALIASES, BLOCKERS
from ketworks.receptor.stage import TrappingBlock


@pytest.fixture
def block(ketworks: Ketworks) -> Ketworks:
    """The command in this process."""
    return partial(ketworks, "block")


def test_use_brings_block_and_more_use_brings_it_sooner() -> None:
    slow = kw.block_over_time("ketamine", "1 umol/L", times=[0.0, 1.0, 60.0], subunit="2A")
    fast = kw.block_over_time("ketamine", "1 umol/L", open_probability=0.05, times=[0.0, 1.0, 60.0], subunit="2A")
    assert fast.share[1, 0] > 1.5 * slow.share[1, 0]
    settled = kw.settled_block("ketamine", "1 umol/L", subunit="2A")
    np.testing.assert_allclose([slow.share[2, 0], fast.share[2, 0]], settled.share[0], rtol=1e-9)
    assert 1.0 < settled.settling[0] < 10.0  # onset in seconds


def test_memantine_leaves_quiet_cells_and_ketamine_does_not() -> None:
    def kept(drug: str) -> float:
        quiet, busy = (kw.settled_block(drug, "5 umol/L", open_probability=po, subunit="2A") for po in (1e-4, 0.05))
        return float(quiet.share[0] / busy.share[0])

    assert kept("ketamine") == pytest.approx(1.0)
    assert kept("memantine") < 0.15


def test_depolarisation_and_subunits_change_the_block() -> None:
    rest, up = (kw.settled_block("ketamine", "0.5 umol/L", v).share for v in ("-70 mV", "-45 mV"))
    assert np.all(up[:2] > 1.5 * rest[:2])
    assert rest[2] > rest[3] > rest[0]


def test_functions_of_time_and_quantities_are_read() -> None:
    times = [0.0, 2.0, 4.0]
    step = kw.block_over_time("esketamine", lambda t: 1.0 if t < 2.0 else 0.0, times=times, subunit="2B")
    on = kw.block_over_time("esketamine", registry().Quantity(1.0, "umol/L"), times=times, subunit="GluN2B")
    assert step.share[1, 0] == pytest.approx(on.share[1, 0], abs=1e-9)
    assert step.share[2, 0] < step.share[1, 0] < on.share[2, 0]
    assert step.error <= without_dose.TOLERANCE


@pytest.mark.parametrize(
    ("kind", "text"),
    [(amounts.CONCENTRATION, f"3 {unit}") for unit in amounts.CONCENTRATION.units]
    + [(amounts.MAGNESIUM, f"3 {unit}") for unit in ("mM", "mmol/L", "umol/L")]
    + [(amounts.VOLTAGE, "-3 mV"), (amounts.DURATION, "3 min"), (amounts.DURATION, "30 ms")],
)
def test_factors_are_those_of_pint(kind: amounts.Kind, text: str) -> None:
    value, unit = text.split(" ")
    expected = registry().Quantity(float(value), unit).to(kind.unit).magnitude
    assert amounts.number(text, kind) == pytest.approx(expected, rel=1e-12)


def test_writings_of_micro_and_minus() -> None:
    assert amounts.number("0.5 \u00b5M", amounts.CONCENTRATION) == 0.5
    assert amounts.number("0.5 \u03bcmol/L", amounts.CONCENTRATION) == 0.5
    assert amounts.number("\u221260 mV", amounts.VOLTAGE) == -60.0
    assert amounts.number("500 micromolar", amounts.CONCENTRATION) == pytest.approx(500.0)  # by pint


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"drug": "ketmine"}, "nearest: ketamine"),
        ({"concentration": 0.5}, "'0.5 umol/L'"),
        ({"concentration": "0.5"}, "has no unit"),
        ({"concentration": "100 ng/mL"}, "molar mass"),
        ({"concentration": "-1 umol/L"}, "0 to 10000 umol/L"),
        ({"concentration": "much"}, "one number and one unit"),
        ({"concentration": None}, "text such as"),
        ({"voltage": "-60 s"}, "kind of mV"),
        ({"voltage": "-600 mV"}, "-150 to 60 mV"),
        ({"subunit": "2E"}, "2A, 2B, 2C, 2D"),
        ({"magnesium": "1"}, "'1 mmol/L'"),
        ({"open_probability": 1.5}, "0 to 1"),
        ({"open_probability": 0.0}, "never opens"),
        ({"concentration": lambda t: t}, "concentration"),
    ],
)
def test_wrong_questions_to_the_settled_block(change: dict[str, Any], words: str) -> None:
    with pytest.raises(WrongUse) as told:
        kw.settled_block(**{"drug": "ketamine", "concentration": "1 umol/L", **change})
    assert words in str(told.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"times": [0.0]}, "increasing"),
        ({"times": [0.0, 0.0]}, "increasing"),
        ({"start": 2.0}, "0 to 1"),
        ({"voltage": lambda t: -60.0 - 1000.0 * t}, "-150 to 60 mV"),
        ({"concentration": lambda t: float("nan")}, "concentration is nan"),
    ],
)
def test_wrong_questions_to_the_course(change: dict[str, Any], words: str) -> None:
    with pytest.raises(WrongUse) as told:
        kw.block_over_time(**{"drug": "ketamine", "concentration": "1 umol/L", "times": [0.0, 1.0], **change})
    assert words in str(told.value)


def test_what_cannot_be_followed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(without_dose, "MOST_STEPS", 2**13)
    with pytest.raises(SolverFailed, match="every sudden change"):
        kw.block_over_time("ketamine", lambda t: 50.0 if t > 0.123 else 0.0, times=[0.0, 0.2])


def test_every_drug_answers_and_names_its_rows() -> None:
    rows = TrappingBlock.parameters()
    for name, blocker in BLOCKERS.items():
        found = kw.settled_block(name, "1 umol/L")
        assert found.drug == name
        assert np.all((found.share > 0) & (found.share < 1))
        assert set(blocker.rows) <= set(rows)
        assert {rows[key].grade for key in found.weakest} == {found.grade}
    assert all(kw.settled_block(alias.upper(), "1 uM").drug == name for alias, name in ALIASES.items())


def test_the_command_says_what_python_says(block: Ketworks) -> None:
    said = block("--concentration", "0.5 umol/L", "--voltage", "-60 mV", "--subunit", "2B", "--json")
    assert (said.code, said.err) == (0, "")
    answer = json.loads(said.out)
    expected = kw.settled_block("ketamine", "0.5 umol/L", "-60 mV", subunit="2B")
    assert answer["subunits"] == {
        "2B": {
            "block": pytest.approx(expected.share[0]),
            "half_blocking_umol_per_L": pytest.approx(expected.half_blocking[0]),
            "settling_s": pytest.approx(expected.settling[0]),
        }
    }
    assert (answer["voltage_mV"], answer["magnesium_mmol_per_L"], answer["grade"]) == (-60.0, 1.0, "E")
    assert "ic50.2b_free" in answer["set_by"]


def test_the_kinetic_command(block: Ketworks) -> None:
    flags = ("--drug", "memantine", "--concentration", "1 uM", "--kinetic", "--seconds", "20")
    answer = json.loads(block(*flags, "--json").out)
    assert answer["course"]["times_s"][-1] == 20.0
    assert set(answer["course"]["block"]) == {"2A", "2B", "2C", "2D"}
    for unit, course in answer["course"]["block"].items():
        assert course[0] == 0.0
        assert course[-1] == pytest.approx(answer["subunits"][unit]["block"], rel=1e-4)
    said = block(*flags)
    assert said.code == 0
    assert all(words in said.out for words in ("leaves closed channels", "grade E", "second"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--concentration"),
        (("--concentration", "1 uM", "--seconds", "5"), "--kinetic"),
        (("--concentration", "1"), "'1 umol/L'"),
        (("--concentration", "1 uM", "--drug", "memantin"), "nearest: memantine"),
        (("--concentration", "1 uM", "--kinetic", "--seconds", "0"), "3600 s"),
    ],
)
def test_wrong_use_of_the_command(block: Ketworks, arguments: tuple[str, ...], words: str) -> None:
    said = block(*arguments)
    assert (said.code, said.out) == (2, "")
    assert words in said.err


def test_small_words() -> None:
    assert (percent(0.0), percent(0.004), percent(0.114)) == ("0 %", "<1 %", "11 %")
    assert complete_blocker("es") == ["esketamine"]
