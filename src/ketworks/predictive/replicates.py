"""From a table and a model: the observations, and the model's replicates of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import SolverFailed, WrongUse
from ketworks.events import EventTable
from ketworks.predictive.check_data import Floats, Observed, Replicates
from ketworks.predictive.draws import normals

ERROR = "residual error"  # names the stream of error draws; no parameter has such a name
AT_ONCE = 2_000_000  # levels held at a time: some tens of MB
MOST = 100_000  # replicates


class Population(Protocol):
    """What a check needs of a model."""

    @property
    def name(self) -> str:
        """For titles."""

    @property
    def time_unit(self) -> str:
        """Of the table."""

    @property
    def unit(self) -> str:
        """Of the measured values."""

    def outputs(self, table: EventTable) -> NDArray[np.str_]:
        """Name of what each record measures."""

    def levels(self, table: EventTable, seed: int, first: int, count: int) -> Floats:
        """Levels at every record in a run of replicates; the typical person's when ``count`` is 0."""

    def measured(self, levels: Floats, draws: Floats, outputs: NDArray[np.str_]) -> Floats:
        """Levels with the error of measurement."""


def observations(model: Population, table: EventTable) -> Observed:
    """The table's measurements (EVID 0, MDV 0, DV a number); a CENS of 1 marks one below the limit, which DV states."""
    kept = np.flatnonzero(table.is_observed)
    if not len(kept):
        raise WrongUse("a table without observations", "records with EVID 0, MDV 0 and a DV", paste="1,2.0,0,0,12.3")
    value = np.asarray(table["DV"][kept])
    columns = {
        name: np.array([f"{number:g}" for number in numbers[kept]]) for name, numbers in table.covariates.items()
    }
    columns |= {name: np.array(words, dtype=np.str_)[kept] for name, words in table.labels.items()}
    below = np.zeros(len(kept), bool)
    limit = 0.0
    if "CENS" in table.covariates:
        below = table["CENS"][kept] == 1
        limits = np.unique(value[below])
        if len(limits) > 1:
            raise WrongUse(f"CENS marks {len(limits)} different limits", "one limit of quantification in all records")
        limit = float(limits[0]) if len(limits) else 0.0
    found = Observed(
        np.asarray(table.person[kept]), table.people, np.asarray(table["TIME"][kept]), _after_dose(table)[kept], value,
        model.outputs(table)[kept], columns, limit, below,
    )  # fmt: skip
    return found.censored(limit) if limit else found


def simulate_replicates(
    model: Population,
    table: EventTable,
    replicates: int = 1000,
    seed: int = 1,
    progress: Callable[[str], None] | None = None,
) -> Replicates:
    """Data sets as the model would give them, for the table's own people, doses and times.

    Every number is drawn by (seed, person, replicate, name), so neither order nor batches nor the company matter.

    Args:
        model: the population.
        table: who got what when, and when they were sampled.
        replicates: how many, 1 to 100,000.
        seed: study seed.
        progress: is told how far it has come.
    """
    if isinstance(replicates, bool) or not isinstance(replicates, int) or not 1 <= replicates <= MOST:
        raise WrongUse(f"{replicates!r} replicates", f"1 to {MOST}", paste="--replicates 1000")
    kept = np.flatnonzero(table.is_observed)
    outputs = model.outputs(table)[kept]
    person = table.person[kept]
    values = np.empty((replicates, len(kept)))
    batch = max(1, AT_ONCE // len(table))
    for first in range(0, replicates, batch):
        count = min(batch, replicates - first)
        if progress is not None:
            progress(f"simulating: {first} of {replicates} replicates")
        levels = model.levels(table, seed, first, count)[:, kept]
        draws = np.empty((count, len(kept), 2))
        for number in np.unique(person):
            rows = np.flatnonzero(person == number)
            own = normals(seed, table.people[number], ERROR, first, count, 2 * len(rows))
            draws[:, rows] = own.reshape(count, len(rows), 2)
        values[first : first + count] = model.measured(levels, draws, outputs)
    _check_finite(values, table, kept)
    typical = model.levels(table, seed, 0, 0)[0, kept]
    return Replicates(values, typical, seed, model.unit, model.time_unit, model.name)


def _check_finite(values: Floats, table: EventTable, kept: NDArray[np.int64]) -> None:
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        replicate, column = bad[0]
        record = kept[column]
        given = f"replicate {replicate}, ID {table.people[table.person[record]]}, line {table.line[record]}"
        raise SolverFailed(f"{given}: the level is not finite", "finite levels in every replicate")


def _after_dose(table: EventTable) -> Floats:
    """Time since the latest dose of each record's person; since time 0 before the first."""
    time, found = np.asarray(table["TIME"]), np.array(table["TIME"], dtype=np.float64)
    for start, end in zip(table.starts[:-1], table.starts[1:], strict=True):
        rows = slice(start, end)
        doses = start + np.flatnonzero(table.is_dose[rows])
        given = [time[k] + np.arange(int(table["ADDL"][k]) + 1) * table["II"][k] for k in doses]
        all_doses = np.sort(np.concatenate(given)) if given else np.zeros(0)
        latest = np.searchsorted(all_doses, time[rows], side="right") - 1
        since = (
            np.where(latest >= 0, time[rows] - all_doses[np.maximum(latest, 0)], time[rows]) if given else time[rows]
        )
        found[rows] = since
    return found
