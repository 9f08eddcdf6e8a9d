"""Dose sentences read into the events that a clinician would expect, and read back."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ketworks.dose import DoseEvent, Regimen, parse
from ketworks.dose.limits import parameters
from ketworks.dose.misread import KINDS
from ketworks.dose.route import ROUTES
from ketworks.errors import WrongUse

DAY = 1440.0


def event(time, amount, unit="mg/kg", duration=0.0, route="iv", drug="ketamine", salt="base"):
    return DoseEvent(time, drug, salt, route, amount, unit, duration)


ISSUE_SENTENCES = {
    "0.5 mg/kg iv over 40 min": [event(0, 0.5, duration=40)],
    "35 mg iv bolus": [event(0, 35, "mg")],
    "0.5 mg/kg iv over 40 min, twice weekly for 3 weeks": [
        event(d * DAY, 0.5, duration=40) for d in (0, 3, 7, 10, 14, 17)
    ],
    "esketamine 84 mg nasal, twice weekly for 4 weeks": [
        event(d * DAY, 84, "mg", route="nasal", drug="esketamine") for d in (0, 3, 7, 10, 14, 17, 21, 24)
    ],
    "0.5 mg/kg im": [event(0, 0.5, route="im")],
    "0.25 mg/kg sc": [event(0, 0.25, route="sc")],
    "50 mg sublingual": [event(0, 50, "mg", route="sublingual")],
    "100 mg oral": [event(0, 100, "mg", route="oral")],
    "0.1 mg/kg/h iv for 4 d": [event(0, 9.6, duration=4 * DAY)],
    "0.28 mg/kg/h iv for 60 min then 0.57 mg/kg/h for 60 min then 1.14 mg/kg/h for 60 min": [
        event(0, 0.28, duration=60),
        event(60, 0.57, duration=60),
        event(120, 1.14, duration=60),
    ],
    "0.5 mg/kg iv over 40 min at 0, 2, 4, 7, 9, 11 d": [event(d * DAY, 0.5, duration=40) for d in (0, 2, 4, 7, 9, 11)],
}


@pytest.mark.parametrize("sentence", ISSUE_SENTENCES)
def test_a_sentence_gives_its_events_and_reads_back(sentence):
    regimen = parse(sentence)
    assert [(e.time, e.route, e.amount_unit, e.duration) for e in regimen.events()] == [
        (e.time, e.route, e.amount_unit, e.duration) for e in ISSUE_SENTENCES[sentence]
    ]
    for found, wanted in zip(regimen.events(), ISSUE_SENTENCES[sentence], strict=True):
        assert found.amount == pytest.approx(wanted.amount, rel=1e-12)
        assert (found.drug, found.salt) == (wanted.drug, wanted.salt)
    assert str(regimen) == sentence
    assert parse(str(regimen)) == regimen


@pytest.mark.parametrize(
    ("variant", "canonical"),
    [
        ("0.5mg/kg IV over 40min", "0.5 mg/kg iv over 40 min"),
        ("500 mcg/kg i.v. over 40 minutes", "0.5 mg/kg iv over 40 min"),
        ("500 µg/kg intravenous over 40 min", "0.5 mg/kg iv over 40 min"),
        ("ketamine 0.5 mg per kg iv infusion over 40 min.", "0.5 mg/kg iv over 40 min"),
        ("iv, 0.5 mg/kg, over 40 min", "0.5 mg/kg iv over 40 min"),
        ("0.5 mg/kg iv at 0.75 mg/kg/h over 40 min", "0.5 mg/kg iv over 40 min"),
        ("0.5 mg/kg iv at 0.75 mg/kg/h", "0.5 mg/kg iv over 40 min"),
        ("5 ug/kg/min iv for 2 h", "0.3 mg/kg/h iv for 2 h"),
        ("0.1 g oral", "100 mg oral"),
        ("1.68 g/d iv for 4 d", "70 mg/h iv for 4 d"),
        ("35 mg iv over 30 s", "35 mg iv over 0.5 min"),
        ("racemic ketamine HCl 50 mg by mouth", "ketamine HCl 50 mg oral"),
        ("S-ketamine 0.25 mg/kg iv over 40 min", "esketamine 0.25 mg/kg iv over 40 min"),
        ("(S)-ketamine hydrochloride 28 mg intranasal", "esketamine HCl 28 mg nasal"),
        ("84 mg esketamine base intranasally", "esketamine 84 mg nasal"),
        ("R-ketamine 0.5 mg/kg iv over 40 min", "arketamine 0.5 mg/kg iv over 40 min"),
        ("0.5 mg/kg iv over 40 min q3d x 6", "0.5 mg/kg iv over 40 min, every 3 d x 6"),
        ("0.5 mg/kg iv over 40 min every 3 days for 2 weeks", "0.5 mg/kg iv over 40 min, every 3 d for 14 d"),
        ("0.5 mg/kg iv over 40 min daily for 5 days", "0.5 mg/kg iv over 40 min, daily for 5 d"),
        ("0.5 mg/kg iv over 40 min once a week x 6", "0.5 mg/kg iv over 40 min, once weekly for 6 weeks"),
        ("0.5 mg/kg iv over 40 min once weekly for 6 doses", "0.5 mg/kg iv over 40 min, once weekly for 6 weeks"),
        ("0.5 mg/kg iv over 40 min thrice weekly x 5", "0.5 mg/kg iv over 40 min, three times weekly x 5"),
        ("0.5 mg/kg iv over 40 min 3x/week for 2 wk", "0.5 mg/kg iv over 40 min, three times weekly for 2 weeks"),
        ("50 mg oral three times daily for 2 d", "50 mg oral, every 8 h x 6"),
        ("50 mg oral bid for 1 d", "50 mg oral, every 12 h x 2"),
        ("50 mg oral every other day x 3", "50 mg oral, every 2 d x 3"),
        ("0.5 mg/kg iv over 40 min on days 1, 3 and 5", "0.5 mg/kg iv over 40 min at 0, 2, 4 d"),
        ("0.5 mg/kg iv over 40 min at 0 h, 90 min, 2 d", "0.5 mg/kg iv over 40 min at 0, 90, 2880 min"),
        ("0.5 mg/kg iv over 40 min at 0,2,4 d", "0.5 mg/kg iv over 40 min at 0, 2, 4 d"),
        (
            "0.3 mg/kg iv bolus, then 0.2 mg/kg/h for 60 min",
            "0.3 mg/kg iv bolus then 0.2 mg/kg/h for 60 min",
        ),
        (
            "0.3 mg/kg im followed by after 30 min 0.2 mg/kg/h iv for 1 h",
            "0.3 mg/kg im then after 30 min 0.2 mg/kg/h iv for 60 min",
        ),
        (
            "esketamine 56 mg nasal; 84 mg nasal, twice weekly for 4 weeks from day 4",
            "esketamine 56 mg nasal at 0 min; 84 mg nasal, twice weekly for 4 weeks from 3 d",
        ),
        (
            "esketamine 84 mg nasal twice weekly for 4 weeks, then weekly x 4 then every 2 weeks x 2",
            "esketamine 84 mg nasal, twice weekly for 4 weeks then once weekly for 4 weeks then every 14 d x 2",
        ),
    ],
)
def test_variants_say_the_same_as_their_canonical_sentence(variant, canonical):
    regimen = parse(variant)
    assert str(regimen) == canonical
    assert parse(canonical) == regimen


def test_weekly_patterns_have_the_stated_days():
    thrice = parse("0.5 mg/kg iv over 40 min three times weekly for 2 weeks")
    assert [e.time / DAY for e in thrice.events()] == [0, 2, 4, 7, 9, 11]
    twice = parse("0.5 mg/kg iv over 40 min twice weekly x 5")
    assert [e.time / DAY for e in twice.events()] == [0, 3, 7, 10, 14]


def test_for_holds_the_doses_that_start_before_its_end():
    assert [e.time / DAY for e in parse("50 mg oral every 3 d for 2 weeks").events()] == [0, 3, 6, 9, 12]
    assert [e.time / DAY for e in parse("50 mg oral every 7 d for 14 d").events()] == [0, 7]


def test_phases_follow_each_other_and_parts_share_one_clock():
    phases = parse("esketamine 84 mg nasal twice weekly for 1 week then once weekly for 2 weeks")
    assert [e.time / DAY for e in phases.events()] == [0, 3, 7, 14]
    parts = parse("50 mg oral at 3 h, 2 d; 35 mg iv bolus")
    assert [(e.time, e.route) for e in parts.events()] == [(0, "iv"), (180, "oral"), (2 * DAY, "oral")]
    assert parts.routes == ("oral", "iv")
    assert parts.drugs == ("ketamine",)


def test_end_is_the_end_of_the_last_event():
    assert parse("0.5 mg/kg iv over 40 min, daily for 2 d").end == DAY + 40
    assert parse("0.3 mg/kg iv bolus then after 10 min 0.2 mg/kg/h for 60 min").end == 70


def test_the_readback_says_what_words_could_hide():
    shown = parse("84 mg nasal esketamine twice weekly for 1 week").readback()
    assert "S-ketamine" in shown
    assert "milligrams of base" in shown
    assert "2 doses, starting at 0, 3 d" in shown


def test_explicit_events_read_back_as_a_sentence():
    events = [event(0, 0.5, duration=40), event(2 * DAY, 0.5, duration=40), event(3 * DAY, 0.75, duration=40)]
    regimen = Regimen.from_events(events)
    assert list(regimen.events()) == events
    assert str(regimen) == "0.5 mg/kg iv over 40 min at 0, 2 d; 0.75 mg/kg iv over 40 min at 3 d"
    assert parse(str(regimen)) == regimen


def test_overlapping_and_doubled_events_are_kept():
    events = [event(0, 1, duration=120), event(0, 1, duration=120), event(60, 1, duration=120)]
    regimen = Regimen.from_events(events)
    assert list(regimen.events()) == events
    assert parse(str(regimen)) == regimen


def test_a_pump_log_of_many_different_pieces_reads_back():
    events = [event(float(k), 0.01 + k * 1.1e-5, duration=1.0) for k in range(1000)]
    regimen = Regimen.from_events(events)
    assert list(regimen.events()) == events
    assert parse(str(regimen)) == regimen


def test_events_of_two_drugs_are_refused():
    with pytest.raises(WrongUse, match="one drug"):
        Regimen.from_events([event(0, 35, "mg"), event(60, 35, "mg", drug="esketamine")])
    with pytest.raises(WrongUse, match="without a dose"):
        Regimen.from_events([])


WORDS = {
    "over": "35 mg iv over 40 min",
    "for": "35 mg/h iv for 40 min",
    "then": "35 mg iv bolus then 10 mg/h for 60 min",
    "at": "50 mg oral at 0, 2 d",
    "and": "50 mg oral at 0 and 2 d",
    "every": "50 mg oral every 2 d x 3",
    "on days": "50 mg oral on days 1, 2",
    "from": "35 mg iv bolus; 50 mg oral daily x 2 from 2 d",
    "after": "35 mg iv bolus then after 5 min 35 mg bolus",
    "bolus": "35 mg iv bolus",
    "infusion": "35 mg iv infusion over 40 min",
    "base": "base 50 mg oral",
    "HCl": "HCl 50 mg oral",
    "x": "50 mg oral daily x 3",
    "doses": "50 mg oral daily for 3 doses",
}


def test_every_word_offered_as_nearest_reads_somewhere():
    for word in KINDS["route"]:
        parse(f"50 mg {word}{' bolus' if word in ('iv', 'intravenous') else ''}")
    for word in KINDS["drug"]:
        parse(f"{word} 50 mg oral")
    for word in KINDS["word"]:
        parse(WORDS.get(word, f"50 mg oral {word} for 2 weeks"))
    for form in KINDS["form"]:
        assert any(_reads(f"50 mg {route} {form}") for route in ROUTES), form
    for unit in KINDS["unit"]:
        assert any(_reads(text.format(unit)) for text in UNIT_SETTINGS), unit


UNIT_SETTINGS = (
    "0.1 {} oral",
    "5 {} sc",
    "0.5 {} sc",
    "5000 {} sc",
    "0.02 {} iv for 60 min",
    "5 {} iv for 60 min",
    "50 mg oral at 0, 5 {}",
)


def _reads(text):
    try:
        parse(text)
    except WrongUse:
        return False
    return True


def test_limits_stand_in_order():
    rows = parameters()
    for key, row in rows.items():
        if key.startswith("dose.least"):
            assert 0 < row.value < rows[key.replace("least", "most", 1)].value


def test_importing_the_dose_language_loads_no_heavy_library():
    code = "import ketworks.dose, sys; print([m for m in ('jax', 'numpy', 'lark', 'pint') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
