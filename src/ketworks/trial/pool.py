"""The pool: people simulated once under every arm's regimen, from whom trials are drawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.people.cohort import Cohort
from ketworks.trial.keep import Keep, at_once
from ketworks.trial.plan import Arm, Trial
from ketworks.trial.settings import numbers
from ketworks.trial.simulated import simulated

Floats = NDArray[np.float64]
_EFFECT, _DISSOCIATION, _PRESSURE = "outcome.drug_share", "mind.cadss", "body.systolic"
_BASELINE = "outcome.baseline"
_SESSION = np.linspace(0.0, 1.0, 9)
_AFTER = 60.0  # min after the first dose has ended that still count as its session


class Pool(NamedTuple):
    """People by id, shape (people,), and what each arm would do to each of them.

    Attributes:
        ids: person ids; person i is the same in every trial with this seed and population.
        male: 0 or 1.
        baseline: score before treatment, points.
        effect: share of what is left of the score that the drug takes away at the visits, 1, shape (arms, people,
            visits); it is the same in every setting.
        later: that share one period later, as carried over in a crossover, shape (arms, people, visits + 1); the first
            is at the start of that period. Without a crossover shape (arms, people, 0).
        dissociation: highest of the first session, points, shape (arms, people).
        rise: highest rise of systolic pressure in it, mmHg, shape (arms, people).
    """

    ids: NDArray[np.int64]
    male: Floats
    baseline: Floats
    effect: Floats
    later: Floats
    dissociation: Floats
    rise: Floats


def make_pool(trial: Trial, size: int, progress: Callable[[str], None] | None = None, keep: Keep = at_once) -> Pool:
    """Simulates the pool.

    Args:
        trial: arms, population and seed.
        size: people.
        progress: called with a word on what is being done.
        keep: makes each piece of the pool, or knows it already.

    Raises:
        KetworksError: as ``simulate``.
    """
    cohort = Cohort(size, trial.seed, population=trial.who.population)
    ids, male = cohort.ids, np.asarray(cohort.covariates["male"])
    solved = np.ones(size, bool)
    parts = []
    regimens: dict[str, tuple[Floats, ...]] = {}
    for arm in trial.arms:
        if arm.regimen not in regimens:
            drug = partial(_active, trial, arm, cohort, progress, keep)
            regimens[arm.regimen] = drug() if arm.active else _untreated(trial, size)
        parts.append(regimens[arm.regimen])
        solved &= np.isfinite(parts[-1][2])
    effect, later, dissociation, rise = (np.stack(part)[:, solved] for part in zip(*parts, strict=True))
    return Pool(ids[solved], male[solved], _baseline(trial, ids[solved]), effect, later, dissociation, rise)


def _baseline(trial: Trial, ids: NDArray[np.int64]) -> Floats:
    from ketworks.engine.random import standard_normals

    known = numbers()
    mean = known.baseline if trial.who.baseline is None else trial.who.baseline
    sd = known.baseline_sd if trial.who.baseline_sd is None else trial.who.baseline_sd
    draw = np.asarray(standard_normals(trial.seed, ids, [_BASELINE])[_BASELINE])
    return np.clip(mean + sd * draw, 0.0, known.top)


def _later_times(trial: Trial) -> list[float]:
    if trial.design != "crossover":
        return []
    return [trial.period, *(trial.period + visit for visit in trial.visits)]


def _untreated(trial: Trial, size: int) -> tuple[Floats, ...]:
    shapes = ((size, len(trial.visits)), (size, len(_later_times(trial))), (size,), (size,))
    return tuple(np.zeros(shape) for shape in shapes)


def _active(
    trial: Trial, arm: Arm, cohort: Cohort, progress: Callable[[str], None] | None, keep: Keep
) -> tuple[Floats, ...]:
    """Effect at the visits and a period later, dissociation and rise; people who failed are not a number."""
    from ketworks.dose.sentence import parse
    from ketworks.registry import Chain

    plan = parse(arm.regimen)
    first = plan.events()[0]
    session = (first.end + _AFTER) * _SESSION
    late = _later_times(trial)
    times = np.unique(np.concatenate([session, trial.visits, late]))
    say = None if progress is None else partial(simulating, progress, arm.name)
    names = [_EFFECT, _DISSOCIATION, _PRESSURE]
    found = simulated(plan, cohort, Chain(**trial.chain), names, times, keep, say)

    def at(name: str, wanted: list[float] | Floats | tuple[float, ...]) -> Floats:
        return found[name][:, np.searchsorted(times, np.asarray(wanted, dtype=float))]

    pressure = at(_PRESSURE, session)
    rise = np.max(pressure - pressure[:, :1], axis=1)
    return at(_EFFECT, trial.visits), at(_EFFECT, late), np.max(at(_DISSOCIATION, session), axis=1), rise


def simulating(progress: Callable[[str], None], arm: str, word: str) -> None:
    """Says how far the simulation of an arm is."""
    progress(f"simulating {arm}: {word}")
