"""Which assumptions the direction of an output hangs on: guessed numbers moved alone and all together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.engine.parameter import Parameter
from ketworks.errors import unknown
from ketworks.peaks import table
from ketworks.registry import make
from ketworks.rivals.apart import SPREAD, guessed_rows, moved
from ketworks.rivals.response import OBSERVABLES, UNITS, Exposure, Floats, responses

Bools = NDArray[np.bool_]
STEPS = 9  # values of each number, from the low to the high end of its interval
REACH = 1.25  # factor either way for a number without an interval
DRAWS = 400


class Assumption(NamedTuple):
    """One guessed number.

    Attributes:
        id, value, low, high: the row and the range it was moved over, in canonical units.
        flips: by signal, share of the values at which the direction differs from the shipped one.
        lost: share of the values without a column (a negative outside drive or no working point).
        sways: by signal, difference of the share of flipped sets between the highest and lowest third of this number
            when all numbers move together.
    """

    id: str
    value: float
    low: float
    high: float
    flips: Mapping[str, float]
    lost: float
    sways: Mapping[str, float]


@dataclass(frozen=True)
class Sensitivity:
    """What ``ketworks sensitivity`` shows.

    Attributes:
        words: dose sentence; directions are read at its highest brain level.
        circuit: variant.
        shipped: change with the tables' numbers.
        together: by signal, share of sets that flip when all numbers move by 5 %.
        lost: share of those sets without a column.
        rows: guessed numbers, those that flip most first.
    """

    words: str
    circuit: str
    shipped: Mapping[str, float]
    together: Mapping[str, float]
    lost: float
    rows: Sequence[Assumption]

    def __repr__(self) -> str:
        """The table in plain text."""
        lines = [f"{self.words}, {self.circuit}"]
        for name, change in self.shipped.items():
            unit = "" if UNITS[name] == "1" else f" {UNITS[name]}"
            share = f"all numbers moved by {SPREAD:.0%} together turn it in {self.together[name]:.0%} of sets"
            lines.append(f"{name} {change:+.3g}{unit}; {share}")
        short = [name.removeprefix("circuit.") for name in self.shipped]
        cells = [("number", "value", "moved over", "no column", *(f"turns {n}" for n in short))]
        cells[0] = (*cells[0], *(f"sways {n}" for n in short))
        for row in self.rows:
            flips = (f"{share:.0%}" for share in row.flips.values())
            sways = (f"{share:+.2f}" for share in row.sways.values())
            cells.append(
                (row.id, f"{row.value:.3g}", f"{row.low:.3g} to {row.high:.3g}", f"{row.lost:.0%}", *flips, *sways)
            )
        return "\n".join([*lines, "", table(cells)])

    def as_dict(self) -> dict[str, Any]:
        """Plain types, ready for JSON."""
        named = {"regimen": self.words, "circuit": self.circuit, "shipped": dict(self.shipped)}
        more = {"together": dict(self.together), "lost": self.lost, "rows": [row._asdict() for row in self.rows]}
        return {**named, **more}


def sensitivity(signals: Sequence[str], to: Exposure, circuit: str, draws: int = DRAWS, seed: int = 1) -> Sensitivity:
    """How often the direction of each signal turns when guessed numbers move.

    Args:
        signals: of the circuit.
        to: the exposure; directions are read at its end.
        circuit: variant.
        draws: sets in which all numbers move together.
        seed: of these draws.
    """
    for name in signals:
        if name not in OBSERVABLES:
            raise unknown("signal of the circuit", name, OBSERVABLES, f"ketworks sensitivity {OBSERVABLES[7]}")
    table_rows = {**make("receptor", to.receptor).parameters(), **make("circuit", circuit).parameters()}
    names = guessed_rows(circuit, to.receptor)
    ranges = {key: interval(table_rows[key]) for key in names}
    together = moved(circuit, to, draws, SPREAD, seed)
    values = {
        key: np.concatenate([_alone(i, ranges[key], table_rows[key].canonical, len(names)), together[key]])
        for i, key in enumerate(names)
    }
    found = responses(circuit, to, np.ones(1), values)
    picked = [OBSERVABLES.index(name) for name in signals]
    change, end = found.change[:, picked, 0], STEPS * len(names)
    shipped = change[end]  # the first of the joint draws is the tables' own set
    turned = np.sign(change) != np.sign(shipped)
    rows = []
    for i, key in enumerate(names):
        own = slice(STEPS * i, STEPS * (i + 1))
        kept = found.whole[own]
        flips = np.mean(turned[own][kept], axis=0) if kept.any() else np.ones(len(signals))
        sways = _sways(together[key], turned[end:], found.whole[end:])
        ends = (table_rows[key].canonical, *ranges[key])
        rows.append(Assumption(key, *ends, _by(signals, flips), float(1 - kept.mean()), _by(signals, sways)))
    whole = found.whole[end:]
    rows.sort(key=lambda row: (-max(row.flips.values()), -max(abs(x) for x in row.sways.values())))
    shares = np.mean(turned[end:][whole], axis=0)
    return Sensitivity(to.words, circuit, _by(signals, shipped), _by(signals, shares), float(1 - whole.mean()), rows)


def interval(row: Parameter) -> tuple[float, float]:
    """The row's own interval in canonical units, or a quarter either way."""
    scale = row.canonical / row.value if row.value else 1.0
    if row.low is not None and row.high is not None:
        return row.low * scale, row.high * scale
    return row.canonical / REACH, row.canonical * REACH


def _alone(place: int, ends: tuple[float, float], usual: float, count: int) -> Floats:
    """This number's values while each of ``count`` numbers in turn goes through its steps."""
    values = np.full(STEPS * count, usual)
    values[STEPS * place : STEPS * (place + 1)] = np.linspace(*ends, STEPS)
    return values


def _sways(values: Floats, turned: Bools, whole: Bools) -> Floats:
    low, high = np.quantile(values, [1 / 3, 2 / 3])
    upper, lower = turned[whole & (values >= high)], turned[whole & (values <= low)]
    apart: Floats = np.mean(upper, axis=0) - np.mean(lower, axis=0)
    return apart


def _by(names: Sequence[str], values: Floats) -> dict[str, float]:
    return {name: float(x) for name, x in zip(names, values, strict=True)}
