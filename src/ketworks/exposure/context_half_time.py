"""Context-sensitive half-time: how long a level takes to halve after an infusion that held it, by its length."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ketworks.errors import WrongUse
from ketworks.exposure.areas import Floats
from ketworks.exposure.pump import falls, responses
from ketworks.peaks import number, table
from ketworks.people.cohort import Cohort
from ketworks.people.person import Person
from ketworks.time_points import time_points

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ketworks.registry import Chain

LENGTHS = "5,10,20,30,40,60,90,120,180,240,360,480,720 min"
AFTER = 24.0 * 60.0  # min in which the level is followed after the infusion
SHORTEST, LONGEST = 1.0, 7.0 * 1440.0  # min


@dataclass(frozen=True, eq=False)
class HalfTimes:
    """Times to fall by length of infusion.

    Attributes:
        drug: what is infused.
        signal: whose fall is timed.
        held: the signal that the infusion holds constant.
        remaining: share of the level that is left at the time.
        lengths: of the infusion, min, shape (lengths,).
        times: min to fall, shape (people, lengths); row 0 is the typical person where there is one; infinite where the
            level had not fallen as far after 24 h.
        has_typical: whether row 0 is the typical person.
        people: who, in words.
        grade: of the signal.
        model: the plasma model.
    """

    drug: str
    signal: str
    held: str
    remaining: float
    lengths: Floats
    times: Floats
    has_typical: bool
    people: str
    grade: str
    model: str

    @property
    def center(self) -> list[float | None]:
        """Of the typical person, else the median; None where the level did not fall so far within 24 h."""
        return _finite(self.times[0] if self.has_typical else np.median(self.times, axis=0))

    def band(self) -> tuple[list[float | None], list[float | None]] | None:
        """5th and 95th percentile of people; None without people."""
        others = self.times[1:] if self.has_typical else self.times
        if len(others) < 2:
            return None
        low, high = np.percentile(others, (5.0, 95.0), axis=0, method="closest_observation")
        return _finite(low), _finite(high)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        band = self.band()
        return {
            "drug": self.drug,
            "people": self.people,
            "model": self.model,
            "signal": self.signal,
            "held": self.held,
            "grade": self.grade,
            "remaining": self.remaining,
            "infusion_min": self.lengths.tolist(),
            "time_min": self.center,
            "low": None if band is None else band[0],
            "high": None if band is None else band[1],
        }

    def to_csv(self, path: str | Path | None = None) -> str:
        """One row a length; written whole to ``path`` when given."""
        from ketworks.io.whole_file import write_whole

        band = self.band() or ([None] * len(self.lengths),) * 2
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("infusion_min", "time_min", "low", "high"))
        for row in zip(self.lengths.tolist(), self.center, *band, strict=True):
            writer.writerow(["" if cell is None else repr(cell) for cell in row])
        if path is not None:
            write_whole(Path(path), out.getvalue().encode())
        return out.getvalue()

    def plot(self) -> Figure:
        """Time to fall against length of infusion."""
        from ketworks.exposure.half_time_plot import figure

        return figure(self)

    def __str__(self) -> str:
        """A table."""
        band = self.band()
        cells = [
            ("infusion (min)", f"time to {100.0 * self.remaining:g} % (min)", *(["90 % of people"] if band else []))
        ]
        for k, (length, time) in enumerate(zip(self.lengths, self.center, strict=True)):
            spread = [f"{_shown(band[0][k])} to {_shown(band[1][k])}"] if band else []
            cells.append((f"{length:g}", _shown(time), *spread))
        words = f"{self.drug} iv, {self.people}\n{self.signal} after an infusion that held {self.held} constant"
        return f"{words} (plasma {self.model}, grade {self.grade})\n\n{table(cells)}"


def _finite(values: Floats) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]


def _shown(value: float | None) -> str:
    return "over 1440" if value is None else number(value)


def context_sensitive_half_time(
    drug: str = "ketamine",
    people: Person | Cohort | None = None,
    lengths: str = LENGTHS,
    signal: str | None = None,
    remaining: float = 0.5,
    chain: Chain | None = None,
    band: bool = True,
    seed: int = 1,
) -> HalfTimes:
    """How long a level takes to fall after a vein infusion that held it constant, for each length of infusion.

    The plasma model is asked for its response to a push and to a constant infusion; as it is linear, a push and a rate
    for every step of a pump are found that hold the level, and the fall after the last step is their sum
    (``pump.falls``).

    Args:
        drug: ``ketamine``, ``esketamine`` or ``arketamine``.
        people: as in ``simulate``.
        lengths: of the infusions, ``"10,30,60 min"``.
        signal: whose fall is timed; the infused substance's arterial level (venous where the model has no other) when
            None. The infusion holds the arterial level of that substance where the model has one.
        remaining: share of the level left; 0.5 is the half-time, 0.2 the 80 % decrement time.
        chain: mechanisms by name, for another plasma model.
        band: whether a person gets the band of others of the kind.
        seed: of the band's people.

    Raises:
        WrongUse: a length, share or signal that cannot be used.
        CannotSay: the level held cannot be held by an infusion, or the drug is not covered.
    """
    if not (isinstance(remaining, int | float) and 0.0 < remaining < 1.0):
        raise WrongUse(f"remaining {remaining!r}", "a share between 0 and 1, such as 0.5", paste="remaining=0.5")
    asked = time_points(lengths)
    if asked[0] < SHORTEST or asked[-1] > LONGEST:
        raise WrongUse(f"lengths {lengths!r}", f"infusions of {SHORTEST:g} min to {LONGEST / 1440.0:g} d")
    found = responses(drug, people or Person(), signal, chain, float(asked[-1]) + AFTER, band, seed)
    return HalfTimes(
        drug,
        found.signal,
        found.held,
        float(remaining),
        asked,
        falls(found, asked, float(remaining)),
        found.has_typical,
        found.people,
        found.grade,
        found.model,
    )
