"""Outcome with the person's own course beside the drug: untreated, or with a newly started antidepressant.

Beside these two, every outcome variant leaves the course without drug out: the score then comes back to the baseline.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import ndtri

from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Signal
from ketworks.engine.stage import Surroundings
from ketworks.evidence.parameters import load, pick
from ketworks.outcome import signals
from ketworks.outcome.own_course import own_change, recovery, support, wander
from ketworks.outcome.stage import DrugOnly, rests_on

BACKGROUND = "outcome.background"
_WAVES = 6
_RECOVERY, _SUPPORT = "outcome.recovery", "outcome.support"
_COSINES, _SINES, _PACES = (
    tuple(f"outcome.wander_{kind}_{k + 1}" for k in range(_WAVES)) for kind in ("cosine", "sine", "pace")
)
_RECOVERING, _WANDERING = ("course.recovery_rate", "course.spread"), ("course.wander_sd", "course.wander_time")
_HELPED = (*_RECOVERING, "course.support", "course.support_time")
_NATURAL = (*_RECOVERING, *_WANDERING)
_SUPPORTED = (*_NATURAL, "course.support", "course.support_time")
_PLACES = 64  # equal parts of the people over which a mean course is taken
_OF_BASELINE = ("madrs.baseline", "madrs.baseline_sd", "madrs.top")


def _background(words: str) -> Signal:
    return Signal(
        *(BACKGROUND, "point", "Change without the drug (MADRS)", "#6b705c"),
        *(f"One person's fall of MADRS since the start that the drug did not bring: {words}.",),
        baseline=0.0,
    )


@dataclass(frozen=True)
class NaturalCourse(DrugOnly):
    """The drug effect on top of slow recovery and wander under usual treatment; nothing else is started."""

    variant: ClassVar[str] = "natural-course"
    meaning: ClassVar[str] = "MADRS with the course under usual treatment: slow recovery and a wandering severity"
    outputs: ClassVar[tuple[Signal, ...]] = (
        *signals.outputs("drug effect plus the course under usual treatment", "with natural course", "usual treatment"),
        _background("slow recovery under usual treatment, and wander"),
    )
    random_effects: ClassVar[tuple[str, ...]] = (*DrugOnly.random_effects, _RECOVERY, *_COSINES, *_SINES, *_PACES)
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **rests_on(_RECOVERING, _WANDERING, "madrs.baseline"),
        BACKGROUND: (*_OF_BASELINE, *_NATURAL),
    }
    equations = {**DrugOnly.equations, BACKGROUND: (recovery, wander, own_change)}

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """Drug effect, scale and own course."""
        return pick(load(str(Path(__file__).parent)), ("mood.", "madrs.", *_NATURAL))

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """As without a course, and the change without the drug, points, shape (people, times)."""
        return {**super().run(around, inputs), BACKGROUND: self.control(around)[0]}

    def control(self, around: Surroundings) -> tuple[Array, Array]:
        """Change without the drug, which the score shows: points, shape (people, times)."""
        p, eta = around.p, around.eta
        start = p["madrs.baseline"] + p["madrs.baseline_sd"] * eta["outcome.baseline"]
        baseline = jnp.clip(start, 0.0, p["madrs.top"])[:, None]
        waves = ([eta[name] for name in names] for names in (_COSINES, _SINES, _PACES))
        wandering = wander(around.times, p["course.wander_sd"], p["course.wander_time"], *waves)
        change = own_change(baseline, self.exponent(around), wandering)
        return change, change

    def mean_control(self, around: Surroundings) -> Array:
        """Mean over people of the change without the drug, points, shape (1, times), by quantiles of each draw."""
        places = ndtri((jnp.arange(_PLACES) + 0.5) / _PLACES)
        return around.p["madrs.baseline"] * (1.0 - self.mean_left(around, places))

    def mean_left(self, around: Surroundings, places: Array) -> Array:
        """Mean share of the level that recovery leaves, shape (1, times); ``places`` are quantiles of one draw."""
        p = around.p
        found = recovery(around.times, p["course.recovery_rate"], p["course.spread"], places)
        return jnp.mean(jnp.exp(-found), axis=0, keepdims=True)

    def exponent(self, around: Surroundings) -> Array:
        """How far the person's level without the drug has fallen, as an exponent, shape (people, times)."""
        p = around.p
        return recovery(around.times, p["course.recovery_rate"], p["course.spread"], around.eta[_RECOVERY])


@dataclass(frozen=True)
class Antidepressant(NaturalCourse):
    """The drug effect on top of a newly started antidepressant that goes on, as in the nasal registration trials."""

    variant: ClassVar[str] = "antidepressant"
    meaning: ClassVar[str] = "MADRS with a newly started antidepressant that goes on, recovery and wander"
    outputs: ClassVar[tuple[Signal, ...]] = (
        *signals.outputs(
            *("drug effect plus the course under a new antidepressant", "with antidepressant", "a new antidepressant"),
        ),
        _background("a new antidepressant with all that comes with it, slow recovery, and wander"),
    )
    random_effects: ClassVar[tuple[str, ...]] = (*NaturalCourse.random_effects, _SUPPORT)
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **rests_on(_HELPED, _WANDERING, "madrs.baseline"),
        BACKGROUND: (*_OF_BASELINE, *_SUPPORTED),
    }
    equations = {**DrugOnly.equations, BACKGROUND: (recovery, support, wander, own_change)}

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """Drug effect, scale, own course and the antidepressant's share."""
        return pick(load(str(Path(__file__).parent)), ("mood.", "madrs.", "course."))

    def exponent(self, around: Surroundings) -> Array:
        """Own recovery and what the antidepressant adds, shape (people, times)."""
        p = around.p
        constants = (p["course.support"], p["course.spread"], p["course.support_time"])
        return super().exponent(around) + support(around.times, *constants, around.eta[_SUPPORT])

    def mean_left(self, around: Surroundings, places: Array) -> Array:
        """As under usual treatment, times the mean share that the antidepressant leaves: the draws are independent."""
        p = around.p
        found = support(around.times, p["course.support"], p["course.spread"], p["course.support_time"], places)
        return super().mean_left(around, places) * jnp.mean(jnp.exp(-found), axis=0, keepdims=True)
