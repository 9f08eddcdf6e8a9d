"""The pain stage: pain as a person reports it over weeks, from venous ketamine and acute relief."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.engine.lag import lag_error
from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Need, Signal
from ketworks.engine.stage import Residual, Stage, Surroundings
from ketworks.evidence.parameters import load, pick
from ketworks.pain import central_sensitisation as slow
from ketworks.pain import score, signals
from ketworks.pain.response import responds

_S, _R = "plasma.s_ketamine.venous", "plasma.r_ketamine.venous"
_ACUTE = "mind.analgesia"
_RESPONSE, _SENSITIVITY, _BASELINE = "pain.response", "pain.sensitivity", "pain.baseline"
_RATING = "pain.rating"
_OF_LEVEL = (signals.SCORE, signals.MEAN, signals.FALL, signals.RELIEF, signals.SLOW)


def _rests_on(setting: str, largest: str) -> dict[str, tuple[str, ...]]:
    """What carries each output: the rows of the setting and of the slow part, and the levels."""
    baseline = (f"{setting}.baseline", f"{setting}.baseline_sd", "pain.top")
    placebo = tuple(f"{setting}.placebo_{part}" for part in ("responders", "relief", "visit"))
    relief = (
        *(_S, _R, "pain.half_life", "pain.c50", "pain.r_weight", largest, "pain.spread"),
        *(f"{setting}.responders", f"{setting}.gain"),
    )
    gone = (*relief, *placebo, _ACUTE, "pain.acute")
    return {
        signals.SCORE: (*baseline, *gone, _RATING),
        signals.MEAN: (*baseline, *gone),
        signals.FALL: (*baseline, *gone),
        signals.RELIEF: gone,
        signals.PLACEBO: (*baseline, *placebo),
        signals.SLOW: relief,
        signals.RESPONDER: (f"{setting}.responders",),
    }


def _equations(relief: Callable[..., Array]) -> dict[str, tuple[Callable[..., Any], ...]]:
    """The functions behind each output, given the one that makes slow relief."""
    made = (slow.driving_level, slow.own_c50, relief, responds)
    placebo = (score.own_baseline, responds, score.placebo_course)
    all_of_it = (*made, score.own_baseline, score.placebo_course, score.relieved, score.reported)
    return {
        signals.SCORE: all_of_it,
        signals.MEAN: (slow.driving_level, relief, score.placebo_course, score.mean_reported),
        signals.FALL: all_of_it,
        signals.RELIEF: (*made, score.placebo_course, score.relieved),
        signals.PLACEBO: placebo,
        signals.SLOW: made,
        signals.RESPONDER: (responds,),
    }


@dataclass(frozen=True)
class CentralSensitisation(Stage):
    """Complex regional pain syndrome: a delayed level relieves two people in three, and acute relief comes on top."""

    name: ClassVar[str] = "pain"
    variant: ClassVar[str] = "central-sensitisation"
    meaning: ClassVar[str] = "pain 0-10 in complex regional pain syndrome: slow relief in responders, and acute relief"
    setting: ClassVar[str] = "crps"
    largest: ClassVar[str] = "pain.largest"
    needs: ClassVar[tuple[Need, ...]] = (Need(_S, "ng/mL"), Need(_R, "ng/mL"), Need(_ACUTE, "1"))
    outputs: ClassVar[tuple[Signal, ...]] = signals.outputs("complex regional pain syndrome")
    random_effects: ClassVar[tuple[str, ...]] = (_RESPONSE, _SENSITIVITY, _BASELINE)
    residual: ClassVar[Mapping[str, Residual]] = {signals.SCORE: Residual(additive=_RATING)}
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = _rests_on("crps", "pain.largest")
    equations = _equations(slow.relief_of_slow_level)

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """Slow relief, the scale and the rows of the setting."""
        return pick(load(str(Path(__file__).parent)), ("pain.", cls.largest, f"{cls.setting}."))

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Slow relief, who responds, and the score under drug and under placebo.

        Args:
            around: times, draws and parameters.
            inputs: venous S- and R-ketamine, ng/mL, and acute relief of pain as a share, shape (people, times).

        Returns:
            The declared outputs, shape (people, times), and ``error.*``, the cost of sampling the plasma.
        """
        p, eta, times = around.p, around.eta, around.times
        own = {key.removeprefix(f"{self.setting}."): value for key, value in p.items()}
        rate = jnp.log(2.0) / p["pain.half_life"]
        level = slow.driving_level(inputs[_S], inputs[_R], p["pain.r_weight"])
        c50 = slow.own_c50(p["pain.c50"], p["pain.spread"], eta[_SENSITIVITY])[:, None]
        responder = responds(own["responders"], eta[_RESPONSE])
        possible = self.slow_relief(times, level, rate, c50, p[self.largest] * own["gain"])
        relieved = possible * responder[:, None]
        baseline = score.own_baseline(own["baseline"], own["baseline_sd"], p["pain.top"], eta[_BASELINE])[:, None]
        helped = responds(own["placebo_responders"], eta[_RESPONSE])
        placebo = score.placebo_course(times, own["placebo_relief"], own["placebo_visit"], helped)
        helping = score.placebo_course(times, own["placebo_relief"], own["placebo_visit"], jnp.ones_like(helped))
        acute = p["pain.acute"] * inputs[_ACUTE]
        gone = score.relieved(acute, relieved, placebo)
        chances = own["responders"], own["placebo_responders"]
        error = lag_error(times, level, rate)
        return {
            signals.SCORE: score.reported(baseline, gone),
            signals.FALL: baseline - score.reported(baseline, gone),
            signals.RELIEF: gone,
            signals.MEAN: score.mean_reported(own["baseline"], acute, possible, helping, *chances),
            signals.PLACEBO: baseline * (1.0 - placebo),
            signals.SLOW: relieved,
            signals.RESPONDER: jnp.broadcast_to(responder[:, None], relieved.shape),
            **{f"error.{name}": error for name in _OF_LEVEL},
        }

    def slow_relief(self, times: Array, level: Array, rate: Array, c50: Array, largest: Array) -> Array:
        """Share of pain that the slow part takes from a responder, shape (people, times)."""
        return slow.relief_of_slow_level(times, level, rate, c50, largest)


@dataclass(frozen=True)
class SaturatingInput(CentralSensitisation):
    """The same pain where the level saturates before the delay: hours count, and hardly the dose."""

    variant: ClassVar[str] = "saturating-input"
    meaning: ClassVar[str] = "the same, the level saturating before the delay: hours of infusion count, not the dose"
    largest: ClassVar[str] = "saturating.largest"
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = _rests_on("crps", "saturating.largest")
    equations = _equations(slow.relief_of_saturated_level)

    def slow_relief(self, times: Array, level: Array, rate: Array, c50: Array, largest: Array) -> Array:
        """Share of pain that the slow part takes from a responder, shape (people, times)."""
        return slow.relief_of_saturated_level(times, level, rate, c50, largest)


@dataclass(frozen=True)
class Neuropathic(CentralSensitisation):
    """Other neuropathic pain: the same chain with a gain of which only the bounds, nothing and the same, are known."""

    variant: ClassVar[str] = "neuropathic"
    meaning: ClassVar[str] = "pain 0-10 in other neuropathic pain: the same with a gain between 0 and 1, assumed"
    setting: ClassVar[str] = "neuropathic"
    outputs: ClassVar[tuple[Signal, ...]] = signals.outputs("refractory neuropathic pain")
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = _rests_on("neuropathic", "pain.largest")
