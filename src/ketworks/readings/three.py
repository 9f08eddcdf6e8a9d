"""The change of the mean at one time, the peak of the mean, and the mean of each person's own peak, from one cohort."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ketworks.check import statistics
from ketworks.errors import WrongUse
from ketworks.people.cohort import Cohort
from ketworks.people.person import Person
from ketworks.time_points import time_points

if TYPE_CHECKING:
    from ketworks.dose.regimen import Regimen
    from ketworks.registry import Chain
    from ketworks.result import Simulation

PEOPLE = 500  # who stand for one person: the shares then have a standard error of two points at most
TIMES = "0,10,20,30,40,60,80,120 min"
AT = "40 min"
KINDS = {"systolic": 40.0, "diastolic": 25.0, "heart_rate": 20.0}  # rise whose share is told, as labels count it
NO_DRUG = ".without_drug"
_TITLE = (
    "reading",
    "ketamine",
    "mean at {at:g} min",
    "peak of the mean",
    "mean of own peaks",
    "SD",
    "share that rises by",
)


class Summary(NamedTuple):
    """Changes of one reading from the one before the dose, over people, in the reading's unit.

    Attributes:
        signal: the cuff's signal.
        unit: its unit.
        drug: whether ketamine was given.
        at_time: mean over people at one time.
        peak_of_mean: the largest change of the mean over people.
        peak_time: when, min.
        own_peak: mean over people of each one's own largest change.
        own_peak_sd: its standard deviation between people.
        limit: a rise that labels count.
        share: of people whose own largest change exceeds it.
    """

    signal: str
    unit: str
    drug: bool
    at_time: float
    peak_of_mean: float
    peak_time: float
    own_peak: float
    own_peak_sd: float
    limit: float
    share: float


@dataclass(frozen=True)
class Readings:
    """The table of one cohort.

    Attributes:
        regimen, people: in words.
        times: of the readings, min; the first is before the dose.
        at: the time of the first statistic, min.
        rows: one a reading, with ketamine and without.
        notes: to be read with the numbers.
    """

    regimen: str
    people: str
    times: tuple[float, ...]
    at: float
    rows: tuple[Summary, ...]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**asdict(self), "rows": [row._asdict() for row in self.rows]}

    def __str__(self) -> str:
        """For people to read."""
        from ketworks.peaks import table

        title = tuple(words.format(at=self.at) for words in _TITLE)
        cells = [title, *(_cells(row) for row in self.rows)]
        taken = "readings at " + ", ".join(f"{time:g}" for time in self.times) + " min; changes from the first"
        return "\n".join([self.regimen, self.people, taken, "", table(cells), "", *(f"note: {n}" for n in self.notes)])


def take_readings(
    regimen: str | Regimen,
    people: Person | Cohort | None = None,
    times: str = TIMES,
    at: str = AT,
    chain: Chain | None = None,
    seed: int = 1,
    progress: Callable[[str], None] | None = None,
) -> Readings:
    """Simulates a cohort and summarises what a cuff shows of it.

    Args:
        regimen: a dose sentence, or a parsed regimen; the readings are around its first dose.
        people: a cohort; a person stands for a cohort of people like them.
        times: of the readings; the one before the dose is always taken.
        at: when the first statistic is taken, one of the times.
        chain: mechanisms chosen by name.
        seed: of the people, where a person is given; a cohort carries its own.
        progress: called with a word on what is being done.

    Raises:
        WrongUse: anything that cannot be read; a cohort of one; no reading after the dose; ``at`` without a reading.
        CannotSay: no model of the circulation under this regimen or for these people.
    """
    from ketworks.simulation import simulate

    who = people if isinstance(people, Cohort) else Cohort(PEOPLE, seed, people or Person())
    if len(who.ids) < 2:
        raise WrongUse(f"readings of {len(who.ids)} person", "two people or more", paste=f"--people {PEOPLE}")
    taken = np.union1d([0.0], time_points(times))
    when = _one_of(at, taken)
    names = [f"body.cuff_{kind}{end}" for kind in KINDS for end in ("", NO_DRUG)]
    made = simulate(regimen, who, chain, names, [f"{t!r} min" for t in taken.tolist()], progress=progress)
    return readings_of(made, when)


def readings_of(simulation: Simulation, at: float) -> Readings:
    """The table of a simulated cohort.

    Args:
        simulation: with the cuff's signals at the times of the readings, the first at 0 min.
        at: min, one of its times.

    Raises:
        WrongUse: no signal of a cuff, fewer than two readings or two people, no reading before the dose.
    """
    names = [name for name in simulation.names if name.startswith("body.cuff_")]
    times = simulation.times
    if not names or len(simulation.ids) < 2 or len(times) < 2 or times[0] != 0.0:
        raise WrongUse(
            f"{len(names)} signals of a cuff at {len(times)} times of {len(simulation.ids)} people",
            "body.cuff_systolic, ... of two people or more, at 0 min and later",
        )
    rows = tuple(_summary(simulation, name, at) for name in names)
    errors = "each reading carries an error of its own, drawn anew for every person and time"
    own = "the largest of several readings exceeds the one before the dose even where nothing was given"
    return Readings(
        str(simulation.regimen),
        str(simulation.people),
        tuple(times.tolist()),
        at,
        rows,
        (errors, own, *simulation.notes),
    )


def _summary(simulation: Simulation, name: str, at: float) -> Summary:
    """One row of the table."""
    kind = name.removeprefix("body.cuff_").removesuffix(NO_DRUG)
    times, changes = statistics.after_dose(simulation.times, simulation.measured(name), 1, change=True)
    none = np.zeros(len(changes))
    limit = KINDS[kind]
    return Summary(
        signal=name,
        unit=simulation.signal(name).unit,
        drug=not name.endswith(NO_DRUG),
        at_time=statistics.change_at(times, changes, none, at),
        peak_of_mean=statistics.peak(times, changes, none),
        peak_time=statistics.time_of_peak(times, changes, none),
        own_peak=statistics.mean_peak_change(times, changes, none),
        own_peak_sd=statistics.sd_peak_change(times, changes, none),
        limit=limit,
        share=statistics.share_change_above(times, changes, none, limit),
    )


def _one_of(at: str, times: statistics.Floats) -> float:
    """The time of the first statistic in min, which must have a reading after the dose."""
    found = time_points(at)
    later = times[times > 0.0]
    if len(found) != 1 or not len(later) or found[0] not in later:
        nearest = f"{later[np.argmin(np.abs(later - found[0]))]:g} min" if len(later) else TIMES
        raise WrongUse(f"{at} without a reading", "the time of one reading after the dose", nearest)
    return float(found[0])


def _cells(row: Summary) -> tuple[str, ...]:
    unit = {"1/min": "/min"}.get(row.unit, row.unit)
    name = row.signal.removeprefix("body.cuff_").removesuffix(NO_DRUG).replace("_", " ")
    peak = f"{row.peak_of_mean:+.1f} at {row.peak_time:g} min"
    share = f"{row.limit:g} {unit}: {100.0 * row.share:.1f} %"
    given = "given" if row.drug else "none"
    return (
        f"{name}, {unit}",
        given,
        f"{row.at_time:+.1f}",
        peak,
        f"{row.own_peak:+.1f}",
        f"{row.own_peak_sd:.1f}",
        share,
    )
