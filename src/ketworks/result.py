"""A simulation: every asked signal with its band, unit, label, grade and error estimate, and what it was made from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.caveats import beyond_read, notes, of_breathing, of_pure_r
from ketworks.configuration import configuration
from ketworks.engine.measured import measured
from ketworks.errors import CannotSay, WrongUse, nearest_of, unknown
from ketworks.evidence.grade import Graded
from ketworks.evidence.links import Link, behind, links
from ketworks.other_drugs import TAKEN
from ketworks.overrides import described, grades_with
from ketworks.people.cohort import Cohort, check_seed
from ketworks.people.person import Person
from ketworks.time_points import time_points

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

    from ketworks.dose.regimen import Regimen
    from ketworks.engine.chain import Chain as EngineChain
    from ketworks.engine.signal import Signal
    from ketworks.evidence.why import Explanation
    from ketworks.peaks import Peak

_NUMBER = re.compile(r"[\d.]+")
SHOWN = 5  # people who failed are named one by one up to so many
BAND = (5.0, 95.0)  # percentiles
Z95 = 1.6448536269514722  # 95th percentile of the standard normal
Floats = NDArray[np.float64]


class Curve(NamedTuple):
    """One signal over time: ``center`` with the 90 % band, each of shape (times,); the band is None without people.

    For one person the center is the typical one (random effects at zero); for a cohort it is the median. For a signal
    of kind ``share`` it is the share of people in either case, with the 90 % Wilson interval that their number allows.
    """

    center: Floats
    low: Floats | None
    high: Floats | None


def share_of_people(people: Floats) -> Curve:
    """Share of people (people, times) that are 1, with its 90 % Wilson score interval."""
    count, share = len(people), np.asarray(people.mean(axis=0))
    if count < 2:
        return Curve(share, None, None)
    weight = Z95**2 / count
    middle = (share + 0.5 * weight) / (1.0 + weight)
    half = Z95 * np.sqrt(share * (1.0 - share) / count + 0.25 * weight / count) / (1.0 + weight)
    return Curve(share, np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0))


@dataclass(frozen=True, eq=False)
class Simulation:
    """What ``simulate`` returns.

    Attributes:
        regimen: what was given.
        people: to whom.
        choices: mechanisms the user chose, by stage.
        chain: the engine's chain that ran.
        reasons: why the mechanisms that were not chosen are what they are.
        times: min since the first dose, shape (times,).
        tables: values by signal name, shape (people, times); row 0 is the typical person where there is one.
        ids: person ids, shape (people,); 0 is the typical person.
        covariates: each person's weight (kg), age (y), height (cm) and so on, shape (people,), by name.
        seed: the seed of the people's random effects.
        has_typical: whether row 0 is the typical person.
        errors: largest estimated solver error over the largest value, by signal.
        neglected: estimated size of what steady-state assumptions leave out, over the largest value, by signal.
        failed: why those are left out whose equations could not be solved, by person id.
        asked_times: times the user asked for, min; None for the solver's own grid.
        values: parameter values that replaced those of the tables.
        occasions: whether people differ from occasion to occasion.
        with_measured: whether samples with residual error are saved along.
        largest: largest value over people and the solver's grid of signals that notes look at, asked for or not.
    """

    regimen: Regimen
    people: Person | Cohort
    choices: Mapping[str, str]
    chain: EngineChain
    reasons: Mapping[str, str]
    times: Floats
    tables: Mapping[str, Floats]
    ids: NDArray[np.int64]
    covariates: Mapping[str, Floats]
    seed: int
    has_typical: bool
    errors: Mapping[str, float]
    neglected: Mapping[str, float]
    failed: Mapping[int, str]
    asked_times: list[float] | None
    values: Mapping[str, float]
    occasions: bool
    with_measured: bool
    largest: Mapping[str, float] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the signals that were computed."""
        return tuple(self.tables)

    @property
    def band(self) -> bool:
        """Whether there are people to draw a band from."""
        return len(self.ids) > 1

    @cached_property
    def grades(self) -> Mapping[str, Graded]:
        """Grade of every signal and the chain of links that limits it; a replaced value makes it the worst."""
        return grades_with(self.chain.stages, self.values)

    @property
    def notes(self) -> list[str]:
        """To be read with the numbers: who failed, replaced values, people outside the evidence, what is not shown."""
        found = [f"left out: {words}" for words in list(self.failed.values())[:SHOWN]]
        if len(self.failed) > SHOWN:
            found.append(f"left out likewise: {len(self.failed) - SHOWN} more people")
        found += described(self.chain.stages, self.values)
        kinds = self.people.extremes if isinstance(self.people, Cohort) else (self.people,)
        plasma = self.chain.variant("plasma")
        of_people = [note for kind in kinds for note in notes(plasma, kind, self.names)]
        found += of_pure_r((event.drug for event in self.regimen.events()), self.names)
        given = dict.fromkeys(one.drug for one in self.regimen.company)
        taken = [name for name in TAKEN if np.any(self.covariates.get(f"with_{name}", 0.0))]
        found += [*of_breathing(given, taken), *beyond_read(self.largest)]
        once = {_NUMBER.sub("", note): note for note in reversed(of_people)}  # the farthest out stands for the others
        return [*found, *dict.fromkeys(note for note in of_people if note in once.values())]

    def error(self, name: str) -> float:
        """Largest estimated solver error behind a signal, over the largest value there; 0 where all is closed form."""
        nearer = behind([self.signal(name).name], self._links)
        return max((self.errors.get(below, 0.0) for below in nearer), default=0.0)

    @cached_property
    def _links(self) -> Mapping[str, Link]:
        return links(self.chain.stages)

    def signal(self, name: str) -> Signal:
        """The declaration of a computed signal; a wrong name is answered with the nearest ones."""
        if name not in self.tables:
            raise unknown("signal", name, self.tables, "ketworks signals")
        return self.chain.signals[name]

    def people_table(self, name: str) -> Floats:
        """Values of the people without the typical one, shape (people, times)."""
        self.signal(name)
        return self.tables[name][1:] if self.has_typical and self.band else self.tables[name]

    def people_differ(self, name: str) -> bool:
        """Whether anything that tells people apart stands behind a signal; if not, a band of it would be no band."""
        drawn = (*self.chain.random_effects([name]), *self.chain.dose_effects([name]))
        return bool(drawn) or any(np.unique(values).size > 1 for values in self.covariates.values())

    def curve(self, name: str) -> Curve:
        """The signal's center and 90 % band; no band where people do not differ."""
        signal = self.signal(name)
        people = self.people_table(name)
        if signal.kind == "share":
            return share_of_people(people)
        center = self.tables[name][0] if self.has_typical else np.median(people, axis=0)
        if not self.band or not self.people_differ(name):
            return Curve(center, None, None)
        low, high = np.percentile(people, BAND, axis=0)
        return Curve(center, low, high)

    def measured(self, name: str, seed: int | None = None, times: str | Sequence[str] | None = None) -> Floats:
        """What samples would show: each person's own level with the residual error that its model's source states.

        A draw depends on the seed, the person, the signal and the time alone. No sample is below zero: an error on the
        log scale cannot take it there, any other is cut at zero.

        Args:
            name: a signal whose model states a residual error.
            seed: of the errors; that of the study when None.
            times: when samples are taken, among the simulated times; all of them when None.

        Returns:
            Shape (people, times), people in the order of ``ids``.

        Raises:
            CannotSay: no residual error was published for the signal.
            WrongUse: an unknown signal, or a time that was not simulated.
        """
        maker = self.chain.maker(self.signal(name).name)
        if name not in maker.residual:
            stated = [key for key in maker.residual if key in self.tables] or list(maker.residual)
            raise CannotSay(
                f"samples of {name}: {maker.variant} states no residual error for it",
                "a signal with one: " + (", ".join(stated) or "none of this model's"),
                nearest_of(name, stated),
            )
        places = np.arange(len(self.times)) if times is None else _places_of(times, self.times)
        rows = {key: self.values.get(key, row.canonical) for key, row in maker.parameters().items()}
        units = {key: row.canonical_unit for key, row in maker.parameters().items()}
        return measured(
            self.tables[name][:, places],
            self.chain.signals[name],
            maker.residual[name],
            {key: (value, units[key]) for key, value in rows.items()},
            self.seed if seed is None else check_seed(seed),
            self.ids,
            self.times[places],
        )

    @property
    def sampled(self) -> tuple[str, ...]:
        """The signals of which samples are given along; none when they were not asked for."""
        return with_residual(self.chain, self.names) if self.with_measured else ()

    def peaks(self, headline: bool = True) -> list[Peak]:
        """The largest change of each signal, with time, band and grade; headline signals only, or all."""
        from ketworks.peaks import peaks

        return peaks(self, headline)

    def __repr__(self) -> str:
        """The table of peaks."""
        from ketworks.peaks import text

        return text(self)

    @property
    def dataset(self) -> xarray.Dataset:
        """All signals as one ``xarray.Dataset`` with units, grades, sources and labels."""
        from ketworks.io.dataset import to_dataset

        return to_dataset(self)

    def __getitem__(self, name: str) -> xarray.DataArray:
        """One signal as ``xarray.DataArray``; band as coordinates ``low`` and ``high``."""
        from ketworks.io.dataset import to_array

        self.signal(name)
        return to_array(self, name)

    def plot(self, names: str | Sequence[str] | None = None) -> Figure:
        """A matplotlib figure of the named signals (headline ones when None)."""
        from ketworks.report.plot import figure

        chosen = [names] if isinstance(names, str) else names
        for name in chosen or ():
            self.signal(name)
        return figure(self, chosen)

    def why(self, name: str) -> Explanation:
        """From a curve back through equations and values to sources."""
        from ketworks.evidence.why import why

        self.signal(name)
        return why(name, self.chain.stages)

    def cite(self, path: str | Path | None = None) -> str:
        """BibTeX of every source behind the computed signals; written to ``path`` when given."""
        from ketworks.evidence.cite import bibtex
        from ketworks.io.whole_file import write_whole

        entries = bibtex(self.names, self.chain.stages)
        if path is not None:
            write_whole(Path(path), entries.encode())
        return entries

    def save(self, path: str | Path) -> Path:
        """Writes netCDF with the resolved configuration, versions and citations; whole or not at all."""
        from ketworks.io.dataset import save

        return save(self, Path(path))

    def report(self, path: str | Path) -> Path:
        """Writes one self-contained HTML page."""
        from ketworks.report.html import write_report

        return write_report(self, Path(path))

    def configuration(self) -> dict[str, Any]:
        """Everything needed to run the same simulation again, as plain JSON values."""
        return configuration(
            self.regimen,
            self.people,
            band=self.band and isinstance(self.people, Person),
            seed=self.seed,
            choices=self.choices,
            names=self.names,
            asked=self.asked_times,
            values=self.values,
            occasions=self.occasions,
            measured=self.with_measured,
        )

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape of ``ketworks run --json``."""
        signals = {}
        for name in self.names:
            curve, graded = self.curve(name), self.grades[name]
            signals[name] = {
                "unit": self.signal(name).unit,
                "kind": self.signal(name).kind,
                "grade": graded.grade,
                "label": self.signal(name).label,
                "times_min": self.times.tolist(),
                "values": curve.center.tolist(),
                "low": None if curve.low is None else curve.low.tolist(),
                "high": None if curve.high is None else curve.high.tolist(),
                "error": self.error(name),
                "neglected": self.neglected.get(name, 0.0),
            }
        for name in self.sampled:
            sample = self.measured(name)
            signals[name]["measured"] = (sample[0] if self.has_typical else sample).tolist()
        config = self.configuration()
        stages = {stage.name: stage.variant for stage in self.chain.stages}
        return {
            "regimen": config["regimen"],
            "person": config["people"],
            "seed": self.seed,
            "stages": stages,
            "reasons": dict(self.reasons),
            "values": dict(self.values),
            "notes": self.notes,
            "failed": {str(key): words for key, words in self.failed.items()},
            "signals": signals,
        }


def with_residual(chain: EngineChain, names: Sequence[str]) -> tuple[str, ...]:
    """Those of the signals of which samples can be given.

    Raises:
        CannotSay: none of them.
    """
    found = tuple(name for name in names if name in chain.maker(name).residual)
    if not found:
        known = [name for name in chain.signals if name in chain.maker(name).residual]
        raise CannotSay(
            f"samples of {', '.join(names[:3])}: no residual error is stated for them",
            "a signal with one: " + (", ".join(known) or "none of this plasma model's"),
        )
    return found


def _places_of(asked: str | Sequence[str], times: Floats) -> NDArray[np.int64]:
    """Where the asked times stand among the simulated ones.

    Raises:
        WrongUse: a time that was not simulated; the nearest that was is named.
    """
    wanted = time_points(asked)
    places = np.clip(np.searchsorted(times, wanted), 0, len(times) - 1)
    missing = wanted[times[places] != wanted]
    if len(missing):
        near = float(times[np.argmin(np.abs(times - missing[0]))])
        raise WrongUse(f"{missing[0]:g} min was not simulated", "times of the simulation", f"{near:g} min")
    return np.asarray(places)
