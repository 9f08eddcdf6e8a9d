"""Predictions of every record of an event table under a linear model: exact, for many people and replicates at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ketworks.errors import WrongUse
from ketworks.events.exponential import Modes, advance, periodic, settled, transition
from ketworks.events.linear_model import LinearModel
from ketworks.events.schedule import BOLUS, ENDS, RECORD, STARTS, Schedule, extent, schedule
from ketworks.events.table import EventTable
from ketworks.events.values import check_table, compartments, spread

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Words = Callable[[str], None]

_AT_ONCE = 500_000  # records and additional doses of all replicates that are solved together


def predict(
    model: LinearModel, table: EventTable, parameters: Mapping[str, ArrayLike], progress: Words | None = None
) -> Array:
    """What the model says of every record.

    An observation is predicted in its ``CMT`` (the model's output where that is 0), any other record in the model's
    output: the amount, or where the compartment has a volume the amount / volume x ``model.factor``. A dose record is
    predicted after its dose; an additional dose at the time of a record counts before that record.

    Args:
        model: the structure.
        table: the records.
        parameters: all of ``model.parameters`` and any of ``model.optional``. Each is one number, (people,), (records,)
            or several replicates of these along a first axis: (replicates, 1), (replicates, people) or (replicates,
            records). The value of the record that ends an interval holds over it (next observation carried backward),
            as in NONMEM.
        progress: is told how far the solution has come.

    Returns:
        shape (records,), or (replicates, records) when a parameter has replicates.

    Raises:
        WrongUse: parameters, compartments or doses that do not fit each other; lines are named.
    """
    values, many = spread(model, table, parameters)
    found = _solve(model, table, values, progress)
    seen = np.where(
        table["EVID"] == 0, compartments(model, table, model.output), model.compartments.index(model.output)
    )
    predicted: Array = np.take_along_axis(found, seen[None, :, None], axis=2)[:, :, 0]
    for number, volume in enumerate(model.scales):
        if volume:
            here = seen == number
            predicted[:, here] *= model.factor / values[volume][:, here]
    return predicted if many else predicted[0]


def amounts(model: LinearModel, table: EventTable, parameters: Mapping[str, ArrayLike]) -> Array:
    """Amounts in all compartments at every record, (..., records, compartments); arguments as in :func:`predict`."""
    values, many = spread(model, table, parameters)
    found = _solve(model, table, values, None)
    return found if many else found[0]


def _solve(model: LinearModel, table: EventTable, values: dict[str, Array], progress: Words | None) -> Array:
    """Amounts of shape (replicates, records, compartments), in blocks of replicates."""
    check_table(model, table, values)
    replicates = max(array.shape[0] for array in values.values())
    block = max(_AT_ONCE // extent(table), 1)
    found = []
    for start in range(0, replicates, block):
        if progress is not None and replicates > block:
            progress(f"predicting replicate {start + 1} of {replicates}")
        stop = min(start + block, replicates)
        part = {name: array[start:stop] if array.shape[0] > 1 else array for name, array in values.items()}
        found.append(_Run(model, table, part, stop - start).all(progress))
    return np.concatenate(found)


class _Run:
    """All courses (a person in a replicate) taken through their events side by side."""

    def __init__(self, model: LinearModel, table: EventTable, values: dict[str, Array], replicates: int) -> None:
        self.table, self.replicates = table, replicates
        self.plan: Schedule = schedule(model, table, values, replicates)
        self.size = len(model.compartments)
        named = {name: values[name] for name in model.parameters}
        starts = table.starts[:-1]
        self.people = len(table.people)
        self.constant = all(np.array_equal(one, one[:, starts][:, table.person]) for one in named.values())
        if self.constant:
            named = {name: one[:, starts] for name, one in named.items()}
        self.matrices = model.matrix(named)  # (replicates or 1, people or records, states, states)
        self.modes = Modes.of(self.matrices.reshape(-1, self.size, self.size)) if self.constant else None

    def all(self, progress: Words | None) -> Array:
        """Amounts at every record, shape (replicates, records, compartments)."""
        plan = self.plan
        count = np.diff(plan.first)
        order = np.argsort(-count, kind="stable")
        most = int(count.max(initial=0))
        active = np.searchsorted(-count[order], -np.arange(most), side="left")
        x = np.zeros((count.size, self.size))
        rate, running = np.zeros_like(x), np.zeros_like(x)
        found = np.empty((self.replicates, len(self.table), self.size))
        for step in range(most):
            if progress is not None and step % 1000 == 999:
                progress(f"predicting, event {step + 1:,} of {most:,} of the longest course")
            course = order[: active[step]]
            event = plan.first[course] + step
            moved = np.flatnonzero(plan.gap[event] > 0)
            if moved.size:
                at = course[moved]
                x[at] = self._advance(event[moved], x[at], rate[at])
            self._happen(course, event, x, rate, running)
            is_record = plan.kind[event] == RECORD
            found[plan.replicate[event[is_record]], plan.record[event[is_record]]] = x[course[is_record]]
        return found

    def _advance(self, event: Index, x: Array, rate: Array) -> Array:
        plan = self.plan
        if self.modes is not None:
            row = np.minimum(plan.replicate[event], self.matrices.shape[0] - 1)
            system = row * self.people + self.table.person[plan.record[event]]
            return self.modes.advance(system, x, plan.gap[event], rate)
        return advance(self._matrix(event), x, plan.gap[event], rate)

    def _matrix(self, event: Index) -> Array:
        """The rate matrices that hold until each event."""
        row = np.minimum(self.plan.replicate[event], self.matrices.shape[0] - 1)
        record = self.plan.record[event]
        matrices: Array = self.matrices[row, self.table.person[record] if self.constant else record]
        return matrices

    def _happen(self, course: Index, event: Index, x: Array, rate: Array, running: Array) -> None:
        """Lets the events of the courses happen to their amounts, input rates and numbers of running infusions."""
        plan, table = self.plan, self.table
        kind, place, size = plan.kind[event], plan.compartment[event], plan.size[event]
        for which, sign in ((ENDS, -1.0), (STARTS, 1.0)):
            here = np.flatnonzero(kind == which)
            at, to = course[here], place[here]
            rate[at, to] += sign * size[here]
            running[at, to] += sign
            rate[at, to] = np.where(running[at, to] > 0, rate[at, to], 0.0)  # nothing runs: no rounding is left
        here = np.flatnonzero(kind == BOLUS)
        x[course[here], place[here]] += size[here]
        record = plan.record[event]
        cut = (kind == RECORD) & (np.isin(table["EVID"][record], (3, 4)) | (table["SS"][record] == 1))
        for state in (x, rate, running):
            state[course[cut]] = 0.0
        steady = np.flatnonzero((kind == RECORD) & (table["SS"][record] > 0))
        if steady.size:
            self._settle(course[steady], event[steady], x, rate, running)
        self._own_dose(course, event, x, rate, running)

    def _own_dose(self, course: Index, event: Index, x: Array, rate: Array, running: Array) -> None:
        """Doses that enter at their own record."""
        plan, doses = self.plan, self.plan.doses
        dose = np.where(plan.kind[event] == RECORD, doses.of_record[plan.record[event]], -1)
        here = np.flatnonzero(dose >= 0)
        row, dose, at = plan.replicate[event[here]], dose[here], course[here]
        enters = (doses.lag[row, dose] == 0) & (doses.amount[row, dose] > 0)
        row, dose, at = row[enters], dose[enters], at[enters]
        to, lasting = doses.compartment[dose], doses.rate[row, dose] > 0
        x[at[~lasting], to[~lasting]] += doses.amount[row, dose][~lasting]
        rate[at[lasting], to[lasting]] += doses.rate[row, dose][lasting]
        running[at[lasting], to[lasting]] += 1.0

    def _settle(self, course: Index, event: Index, x: Array, rate: Array, running: Array) -> None:
        """Adds steady states: of a constant infusion that ends here, or of doses at an interval."""
        plan, doses, table = self.plan, self.plan.doses, self.table
        row, record = plan.replicate[event], plan.record[event]
        dose = doses.of_record[record]
        to, matrix = doses.compartment[dose], self._matrix(event)
        amount, flow = doses.amount[row, dose], doses.rate[row, dose]
        unit = np.eye(self.size)[to]
        constant = table["AMT"][record] == 0
        endless = np.flatnonzero(constant)
        state, exists = np.zeros((event.size, self.size)), np.ones(event.size, bool)
        if endless.size:
            state[endless], exists[endless] = settled(matrix[endless], (unit * flow[:, None])[endless])
        rest = np.flatnonzero(~constant & (amount > 0))
        if rest.size:
            timing = (table["II"][record[rest]], doses.duration[row, dose][rest], doses.lag[row, dose][rest])
            sizes = (unit[rest], np.where(flow > 0, 0.0, amount)[rest], flow[rest])
            state[rest], exists[rest] = repeated(matrix[rest], sizes, timing)
        if not exists.all():
            first = record[~exists][0]
            what = f"line {table.line[first]}: ID {table.people[table.person[first]]} has no steady state"
            raise WrongUse(what, "a way out of every compartment (parameters above 0)")
        x[course] += state
        found = plan.running[row, dose]
        rate[course, to] += found * flow
        running[course, to] += found


def repeated(
    matrix: Array, sizes: tuple[Array, Array, Array], timing: tuple[Array, Array, Array]
) -> tuple[Array, NDArray[np.bool_]]:
    """Steady state of doses at an interval, lag before the next one enters: closed form, no repeats.

    With n = floor(D / T) infusions always running and one more for d = D - n T of every interval:

        A(0) = (I - exp(M T))^-1 (exp(M (T - d)) G(d) r + n G(T) r + exp(M T) b),   G(t) = integral of exp(M s), 0 to t
        A = A(0) + b carried on from the entry of a dose for T - L

    Symbols:    M rate matrix - 1/time;  T interval, D duration, L lag - time;  r input rate - amount/time;
                b bolus - amount
    Source:     mathematics; what it means is NONMEM's (users guide VI, chapter V.F)
    Leaves out: parameters that changed before the record.

    Args:
        matrix: M, shape (systems, states, states).
        sizes: unit vector of the dosed compartment (systems, states), bolus and rate (systems,), one of them 0.
        timing: T, D and L, each (systems,).

    Returns:
        amounts just before a dose enters (L = 0) or when it has been given but not entered, and whether they exist.
    """
    unit, bolus, flow = sizes
    interval, duration, lag = timing
    always = np.where(flow > 0, np.floor(duration / interval), 0.0)
    left = np.where(flow > 0, duration - always * interval, 0.0)
    rate, dose = unit * flow[:, None], unit * bolus[:, None]
    power, whole = transition(matrix, interval, rate)
    _, part = transition(matrix, left, rate)
    gained = advance(matrix, part, interval - left, np.zeros_like(rate)) + always[:, None] * whole
    gained += (power @ dose[:, :, None])[:, :, 0]
    state, exists = periodic(matrix, interval, gained)
    late = np.flatnonzero(lag > 0)
    if late.size:
        since = interval[late] - lag[late]
        busy = np.minimum(left[late], since)
        both = (always[late, None] + 1.0) * rate[late]
        entered = advance(matrix[late], state[late] + dose[late], busy, both)
        state[late] = advance(matrix[late], entered, since - busy, always[late, None] * rate[late])
    return state, exists
