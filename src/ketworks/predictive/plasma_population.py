"""A published ketamine model of the package as a population: its own equations, effects and residual errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.dose.regimen import DoseEvent
from ketworks.dose.route import DRUGS, ROUTES
from ketworks.errors import CannotSay, WrongUse, unknown
from ketworks.events import EventTable
from ketworks.people.person import ADULT, Person
from ketworks.predictive.draws import normals
from ketworks.predictive.residual_error import ResidualError
from ketworks.predictive.wrong_model import check_factor, scaled_name

if TYPE_CHECKING:
    from ketworks.engine.signal import Signal
    from ketworks.engine.stage import Stage

Floats = NDArray[np.float64]
BATCH = 256  # replicates always run in batches of one size, so that their bytes do not depend on how many are asked
MINUTES = {"min": 1.0, "h": 60.0, "d": 1440.0}
_TIMES = 8  # times are padded to a multiple of this, so that people share a compiled program
_BEFORE = 1e-9  # min by which a sample that stands before a dose of the same time is taken before it


class _Course(NamedTuple):
    """One person's doses, records and covariates."""

    person: str
    events: tuple[DoseEvent, ...]
    times: Floats
    covariates: dict[str, float]


@dataclass(frozen=True, eq=False)
class PlasmaPopulation:
    """A plasma stage with everything that differs between people and measurements.

    Attributes:
        stage: the model, fitted to the route.
        drug: ``ketamine``, ``esketamine`` or ``arketamine``; AMT is mg of its base.
        route: of doses without a column ROUTE.
        time_unit: of the table.
        factors: multiply parameters by id, to try a wrong model.
        signals: what it can be compared with: those with a residual error, without totals that repeat others.
    """

    stage: Stage
    drug: str
    route: str
    time_unit: str
    factors: Mapping[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The model's name and what was scaled."""
        own = {key.partition(".")[2] or key: factor for key, factor in self.factors.items()}
        return scaled_name(self.stage.variant, own)

    @property
    def signals(self) -> tuple[Signal, ...]:
        """Measured signals in the order of DVID 1, 2, ...; where there are enantiomers, not their totals."""
        measured = [signal for signal in self.stage.outputs if signal.name in self.stage.residual]
        single = [signal for signal in measured if signal.name.split(".")[1][:2] in ("s_", "r_")]
        return tuple(single or measured)

    @property
    def unit(self) -> str:
        """Of the levels."""
        return self.signals[0].unit

    def scaled(self, factors: Mapping[str, float]) -> PlasmaPopulation:
        """The same with parameters multiplied; names are ids, ids without the model's name, or symbols."""
        rows = self.stage.parameters()
        found: dict[str, float] = {}
        for name, factor in factors.items():
            hits = [key for key, row in rows.items() if name in (key, key.partition(".")[2], row.symbol)]
            if len(hits) != 1:
                raise unknown("parameter", name, [key.partition(".")[2] for key in rows], "--scale clearance=1.5")
            found[hits[0]] = check_factor(name, factor)
        return replace(self, factors=found)

    def outputs(self, table: EventTable) -> NDArray[np.str_]:
        """Name of the signal that each record measures, by DVID: 1, 2, ... or an analyte such as s_norketamine."""
        names = [signal.name for signal in self.signals]
        analytes = {name.split(".")[1]: name for name in names}
        if "DVID" in table.labels:
            said = table.labels["DVID"]
            for record in np.flatnonzero(table.is_observed):
                if said[record] not in analytes:
                    raise unknown(f"DVID in line {table.line[record]}", said[record], analytes)
            return np.array([analytes.get(word, "") for word in said])
        if "DVID" not in table.covariates:
            return np.full(len(table), names[0])
        numbers = np.nan_to_num(table["DVID"])
        wrong = np.flatnonzero(table.is_observed & ~np.isin(numbers, np.arange(1, len(names) + 1)))
        if len(wrong):
            given = f"line {table.line[wrong[0]]}: DVID {table['DVID'][wrong[0]]:g}"
            raise WrongUse(given, ", ".join(f"{k} ({name})" for k, name in enumerate(names, 1)))
        return np.array([names[max(int(number) - 1, 0)] if number <= len(names) else "" for number in numbers])

    def levels(self, table: EventTable, seed: int, first: int, count: int) -> Floats:
        """Levels at every observation in a run of replicates, 0 at other records; the typical person's if none.

        Args:
            table: people, doses and times.
            seed: study seed.
            first: number of the first replicate.
            count: how many.

        Returns:
            Shape (count, records), or (1, records) for the typical person.
        """
        from ketworks.engine.jax_setup import set_up

        set_up()
        found = np.zeros((max(count, 1), len(table)))
        names, seen = self.outputs(table), table.is_observed
        courses = [self._course(table, number) for number in range(len(table.people))]
        shapes = max(len(one.events) for one in courses), max(len(one.times) for one in courses)
        for number, course in enumerate(courses):
            rows = np.flatnonzero((table.person == number) & seen)
            # batches start at multiples of their size: a replicate then always meets the same neighbours
            for start in range(first - first % BATCH, first + max(count, 1), BATCH):
                made = self._batch(course, shapes, seed, start, bool(count))
                low, high = max(first, start), min(first + max(count, 1), start + BATCH)
                for column, record in enumerate(rows):
                    found[low - first : high - first, record] = made[names[record]][low - start : high - start, column]
        return found

    def measured(self, levels: Floats, draws: Floats, outputs: NDArray[np.str_]) -> Floats:
        """Levels with each signal's own error; ``draws`` as :meth:`ResidualError.measured` takes them."""
        found = np.empty_like(levels)
        for signal in self.signals:
            columns = outputs == signal.name
            found[:, columns] = self._error(signal).measured(levels[:, columns], draws[:, columns])
        return found

    def _error(self, signal: Signal) -> ResidualError:
        from ketworks.engine.units import signal_factor

        rows, said = self.stage.parameters(), self.stage.residual[signal.name]
        sizes = {kind: rows[key].canonical for kind, key in said._asdict().items() if key}
        if said.additive:
            unit = rows[said.additive].canonical_unit
            sizes["additive"] *= signal_factor(unit, signal.unit, signal.molar_mass)
        return ResidualError(**sizes)

    def _batch(
        self, course: _Course, shapes: tuple[int, int], seed: int, start: int, differ: bool
    ) -> dict[str, NDArray[np.float64]]:
        """Every signal of one person in one batch of replicates, shape (BATCH, observations)."""
        from ketworks.dose.stage import schedule_of
        from ketworks.engine.compiled import Call, run_stage
        from ketworks.engine.stage import Surroundings

        slots = shapes[0]
        size = -(-shapes[1] // _TIMES) * _TIMES
        last = course.times[-1] if len(course.times) else 0.0
        times = np.concatenate([course.times, np.full(size - len(course.times), last)])
        person = {name: np.full(BATCH, value) for name, value in course.covariates.items()}
        padding = (replace(course.events[-1], amount=0.0),) * (slots - len(course.events)) if course.events else ()
        schedule = schedule_of((*course.events, *padding), person["weight"])

        def drawn(name: str, width: int) -> Floats:
            shape = (BATCH, width)
            return normals(seed, course.person, name, start, BATCH, width) if differ else np.zeros(shape)

        doses = schedule.s_amount.shape[1]
        eta = {name: drawn(name, 1)[:, 0] for name in self.stage.random_effects}
        eta |= {name: drawn(name, doses) for name in self.stage.dose_effects}
        p: dict[str, Any] = {
            key: np.float64(row.canonical * self.factors.get(key, 1.0)) for key, row in self.stage.parameters().items()
        }
        made = run_stage(Call(self.stage, Surroundings(times, schedule, person, eta, p), {}, {}))  # type: ignore[arg-type]
        return {signal.name: np.asarray(made[signal.name]) for signal in self.signals}

    def _course(self, table: EventTable, number: int) -> _Course:
        rows = np.flatnonzero(table.person == number)
        scale = MINUTES[self.time_unit]
        _refuse(table, rows, self.stage.variant)
        events: list[DoseEvent] = []
        times: list[float] = []
        doses_at = {float(table["TIME"][k]) for k in rows if table.is_dose[k]}
        passed: set[float] = set()
        for k in rows:
            time = float(table["TIME"][k])
            if table.is_dose[k]:
                events += self._events(table, int(k), scale)
                passed.add(time)
            elif table.is_observed[k]:
                times.append(time * scale - (_BEFORE if time in doses_at - passed else 0.0))
        events.sort(key=lambda event: event.time)
        return _Course(
            table.people[number], tuple(events), np.array(times), _covariates(self.stage.variant, table, rows)
        )

    def _events(self, table: EventTable, k: int, scale: float) -> list[DoseEvent]:
        amount, rate, lasting = (float(table[name][k]) for name in ("AMT", "RATE", "DUR"))
        duration = lasting if lasting else amount / rate if rate else 0.0
        route = table.labels["ROUTE"][k].lower() if "ROUTE" in table.labels else self.route
        if route not in ROUTES:
            raise unknown(f"route in line {table.line[k]}", route, ROUTES)
        times = table["TIME"][k] + np.arange(int(table["ADDL"][k]) + 1) * table["II"][k]
        return [DoseEvent(t * scale, self.drug, "base", route, amount, "mg", duration * scale) for t in times.tolist()]


def plasma_population(name: str, time_unit: str, drug: str = "", route: str = "") -> PlasmaPopulation:
    """A published model by its name.

    Args:
        name: ``otto2021`` and so on.
        time_unit: of the table: ``min``, ``h`` or ``d``.
        drug: what was given; may be left out where the model describes one drug only.
        route: likewise.

    Raises:
        WrongUse: an unknown name, or a drug or route that is not the model's.
        CannotSay: the model's residual error is not known.
    """
    from ketworks.plasma.cards import card_of
    from ketworks.registry import make

    stage, card = make("plasma", name), card_of(name)
    if time_unit not in MINUTES:
        raise unknown("time unit", time_unit, MINUTES, "--time-unit h")
    drug = _only(drug, card.drugs if card else DRUGS, "drug", name)
    route = _only(route, card.routes if card else ROUTES, "route", name)
    fitted = stage.fitted(frozenset({f"route:{route}", f"drug:{drug}"}))
    if not fitted.residual:
        expected = "a model whose residual error was read: without it no measurement can be simulated"
        raise CannotSay(f"plasma {name}: its residual error is not known", expected, paste="--plasma otto2021")
    return PlasmaPopulation(fitted, drug, route, time_unit)


def _only(given: str, choices: tuple[str, ...], kind: str, model: str) -> str:
    if given and given not in choices:
        raise unknown(f"{kind} for {model}", given, choices)
    if not given and len(choices) > 1:
        raise WrongUse(f"{model} without a {kind}", " or ".join(choices), paste=f"--{kind} {choices[0]}")
    return given or choices[0]


def _refuse(table: EventTable, rows: NDArray[np.int64], model: str) -> None:
    """What a schedule of a plasma model cannot say."""
    for k in rows:
        evid, ss, rate = table["EVID"][k], table["SS"][k], table["RATE"][k]
        what = f"EVID {evid:g}" if evid >= 3 else f"SS {ss:g}" if ss else f"RATE {rate:g}" if rate < 0 else ""
        if what:
            given = f"line {table.line[k]}: {what} with plasma {model}"
            raise WrongUse(given, "doses as they were given: AMT with RATE, DUR or neither; ADDL and II")


def _covariates(model: str, table: EventTable, rows: NDArray[np.int64]) -> dict[str, float]:
    """A person's covariates: WT must be there; AGE, HT (cm) and SEX (1 male, 0 female) where they are."""
    if "WT" not in table.covariates:
        raise WrongUse("a table without WT", "the weight in kg of each person", paste="a column WT")
    first = rows[0]
    said = {"weight": f"{float(table['WT'][first])!r} kg"}
    for column in table.covariates.keys() & {"WT", "AGE", "HT", "SEX"}:
        values = np.unique(table[column][rows])
        if len(values) > 1:
            given = f"{column} of ID {table.people[table.person[first]]} changes: {values[0]:g} to {values[-1]:g}"
            raise WrongUse(given, "one value a person: plasma models read a person once")
    if "AGE" in table.covariates:
        said["age"] = f"{float(table['AGE'][first])!r} y"
    if "HT" in table.covariates:
        said["height"] = f"{float(table['HT'][first])!r} cm"
    if "SEX" in table.covariates:
        said["sex"] = "male" if table["SEX"][first] == 1 else "female"
    person = Person(**said)
    _check_age(model, person, table.people[table.person[first]])
    return person.covariates()


def _check_age(model: str, person: Person, who: str) -> None:
    """Refuses children under a model of adults, and people of no stated age under a model of children."""
    from ketworks.plasma.cards import card_of

    card = card_of(model)
    if card is None:
        return
    if person.age_years < ADULT <= card.ages[0]:
        given = f"{model} for ID {who} of {person.age_years:g} years"
        raise CannotSay(given, f"{card.ages[0]:g} to {card.ages[1]:g} years: nobody younger was sampled")
    if "age" not in person.given and card.ages[1] < person.age_years:
        raise WrongUse(f"{model} for ID {who} without an age", "a column AGE, in years", paste="a column AGE")
