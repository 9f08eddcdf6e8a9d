"""Parameters for every replicate and record, and whether the model can take the table at all."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ketworks.errors import WrongUse, unknown
from ketworks.events.faults import Faults
from ketworks.events.linear_model import LinearModel
from ketworks.events.meaning import said
from ketworks.events.table import EventTable

Array = NDArray[np.float64]


def spread(model: LinearModel, table: EventTable, parameters: Mapping[str, ArrayLike]) -> tuple[dict[str, Array], bool]:
    """Every parameter as (replicates or 1, records), and whether replicates were given.

    Raises:
        WrongUse: a parameter that is missing, unknown, of another shape, not finite, or negative.
    """
    for name in parameters:
        if name not in model.parameters and name not in model.optional:
            raise unknown("parameter", name, [*model.parameters, *model.optional])
    for name in model.parameters:
        if name not in parameters:
            raise WrongUse(f"no parameter {name}", "all of " + ", ".join(model.parameters))
    values, many = {}, False
    faults = Faults()
    for name, given in parameters.items():
        array = np.asarray(given, np.float64)
        many = many or array.ndim == 2
        values[name] = _by_record(name, array, table)
        _in_range(model, table, name, values[name], faults)
    faults.check()
    counts = {array.shape[0] for array in values.values()} - {1}
    if len(counts) > 1:
        raise WrongUse(
            f"parameters for {' and '.join(map(str, sorted(counts)))} replicates", "one number of replicates"
        )
    return values, many


def _by_record(name: str, array: Array, table: EventTable) -> Array:
    """A parameter as (replicates or 1, records)."""
    people, records = len(table.people), len(table)
    if array.ndim > 2 or (array.ndim and array.shape[-1] not in (1, people, records)):
        expected = f"one number, ({people},) people, ({records},) records, or replicates of these along the first axis"
        raise WrongUse(f"parameter {name} of shape {array.shape}", expected)
    if array.ndim == 0:
        array = array[None]
    if array.ndim == 1:
        array = array[None, :]
    if array.shape[-1] == records:
        return array
    if array.shape[-1] == people:
        return array[:, table.person]
    return np.broadcast_to(array, (array.shape[0], records))


def _in_range(model: LinearModel, table: EventTable, name: str, array: Array, faults: Faults) -> None:
    volumes = {one.volume for one in model.transfers} | set(model.scales)
    wrong = ~np.isfinite(array) | (array < 0) | ((array == 0) & (name in volumes))
    expected = "a finite number above 0" if name in volumes else "a finite number of 0 or more"
    worst = wrong.argmax(axis=0)
    faults.rows(
        wrong.any(axis=0),
        table.line,
        lambda i: f"parameter {name} of ID {table.people[table.person[i]]} is {said(array[worst[i], i])}",
        expected,
    )


def check_table(model: LinearModel, table: EventTable, values: Mapping[str, Array]) -> None:
    """Refuses compartments that the model lacks, and modelled rates without their parameter.

    Raises:
        WrongUse: with the lines.
    """
    faults = Faults()
    cmt, rate = table["CMT"], table["RATE"]
    count = len(model.compartments)
    names = ", ".join(f"{number} {name}" for number, name in enumerate(model.compartments, 1))
    faults.rows(cmt > count, table.line, lambda i: f"CMT {said(cmt[i])}", f"a compartment of the model: {names}")
    target = compartments(model, table, model.dose)
    for code, letter, what in ((-1, "R", "rate"), (-2, "D", "duration")):
        lacks = np.array([f"{letter}{number + 1}" not in values for number in range(count)])
        missing = table.is_dose & (rate == code) & (cmt <= count) & lacks[np.minimum(target, count - 1)]
        faults.rows(
            missing,
            table.line,
            lambda i, c=code, k=letter: f"RATE {c} into compartment {target[i] + 1} without {k}{target[i] + 1}",  # type: ignore[misc]
            f"the parameter {letter}n of the model: the {what} of doses into compartment n",
        )
    faults.check()


def compartments(model: LinearModel, table: EventTable, usual: str) -> NDArray[np.int64]:
    """Index of the compartment of each record, with the usual one where ``CMT`` is 0."""
    cmt = table["CMT"].astype(np.int64)
    return np.where(cmt > 0, cmt - 1, model.compartments.index(usual))
