"""Normalised prediction distribution errors: where each observation stands among what the model simulates for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FEWEST = 200  # replicates; half of them rank the data, and p-values below 1 % need at least a hundred
_JITTER = 1e-10  # of the mean variance, added for people whose simulations do not vary at some time


class Discrepancies(NamedTuple):
    """Standard-normal under the true model.

    Attributes:
        observed: one number per observation, shape (observations,).
        simulated: the same of every ranking replicate taken as data, shape (ranking replicates, observations).
        prediction: mean of the simulations, shape (observations,).
    """

    observed: Floats
    simulated: Floats
    prediction: Floats


def discrepancies(
    observed: Floats, simulated: Floats, person: Ints, decorrelated: bool = True, apart: bool = True
) -> Discrepancies:
    """Prediction discrepancies of the data and of every simulated data set, as standard-normal numbers.

    y* = L^-1 (y - E)    V = L L'    pde = share of simulated y* below the observed y*    npde = Phi^-1(pde)

    Symbols:
        y   a person's observations, and each simulation of them - unit of the data
        E   mean of the person's simulations - unit of the data
        V   their covariance - unit of the data, squared
        L   lower Cholesky factor of V - unit of the data
        pde   prediction discrepancy; ties count half; 0 and 1 become 1/(2K) and 1 - 1/(2K) - 1
        K   simulations that rank - 1

    Source: the R package npde (its code and help pages were read), which implements Brendel et al. 2006.
    Leaves out: that decorrelated numbers are uncorrelated but still not independent; ``goodness`` minds that.

    The first half of the replicates gives E and V, the second half ranks: were V taken from the replicates that rank,
    their y* would be narrower than those of any other data, and true models would be flagged where people have many
    samples.

    Args:
        observed: the data, shape (observations,).
        simulated: replicates of them, shape (replicates, observations).
        person: a number per observation; those of one person need not stand together.
        decorrelated: ``npde``; otherwise ``npd``, each observation for itself.
        apart: halves of the replicates as said; otherwise all of them for both, as the R package does.
    """
    replicates = len(simulated)
    if replicates < FEWEST:
        raise WrongUse(f"{replicates} replicates", f"{FEWEST} or more", str(FEWEST), "--replicates 1000")
    half = replicates // 2
    training, ranking = (simulated[:half], np.array(simulated[half:])) if apart else (simulated, np.array(simulated))
    data = np.array(observed, dtype=np.float64)
    if decorrelated:
        for rows in _people(person):
            data[rows], ranking[:, rows] = _whiten(data[rows], ranking[:, rows], training[:, rows])
    return Discrepancies(_scores(data, ranking), _own_scores(ranking), simulated.mean(axis=0))


def _people(person: Ints) -> Iterator[Ints]:
    order = np.argsort(person, kind="stable")
    _, starts = np.unique(person[order], return_index=True)
    yield from np.split(order, starts[1:])


def _whiten(data: Floats, ranking: Floats, training: Floats) -> tuple[Floats, Floats]:
    from scipy.linalg import solve_triangular  # type: ignore[import-untyped]

    count = training.shape[1]
    if len(training) <= count + 1:
        given = f"{count} observations of one person with {2 * len(training)} replicates"
        raise WrongUse(given, "more replicates than twice the observations", paste=f"--replicates {20 * count}")
    mean = training.mean(axis=0)
    covariance = np.atleast_2d(np.cov(training, rowvar=False))
    scale = np.sqrt(np.diag(covariance))
    scale[scale == 0.0] = 1.0  # no spread: what stands there decides by sign alone
    correlation = covariance / np.outer(scale, scale) + _JITTER * np.eye(count)
    lower = np.linalg.cholesky(correlation)
    both = solve_triangular(lower, ((np.vstack([data, ranking]) - mean) / scale).T, lower=True).T
    return both[0], both[1:]


def _scores(data: Floats, ranking: Floats) -> Floats:
    below = (ranking < data).sum(axis=0) + 0.5 * (ranking == data).sum(axis=0)
    return _normal(below, len(ranking))


def _own_scores(ranking: Floats) -> Floats:
    """Each replicate taken as data and ranked among the others; ties share the middle."""
    from scipy.stats import rankdata  # type: ignore[import-untyped]

    return _normal(rankdata(ranking, axis=0) - 1.0, len(ranking) - 1)


def _normal(below: Floats, count: int) -> Floats:
    from scipy.special import ndtri  # type: ignore[import-untyped]

    edge = 0.5 / count
    return np.asarray(ndtri(np.clip(below / count, edge, 1.0 - edge)))
