"""Randomised withdrawal: an open phase for everybody, and randomisation of those in whom it worked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ketworks.trial.allocation import Enrolled, Places, blocks
from ketworks.trial.measures import fall, remission
from ketworks.trial.plan import Group, Trial
from ketworks.trial.pool import Floats

_UNSTABLE = -1
_AFTER = 1 << 32  # keys of this allocation, apart from those by which people enrol


def randomised(
    trial: Trial, who: Enrolled, baseline: Floats, score: Floats, seen: NDArray[np.bool_], replicate: int
) -> Enrolled:
    """Those of the enrolled who are randomised after the open phase, each stratum in blocks of its own.

    Args:
        trial: a withdrawal trial.
        who: all who entered the open phase, in order.
        baseline: score before treatment, points, shape (people,).
        score: at the visits of the open phase, points, shape (people, visits); the same under every arm.
        seen: whether it was rated, same shape.
        replicate: keys the allocation.

    Returns:
        The randomised, with the place of their group as stratum; ``assessed`` is the number who entered.
    """
    group = groups(trial, baseline, score, seen)
    kept = np.flatnonzero(group != _UNSTABLE)
    stratum = group[kept]
    rng = np.random.Generator(np.random.Philox(key=[trial.seed, _AFTER + replicate]))
    shares = tuple(arm.share for arm in trial.arms)
    sequence = np.empty(len(kept), np.int64)
    for one in np.unique(stratum):
        members = np.flatnonzero(stratum == one)
        sequence[members] = blocks(shares, len(members), trial.block, rng)
    return Enrolled(who.rows[kept], len(who.rows), stratum, sequence)


def groups(trial: Trial, baseline: Floats, score: Floats, seen: NDArray[np.bool_]) -> Places:
    """Each person's place among the strata, or -1: the first that fits, given that every ``stay`` is fulfilled."""
    assert trial.withdrawal is not None
    found = np.full(len(baseline), _UNSTABLE)
    for place, group in reversed(list(enumerate(trial.withdrawal.strata))):
        found[_fulfils(trial, group, baseline, score, seen)] = place
    for group in trial.withdrawal.groups:
        if group.role == "stay":
            found[~_fulfils(trial, group, baseline, score, seen)] = _UNSTABLE
    found[~seen[:, trial.visits.index(trial.withdrawal.randomise)]] = _UNSTABLE
    return found


def _fulfils(trial: Trial, group: Group, baseline: Floats, score: Floats, seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    at = [trial.visits.index(visit) for visit in group.visits]
    if group.kind == "remission":
        limit = np.full(len(baseline), remission(trial, group.threshold))
    else:
        limit = (1.0 - fall(trial, group.fraction)) * baseline
    good = (score[:, at] <= limit[:, None]) & seen[:, at]
    return np.asarray(good.sum(axis=1) >= group.needed)
