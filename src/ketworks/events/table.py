"""An event table: records of people in order, with NONMEM's columns as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import unknown

Numbers = NDArray[np.float64]

CANONICAL = ("ID", "TIME", "AMT", "RATE", "DUR", "EVID", "CMT", "ADDL", "II", "SS", "MDV", "DV")
"""NONMEM's columns in the order in which they are written."""

DOSING = ("AMT", "RATE", "DUR", "ADDL", "II", "SS")
"""Columns that only a dose may use."""

TIME_UNITS = {"min": 1.0, "h": 60.0, "d": 1440.0}
"""Minutes in each unit of time that a table may say."""

NO_ID = "no ID column: one person"
"""What is said of a table that does not say whose its records are."""


@dataclass(frozen=True, eq=False)
class EventTable:
    """Records of one or more people, in the order of the file; each person's records stand together.

    Attributes:
        people: the IDs as they were written, in order of appearance.
        person: for each record its index in ``people``, shape (records,).
        line: line of the file each record was read from.
        columns: ``TIME AMT RATE DUR EVID CMT ADDL II SS MDV DV``, each of shape (records,); a column that the file
            lacks is there with NONMEM's default. Only ``DV`` may be NaN.
        covariates: further columns of numbers, NaN where missing.
        labels: further columns of text.
        given: names of all columns of the file, in its order, in capitals.
        time_unit: ``min``, ``h``, ``d``, or empty when the file does not say it.
        notes: what the reader did that a user should know.
    """

    people: tuple[str, ...]
    person: NDArray[np.int64]
    line: NDArray[np.int64]
    columns: Mapping[str, Numbers]
    covariates: Mapping[str, Numbers]
    labels: Mapping[str, tuple[str, ...]]
    given: tuple[str, ...]
    time_unit: str = ""
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """How many records there are."""
        return self.person.size

    def __getitem__(self, name: str) -> Numbers:
        """A column of numbers by its name, NONMEM's own or a covariate; shape (records,)."""
        key = name.upper()
        if key in self.columns:
            return self.columns[key]
        if key in self.covariates:
            return self.covariates[key]
        raise unknown("column", name, [*self.columns, *self.covariates])

    @property
    def is_dose(self) -> NDArray[np.bool_]:
        """Records that give a dose (EVID 1 or 4)."""
        return np.isin(self.columns["EVID"], (1, 4))

    @property
    def is_observed(self) -> NDArray[np.bool_]:
        """Observation records (EVID 0, MDV 0) whose DV is a number."""
        measured: NDArray[np.bool_] = (self.columns["EVID"] == 0) & (self.columns["MDV"] == 0)
        return measured & np.isfinite(self.columns["DV"])

    @property
    def starts(self) -> NDArray[np.int64]:
        """First record of each person, and the number of records at the end; shape (people + 1,)."""
        changes = np.flatnonzero(np.diff(self.person)) + 1
        ends = [len(self)] if len(self) else []
        return np.concatenate([[0], changes, ends]).astype(np.int64)

    def of(self, person: str) -> EventTable:
        """The records of one person."""
        if person not in self.people:
            raise unknown("ID", person, self.people)
        return self.take(self.person == self.people.index(person))

    def take(self, kept: NDArray[np.bool_]) -> EventTable:
        """The records of a mask, in their order."""
        present = np.unique(self.person[kept])
        return EventTable(
            tuple(self.people[index] for index in present),
            np.searchsorted(present, self.person[kept]).astype(np.int64),
            self.line[kept],
            {name: values[kept] for name, values in self.columns.items()},
            {name: values[kept] for name, values in self.covariates.items()},
            {name: tuple(np.asarray(values, object)[kept]) for name, values in self.labels.items()},
            self.given,
            self.time_unit,
            self.notes,
        )
