"""When people are ready to leave: the observation is over and every criterion of discharge is met for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ketworks.result import BAND, share_of_people
from ketworks.safety.rule import Rule
from ketworks.safety.watched import Floats


@dataclass(frozen=True)
class Criterion:
    """One criterion: when people last fail it, and the share that fails it at the end of the observation."""

    rule: Rule
    last: Floats
    open_share: float


@dataclass(frozen=True)
class Leaving:
    """When people are ready.

    Attributes:
        observation: min from the first dose to the end of the observation.
        window: last time that was looked at, min.
        ready: min by person, never before the end of the observation; infinite when not within the window.
        criteria_alone: the same without the observation, from the end of the last dose on.
        criteria: each criterion.
        not_judged: criteria for which no signal is predicted.
    """

    observation: float
    window: float
    ready: Floats
    criteria_alone: Floats
    criteria: tuple[Criterion, ...]
    not_judged: tuple[Rule, ...]

    def share_ready(self, minute: float) -> float:
        """Share of people who meet every criterion for good from a time on, whatever the observation."""
        return float(np.mean(self.criteria_alone <= minute))

    @property
    def band(self) -> tuple[float, float, float]:
        """Median, 5th and 95th percentile of the time ready to leave, min; infinite beyond the window."""
        return percentiles(self.ready)

    @property
    def alone(self) -> tuple[float, float, float]:
        """The same by the criteria alone, without the observation."""
        return percentiles(self.criteria_alone)

    @property
    def at_observation(self) -> tuple[float, float, float]:
        """Share of people ready when the observation ends, with its 90 % interval."""
        return share_and_interval((self.ready <= self.observation).astype(float))

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; a time beyond the window is null."""
        return {
            "observation_ends_min": self.observation,
            "ready_min": _plain(self.band),
            "criteria_alone_min": _plain(self.alone),
            "share_ready_when_observation_ends": dict(zip(("share", "low", "high"), self.at_observation, strict=True)),
            "window_min": self.window,
            "criteria": [
                {
                    "rule": one.rule.id,
                    "says": one.rule.words,
                    "origin": one.rule.origin,
                    "not_met_when_observation_ends": one.open_share,
                }
                for one in self.criteria
            ],
            "not_judged": [rule.id for rule in self.not_judged],
        }


def percentiles(minutes: Floats) -> tuple[float, float, float]:
    """Median, 5th and 95th percentile, rounded outward to a person's own time, so that infinity stays one."""
    ordered = np.sort(minutes)
    middle, low, high = (share / 100.0 * (len(ordered) - 1) for share in (50.0, *BAND))
    return float(ordered[int(np.ceil(middle))]), float(ordered[int(low)]), float(ordered[int(np.ceil(high))])


def share_and_interval(people: Floats) -> tuple[float, float, float]:
    """Share of people (people,) with its 90 % interval; one person alone says nothing of a share: 0 to 1."""
    share, low, high = share_of_people(people[:, None])
    if low is None or high is None:
        return float(share[0]), 0.0, 1.0
    return float(share[0]), float(low[0]), float(high[0])


def leaving(
    rules: Sequence[Rule], times: Floats, facts: Mapping[str, Floats], end: float, observation: float
) -> Leaving:
    """When each person is ready.

    Args:
        rules: the criteria.
        times: min from the first dose, the first of them before it.
        facts: what the criteria ask for, shape (people, times).
        end: of the last dose, min.
        observation: its end, min.

    Returns:
        A person is ready at the first time from which on every criterion is met at all later times too, and not
        before the observation is over. A criterion without a prediction is named and judges nobody.
    """
    judged = [rule for rule in rules if set(rule.condition.keys) <= set(facts)]
    found = []
    after = int(np.searchsorted(times, observation))
    for rule in judged:
        met = rule.condition.over(facts)
        found.append(Criterion(rule, met_from(met, times, end), float(np.mean(~met[:, after]))))
    people = len(next(iter(facts.values())))
    alone = np.max([one.last for one in found], axis=0) if found else np.full(people, end)
    missing = tuple(rule for rule in rules if rule not in judged)
    return Leaving(observation, float(times[-1]), np.maximum(alone, observation), alone, tuple(found), missing)


def met_from(met: np.ndarray[Any, np.dtype[np.bool_]], times: Floats, earliest: float) -> Floats:
    """The first time, not before ``earliest``, from which on something stays met; infinite where it never does.

    Args:
        met: whether it is met, shape (people, times).
        times: min, shape (times,).
        earliest: min; one of the times.
    """
    count = len(times)
    fails = ~met
    last = np.where(fails.any(axis=1), count - 1 - np.argmax(fails[:, ::-1], axis=1), -1)
    later = np.append(times, np.inf)[last + 1]
    return np.asarray(np.maximum(later, earliest), dtype=np.float64)


def _plain(found: tuple[float, float, float]) -> dict[str, float | None]:
    return {
        name: value if np.isfinite(value) else None
        for name, value in zip(("median", "low", "high"), found, strict=True)
    }
