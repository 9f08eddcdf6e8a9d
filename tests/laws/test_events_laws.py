"""Laws of the event engine: mass, superposition, steady state as a limit, resets, people apart, round trips."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketworks.errors import WrongUse
from ketworks.events import Choices, LinearModel, amounts, csv_text, explain, predict, read

ORAL = {"KA": 1.1, "CL": 4.2, "V": 31.0, "Q2": 2.5, "V2": 55.0, "Q3": 0.6, "V3": 21.0}
MODEL = LinearModel.named("three oral")
CLOSED = LinearModel.explicit(
    ["depot", "central", "far", "gone"],
    {
        ("depot", "central"): "KA",
        ("central", "gone"): "CL/V",
        ("central", "far"): "Q/V",
        ("far", "central"): "Q/V2",
    },
    {"central": "V"},
)
RATES = st.floats(1e-3, 1e3)
TIME = st.integers(0, 400).map(lambda n: n / 4)
HEADER = "TIME,EVID,CMT,AMT,RATE,DUR,ADDL,II,SS\n"


@st.composite
def doses(draw, most=4, until=100.0):
    """Rows of doses, as tuples of cells in the order of the header."""
    rows = []
    for _ in range(draw(st.integers(1, most))):
        amount = draw(st.integers(1, 200))
        kind = draw(st.sampled_from(["bolus", "rate", "dur"]))
        rate = amount / draw(st.integers(1, 40)) if kind == "rate" else 0
        lasts = draw(st.integers(1, 40)) if kind == "dur" else 0
        addl = draw(st.integers(0, 5))
        interval = draw(st.integers(1, 30)) if addl else 0
        rows.append((draw(TIME), 1, draw(st.integers(1, 2)), amount, rate, lasts, addl, interval, 0))
    return rows


def table_of(rows, looks=()):
    every = [*rows, *((time, 0, 2, 0, 0, 0, 0, 0, 0) for time in looks)]
    every.sort(key=lambda row: row[0])
    return read(HEADER + "".join(",".join(map(repr, row)) + "\n" for row in every))


@given(doses(), st.tuples(RATES, RATES, RATES), st.floats(0.0, 5.0), st.floats(0.1, 2.0))
def test_nothing_is_lost_and_nothing_made(rows, rates, lag, share):
    """All compartments together hold what has entered: doses x share, infusions as far as they have run; to 1e-8."""
    looks = [0.0, 3.1, 17.0, 50.5, 99.0, 300.0]
    table = table_of(rows, looks)
    ka, cl, q = rates
    given_values = {"KA": ka, "CL": cl, "V": 10.0, "Q": q, "V2": 30.0, "ALAG1": lag, "F1": share}
    held = amounts(CLOSED, table, given_values).sum(axis=1)
    for row in np.flatnonzero(table["EVID"] == 0):
        now, entered = table["TIME"][row], 0.0
        for time, _, place, amount, rate, lasts, addl, interval, _ in rows:
            first, part = (time + lag, share) if place == 1 else (time, 1.0)
            for k in range(addl + 1):
                since = now - first - k * interval
                long = amount * part / rate if rate else lasts
                # at the very instant of a dose at its own record, rows sorted before the observation have happened
                if since >= -1e-12:
                    entered += amount * part * (min(max(since, 0.0) / long, 1.0) if long else 1.0)
        assert held[row] == pytest.approx(entered, rel=1e-8, abs=1e-9)


@given(doses(), doses())
def test_doses_together_are_the_sum_of_doses_apart(first, second):
    looks = [0.0, 1.3, 20.7, 64.0, 130.0]

    def seen(rows):
        table = table_of(rows, looks)
        return amounts(MODEL, table, ORAL)[table["EVID"] == 0]

    np.testing.assert_allclose(seen([*first, *second]), seen(first) + seen(second), rtol=1e-9, atol=1e-9)


@given(doses(), st.floats(0.01, 100.0))
def test_amounts_are_proportional_to_doses(rows, factor):
    table = table_of(rows, [2.0, 30.0])
    columns = {**table.columns, "AMT": table["AMT"] * factor, "RATE": table["RATE"] * factor}
    more = amounts(MODEL, replace(table, columns=columns), ORAL)
    np.testing.assert_allclose(more, factor * amounts(MODEL, table, ORAL), rtol=1e-9, atol=1e-12)


@given(doses())
def test_additional_doses_are_doses_written_out(rows):
    looks = [2.1, 40.7, 90.3]
    written = [
        (row[0] + k * row[7], *row[1:6], 0, 0, 0)
        for row in rows
        for k in range(row[6] + 1)
        if row[0] + k * row[7] <= 150
    ]
    short, long = table_of(rows, looks), table_of(written, looks)
    found = amounts(MODEL, short, ORAL)[short["EVID"] == 0]
    wanted = amounts(MODEL, long, ORAL)[long["EVID"] == 0]
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-10)


STEADY = [(0, 0), (20, 0), (0, 5), (10, 0), (0, 8), (3, 0), (0, 21)]  # rate, duration; an interval of 8


@pytest.mark.parametrize(("rate", "lasts"), STEADY)
@pytest.mark.parametrize("lag", [0.0, 2.5, 8.0])
def test_steady_state_is_what_many_doses_lead_to(rate, lasts, lag):
    """300 doses every 8 h, then 3 more, against one SS record and ADDL 3; also with a lag and overlapping infusions."""
    values, many = {**ORAL, "ALAG2": lag}, 300
    looks = [many * 8 + time for time in (0.25, 2.4, 2.6, 7.9, 8.1, 19.0, 31.0, 60.0)]
    long = table_of([(0.0, 1, 2, 80, rate, lasts, many + 3, 8, 0)], looks)
    short = table_of([(many * 8.0, 1, 2, 80, rate, lasts, 3, 8, 1)], looks)
    found = amounts(MODEL, short, values)[short["EVID"] == 0]
    wanted = amounts(MODEL, long, values)[long["EVID"] == 0]
    np.testing.assert_allclose(found, wanted, rtol=1e-9)


def test_a_constant_infusion_is_what_a_long_one_leads_to():
    looks = [5000.0, 5003.0, 5050.0]
    long = table_of([(0.0, 1, 2, 5000, 1, 0, 0, 0, 0)], looks)
    short = table_of([(5000.0, 1, 2, 0, 1, 0, 0, 0, 1)], looks)
    found = amounts(MODEL, short, ORAL)[short["EVID"] == 0]
    np.testing.assert_allclose(found, amounts(MODEL, long, ORAL)[long["EVID"] == 0], rtol=1e-9)


def test_two_steady_states_add_up():
    """SS 2 on top of SS 1: a day with 20 at 8 h and 10 at 20 h, for ever."""
    looks = [25.0, 31.0]
    added = table_of([(8.0, 1, 1, 20, 0, 0, 3, 24, 1), (20.0, 1, 1, 10, 0, 0, 3, 24, 2)], looks)
    days = [
        (24.0 * day + hour, 1, 1, amount, 0, 0, 0, 0, 0)
        for day in range(-60, 1)
        for hour, amount in ((8, 20), (20, 10))
    ]
    long = table_of([(time + 1440.0, *rest) for time, *rest in days], [time + 1440.0 for time in looks])
    found = amounts(MODEL, added, ORAL)[added["EVID"] == 0]
    np.testing.assert_allclose(found, amounts(MODEL, long, ORAL)[long["EVID"] == 0], rtol=1e-9)


@given(doses(), doses(), st.sampled_from([3, 4]))
def test_after_a_reset_nothing_is_left(before, after, evid):
    looks = [1.0, 20.0, 120.0]
    start = (0.0, 4, 1, 50, 0, 0, 0, 0, 0) if evid == 4 else (0.0, 3, 0, 0, 0, 0, 0, 0, 0)
    fresh = table_of([start, *after], looks)
    rows = csv_text(table_of(before, [150.0])).splitlines() + csv_text(fresh).splitlines()[1:]
    both = read("\n".join(rows) + "\n")
    np.testing.assert_array_equal(amounts(MODEL, both, ORAL)[-len(fresh) :], amounts(MODEL, fresh, ORAL))


@given(st.lists(doses(most=2), min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_people_do_not_influence_one_another(people, random):
    """Bit for bit the same alone, together, and in another order."""
    apart = [csv_text(table_of(rows, [4.0, 50.0])).splitlines() for rows in people]
    values = {**ORAL, "ALAG1": 0.7}
    alone = [predict(MODEL, read("\n".join(lines) + "\n"), values) for lines in apart]
    order = list(range(len(people)))
    random.shuffle(order)
    rows = [f"{name}{line[1:]}" for name in order for line in apart[name][1:]]
    together = read("\n".join([apart[0][0], *rows]) + "\n")
    np.testing.assert_array_equal(predict(MODEL, together, values), np.concatenate([alone[name] for name in order]))


@given(doses(), st.integers(1, 4))
def test_replicates_are_what_each_would_be_alone(rows, count):
    table = table_of(rows, [3.0, 70.0])
    clearance = np.linspace(1.0, 9.0, count)[:, None]
    lag = np.linspace(0.0, 3.0, count)[:, None]
    together = predict(MODEL, table, {**ORAL, "CL": clearance, "ALAG1": lag})
    assert together.shape == (count, len(table))
    for number in range(count):
        one = {**ORAL, "CL": clearance[number, 0], "ALAG1": lag[number, 0]}
        np.testing.assert_array_equal(together[number], predict(MODEL, table, one))


def test_many_replicates_are_solved_in_blocks(monkeypatch):
    from ketworks.events import solution

    table = table_of([(0.0, 1, 1, 100, 0, 0, 3, 24, 0)], [1.0, 30.0])
    values = {**ORAL, "CL": np.linspace(1, 9, 23)[:, None]}
    whole = predict(MODEL, table, values)
    monkeypatch.setattr(solution, "_AT_ONCE", 5)
    np.testing.assert_array_equal(predict(MODEL, table, values), whole)


@given(doses(), st.floats(1.0, 500.0))
def test_moving_all_times_changes_nothing(rows, shift):
    looks = [2.0, 33.0]
    later = [(row[0] + shift, *row[1:]) for row in rows]
    here, there = table_of(rows, looks), table_of(later, [time + shift for time in looks])
    np.testing.assert_allclose(amounts(MODEL, there, ORAL), amounts(MODEL, here, ORAL), rtol=1e-9, atol=1e-9)


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=8)


@given(
    doses(), st.lists(NAMES.filter(lambda name: name.strip() == name), min_size=1, max_size=3, unique=True), st.data()
)
def test_a_written_table_reads_back_the_same(rows, people, data):
    number = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.just(float("nan")))
    one = table_of(rows, [1.0 / 3.0])
    count = len(one) * len(people)
    columns = {name: np.tile(values, len(people)) for name, values in one.columns.items()}
    columns["DV"] = np.array(data.draw(st.lists(number, min_size=count, max_size=count)))
    weights = np.array(data.draw(st.lists(number, min_size=count, max_size=count)))
    table = replace(
        one,
        people=tuple(people),
        person=np.repeat(np.arange(len(people)), len(one)),
        line=np.arange(count),
        columns=columns,
        covariates={"WT": weights},
        labels={"SITE": tuple(data.draw(st.lists(NAMES, min_size=count, max_size=count)))},
        given=("ID", *one.given),
        time_unit="h",
    )
    again = read(csv_text(table), Choices(labels=["SITE"]))
    assert again.people == table.people
    assert again.labels["SITE"] == tuple(word.strip() for word in table.labels["SITE"])
    assert again.time_unit == "h"
    for name in [*table.columns, "WT"]:
        np.testing.assert_array_equal(again[name], table[name])
    assert explain(again) == explain(table)


CELLS = st.sampled_from(["0", "1", "2", "4", "35", "-1", "-2", ".", "", "x", "1e9", "24", "10:30", "3,5", "nan"])


@given(st.lists(st.lists(CELLS, min_size=9, max_size=9), max_size=6))
def test_no_table_does_anything_but_read_and_solve_or_be_refused(rows):
    text = HEADER + "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows)
    try:
        table = read(text)
        values = {**ORAL, **{f"{kind}{n}": 2.0 for kind in "RD" for n in range(1, 5)}}
        found = predict(MODEL, table, values)
    except WrongUse as refusal:
        found, told = None, (refusal.given, refusal.expected)
    if found is None:
        assert all(told)
        return
    assert np.all(np.isfinite(found))
    assert len(explain(table)) == 1
    assert len(read(csv_text(table))) == len(table)
