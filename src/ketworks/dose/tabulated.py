"""A regimen as an event table in NONMEM's columns, which reads back to the same doses."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ketworks.dose.limits import parameters
from ketworks.dose.regimen import DoseEvent, Regimen
from ketworks.errors import WrongUse, unknown
from ketworks.events.table import CANONICAL, TIME_UNITS, EventTable

_REPEAT = 3  # doses at equal distances from which one record with ADDL and II says them better than one each


class _Record(NamedTuple):
    """A dose and how often it comes again; times in min."""

    event: DoseEvent
    again: int = 0
    every: float = 0.0


def tabulate(regimen: Regimen, weight_kg: float, time_unit: str = "min") -> EventTable:
    """The doses as records: amounts in mg of base, ``RATE`` and ``DUR`` of infusions, ``ADDL`` and ``II`` of repeats.

    ``DUR`` is not NONMEM's; it is what is read back exactly. ``CMT`` is 0, the model's usual compartment, and the label
    ``ROUTE`` says the route. A table of doses by body weight has the covariate ``WT``.

    Args:
        regimen: what is given.
        weight_kg: for doses in mg/kg.
        time_unit: of all times, ``min``, ``h`` or ``d``; minutes are exact.

    Raises:
        WrongUse: another unit of time, or other drugs beside ketamine.
    """
    if time_unit not in TIME_UNITS:
        raise unknown("time unit", time_unit, TIME_UNITS)
    if regimen.company:
        without = replace(regimen, company=())
        raise WrongUse(
            f"{regimen.company[0].drug} beside ketamine in an event table",
            "a regimen of ketamine alone: CMT and AMT of such a table are one drug's",
            str(without),
            f'ketworks events "{without}" --to plan.csv',
        )
    minutes = TIME_UNITS[time_unit]
    records = _records(regimen.events(), minutes)
    count = len(records)
    columns = {name: np.zeros(count) for name in CANONICAL[1:]}
    for row, (event, again, every) in enumerate(records):
        columns["TIME"][row] = _in_unit(event.time, minutes)
        columns["AMT"][row] = _milligrams(event, weight_kg)
        columns["DUR"][row] = _in_unit(event.duration, minutes)
        columns["ADDL"][row], columns["II"][row] = again, _in_unit(every, minutes)
    lasting = columns["DUR"] > 0
    np.divide(columns["AMT"], columns["DUR"], out=columns["RATE"], where=lasting)
    columns["EVID"][:] = columns["MDV"][:] = 1.0
    columns["DV"][:] = math.nan
    by_weight = any(event.amount_unit == "mg/kg" for event, *_ in records)
    covariates = {"WT": np.full(count, weight_kg)} if by_weight else {}
    routes = tuple(event.route for event, *_ in records)
    given = (*CANONICAL, *covariates, "ROUTE")
    line = np.arange(2, count + 2)
    person = np.zeros(count, np.int64)
    return EventTable(("1",), person, line, columns, covariates, {"ROUTE": routes}, given, time_unit)


def _milligrams(event: DoseEvent, weight_kg: float) -> float:
    mass = event.amount * weight_kg if event.amount_unit == "mg/kg" else event.amount
    return mass / parameters()["dose.hydrochloride_factor"].canonical if event.salt == "hcl" else mass


def _records(events: tuple[DoseEvent, ...], minutes: float) -> list[_Record]:
    """One record for equal doses at equal distances, one for each other dose; in order of time."""
    alike: dict[tuple[object, ...], list[DoseEvent]] = {}
    for event in events:
        alike.setdefault((event.route, event.amount, event.amount_unit, event.duration), []).append(event)
    found: list[_Record] = []
    for doses in alike.values():
        while doses:
            run = _evenly(doses, minutes)
            every = run[1].time - run[0].time if len(run) > 1 else 0.0
            found.append(_Record(run[0], len(run) - 1, every))
            doses = doses[len(run) :]
    return sorted(found, key=lambda record: record.event.time)


def _evenly(doses: list[DoseEvent], minutes: float) -> list[DoseEvent]:
    """The first dose with those that follow it at one distance, where one record reads back to exactly their times."""
    gaps = [later.time - earlier.time for earlier, later in pairwise(doses)]
    length = 1 + next((i for i, gap in enumerate(gaps) if gap != gaps[0]), len(gaps))
    if length < _REPEAT or gaps[0] <= 0:
        return doses[:1]
    start, every = (_in_unit(value, minutes) * minutes for value in (doses[0].time, gaps[0]))
    told = [start + k * every for k in range(length)]
    return doses[:length] if told == [dose.time for dose in doses[:length]] else doses[:1]


def _in_unit(value: float, minutes: float) -> float:
    """A time in the table's unit that leads back to the same minutes, where a number does."""
    near = value / minutes
    others = (near, math.nextafter(near, math.inf), math.nextafter(near, -math.inf))
    return next((one for one in others if one * minutes == value), near)
