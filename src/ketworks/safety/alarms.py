"""Alarms of a session: how many people reach each limit, how sure that share is, and when it begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ketworks.safety.leaving import percentiles, share_and_interval
from ketworks.safety.rule import Rule
from ketworks.safety.watched import Floats

PROBABILITIES = ("unresponsive",)  # facts that are a probability themselves


@dataclass(frozen=True)
class Alarm:
    """One alarm.

    Attributes:
        rule: which limit.
        probability: share of people who reach it in the session; of a probability, the mean of their largest ones.
        low, high: 90 % Wilson interval that the number of people allows; not the uncertainty of the model.
        people: how many reach it.
        before: share of people who are there at the first time already, without drug.
        read: the same share and interval for readings at the times that the rules ask for, error included; None where
            no error of a reading is known.
        starts: median, 5th and 95th percentile of when it begins in them, min; None where nobody does.
    """

    rule: Rule
    probability: float
    low: float
    high: float
    people: int
    before: float
    read: tuple[float, float, float] | None
    starts: tuple[float, float, float] | None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        starts = None if self.starts is None else dict(zip(("median", "low", "high"), self.starts, strict=True))
        return {
            "rule": self.rule.id,
            "says": self.rule.words,
            "origin": self.rule.origin,
            "probability": self.probability,
            "low": self.low,
            "high": self.high,
            "people": self.people,
            "before": self.before,
            "read": None if self.read is None else dict(zip(("probability", "low", "high"), self.read, strict=True)),
            "starts_min": starts,
        }


def alarms(
    rules: Sequence[Rule], times: Floats, facts: Mapping[str, Floats], read: Mapping[str, Floats] | None = None
) -> tuple[Alarm, ...]:
    """Every alarm that can be judged.

    Args:
        rules: the limits.
        times: min from the first dose.
        facts: what the limits ask for, shape (people, times); an alarm without its fact is left out.
        read: likewise of readings with their error, at fewer times; the first is before the dose.
    """
    judged = [rule for rule in rules if set(rule.condition.keys) <= set(facts)]
    return tuple(_alarm(rule, times, facts, read or {}) for rule in judged)


def _alarm(rule: Rule, times: Floats, facts: Mapping[str, Floats], read: Mapping[str, Floats]) -> Alarm:
    raised = rule.condition.over(facts)
    ever = raised.any(axis=1)
    key = rule.condition.keys[0]
    share = facts[key].max(axis=1) if key in PROBABILITIES else ever.astype(float)
    starts = percentiles(times[np.argmax(raised[ever], axis=1)]) if ever.any() else None
    seen = share_and_interval(rule.condition.over(read).any(axis=1).astype(float)) if key in read else None
    return Alarm(rule, *share_and_interval(share), int(ever.sum()), float(raised[:, 0].mean()), seen, starts)
