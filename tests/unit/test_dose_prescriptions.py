"""Sentences as clinicians write them: read as meant, or refused with what to write, never with less than was said."""

from __future__ import annotations

import pytest

from ketworks.dose import parse
from ketworks.dose.phrases import PHRASES
from ketworks.errors import WrongUse

READ = [
    ("IM ketamine 4 mg/kg x1", "4 mg/kg im"),
    ("0.5 mg/kg IM once", "0.5 mg/kg im"),
    ("0.5 mg/kg IM single dose", "0.5 mg/kg im"),
    ("once 50 mg oral", "50 mg oral"),
    ("a bolus of 0.3 mg/kg iv followed by an infusion of 0.2 mg/kg/h for 60 min", None),
    ("0.5 mg/kg iv at a rate of 0.75 mg/kg/h", "0.5 mg/kg iv over 40 min"),
    ("240 mg/24 h sc for 3 d", "10 mg/h sc for 3 d"),
    ("240 mg/24h via syringe driver sc for 3 d", "10 mg/h sc for 3 d"),
    ("100 mg over 24 h CSCI", "100 mg sc over 1 d"),
    ("10 mg SC QID for 2 days", "10 mg sc, every 6 h x 8"),
    ("10 mg SC q.i.d. for 2 days", "10 mg sc, every 6 h x 8"),
    ("25 mg po TDS for 14 days", "25 mg oral, every 8 h x 42"),
    ("25 mg po t.i.d. for 14 days", "25 mg oral, every 8 h x 42"),
    ("25 mg oral BD for 14 days", "25 mg oral, every 12 h x 28"),
    ("50 mg suppository nightly for 5 days", "50 mg rectal, daily for 5 d"),
    ("100 mg sublingual lozenge at bedtime for 10 days", "100 mg sublingual, daily for 10 d"),
    ("50 mg oral once daily for 3 d", "50 mg oral, daily for 3 d"),
    ("50 mg oral once every 2 weeks for 8 weeks", "50 mg oral, every 14 d x 4"),
    ("0.5 mg/kg iv over 40 min three times weekly, 6 infusions", None),
    ("0.5 mg/kg iv over 40 min on day 1 and day 4", "0.5 mg/kg iv over 40 min at 0, 3 d"),
    ("ketamine racemate 0.5 mg/kg iv over 40 min", "0.5 mg/kg iv over 40 min"),
]


@pytest.mark.parametrize(("written", "canonical"), READ, ids=[case[0] for case in READ])
def test_a_usual_sentence_is_read(written, canonical):
    regimen = parse(written)
    assert canonical is None or str(regimen) == canonical
    assert parse(str(regimen)) == regimen


def test_articles_and_counts_of_infusions_lead_to_the_same_events():
    one = parse("a bolus of 0.3 mg/kg iv followed by an infusion of 0.2 mg/kg/h for 60 min")
    assert one == parse("0.3 mg/kg iv bolus then 0.2 mg/kg/h for 60 min")
    six = parse("0.5 mg/kg iv over 40 min three times weekly, 6 infusions")
    assert [event.time / 1440 for event in six.events()] == [0, 2, 4, 7, 9, 11]


REFUSED = [
    # sentence, part of the message, nearest
    ("0.5 mg/kg IBW iv over 40 min", "a weight other than", ""),
    ("0.5 mg/kg ideal body weight iv over 40 min", "a weight other than", ""),
    ("depot injection 50 mg im", "not known here", ""),
    ("80 mg oral delayed-release", "not known here", ""),
    (
        "0.1 to 0.3 mg/kg/h iv for 4 h",
        "the range",
        "0.1 mg/kg/h iv for 4 h  or  0.3 mg/kg/h iv for 4 h",
    ),
    ("10 mg sc prn", "as needed", ""),
    ("25 mg per nostril intranasal", "one nostril", ""),
    ("50 mg intranasal in each nostril", "one nostril", ""),
    ("0.5 mg/kg iv bolus then 0.6 mg/kg/h until end of surgery", "depends on what happens", ""),
    ("0.5 mg/kg iv over 40 min up to 60 mg", "a limit", ""),
    ("0.3 mg/kg slow iv push", "how slow", ""),
    ("0.3 mg/kg slow iv push over 5 min", "beside the time", "0.3 mg/kg iv over 5 min"),
    ("35 mg iv in 50 mL saline over 40 min", "a dilution", "35 mg iv over 40 min"),
    ("loading dose 0.3 mg/kg iv over 10 min", "'loading dose'", "0.3 mg/kg iv over 10 min"),
    (
        "0.3 mg/kg iv bolus, maintenance 0.15 mg/kg/h for 6 h",
        "when it starts",
        "0.3 mg/kg iv bolus, then 0.15 mg/kg/h for 6 h",
    ),
    (
        "0.1 mg/kg/h iv for 1 h then increase to 0.2 mg/kg/h for 1 h",
        "change of rate",
        "0.1 mg/kg/h iv for 1 h then 0.2 mg/kg/h for 1 h",
    ),
    (
        "0.1 mg/kg/h iv for 1 d then stop for 24 h then 0.1 mg/kg/h for 1 d",
        "a pause",
        "0.1 mg/kg/h iv for 1 d then after 24 h 0.1 mg/kg/h for 1 d",
    ),
    ("0.5 mg/kg im, repeat after 20 min", "not named", ""),
    ("0.5 mg/kg iv over 40 min on Monday and Friday", "day of the week", ""),
    (
        "0.1 mg/kg/h iv for 1 h, 0.2 mg/kg/h for 1 h, 0.3 mg/kg/h for 1 h",
        "a second rate",
        "0.1 mg/kg/h iv for 1 h then 0.2 mg/kg/h for 1 h then 0.3 mg/kg/h for 1 h",
    ),
    ("0.5 mg/kg/40 min iv", "unknown unit", "0.5 mg/kg over 40 min iv"),
    ("100 mg/12h sc infusion for 3 days", "unknown unit", ""),
    ("0.5 mg/kg iv x 40 min", "counts doses", "0.5 mg/kg iv over 40 min"),
    ("50 mg oral daily x 5 days", "counts doses", "50 mg oral daily for 5 days"),
    ("25 mg TDS po for 14 d", "after the calendar", "25 mg po TDS for 14 d"),
    (
        "esketamine 56 mg nasal twice weekly for 4 weeks then 84 mg weekly for 4 weeks",
        "a new dose after a calendar",
        "esketamine 56 mg nasal twice weekly for 4 weeks; 84 mg nasal weekly for 4 weeks from 28 d",
    ),
    (
        "35 mg im weekly for 2 weeks then every 2 weeks for 4 weeks, followed by 50 mg oral daily x 3",
        "a new dose after a calendar",
        "35 mg im weekly for 2 weeks then every 2 weeks for 4 weeks; 50 mg oral daily x 3 from 42 d",
    ),
    ("50 mg oral weekly x 2 then 84 mg nasal weekly x 2", "a new dose after a calendar", ""),
    ("56 mg nasal on day 1, then 84 mg twice weekly for 4 weeks", "do not say when", ""),
    ("0.5 mg/kg iv over 40 min then once every 2 weeks for 8 weeks", "no dose", ""),
    (
        "50 mg oral once twice weekly for 2 weeks",
        "given once that is repeated",
        "50 mg oral twice weekly for 2 weeks  or  50 mg oral once",
    ),
]


@pytest.mark.parametrize(("sentence", "message", "nearest"), REFUSED, ids=[case[0] for case in REFUSED])
def test_a_phrase_is_refused_and_what_changes_the_dose_is_not_dropped(sentence, message, nearest):
    with pytest.raises(WrongUse) as caught:
        parse(sentence)
    assert message in caught.value.given
    assert caught.value.nearest == nearest
    assert caught.value.expected


def test_every_phrase_is_met_by_a_sentence_above():
    told = {kind.what for kind in PHRASES}
    for sentence, *_ in REFUSED:
        with pytest.raises(WrongUse) as caught:
            parse(sentence)
        told -= {what for what in told if what in caught.value.given}
    assert not told


def test_a_rate_per_day_may_be_said_in_hours():
    assert parse("5 mg/kg/24 h iv for 2 d") == parse("5 mg/kg/day iv for 2 d")
