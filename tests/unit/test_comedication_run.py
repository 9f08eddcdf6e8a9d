"""Other drugs through the whole program: what they act on, who is refused, what is printed, kept and run again."""

from __future__ import annotations

import json

import numpy as np
import pytest
from command_line import Ketworks

import ketworks as kw
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
    assert "naltrexone" not in ketworks(*words[:4]).out


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
