"""Other drugs through the whole program: what they act on, who is refused, what is printed, kept and run again."""

from __future__ import annotations

import json

import numpy as np
import pytest
from command_line import Ketworks

import ketworks as kw
from ketworks.body.calibrate import points
from ketworks.caveats import HIGHEST_READ, largest_read_gain
from ketworks.errors import CannotSay, WrongUse
from ketworks.people.cohort import Cohort
from ketworks.people.people_table import PeopleTable

HALF = "0.5 mg/kg iv over 40 min"
CLONIDINE = f"{HALF}, clonidine 0.2 mg oral 60 min before"
NAMES = ["comedication.sympathetic_gain", "comedication.benefit_gain", "outcome.mean_effect", "plasma.ketamine.venous"]
TIMES = "0, 40 min, 1 d"


def test_a_drug_in_the_sentence_changes_its_factors_and_no_level() -> None:
    alone, beside = (kw.simulate(one, outputs=NAMES, times=TIMES, band=False) for one in (HALF, CLONIDINE))
    np.testing.assert_array_equal(beside.tables[NAMES[3]], alone.tables[NAMES[3]])
    assert np.all(alone.tables[NAMES[0]] == 1.0)
    assert np.all(beside.tables[NAMES[0]] < 1.0)


def test_benzodiazepines_and_naltrexone_cost_benefit_and_their_variants_none() -> None:
    effect = {}
    for drug in ("", "benzodiazepine", "naltrexone"):
        for variant in ("factors", f"{drug}-neutral") if drug else ("factors",):
            person = kw.Person(comedication=drug or ())
            run = kw.simulate(HALF, person, kw.Chain(comedication=variant), outputs=NAMES[2:3], times="1 d", band=False)
            effect[drug, variant] = float(run.tables[NAMES[2]][0, 0])
    usual = effect["", "factors"]
    assert effect["benzodiazepine", "factors"] == pytest.approx(0.75 * usual)
    assert effect["naltrexone", "factors"] == pytest.approx(0.3 * usual)
    assert effect["benzodiazepine", "benzodiazepine-neutral"] == effect["naltrexone", "naltrexone-neutral"] == usual


def test_a_large_dose_of_a_sedative_is_not_played_down() -> None:
    names = ["mind.unresponsive", "mind.moaas"]
    for beside, least in (("midazolam 15 mg iv 5 min before", 0.9), ("lorazepam 8 mg iv 5 min before", 0.9)):
        run = kw.simulate(f"{HALF}, {beside}", outputs=names, times="0,40 min", band=False)
        assert run.tables[names[0]].min() >= least
        assert run.tables[names[1]].max() <= 2.0


@pytest.mark.parametrize(
    ("beside", "taken", "named"),
    [
        (", midazolam 2 mg iv 5 min before", (), "midazolam"),
        (", dexmedetomidine 50 ug iv 5 min before", "ssri", "dexmedetomidine"),
        ("", "benzodiazepine", "daily benzodiazepine"),
        (", morphine 5 mg iv, ondansetron 4 mg iv", "opioid", ""),
        ("", ("ssri", "lithium"), ""),
    ],
)
def test_a_sedative_of_which_no_breathing_is_known_says_so(beside: str, taken: str, named: str) -> None:
    run = kw.simulate(HALF + beside, kw.Person(comedication=taken), outputs=NAMES[:1], times="0 min", band=False)
    said = [note for note in run.notes if note.startswith("breathing with ")]
    assert [note.startswith(f"breathing with {named} is not predicted") for note in said] == [True] * bool(named)
    assert json.loads(json.dumps(run.as_dict()))["notes"] == run.notes


@pytest.mark.parametrize(
    ("sentence", "taken", "shown", "level", "gain"),
    [
        (HALF, (), "body.systolic", False, False),
        (HALF, "ssri", "body.systolic", False, False),
        (HALF, "benzodiazepine", "body.systolic", False, False),  # as the largest that was read
        (HALF, ("ssri", "stimulant"), "body.cuff_systolic", False, True),
        (HALF, "maoi", "body.diastolic", False, True),
        ("2 mg/kg iv bolus", (), "body.heart_rate", True, False),
        ("2 mg/kg iv bolus", ("ssri", "stimulant"), "mind.cadss", False, False),  # no pressure is shown
    ],
)
def test_pressure_beyond_what_was_read_says_so(sentence: str, taken: str, shown: str, level: bool, gain: bool) -> None:
    run = kw.simulate(sentence, kw.Person(comedication=taken), outputs=[shown], times="0,40 min", band=False)
    assert run.names == (shown,)
    assert any("read up to 1959 ng/mL" in note for note in run.notes) == level
    assert any("multiply its rise by" in note for note in run.notes) == gain


def test_the_limits_of_pressure_are_those_that_were_read() -> None:
    assert max(s for quantity, s, _, _ in points() if quantity == "pressure") == HIGHEST_READ
    assert largest_read_gain() == pytest.approx(70 / 55, rel=1e-4)  # diazepam


def test_people_of_a_table_take_their_own_drugs() -> None:
    people = (kw.Person(weight="70 kg"), kw.Person(weight="70 kg", comedication="ssri", conditions="hypertension"))
    run = kw.simulate(HALF, Cohort.of_table(PeopleTable("two", (1, 2), people)), outputs=NAMES[:1], times="40 min")
    np.testing.assert_allclose(run.tables[NAMES[0]][:, 0], [1.0, 1.2])
    assert run.covariates["condition_hypertension"].tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("sentence", "person", "chain"),
    [
        (CLONIDINE, kw.Person(age=8, weight="25 kg"), kw.Chain()),
        (HALF, kw.Person(age=8, weight="25 kg", comedication="ssri"), kw.Chain()),
        (CLONIDINE, kw.Person(), kw.Chain(plasma="kamp2020")),
    ],
)
def test_another_drug_is_refused_where_it_acts_on_nothing(sentence: str, person: kw.Person, chain: kw.Chain) -> None:
    with pytest.raises(CannotSay, match="beside ketamine"):
        kw.simulate(sentence, person, chain, band=False)


def test_a_run_says_how_much_was_read_and_is_run_again(ketworks: Ketworks) -> None:
    told = ketworks("run", CLONIDINE, "--with", "ssri", "--condition", "hypertension", "--signals", NAMES[0], "--json")
    said = json.loads(told.out)
    assert said["regimen"] == CLONIDINE
    run = kw.simulate(CLONIDINE, kw.Person(comedication="ssri", conditions="hypertension"), outputs=NAMES[:1])
    assert "clonidine 2, ssri 0" in run.reasons["comedication"]
    again = kw.simulate(**kw_arguments(run))
    np.testing.assert_array_equal(again.tables[NAMES[0]], run.tables[NAMES[0]])


def kw_arguments(run: kw.Simulation) -> dict[str, object]:
    from ketworks.configuration import from_configuration

    return from_configuration(json.loads(json.dumps(run.configuration())))


def test_why_leads_from_the_effect_to_the_row(ketworks: Ketworks) -> None:
    words = ("why", "outcome.mean_effect", "--dose", HALF, "--with", "naltrexone")
    told = ketworks(*words).out
    assert "naltrexone.benefit_gain" in told
    assert "C090" in told
    assert "naltrexone.benefit_gain" not in ketworks(*words[:4]).out


def test_a_misspelt_drug_or_condition_is_answered_with_the_nearest(ketworks: Ketworks) -> None:
    for words, near in (
        (("--with", "benzodiazepin"), "benzodiazepine"),
        (("--condition", "hypertensoin"), "hypertension"),
    ):
        with pytest.raises(WrongUse) as caught:
            kw.Person(**{"comedication" if words[0] == "--with" else "conditions": words[1]})
        assert caught.value.nearest == near
        said = ketworks("run", HALF, *words)
        assert said.code == 2
        assert near in said.err
