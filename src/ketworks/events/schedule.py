"""What happens when: records, doses that enter later than their record, and ends of infusions, in NONMEM's order.

* Records of a person happen in the order of the table.
* A dose enters at its own record; with a lag, or as one of its additional doses, at a time between records. At the time
  of a record it enters before that record (so do mrgsolve and NONMEM), and an infusion ends before anything starts.
* A reset (EVID 3, 4) and a steady state that replaces (SS 1) cancel everything that was still to come.
* Lag and interval are those of the dose's record. Share that enters, modelled rate and modelled duration are those of
  the record that ends the interval in which the dose enters. A modelled rate that changes while it runs is refused.
* With RATE, amount times share lasts amount * share / RATE; with DUR or a modelled duration it lasts so long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse
from ketworks.events.faults import Faults
from ketworks.events.linear_model import LinearModel
from ketworks.events.meaning import said
from ketworks.events.table import EventTable
from ketworks.events.values import compartments

Array = NDArray[np.float64]
Index = NDArray[np.int64]

ENDS, BOLUS, STARTS, RECORD = 0, 1, 2, 3
_DIGITS = 14
_MOST_AT_ONCE, _MOST_DOSES = 10_000, 10_000_000


@dataclass(frozen=True)
class Doses:
    """Dose records; arrays are (replicates, doses) or (doses,).

    Attributes:
        record: which record each dose is.
        of_record: for each record its dose, or -1.
        compartment: where it goes.
        lag: time until it enters.
        amount: what enters at once or in all, with the share at the record.
        rate: input rate; 0 when it enters at once.
        duration: how long it lasts.
    """

    record: Index
    of_record: Index
    compartment: Index
    lag: Array
    amount: Array
    rate: Array
    duration: Array


@dataclass(frozen=True)
class Schedule:
    """All events of all courses (a person in a replicate), each course's together and in order.

    Attributes:
        first: first event of each course, and the number of events at the end.
        record: record that ends the interval before each event (or is the event).
        replicate: replicate of each event.
        gap: time since the event before.
        kind: ENDS, BOLUS, STARTS or RECORD.
        compartment: of a dose.
        size: amount of a bolus, rate of an infusion.
        doses: the dose records.
        running: earlier infusions of a steady state that its record finds running, (replicates, doses).
    """

    first: Index
    record: Index
    replicate: Index
    gap: Array
    kind: NDArray[np.int8]
    compartment: Index
    size: Array
    doses: Doses
    running: Array


class _Clock:
    """Times of the records within their epochs: what lies between two resets of one person."""

    def __init__(self, table: EventTable) -> None:
        time, evid = table["TIME"], table["EVID"]
        largest = float(time.max(initial=1.0))
        self.decimals = _DIGITS - int(np.ceil(np.log10(max(largest, 1.0)) + 1e-9))
        self.time = np.round(time, self.decimals)
        new = np.concatenate([[True], np.diff(table.person) != 0])
        epoch = np.cumsum(new | np.isin(evid, (3, 4)) | (table["SS"] == 1)) - 1
        last = np.concatenate([np.flatnonzero(np.diff(epoch)), [time.size - 1]])
        self.epoch, self.last = epoch, last[epoch]
        self.end = self.time[self.last]

    def same(self, time: Array, later: Array) -> NDArray[np.bool_]:
        """Whether ``time`` and ``time + later`` are one instant to the digits that times have."""
        one: NDArray[np.bool_] = np.round(time + later, self.decimals) == np.round(time, self.decimals)
        return one

    def governing(self, record: Index, time: Array) -> Index:
        """First record at or after ``time`` in the epoch of ``record``; -1 when there is none."""
        known = np.unique(np.concatenate([self.time, time]))
        count = known.size
        keys = self.epoch * count + np.searchsorted(known, self.time)
        found = np.searchsorted(keys, self.epoch[record] * count + np.searchsorted(known, time))
        inside = np.minimum(found, keys.size - 1)
        return np.where((found < keys.size) & (self.epoch[inside] == self.epoch[record]), inside, -1)


def schedule(model: LinearModel, table: EventTable, values: Mapping[str, Array], replicates: int) -> Schedule:
    """The events of every person in every replicate.

    Args:
        model: whose compartments are dosed.
        table: the records.
        values: parameters, each (replicates or 1, records).
        replicates: how many there are.

    Raises:
        WrongUse: a steady state that the lag or the rate does not allow, or a modelled rate that changes.
    """
    clock = _Clock(table)
    doses = _doses(model, table, values, replicates, clock)
    later = _later(table, doses, clock)
    parts = [_records(table, replicates, clock), *_entries(table, values, doses, later, clock)]
    parts.append(_own_ends(table, doses, clock))
    row, dose, ends = _still_running(table, doses, clock)
    parts.append(_ends(row, doses.record[dose], ends, doses.compartment[dose], doses.rate[row, dose], clock))
    running = np.zeros(doses.lag.shape)
    np.add.at(running, (row, dose), 1.0)
    replicate, record, time, kind, compartment, size = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((kind, time, replicate * len(table) + record))
    replicate, record, time = replicate[order], record[order], time[order]
    gap = np.diff(time, prepend=time[:1])
    course = replicate * len(table.people) + table.person[record]
    fresh = np.diff(replicate * (clock.epoch[-1] + 1) + clock.epoch[record], prepend=-1) != 0
    first = np.searchsorted(course, np.arange(replicates * len(table.people) + 1))
    gap = np.where(fresh, 0.0, gap)
    return Schedule(first, record, replicate, gap, kind[order], compartment[order], size[order], doses, running)


def extent(table: EventTable) -> int:
    """How many records and additional doses one replicate has, at most.

    Raises:
        WrongUse: more additional doses than can be computed.
    """
    clock, interval = _Clock(table), table["II"]
    room = np.divide(clock.end - clock.time, interval, out=np.zeros(len(table)), where=interval > 0)
    doses = np.where(table.is_dose, np.minimum(table["ADDL"], np.floor(room) + 1.0), 0.0)
    total = float(doses.sum())
    if total > _MOST_DOSES:
        most = int(doses.argmax())
        what = f"line {table.line[most]}: {doses[most]:.3g} additional doses until the last record, {total:.3g} in all"
        raise WrongUse(what, f"up to {_MOST_DOSES:,} in all; a longer II or a smaller ADDL, or an infusion")
    return len(table) + int(total)


_Part = tuple[Index, Index, Array, NDArray[np.int8], Index, Array]


def _part(replicate: Index, record: Index, time: Array, kind: int, compartment: Index, size: Array) -> _Part:
    return replicate, record, time, np.full(record.size, kind, np.int8), compartment, size


def _records(table: EventTable, replicates: int, clock: _Clock) -> _Part:
    count = len(table)
    replicate, record = np.repeat(np.arange(replicates), count), np.tile(np.arange(count), replicates)
    none = np.zeros(record.size, np.int64)
    return _part(replicate, record, clock.time[record], RECORD, none, np.zeros(record.size))


def _at(
    values: Mapping[str, Array], kind: str, compartment: Index, replicate: Index, record: Index, usual: float
) -> Array:
    """A parameter of doses, by compartment, at (replicate, record)."""
    found = np.full(np.broadcast_shapes(compartment.shape, replicate.shape, record.shape), usual)
    compartment, replicate, record = np.broadcast_arrays(compartment, replicate, record)
    for place in np.unique(compartment):
        array = values.get(f"{kind}{place + 1}")
        if array is not None:
            here = compartment == place
            found[here] = array[np.minimum(replicate[here], array.shape[0] - 1), record[here]]
    return found


def _input(
    table: EventTable, values: Mapping[str, Array], dosed: Index, compartment: Index, replicate: Index, record: Index
) -> tuple[Array, Array, Array]:
    """Amount, rate (0 at once) and duration of doses of the records ``dosed`` that enter when ``record`` governs."""
    amount = table["AMT"][dosed] * _at(values, "F", compartment, replicate, record, 1.0)
    code, duration = table["RATE"][dosed], table["DUR"][dosed]
    given = _at(values, "R", compartment, replicate, record, 0.0)
    rate = np.where(code > 0, code, np.where(code == -1, given, 0.0))
    lasts = np.where(
        code == -2, _at(values, "D", compartment, replicate, record, 0.0), np.where(code == 0, duration, 0.0)
    )
    shape = np.broadcast_shapes(amount.shape, rate.shape, lasts.shape)
    amount, rate, lasts = (np.broadcast_to(one, shape).copy() for one in (amount, rate, lasts))
    by_time, by_rate = lasts > 0, rate > 0
    rate[by_time] = amount[by_time] / lasts[by_time]
    lasts[by_rate] = amount[by_rate] / rate[by_rate]
    return amount, rate, lasts


def _doses(model: LinearModel, table: EventTable, values: Mapping[str, Array], replicates: int, clock: _Clock) -> Doses:
    record = np.flatnonzero(table.is_dose)
    of_record = np.full(len(table), -1)
    of_record[record] = np.arange(record.size)
    compartment = compartments(model, table, model.dose)[record]
    replicate = np.arange(replicates)[:, None]
    lag = _at(values, "ALAG", compartment, replicate, record, 0.0)
    lag = np.where(clock.same(clock.time[record], lag), 0.0, lag)
    amount, rate, duration = _input(table, values, record, compartment, replicate, record)
    _can_be(table, record, lag, rate, duration, amount)
    rate = np.where(clock.same(clock.time[record] + lag, duration) & (amount > 0), 0.0, rate)
    coded = (rate > 0) & (table["RATE"][record] == -1) & (lag == 0)
    _one_rate(table, values, (replicate, record, clock.time[record] + duration), (coded, compartment), clock)
    return Doses(record, of_record, compartment, lag, amount, rate, duration)


def _can_be(table: EventTable, record: Index, lag: Array, rate: Array, duration: Array, amount: Array) -> None:
    """Refuses what the model's parameters make of a dose where it has no meaning."""
    faults, line, code = Faults(), table.line[record], table["RATE"][record]
    interval, steady = table["II"][record], (table["SS"][record] > 0) & (table["AMT"][record] > 0)
    late = np.any(steady & (lag > interval), axis=0)
    worst = lag.max(axis=0, initial=0.0)
    expected = "a lag of at most II: NONMEM has no steady state with a longer one"
    faults.rows(late, line, lambda i: f"a steady state with II {said(interval[i])} and lag {said(worst[i])}", expected)
    for which, name in ((-1, "rate"), (-2, "duration")):
        still = np.any((code == which) & (table["AMT"][record] > 0) & (amount > 0) & ~(rate > 0), axis=0)
        words = f"RATE {which} with a modelled {name} of 0"
        faults.rows(still, line, lambda i, w=words: w, f"a modelled {name} above 0")  # type: ignore[misc]
    shared = np.any(_said_twice(table, record, duration), axis=0)
    faults.rows(shared, line, lambda i: _TWICE, _ONCE)
    faults.check()


_TWICE = "RATE and DUR of a dose whose share F is not 1"
_ONCE = "RATE alone (amount x share / RATE) or DUR alone (so long, whatever enters)"


def _said_twice(table: EventTable, record: Index, duration: Array) -> NDArray[np.bool_]:
    """Doses with RATE and DUR whose share makes the one contradict the other."""
    said_duration = table["DUR"][record]
    twice: NDArray[np.bool_] = (table["RATE"][record] > 0) & (said_duration > 0)
    return twice & (np.abs(duration - said_duration) > 1e-6 * said_duration)


def _later(table: EventTable, doses: Doses, clock: _Clock) -> tuple[Index, Index, Array]:
    """Replicate, dose and time of every dose that enters between records."""
    record = doses.record
    interval = table["II"][record]
    room = clock.end[record] - clock.time[record] - doses.lag
    left = np.divide(room, interval, out=np.zeros_like(room), where=interval > 0)
    more = np.minimum(table["ADDL"][record], np.maximum(np.floor(left) + 1.0, 0.0)).astype(np.int64)
    count = np.where(table["AMT"][record] > 0, more + 1, 0)  # a share of 0 here may be another one later
    replicate, dose, number = _each(count)
    lag = doses.lag[replicate, dose]
    time = np.round(clock.time[record[dose]] + lag + number * interval[dose], clock.decimals)
    kept = (number > 0) | (lag > 0)
    return replicate[kept], dose[kept], time[kept]


def _entries(
    table: EventTable, values: Mapping[str, Array], doses: Doses, later: tuple[Index, Index, Array], clock: _Clock
) -> list[_Part]:
    """Doses that enter between records: at once, or the starts and ends of infusions."""
    replicate, dose, time = later
    record = clock.governing(doses.record[dose], time)
    inside = record >= 0
    replicate, dose, time, record = replicate[inside], dose[inside], time[inside], record[inside]
    place = doses.compartment[dose]
    amount, rate, duration = _input(table, values, doses.record[dose], place, replicate, record)
    modelled = (table["RATE"][doses.record[dose]] < 0) & ~(rate > 0) & (amount > 0)
    if modelled.any():
        line = table.line[record[modelled][0]]
        raise WrongUse(f"line {line}: a modelled rate or duration of 0 when a dose enters", "a number above 0")
    twice = _said_twice(table, doses.record[dose], duration)
    if twice.any():
        raise WrongUse(f"line {table.line[doses.record[dose[twice][0]]]}: {_TWICE} when it enters", _ONCE)
    rate = np.where(clock.same(time, duration), 0.0, rate)
    at_once, lasting = (rate == 0) & (amount > 0), (rate > 0) & (amount > 0)
    coded = lasting & (table["RATE"][doses.record[dose]] == -1)
    _one_rate(table, values, (replicate, record, time + duration), (coded, place), clock)
    ends = _ends(
        replicate[lasting],
        doses.record[dose[lasting]],
        (time + duration)[lasting],
        place[lasting],
        rate[lasting],
        clock,
    )
    return [
        _part(replicate[at_once], record[at_once], time[at_once], BOLUS, place[at_once], amount[at_once]),
        _part(replicate[lasting], record[lasting], time[lasting], STARTS, place[lasting], rate[lasting]),
        ends,
    ]


def _ends(replicate: Index, dosed: Index, time: Array, place: Index, rate: Array, clock: _Clock) -> _Part:
    time = np.round(time, clock.decimals)
    record = clock.governing(dosed, time)
    kept = record >= 0
    return _part(replicate[kept], record[kept], time[kept], ENDS, place[kept], rate[kept])


def _own_ends(table: EventTable, doses: Doses, clock: _Clock) -> _Part:
    """Ends of infusions that start at their record."""
    replicate, dose = np.nonzero((doses.rate > 0) & (doses.amount > 0) & (doses.lag == 0))
    record = doses.record[dose]
    time = clock.time[record] + doses.duration[replicate, dose]
    return _ends(replicate, record, time, doses.compartment[dose], doses.rate[replicate, dose], clock)


def _still_running(table: EventTable, doses: Doses, clock: _Clock) -> tuple[Index, Index, Array]:
    """Replicate, dose and end of the infusions that a steady state finds running: begun before it, ending after."""
    interval = table["II"][doses.record]
    steady = (table["SS"][doses.record] > 0) & (doses.amount > 0) & (doses.rate > 0)
    last = np.divide(doses.lag + doses.duration, interval, out=np.zeros_like(doses.lag), where=steady)
    if last.max(initial=0.0) > _MOST_AT_ONCE:
        line = table.line[doses.record[int(last.max(axis=0).argmax())]]
        expected = f"up to {_MOST_AT_ONCE}; or a constant infusion: AMT 0 and II 0 with its RATE"
        raise WrongUse(f"line {line}: {last.max():.0f} infusions run at once at steady state", expected)
    replicate, dose, number = _each(np.ceil(last).astype(np.int64))
    since = doses.lag[replicate, dose] - (number + 1) * interval[dose] + doses.duration[replicate, dose]
    now = clock.time[doses.record[dose]]
    time = np.round(now + since, clock.decimals)
    kept = time > now
    return replicate[kept], dose[kept], time[kept]


def _each(count: Index) -> tuple[Index, Index, Index]:
    """Row, column and running number of every unit that a table of counts holds."""
    flat = count.ravel()
    row, column = np.divmod(np.repeat(np.arange(flat.size), flat), max(count.shape[-1], 1))
    return row, column, np.arange(row.size) - np.repeat(np.cumsum(flat) - flat, flat)


def _one_rate(
    table: EventTable,
    values: Mapping[str, Array],
    entered: tuple[Index, Index, Array],
    lasting: tuple[NDArray[np.bool_], Index],
    clock: _Clock,
) -> None:
    """Refuses a modelled rate (RATE -1) that changes while a dose runs: (replicate, record, end), (which, where)."""
    replicate, record, end = np.broadcast_arrays(*entered)
    which, place = np.broadcast_arrays(*lasting)
    for number in np.unique(place):
        array = values.get(f"R{number + 1}")
        if array is None or np.all(array == array[:, :1]):
            continue
        changes = np.cumsum(np.diff(array, axis=1, prepend=array[:, :1]) != 0, axis=1)
        mine = which & (place == number)
        start, row = record[mine], np.minimum(replicate[mine], array.shape[0] - 1)
        until = clock.governing(start, np.round(end[mine], clock.decimals))
        until = np.where(until < 0, clock.last[start], until)
        odd = np.flatnonzero(changes[row, until] != changes[row, start])
        if odd.size:
            lines = f"between line {table.line[start[odd[0]]]} and line {table.line[until[odd[0]]]}"
            expected = "one rate until the dose has entered, or a dose for each part of it"
            raise WrongUse(f"R{number + 1} changes while an infusion runs, {lines}", expected)
