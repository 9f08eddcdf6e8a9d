"""A population on a linear structure: typical values, spread between people, error of measurement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse, nearest_of, unknown
from ketworks.events import EventTable, LinearModel, predict
from ketworks.events.model_file import Given
from ketworks.predictive.draws import normals
from ketworks.predictive.residual_error import ResidualError
from ketworks.predictive.wrong_model import check_factor, scaled_name

Floats = NDArray[np.float64]
_NEGATIVE = -1e-12  # smallest eigenvalue of a covariance, relative, that is rounding and not contradiction


@dataclass(frozen=True, eq=False)
class PopulationModel:
    """A linear compartmental model of a population, in the units of its table.

    Attributes:
        name: for titles.
        structure: compartments and rates, of ``ketworks.events``.
        typical: how each parameter of the typical person is given: a value, with a covariate's power, or a column.
        effects: parameters that differ between people, log-normally.
        covariance: of their logarithms, shape (effects, effects).
        residual: error of measurement of every output, or by compartment.
        time_unit: of the table.
        unit: of the values (DV).
        root: symmetric root of the covariance.
    """

    name: str
    structure: LinearModel
    typical: Mapping[str, Given]
    effects: tuple[str, ...]
    covariance: Floats
    residual: ResidualError | Mapping[str, ResidualError]
    time_unit: str
    unit: str
    root: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Checks that the parts belong together."""
        for name in self.effects:
            if name not in self.typical:
                raise unknown("parameter", name, self.typical)
        if not isinstance(self.residual, ResidualError):
            for name in self.residual:
                if name not in self.structure.compartments:
                    raise unknown("compartment", name, self.structure.compartments)
        object.__setattr__(self, "root", _root(self.effects, self.covariance))

    def scaled(self, factors: Mapping[str, float]) -> PopulationModel:
        """The same with typical values multiplied, to try a wrong model."""
        typical = dict(self.typical)
        for name, factor in factors.items():
            if name not in typical:
                near = nearest_of(name, typical, 1) or next(iter(typical))
                raise unknown("parameter", name, typical, f"--scale {near}=1.5")
            typical[name] = _times(typical[name], check_factor(name, factor))
        return replace(self, typical=typical, name=scaled_name(self.name, factors))

    def outputs(self, table: EventTable) -> NDArray[np.str_]:
        """The compartment that each record measures: CMT, or the structure's output where that is 0."""
        places = self.structure.compartments
        number = np.asarray(table["CMT"], dtype=np.int64)
        usual = places.index(self.structure.output) + 1
        wrong = np.flatnonzero(table.is_observed & (number > len(places)))
        if len(wrong):
            given = f"line {table.line[wrong[0]]}: CMT {number[wrong[0]]}"
            raise WrongUse(given, f"0 to {len(places)}: {', '.join(places)}")
        chosen = np.where((number > 0) & (number <= len(places)), number, usual)
        return np.asarray(np.array(places)[chosen - 1])

    def levels(self, table: EventTable, seed: int, first: int, count: int) -> Floats:
        """Levels at every record in a run of replicates; the typical person's when ``count`` is 0.

        Args:
            table: people, doses and times.
            seed: study seed.
            first: number of the first replicate.
            count: how many.

        Returns:
            Shape (count, records), or (1, records) for the typical person.
        """
        found = {name: _at(table, name, given) for name, given in self.typical.items()}
        if count and self.effects:
            draws = [_draws(table.people, name, seed, first, count) for name in self.effects]
            for name, row in zip(self.effects, self.root, strict=True):
                # term by term: a matrix product may round differently for another number of replicates
                factor = np.exp(sum(weight * draw for weight, draw in zip(row, draws, strict=True)))
                by_record = found[name].shape[-1] != len(table.people)
                found[name] = found[name] * (factor[:, table.person] if by_record else factor)
        levels = np.atleast_2d(predict(self.structure, table, found))
        return np.broadcast_to(levels, (max(count, 1), len(table)))

    def measured(self, levels: Floats, draws: Floats, outputs: NDArray[np.str_]) -> Floats:
        """Levels with the error of measurement; ``draws`` as :meth:`ResidualError.measured` takes them."""
        if isinstance(self.residual, ResidualError):
            return self.residual.measured(levels, draws)
        found = np.empty(levels.shape)
        for name in np.unique(outputs):
            if name not in self.residual:
                raise WrongUse(f"observations of {name} without a residual error", f"[residual.{name}]")
            here = outputs == name
            found[:, here] = self.residual[str(name)].measured(levels[:, here], draws[:, here])
        return found


def _times(given: Given, factor: float) -> Given:
    if given.value is None:
        return replace(given, factor=given.factor * factor)
    return replace(given, value=given.value * factor)


def _at(table: EventTable, name: str, given: Given) -> Floats:
    """The typical parameter by person, or by record where it changes within a person."""
    values = np.asarray(given.of(table))
    lowest = 0.0 if name.startswith("ALAG") else np.nextafter(0.0, 1.0)
    wrong = np.flatnonzero(~(np.isfinite(values) & (values >= lowest)))
    if len(wrong):
        column = given.column or given.per
        where = f"line {table.line[wrong[0]]}, column {column}" if column else "[parameters]"
        raise WrongUse(f"{where}: {name} is {values[wrong[0]]:g}", "a finite number above 0")
    starts = table.starts[:-1]
    return values[starts] if np.array_equal(values, values[starts][table.person]) else values


def _draws(people: Sequence[str], name: str, seed: int, first: int, count: int) -> Floats:
    return np.hstack([normals(seed, person, name, first, count) for person in people])


def _root(names: tuple[str, ...], covariance: Floats) -> Floats:
    """Symmetric root of the covariance; zero variances are allowed, contradictory correlations are not."""
    if not names:
        return np.zeros((0, 0))
    values, vectors = np.linalg.eigh(covariance)
    if values.min() < _NEGATIVE * max(values.max(), 1.0):
        raise WrongUse(
            f"correlations of {', '.join(names)} contradict each other (smallest eigenvalue {values.min():.2g})",
            "variances and correlations that some population can have",
        )
    return np.asarray(vectors * np.sqrt(np.clip(values, 0.0, None)) @ vectors.T)
