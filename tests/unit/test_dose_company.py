"""Other drugs in the dose sentence: read, written back, expanded to doses, and refused with the place and the fix."""

from __future__ import annotations

import json

import pytest
from command_line import Ketworks
from hypothesis import given
from hypothesis import strategies as st

from ketworks.dose import parse
from ketworks.dose.companion import ROUTES, Companion, accepted
from ketworks.dose.limits import parameters
from ketworks.dose.tabulated import tabulate
from ketworks.dose.toml import from_toml
from ketworks.errors import WrongUse
from ketworks.other_drugs import GIVEN, SPELLINGS

HALF = "0.5 mg/kg iv over 40 min"
CLONIDINE = f"{HALF}, clonidine 0.2 mg oral 60 min before"

READ = [
    (CLONIDINE, CLONIDINE, Companion("clonidine", 0.2, "mg", "oral", 60.0)),
    (f"{HALF} with midazolam 2 mg IV bolus", f"{HALF}, midazolam 2 mg iv", Companion("midazolam", 2.0, "mg", "iv")),
    (
        f"{HALF}; clonidine 5 mcg/kg po 1.5 h prior to each dose.",
        f"{HALF}, clonidine 0.005 mg/kg oral 90 min before",
        Companion("clonidine", 0.005, "mg/kg", "oral", 90.0),
    ),
    (
        f"{HALF} plus ondansetron 4 mg iv over 5 min, 10 min after",
        f"{HALF}, ondansetron 4 mg iv over 5 min 10 min after",
        Companion("ondansetron", 4.0, "mg", "iv", -10.0, 5.0),
    ),
    (
        f"{HALF} and lorazepam oral 30 min before the first infusion 1 mg",
        f"{HALF}, lorazepam 1 mg oral 30 min before the first dose",
        Companion("lorazepam", 1.0, "mg", "oral", 30.0, 0.0, True),
    ),
    (
        f"{HALF}, Zofran 4 mg im after 30 min",
        f"{HALF}, ondansetron 4 mg im 30 min after",
        Companion("ondansetron", 4.0, "mg", "im", -30.0),
    ),
    (
        f"{HALF}, valium 10 mg oral at the same time",
        f"{HALF}, diazepam 10 mg oral",
        Companion("diazepam", 10.0, "mg", "oral"),
    ),
]


@pytest.mark.parametrize(("written", "canonical", "companion"), READ, ids=[one[0][25:60] for one in READ])
def test_a_drug_beside_ketamine_is_read_and_written_back(written: str, canonical: str, companion: Companion) -> None:
    found = parse(written)
    assert found.company == (companion,)
    assert str(found) == canonical
    assert parse(canonical) == found
    assert found.parts == parse(HALF).parts


def test_it_comes_before_each_session_and_a_session_is_no_single_dose() -> None:
    course = parse(
        "0.3 mg/kg iv bolus then 0.2 mg/kg/h for 60 min, on days 1, 4, clonidine 0.2 mg oral 60 min before,"
        " morphine 5 mg iv with the first dose"
    )
    assert [(dose.drug, dose.time) for dose in course.company_doses()] == [
        ("clonidine", -60.0),
        ("morphine", 0.0),
        ("clonidine", 3 * 1440.0 - 60.0),
    ]
    assert course.sessions() == (0.0, 3 * 1440.0)
    sprays = parse("esketamine 28 mg nasal at 0, 5, 10 min, ondansetron 4 mg oral 60 min before")
    assert [dose.time for dose in sprays.company_doses()] == [-60.0]


def test_without_other_drugs_nothing_changes() -> None:
    assert parse(HALF).company == ()
    assert parse(HALF).company_doses() == ()
    assert parse(CLONIDINE) != parse(HALF)


WRONG = [
    # sentence, part at fault, words in the message, line to paste ends with
    (f"{HALF}, clonidin 0.2 mg oral 60 min before", "clonidin", "unknown drug", CLONIDINE),
    (f"{HALF}, fentanyl 50 ug iv 10 min before", "fentanyl", "unknown drug", ""),
    (f"{HALF} with esomeprazole 20 mg oral", "esomeprazole", "unknown drug", ""),
    (f"{HALF}, clonidine 0.2 mg 60 min before", "clonidine 0.2 mg 60 min before", "without a route", CLONIDINE),
    (f"{HALF}, clonidine oral 60 min before", "clonidine oral 60 min before", "without an amount", ""),
    (f"{HALF}, clonidine 0.2 mg oral 60 before", "before", "cannot be read", CLONIDINE),
    (f"{HALF}, clonidine 0.2 mg oral before", "before", "cannot be read", CLONIDINE),
    (f"{HALF}, clonidine 200 mg oral 60 min before", "200 mg", "above any dose", f"{HALF}, clonidine 200 ug oral"),
    (f"{HALF}, clonidine 5 mg/kg oral 90 min before", "5 mg/kg", "above any dose", f"{HALF}, clonidine 5 ug/kg oral"),
    (f"{HALF}, clonidine 0 mg oral", "0", "the number 0", ""),
    (f"{HALF}, clonidine 0.2 mg 0.3 mg oral", "0.3 mg", "a second dose", ""),
    (f"{HALF}, clonidine 0.2 mg oral over 5 min", "0.2 mg", "oral over 5 min", ""),
    (f"{HALF}, clonidine 0.2 mg oral 60 min before, 10 min after", "10 min after", "a second time", ""),
    (f"{HALF}, remifentanil 0.1 ug/kg/min iv over 40 min", "0.1 ug/kg/min", "a rate", ""),
    (f"{HALF}, clonidine", "clonidine", "without a dose", ""),
    ("0.5 mg/kg iv, clonidine 0.2 mg oral 60 min before", "0.5 mg/kg iv", "how fast", CLONIDINE),
    ("0.5 mg/kg ivv over 40 min, clonidine 0.2 mg oral 60 min before", "ivv", "unknown route", CLONIDINE),
    (
        f"clonidine 0.2 mg oral 60 min before {HALF}",
        "clonidine 0.2 mg oral 60 min before",
        "before ketamine",
        CLONIDINE,
    ),
    ("midazolam 5 mg iv bolus", "midazolam", "unknown drug", ""),
]


@pytest.mark.parametrize(("sentence", "fault", "words", "paste"), WRONG, ids=[one[0][:70] for one in WRONG])
def test_a_mistake_is_shown_at_its_place_with_the_fix(sentence: str, fault: str, words: str, paste: str) -> None:
    with pytest.raises(WrongUse) as caught:
        parse(sentence)
    assert words in caught.value.given
    shown, mark = caught.value.given.splitlines()[-2:]
    marked = shown[mark.index("^") : mark.rindex("^") + 1]
    assert marked.strip() == fault
    assert paste in caught.value.paste
    assert bool(caught.value.paste) == bool(paste)
    if paste:
        parse(caught.value.paste.removeprefix('ketworks run "').removesuffix('"'))


def test_a_misspelt_ketamine_is_not_taken_for_another_drug() -> None:
    with pytest.raises(WrongUse) as caught:
        parse("esketamine 56 mg nasal; esketamin 84 mg nasal weekly x 4 from 3 d")
    assert "beside" not in caught.value.given


companions = st.builds(
    Companion,
    drug=st.just("diazepam"),
    amount=st.floats(*accepted("diazepam", "mg")),
    unit=st.just("mg"),
    route=st.sampled_from(ROUTES),
    before=st.one_of(st.just(0.0), st.floats(1e-3, 1440.0), st.floats(-1440.0, -1e-3)),
    first_only=st.booleans(),
)


@given(st.lists(companions, max_size=3), st.sampled_from([HALF, "esketamine 84 mg nasal, twice weekly for 4 weeks"]))
def test_any_company_reads_back(company: list[Companion], alone: str) -> None:
    sentence = ", ".join([alone, *(str(one) for one in company)])
    found = parse(sentence)
    assert found.company == tuple(company)
    assert str(found) == sentence


@pytest.mark.parametrize("drug", GIVEN)
def test_every_drug_has_limits_and_is_read_by_its_name(drug: str) -> None:
    low, high = accepted(drug, "mg")
    assert 0.0 < low < high
    assert parse(f"{HALF}, {drug} {high:g} mg iv").company[0].drug == drug
    assert {key.rpartition(".")[2] for key in parameters() if ".beside_" in key} == set(GIVEN)
    assert set(SPELLINGS.values()) == set(GIVEN)


def test_toml_says_the_same() -> None:
    text = """
dose = "0.5 mg/kg"
route = "iv"
over = "40 min"
often = "twice weekly"
for = "2 weeks"
[[with]]
drug = "clonidine"
dose = "0.2 mg"
route = "oral"
before = "60 min"
[[with]]
drug = "ondansetron"
dose = "4 mg"
route = "iv"
over = "5 min"
first = true
"""
    expected = (
        f"{HALF}, twice weekly for 2 weeks, clonidine 0.2 mg oral 60 min before,"
        " ondansetron 4 mg iv over 5 min with the first dose"
    )
    assert from_toml(text) == parse(expected)
    assert str(from_toml(text)) == expected


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ('drug = "clonidin"\ndose = "0.2 mg"\nroute = "oral"', "clonidin"),
        ('drug = "clonidine"\nroute = "oral"', "without dose or route"),
        ('drug = "clonidine"\ndose = "0.2 mg"\nroute = "oral"\nbefore = "1 h"\nafter = "1 h"', "together"),
        ('drug = "clonidine"\ndose = "0.2 mg"\nroute = "oral"\nfirst = 1', "first"),
        ('drug = "clonidine"\ndose = "0.2 mg"\nroute = "oral"\nevery = "1 d"', "unknown key"),
        ('dose = "0.2 mg"\nroute = "oral"', "drug under"),
    ],
)
def test_wrong_toml_keys_are_named(keys: str, words: str) -> None:
    with pytest.raises(WrongUse, match=words):
        from_toml(f'dose = "0.5 mg/kg"\nroute = "iv"\nover = "40 min"\n[[with]]\n{keys}\n')


def test_an_event_table_refuses_other_drugs_and_offers_ketamine_alone() -> None:
    with pytest.raises(WrongUse, match="clonidine beside ketamine") as caught:
        tabulate(parse(CLONIDINE), 70.0)
    assert caught.value.nearest == HALF


def test_the_command_tells_the_other_drugs(ketworks: Ketworks) -> None:
    told = ketworks("events", CLONIDINE).out
    assert "beside it 1 dose of other drugs" in told
    assert told.splitlines()[-1].split()[1:] == ["min", "clonidine", "0.2", "mg", "oral", "at", "once"]
    assert told.splitlines()[-1].split()[0] == "-60"
    found = json.loads(ketworks("events", CLONIDINE, "--json").out)
    assert found["regimen"] == CLONIDINE
    assert found["company"] == [
        {"time": -60.0, "drug": "clonidine", "route": "oral", "amount": 0.2, "amount_unit": "mg", "duration": 0.0}
    ]
    assert "company" not in json.loads(ketworks("events", HALF, "--json").out)


@pytest.mark.parametrize(
    "words",
    [
        {"drug": "aspirin"},
        {"unit": "g"},
        {"route": "oral-pr"},
        {"amount": float("nan")},
        {"before": float("inf")},
        {"before": 2000.0},
        {"duration": 5.0},
        {"duration": -1.0, "route": "iv"},
    ],
)
def test_what_no_sentence_could_say_is_refused(words: dict[str, object]) -> None:
    usual: dict[str, object] = {"drug": "clonidine", "amount": 0.2, "unit": "mg", "route": "oral", "before": 60.0}
    with pytest.raises(WrongUse):
        Companion(**(usual | words))  # type: ignore[arg-type]
