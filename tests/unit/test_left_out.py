"""A signal that exists but that this run does not make: the reason, and a line that makes it where one covers it."""

from __future__ import annotations

import pytest

from ketworks.cli.main import call
from ketworks.errors import EXIT_CANNOT_SAY, CannotSay, WrongUse
from ketworks.people.cohort import Cohort
from ketworks.people.person import Person
from ketworks.registry import Chain
from ketworks.simulation import simulate

SENTENCE = "0.5 mg/kg iv over 40 min"
CHILD = {"age": 5, "weight": "18 kg"}

LEFT_OUT = [
    (SENTENCE, {}, {"plasma": "herd2007"}, "body.systolic", "levels that herd2007 does not make", "--plasma combined"),
    (SENTENCE, CHILD, {}, "body.systolic", "no later stage has evidence under 18 years", ""),
    (
        "esketamine 56 mg nasal",
        {},
        {},
        "plasma.hydroxynorketamine.arterial",
        "the plasma model perezruixo2021 makes none",
        "--plasma combined",
    ),
    (SENTENCE, CHILD, {}, "plasma.hydroxynorketamine.arterial", "the plasma model herd2007 makes none", ""),
]


@pytest.mark.parametrize(("words", "person", "chain", "signal", "reason", "paste"), LEFT_OUT)
def test_a_signal_that_was_left_out_is_told_with_its_reason(words, person, chain, signal, reason, paste):
    with pytest.raises(CannotSay) as caught:
        simulate(words, Person(**person), Chain(**chain), [signal], band=False)
    assert caught.value.given.startswith(f"{signal}: ")
    assert reason in caught.value.given
    assert caught.value.paste == paste


def test_the_people_of_a_cohort_get_the_same_answer():
    with pytest.raises(CannotSay, match="herd2007 does not make"):
        simulate(SENTENCE, Cohort(3, seed=1), Chain(plasma="herd2007"), ["body.systolic"])


def test_a_name_that_no_stage_has_is_still_unknown():
    with pytest.raises(WrongUse, match="unknown signal") as caught:
        simulate(SENTENCE, outputs=["body.sistolic"], band=False)
    assert "body.systolic" in caught.value.nearest


def test_the_line_to_paste_works_and_the_exit_code_is_3(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked = ["run", SENTENCE, "--no-report", "--no-band", "--signals", "body.systolic", "--times", "0,40 min"]
    assert call([*asked, "--plasma", "herd2007"]) == EXIT_CANNOT_SAY
    assert "try: --plasma combined" in capsys.readouterr().err
    assert call([*asked, "--plasma", "combined", "--quiet"]) == 0
