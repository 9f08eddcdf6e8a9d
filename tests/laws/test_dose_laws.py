"""Laws of the dose language: what is written reads back, nothing is lost, and no text breaks it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ketworks.dose import DoseEvent, Regimen, enantiomer_amounts, from_event_table, from_toml, parse
from ketworks.dose.calendar import At, Phase, Repeat
from ketworks.dose.course import Step
from ketworks.dose.form import FORM_ROUTES
from ketworks.dose.limits import accepted_range
from ketworks.dose.regimen import Part
from ketworks.dose.route import DRUGS, MAY_HAVE_RATE, MAY_LAST, ROUTES, SALTS
from ketworks.errors import WrongUse

DAY, WEEK = 1440.0, 10080.0

minutes = st.one_of(st.integers(1, 600).map(float), st.floats(0.1, 600.0))
pauses = st.floats(0.5, 300.0)


@st.composite
def steps(draw, routes=ROUTES):
    route = draw(st.sampled_from(routes))
    unit = draw(st.sampled_from(["mg", "mg/kg"]))
    lasts = route in MAY_LAST and draw(st.booleans())
    duration = draw(minutes) if lasts else 0.0
    if lasts and route in MAY_HAVE_RATE and draw(st.booleans()):
        unit += "/h"
    low, high = accepted_range(unit, route, duration)
    assume(low <= high)
    return Step(draw(st.floats(low, high)), unit, route, duration)


@st.composite
def courses(draw):
    further = [replace(draw(steps()), after=draw(pauses)) for _ in range(draw(st.integers(0, 2)))]
    return (draw(steps()), *further)


@st.composite
def phases(draw):
    if draw(st.booleans()):
        return Phase.counted(WEEK, draw(st.integers(1, 12)), draw(st.sampled_from([1, 2, 3])))
    period = draw(st.one_of(st.just(DAY), st.just(WEEK), st.floats(3000.0, 20_000.0)))
    return Phase(period, draw(st.floats(period, 60_000.0)))


@st.composite
def calendars(draw):
    if draw(st.booleans()):
        gaps = draw(st.lists(st.floats(3000.0, 20_000.0), max_size=4))
        moments = [0.0]
        for gap in gaps:
            moments.append(moments[-1] + gap)
        return At(tuple(moments))
    return Repeat(tuple(draw(st.lists(phases(), min_size=1, max_size=3))))


@st.composite
def regimens(draw):
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        try:
            parts.append(Part(draw(courses()), draw(calendars())))
        except WrongUse:
            assume(False)
    if len(parts) > 1 and isinstance(parts[-1].calendar, Repeat):
        parts[-1] = Part(parts[-1].steps, replace(parts[-1].calendar, start=draw(st.floats(0.0, 50_000.0))))
    return Regimen(tuple(parts), draw(st.sampled_from(DRUGS)), draw(st.sampled_from(SALTS)))


@given(regimens())
def test_what_is_written_reads_back(regimen):
    assert parse(str(regimen)) == regimen


@given(regimens())
def test_case_and_blanks_do_not_matter(regimen):
    sentence = str(regimen)
    assert parse(sentence.upper()) == regimen
    assert parse("  " + sentence.replace(" ", " \t ") + "\n") == regimen


RELEASES = {"oral-pr": ("prolonged release", "extended-release", "PR", "xr"), "oral": ("immediate release", "IR")}
ROUTE_WORDS = {"oral-pr": ("oral", "oral-pr", "po", "by mouth"), "nebulised": ("nebulised", "by nebuliser", "inhaled")}


@given(steps().filter(lambda step: not step.is_rate), st.data())
def test_forms_and_releases_in_any_order_change_nothing(step, data):
    said = step.says(False)
    forms = [form for form, routes in FORM_ROUTES.items() if step.route in routes and form != "infusion"]
    words = [data.draw(st.sampled_from(ROUTE_WORDS.get(step.route, (step.route,))))]
    if step.route == "oral-pr" or data.draw(st.booleans()):
        words += [data.draw(st.sampled_from(RELEASES[step.route]))] if step.route in RELEASES else []
    if data.draw(st.booleans()):
        words.append(data.draw(st.sampled_from(["", "as a ", "via "])) + data.draw(st.sampled_from(forms)))
    sentence = " ".join(data.draw(st.permutations([said, *words])))
    regimen = parse(sentence)
    assert regimen == parse(step.says(True))
    assert parse(str(regimen)) == regimen


@given(st.data(), st.sampled_from(sorted(FORM_ROUTES)), st.sampled_from(ROUTES))
def test_a_form_never_changes_a_route_it_does_not_go_with(data, form, route):
    regimen, error = refusal(parse, " ".join(data.draw(st.permutations(["50 mg", route, form]))))
    if error is None:
        assert regimen.routes == ("buccal" if (route, form) == ("oral", "film") else route,)
    else:
        assert form in error.given or route in error.given


@given(regimens())
def test_events_are_sorted_start_at_zero_and_end_in_time(regimen):
    events = regimen.events()
    assert events[0].time == 0.0
    assert list(events) == sorted(events, key=lambda event: event.time)
    assert regimen.end == pytest.approx(max(event.end for event in events), rel=1e-12)
    assert all(event.amount > 0 and event.drug == regimen.drug for event in events)


@given(regimens())
def test_explicit_events_survive_a_trip_through_a_sentence(regimen):
    def key(event):
        return (event.time, event.route, event.amount_unit, event.amount, event.duration)

    again = Regimen.from_events(regimen.events())
    for found, wanted in zip(sorted(map(key, again.events())), sorted(map(key, regimen.events())), strict=True):
        assert found[:3] + found[4:] == wanted[:3] + wanted[4:]
        assert found[3] == pytest.approx(wanted[3], rel=1e-15)
    assert parse(str(again)) == again


@given(steps(), st.floats(30.0, 200.0), st.floats(0.1, 1.0))
def test_amounts_are_linear_in_dose_and_weight(step, weight, share):
    event = DoseEvent(0.0, "ketamine", "base", step.route, step.total, step.total_unit, step.duration)
    whole = enantiomer_amounts(event, weight)
    part = enantiomer_amounts(replace(event, amount=event.amount * share), weight)
    assert part == pytest.approx([n * share for n in whole], rel=1e-12)
    if event.amount_unit == "mg/kg":
        assert enantiomer_amounts(event, weight * share) == pytest.approx(part, rel=1e-12)


@given(st.floats(0.05, 3.0), st.integers(10, 500), st.data())
def test_an_infusion_split_with_then_keeps_its_amount_and_end(rate, whole, data):
    first = data.draw(st.integers(1, whole - 1))
    one = parse(f"{rate} mg/kg/h iv for {whole} min")
    two = parse(f"{rate} mg/kg/h iv for {first} min then {rate} mg/kg/h for {whole - first} min")
    assert math.fsum(e.amount for e in two.events()) == pytest.approx(one.events()[0].amount, rel=1e-12)
    assert two.end == one.end


@given(st.floats(5.0, 300.0), st.integers(1, 300), st.lists(st.integers(1, 50), max_size=5), st.booleans())
def test_sentence_toml_and_table_agree(amount, lasts, gaps, as_rate):
    days = [sum(gaps[:k]) for k in range(len(gaps) + 1)]
    at = ", ".join(map(str, days)) + " d"
    sentence = parse(f"{amount!r} mg iv over {lasts} min at {at}")
    keys = from_toml(f'route = "iv"\ndose = "{amount!r} mg"\nover = "{lasts} min"\nat = "{at}"')
    assert keys == sentence
    given_as = f"{amount / lasts!r}" if as_rate else f"{lasts}"
    rows = "".join(f"{day * 1440},{amount!r},{given_as}\n" for day in days)
    table = from_event_table(f"TIME_MIN,AMT,{'RATE' if as_rate else 'DUR'}\n{rows}", route="iv")["1"]
    for found, wanted in zip(table.events(), sentence.events(), strict=True):
        assert found.duration == pytest.approx(wanted.duration, rel=1e-12)
        assert replace(found, duration=0.0) == replace(wanted, duration=0.0)


WORDS = "0.5 35 84 0 -1 1e999 nan , ; . mg mg/kg mg/kg/h ug/kg/min iv im nasal oral i.v. over for at on days then"
WORDS += " after x 6 every daily weekly twice from and base HCl ketamine esketamine bolus infusion 40 min h d weeks q3d"
WORDS += " oral-pr film tablet nasal spray solution prolonged release PR xr oromucosal suppository by as a injection mL"
WORDS += " devices sprays tablets (3 ) immediate in"
WORDS += " (S)- 0,5 banana times doses 2 4 / per kg starting day 00 9999999999999"


def refusal(read, text):
    """What is read, or the refusal; any other error passes through and fails the test."""
    try:
        return read(text), None
    except WrongUse as error:
        return None, error


@settings(max_examples=400)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS.split(" ")), max_size=14).map(" ".join)))
def test_no_text_does_anything_but_read_or_be_refused(text):
    regimen, error = refusal(parse, text)
    if error is None:
        assert parse(str(regimen)) == regimen
        return
    assert error.given
    assert error.expected
    if error.paste:
        parse(error.paste.removeprefix('ketworks run "').removesuffix('"'))


FORMS = ("tablet", "PR", "film", "sprays")
SPOILT = (
    *FORMS,
    *("3 x 2 mg", "mL", "(3)", "0", "banana", "intrathecal", "mg/lb", "and", "0,5", "-1", "then", ""),
)


@settings(max_examples=300)
@given(regimens(), st.data(), st.sampled_from(SPOILT))
def test_a_correction_keeps_what_stands_outside_the_fault(regimen, data, other):
    words = str(regimen).split(" ")
    index = data.draw(st.integers(0, len(words) - 1))
    _, error = refusal(parse, " ".join([*words[:index], other, *words[index + 1 :]]))
    for nearest in error.nearest.split("  or  ") if error is not None and error.nearest else ():
        corrected, no_sentence = refusal(parse, nearest)
        if no_sentence is None:
            assert corrected.drug == regimen.drug or words[index] == regimen.drug
            assert corrected.salt == regimen.salt or words[index] == "HCl"
            lost = {*regimen.routes} - {words[index].strip(",;")} - {*corrected.routes}
            assert len(lost) <= (other in FORMS)  # a form that contradicts a route may be kept in its place


@given(st.text(max_size=80))
def test_no_table_or_toml_text_breaks_its_reader(text):
    for read in (from_toml, lambda table: from_event_table(table, route="iv")):
        _, error = refusal(read, text)
        assert error is None or error.expected


@given(st.lists(st.lists(st.sampled_from(["0", "1", "35", "-1", ".", "", "x", "1e9"]), min_size=7, max_size=7)))
def test_no_event_table_breaks_its_reader(rows):
    table = "TIME_H,AMT,RATE,DUR,EVID,ADDL,II\n" + "\n".join(",".join(row) for row in rows)
    found, error = refusal(lambda text: from_event_table(text, route="iv"), table)
    assert error is None or error.expected
    assert all(parse(str(regimen)) == regimen for regimen in (found or {}).values())
