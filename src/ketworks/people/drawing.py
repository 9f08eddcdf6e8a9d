"""Draws people from a population: each by keys of their own, whatever the company, the order or the batch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse
from ketworks.people.population import OfSex, Population, correlation
from ketworks.people.spread import Numbers

Floats = NDArray[np.float64]
QUANTITIES = ("age", "height", "weight")  # in the order of the correlation matrix
TRIES = 64  # draws of one person before the ranges are called too narrow
BLOCK = 1024  # always as many at once, so that company cannot change a bit
_NORMAL = NormalDist()
_PHI = np.frompyfunc(lambda z: 0.5 * math.erfc(-z / math.sqrt(2.0)), 1, 1)


def draw(
    population: Population, seed: int, ids: NDArray[np.int64], fixed: Mapping[str, float | str]
) -> dict[str, Floats]:
    """Weight (kg), age (y), height (cm) and male (0/1) of people.

    What is fixed stays as it is, and what is drawn beside it is drawn from those of the population who have it.

    Args:
        population: whom to draw from.
        seed: study seed.
        ids: person ids.
        fixed: values of ``weight``, ``age``, ``height`` in these units, or a ``sex``, that everybody has.

    Returns:
        Arrays of shape (people,) by name.

    Raises:
        WrongUse: a fixed value outside the population's range, or ranges in which next to nobody lies.
    """
    parts = []
    for first in range(0, len(ids), BLOCK):
        here = ids[first : first + BLOCK]
        padded = np.concatenate([here, np.full(BLOCK - len(here), here[-1])])
        parts.append({name: values[: len(here)] for name, values in _block(population, seed, padded, fixed).items()})
    return {name: np.concatenate([part[name] for part in parts]) for name in (*QUANTITIES, "male")}


def _block(
    population: Population, seed: int, ids: NDArray[np.int64], fixed: Mapping[str, float | str]
) -> dict[str, Floats]:
    from ketworks.engine.random import standard_normals

    male = _male(population, np.asarray(standard_normals(seed, ids, ("people.sex",))["people.sex"]), fixed)
    found = {name: np.zeros(len(ids)) for name in QUANTITIES}
    left = np.ones(len(ids), dtype=bool)
    for attempt in range(TRIES):
        names = [f"people.{name}.{attempt}" for name in QUANTITIES]
        drawn = standard_normals(seed, ids, names)
        normals = np.stack([np.asarray(drawn[name]) for name in names])
        for sex, one in population.sexes.items():
            values = _values(population.ages, one, normals, fixed)
            inside = np.logical_and.reduce([spread.holds(values[name]) for name, spread in _spreads(population, one)])
            taken = left & inside & (male == float(sex == "male"))
            for name in QUANTITIES:
                found[name][taken] = values[name][taken]
            left &= ~taken
        if not left.any():
            return found | {"male": male}
    raise WrongUse(f"ranges of {population.name}", f"ranges that hold more than one in {TRIES} of those drawn")


def _male(population: Population, normals: Floats, fixed: Mapping[str, float | str]) -> Floats:
    if "sex" in fixed:
        return np.full(len(normals), float(fixed["sex"] == "male"))
    share = population.share_female
    limit = _NORMAL.inv_cdf(share) if 0.0 < share < 1.0 else math.copysign(math.inf, share - 0.5)
    return np.asarray(normals >= limit, dtype=np.float64)


def _spreads(population: Population, one: OfSex) -> tuple[tuple[str, Numbers], ...]:
    return ("age", population.ages), ("height", one.height), ("weight", one.weight)


def _values(ages: Numbers, one: OfSex, normals: Floats, fixed: Mapping[str, float | str]) -> dict[str, Floats]:
    """Age, height and weight of one sex from independent normals (3, people), and from what is fixed.

    z = L e with L L' = R; value = mean + sd z, or median exp(s z) for weight, or low + (high - low) Phi(z) where even

    Symbols: e independent, z correlated standard normals - 1; R correlation matrix - 1; s SD of log weight - 1
    Source:  definition of the normal copula
    Leaves out: correlations that change with age.
    """
    spreads = dict(zip(QUANTITIES, (ages, one.height, one.weight), strict=True))
    known = [k for k, name in enumerate(QUANTITIES) if name in fixed]
    order = known + [k for k in range(len(QUANTITIES)) if k not in known]
    root = np.linalg.cholesky(correlation(one)[np.ix_(order, order)])
    ordered = normals[order]
    if known:
        at = np.array([_normal_of(QUANTITIES[k], spreads[QUANTITIES[k]], float(fixed[QUANTITIES[k]])) for k in known])
        ordered[: len(known)] = np.linalg.solve(root[: len(known), : len(known)], at)[:, None]
    values = {}
    for place, row in zip(order, root, strict=True):
        name = QUANTITIES[place]
        z = row[0] * ordered[0] + row[1] * ordered[1] + row[2] * ordered[2]
        values[name] = np.full(len(z), float(fixed[name])) if name in fixed else _value_of(name, spreads[name], z)
    return values


def log_shape(spread: Numbers) -> tuple[float, float]:
    """Median and SD of the logarithm of a log-normal quantity with this mean and SD."""
    variance = math.log1p((spread.sd / spread.mean) ** 2)
    return spread.mean * math.exp(-0.5 * variance), math.sqrt(variance)


def _value_of(name: str, spread: Numbers, z: Floats) -> Floats:
    if name == "weight":
        median, sd = log_shape(spread)
        return np.asarray(median * np.exp(sd * z))
    if spread.even:
        return np.asarray(spread.low + (spread.high - spread.low) * _PHI(z).astype(np.float64))
    return spread.mean + spread.sd * z


def _normal_of(name: str, spread: Numbers, value: float) -> float:
    """The standard normal that gives a value."""
    if not spread.holds(value):
        raise WrongUse(f"{name} {value:g} for everybody", f"{spread.low:g} to {spread.high:g}, the population's range")
    if spread.even:
        share = (value - spread.low) / (spread.high - spread.low) if spread.high > spread.low else 0.5
        return _NORMAL.inv_cdf(min(max(share, 1e-12), 1.0 - 1e-12))
    if spread.sd == 0.0:
        return 0.0
    if name == "weight":
        median, sd = log_shape(spread)
        return math.log(value / median) / sd
    return (value - spread.mean) / spread.sd
