"""Chronic pain: what follows from the two numbers of the population model, who responds, and what stays out."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

import ketworks as kw
from ketworks.caveats import given_unasked
from ketworks.pain import signals
from ketworks.pain.stage import CentralSensitisation
from ketworks.registry import default_chain, usual_signals

ROWS = CentralSensitisation.parameters()
WEEKS = "0 to 12 weeks by 1 week"
TRIAL = "esketamine 22 mg/h iv for 100 h"
ALL = tuple(signal.name for signal in CentralSensitisation.outputs)


@cache
def run(sentence: str, people: int = 1, variant: str = "central-sensitisation", times: str = WEEKS) -> kw.Simulation:
    who = kw.Person() if people == 1 else kw.Cohort(people, seed=4)
    return kw.simulate(
        sentence, who, outputs=list(ALL), times=times, chain=kw.Chain(pain=variant), band=False, occasions=False
    )


def test_the_typical_responder_is_relieved_and_pain_comes_back() -> None:
    found = run(TRIAL).tables
    pain = found[signals.SCORE][0]
    assert pain[0] == pytest.approx(ROWS["crps.baseline"].value)
    assert pain[1] < 0.4 * pain[0]  # week 1
    assert (np.diff(pain[1:]) > 0.0).all()
    assert pain[-1] > 0.9 * pain[0]
    assert (found[signals.PLACEBO][0] == pain[0]).all()
    np.testing.assert_allclose(found[signals.FALL][0], pain[0] - pain, atol=1e-12)
    np.testing.assert_allclose(found[signals.RELIEF][0], 1.0 - pain / pain[0], atol=1e-12)


def test_the_slow_level_halves_in_the_printed_time() -> None:
    days = "0,10,20.9,31.8 d"
    relief = run(TRIAL, times=days).tables[signals.SLOW][0][1:]
    level = relief / (1.0 - relief)  # in units of C50
    np.testing.assert_allclose(level[1:] / level[:-1], 0.5, rtol=2e-3)


def test_two_in_three_respond_and_one_in_four_to_placebo() -> None:
    found = run(TRIAL, people=1500).tables
    responder = found[signals.RESPONDER][:, 0]
    helped = found[signals.PLACEBO][:, -1] < found[signals.PLACEBO][:, 0]
    assert responder.mean() == pytest.approx(ROWS["crps.responders"].value, abs=0.035)
    assert helped.mean() == pytest.approx(ROWS["crps.placebo_responders"].value, abs=0.035)
    assert responder[helped].all()  # whoever responds to placebo responds to the drug
    assert (found[signals.SLOW][responder == 0.0] == 0.0).all()


def test_the_mean_of_many_people_is_that_of_a_cohort() -> None:
    cohort, one = run(TRIAL, people=1500).tables[signals.SCORE].mean(axis=0), run(TRIAL).tables[signals.MEAN][0]
    np.testing.assert_allclose(one, cohort, atol=0.25)
    assert one[1] > run(TRIAL).tables[signals.SCORE][0, 1] + 1.0  # far from the typical responder


def test_the_drug_arm_is_never_worse_than_placebo() -> None:
    found = run(TRIAL, people=1500).tables
    assert (found[signals.SCORE] <= found[signals.PLACEBO] + 1e-12).all()


def test_scores_stay_on_the_scale() -> None:
    score = run(TRIAL, people=1500).tables[signals.SCORE]
    assert score.min() >= 0.0
    assert score.max() <= 10.0
    assert (score[:, 0] == 10.0).any()  # some start at the top


def test_hours_count_in_one_variant_and_dose_in_the_other() -> None:
    short, long = "esketamine 400 mg iv over 10 h", "esketamine 400 mg iv over 100 h"
    delayed = [run(one, times="0,14 d").tables[signals.SLOW][0, -1] for one in (short, long)]
    assert delayed[1] == pytest.approx(delayed[0], rel=0.12)
    saturating = [run(one, 1, "saturating-input", "0,14 d").tables[signals.SLOW][0, -1] for one in (short, long)]
    assert saturating[1] > 3.0 * saturating[0]


def test_one_clinic_infusion_leaves_nothing_in_neuropathic_pain_at_any_gain() -> None:
    for gain in (0.0, 1.0):
        found = kw.simulate(
            "0.5 mg/kg iv over 40 min",
            outputs=[signals.SCORE],
            times="0,7 d",
            chain=kw.Chain(pain="neuropathic"),
            values={"neuropathic.gain": gain},
            band=False,
        ).tables[signals.SCORE][0]
        assert found[0] - found[1] < 0.5


def test_r_ketamine_counts_for_less() -> None:
    s, r = (
        run(f"{drug} 22 mg/h iv for 100 h", times="0,7 d").tables[signals.SLOW][0, -1]
        for drug in ("S-ketamine", "R-ketamine")
    )
    assert 0.0 < r < s


def test_no_usual_run_makes_pain() -> None:
    chain = default_chain("combined")
    usual = given_unasked("combined", usual_signals(chain, {}))
    assert signals.SCORE in chain.signals
    assert "pain" not in {stage.name for stage in chain.needed(usual)}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [("15 mg/h, 72 h", "15 mg/h iv for 72 h"), ("S-ketamine 22 mg/h, 100 h", TRIAL)],
)
def test_the_page_prints_what_the_model_gives(words: str, sentence: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "pain.md").read_text("utf-8")
    [line] = [line for line in page.splitlines() if line.startswith(f"| {words} |")]
    printed = [float(cell) for cell in line.strip("|").split("|")[1:]]
    made = [
        run(sentence, 1, variant, "0,7,28 d").tables[signals.MEAN][0, 1:]
        for variant in ("central-sensitisation", "saturating-input")
    ]
    np.testing.assert_allclose(printed, np.concatenate(made), atol=0.06)
