"""A population on a linear structure: typical values, spread between people, error of measurement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse, nearest_of, unknown
from ketworks.events import EventTable, LinearModel, predict
from ketworks.predictive.draws import normals
from ketworks.predictive.residual_error import ResidualError
from ketworks.predictive.wrong_model import check_factor, scaled_name

Floats = NDArray[np.float64]
OUTPUT = "level"
_NEGATIVE = -1e-12  # smallest eigenvalue of a covariance, relative, that is rounding and not contradiction


@dataclass(frozen=True)
class CovariatePower:
    """parameter x (covariate / reference) ^ power.

    Attributes:
        parameter: which parameter it scales.
        column: the table's column.
        reference: the covariate of the typical person, in the column's unit.
        power: exponent.
    """

    parameter: str
    column: str
    reference: float
    power: float


@dataclass(frozen=True, eq=False)
class PopulationModel:
    """A linear compartmental model of a population, in the units of its table.

    Attributes:
        name: for titles.
        structure: compartments and rates, of ``ketworks.events``.
        typical: value by parameter, in L, the table's time and amount units.
        effects: parameters that differ between people, log-normally.
        covariance: of their logarithms, shape (effects, effects).
        powers: covariates.
        residual: error of measurement.
        time_unit: of the table.
        unit: of the values (DV).
        root: lower root of the covariance.
    """

    name: str
    structure: LinearModel
    typical: Mapping[str, float]
    effects: tuple[str, ...]
    covariance: Floats
    powers: tuple[CovariatePower, ...]
    residual: ResidualError
    time_unit: str
    unit: str
    root: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Checks that the parts belong together."""
        for name in (*self.effects, *(power.parameter for power in self.powers)):
            if name not in self.typical:
                raise unknown("parameter", name, self.typical)
        object.__setattr__(self, "root", _root(self.effects, self.covariance))

    def scaled(self, factors: Mapping[str, float]) -> PopulationModel:
        """The same with typical values multiplied, to try a wrong model."""
        typical = dict(self.typical)
        for name, factor in factors.items():
            if name not in typical:
                raise unknown(
                    "parameter", name, typical, f"--scale {nearest_of(name, typical, 1) or next(iter(typical))}=1.5"
                )
            typical[name] *= check_factor(name, factor)
        return replace(self, typical=typical, name=scaled_name(self.name, factors))

    def outputs(self, table: EventTable) -> NDArray[np.str_]:
        """Name of what each record measures: a linear structure has one output."""
        return np.full(len(table), OUTPUT)

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
        found = self._covariate_factors(table)
        for name, value in self.typical.items():
            found[name] = np.atleast_2d(found.get(name, 1.0)) * np.full((max(count, 1), 1), value)
        if count and self.effects:
            draws = [self._draws(table.people, name, seed, first, count) for name in self.effects]
            for name, row in zip(self.effects, self.root, strict=True):
                # term by term: a matrix product may round differently for another number of replicates
                factor = np.exp(sum(weight * draw for weight, draw in zip(row, draws, strict=True)))
                by_record = found[name].shape[1] == len(table) != len(table.people)
                found[name] = found[name] * (factor[:, table.person] if by_record else factor)
        return np.asarray(predict(self.structure, table, found))

    def measured(self, levels: Floats, draws: Floats, outputs: NDArray[np.str_]) -> Floats:
        """Levels with the error of measurement; ``draws`` as :meth:`ResidualError.measured` takes them."""
        return self.residual.measured(levels, draws)

    def _draws(self, people: Sequence[str], name: str, seed: int, first: int, count: int) -> Floats:
        return np.hstack([normals(seed, person, name, first, count) for person in people])

    def _covariate_factors(self, table: EventTable) -> dict[str, Floats]:
        """Factor of each scaled parameter, by person, or by record where a covariate changes within a person."""
        found: dict[str, Floats] = {}
        for power in self.powers:
            column = _covariate(table, power)
            factor = (column / power.reference) ** power.power
            found[power.parameter] = found.get(power.parameter, np.ones(len(table))) * factor
        starts = table.starts[:-1]
        return {
            name: factor[starts] if np.array_equal(factor, factor[starts][table.person]) else factor
            for name, factor in found.items()
        }


def _covariate(table: EventTable, power: CovariatePower) -> Floats:
    column = np.asarray(table[power.column])
    wrong = np.flatnonzero(~(column > 0))
    if len(wrong):
        k = wrong[0]
        given = f"line {table.line[k]}, column {power.column}: {column[k]:g} for ID {table.people[table.person[k]]}"
        raise WrongUse(given, f"a number above 0 in every record: {power.parameter} scales with it")
    return column


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
