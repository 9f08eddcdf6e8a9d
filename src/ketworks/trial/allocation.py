"""Who is asked, who is included, and which arm each gets: permuted blocks within strata."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import CannotSay
from ketworks.trial.plan import Trial
from ketworks.trial.pool import Pool

Places = NDArray[np.int64]


class Enrolled(NamedTuple):
    """Places in the pool of those included, in order of enrolment; how many were looked at; stratum and sequence."""

    rows: Places
    assessed: int
    stratum: Places
    sequence: Places


def enrol(trial: Trial, pool: Pool, replicate: int) -> Enrolled:
    """Draws a trial's people from the pool, each at most once, and allocates them.

    Replicate 0 takes the pool in the order of ids; all others draw an order keyed by (seed, replicate).

    Raises:
        CannotSay: the pool holds too few who may be included.
    """
    rng = np.random.Generator(np.random.Philox(key=[trial.seed, replicate]))
    everybody = np.arange(len(pool.ids)) if replicate == 0 else rng.permutation(len(pool.ids))
    fits = np.flatnonzero(pool.baseline[everybody] >= trial.who.lowest)
    if len(fits) < trial.who.n:
        raise CannotSay(
            f"{trial.who.n} people of a pool of {len(pool.ids)}, of whom {len(fits)} may be included",
            "a larger pool, or a lower score for inclusion",
            paste=f"--pool {4 * trial.who.n * len(pool.ids) // max(len(fits), 1)}",
        )
    taken = fits[: trial.who.n]
    rows = everybody[taken]
    stratum = _stratum(trial, pool, rows)
    sequence = np.empty(len(rows), np.int64)
    for one in np.unique(stratum):
        members = np.flatnonzero(stratum == one)
        sequence[members] = blocks(_shares(trial), len(members), trial.block, rng)
    return Enrolled(rows, int(taken[-1]) + 1, stratum, sequence)


def blocks(shares: tuple[int, ...], count: int, block: int, rng: np.random.Generator) -> Places:
    """Permuted blocks: in each whole block every arm stands as often as its share says.

    Args:
        shares: of the arms.
        count: people.
        block: people in a block, a multiple of the sum of shares; 0 for one block that holds all.
        rng: of this replicate.

    Returns:
        The arm of each person in order, shape (people,).
    """
    unit = np.repeat(np.arange(len(shares)), shares)
    if block == 0:
        whole, rest = divmod(count, len(unit))
        filled = np.concatenate([np.tile(unit, whole), rng.permutation(unit)[:rest]])
        return rng.permutation(filled)
    times = -(-count // block)
    each = np.tile(unit, block // len(unit))
    return np.concatenate([rng.permutation(each) for _ in range(times)])[:count]


def _shares(trial: Trial) -> tuple[int, ...]:
    return (1,) * trial.periods if trial.design == "crossover" else tuple(arm.share for arm in trial.arms)


def _stratum(trial: Trial, pool: Pool, rows: Places) -> Places:
    """Number of each person's stratum: below or above the pool's median score, and sex, as the plan asks."""
    found = np.zeros(len(rows), np.int64)
    if "severity" in trial.stratify:
        found += 1 * (pool.baseline[rows] > np.median(pool.baseline))
    if "sex" in trial.stratify:
        found += 2 * pool.male[rows].astype(np.int64)
    return found
