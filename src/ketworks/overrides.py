"""Parameter values that a user puts in place of the tables': what is accepted, and what it costs in grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ketworks.engine.parameter import Parameter
from ketworks.errors import WrongUse, unknown
from ketworks.evidence.grade import WORST, Graded, grades_of
from ketworks.evidence.links import behind, links

if TYPE_CHECKING:
    from ketworks.engine.stage import Stage

REACH = 10.0  # how far from the table's value a study of sensitivity may go, as a factor, beyond the row's own interval

GATE = "gate."


def check_values(stages: Sequence[Stage], values: Mapping[str, float]) -> dict[str, float]:
    """The replacements, if each names a parameter of the chain and lies where the equation still has a meaning.

    Args:
        stages: the chain.
        values: numbers in canonical units, by parameter id.

    Raises:
        WrongUse: an unknown id (with the nearest), not a finite number, or outside the accepted range.
    """
    rows = _rows(stages)
    for key, value in values.items():
        if key not in rows:
            raise unknown("parameter", key, rows, "ketworks evidence list")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise WrongUse(f"{key} = {value!r}", "a number in the parameter's canonical unit")
        low, high = accepted(rows[key])
        if not np.isfinite(value) or not low <= value <= high:
            row = rows[key]
            raise WrongUse(
                f"{key} = {value:g} {_unit(row)}".rstrip(),
                f"{low:g} to {high:g} {_unit(row)} (the table says {row.canonical:g})".replace("  ", " "),
                paste=f"--value {key}={row.canonical:g}",
            )
    return dict(values)


def gates_as_values(stages: Sequence[Stage], gates: Mapping[str, float]) -> dict[str, float]:
    """Gates of the plasticity mechanism as the parameter values that they are.

    Args:
        stages: the chain.
        gates: share of each step that works, by name (``ampa``).

    Raises:
        WrongUse: a gate that this mechanism does not have (with the nearest).
    """
    known = [key.removeprefix(GATE) for key in _rows(stages) if key.startswith(GATE)]
    for name in gates:
        if not known:
            raise WrongUse(f"gate {name!r}", "a chain with plasticity, which alone has gates", paste="Chain()")
        if name not in known:
            mechanism = next(stage.variant for stage in stages if stage.name == "plasticity")
            raise unknown(f"gate of {mechanism}", name, known, f"--gate {known[0]}=0")
    return {f"{GATE}{name}": value for name, value in gates.items()}


def accepted(row: Parameter) -> tuple[float, float]:
    """The range for a row: tenfold either way or its own interval, never of the other sign, a share never above 1."""
    scale = row.canonical / row.value if row.value else 1.0
    edges = [row.canonical / REACH, row.canonical * REACH]
    edges += [edge * scale for edge in (row.low, row.high) if edge is not None]
    low, high = min(edges), max(edges)
    if row.canonical == 0.0 and low == high:
        high = 1.0
    if row.canonical_unit == "1" and 0.0 <= row.canonical <= 1.0 and "variance" not in row.id:
        high = max(min(high, 1.0), row.canonical if row.high is None else row.high * scale)
    return low, high


def grades_with(stages: Sequence[Stage], values: Mapping[str, float]) -> dict[str, Graded]:
    """Grades of the chain's signals; what rests on a replaced value has the worst grade, and names that value."""
    grades = grades_of(stages)
    if not values:
        return grades
    graph = links(stages)
    for name in graph:
        for below in behind([name], graph):
            replaced = [row.id for row in graph[below].parameters if row.id in values]
            if replaced:
                grades[name] = Graded(WORST, (replaced[0],) if below == name else (below, replaced[0]))
                break
    return grades


def described(stages: Sequence[Stage], values: Mapping[str, float]) -> list[str]:
    """One sentence per replaced value."""
    rows = _rows(stages)
    return [
        f"{key} was replaced: {value:g} {_unit(rows[key])} instead of {rows[key].canonical:g}".replace("  ", " ")
        for key, value in values.items()
    ]


def _rows(stages: Sequence[Stage]) -> dict[str, Parameter]:
    return {key: row for stage in stages for key, row in stage.parameters().items()}


def _unit(row: Parameter) -> str:
    return "" if row.canonical_unit == "1" else row.canonical_unit
