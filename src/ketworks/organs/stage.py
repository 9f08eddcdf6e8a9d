"""The organs stage: breathing, cortisol, stomach, eye, bladder, liver and immune read-outs from arterial ketamine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, NamedTuple

import jax.numpy as jnp
from jax import Array

from ketworks.engine.lag import lag_error, lag_steps, lagged
from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Need, Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.evidence.parameters import load
from ketworks.organs import breathing, chronic, cortisol, directions, side_effects, signals
from ketworks.organs.exposure import exposure
from ketworks.organs.sites import Memory, remembered

_S, _R = "plasma.s_ketamine.arterial", "plasma.r_ketamine.arterial"
_BOTH = (_S, _R)
OPIOID, NAUSEA_GAIN, SECRETION_GAIN = (
    *("comedication.opioid_level", "comedication.nausea_gain"),
    "comedication.secretion_gain",
)
_OTHER_DRUGS = (OPIOID, NAUSEA_GAIN, SECRETION_GAIN)
_REST = ("breathing.ventilation", "breathing.carbon_dioxide", "breathing.slope", "breathing.rise")
_PUSH = (
    *(
        _S,
        OPIOID,
        "breathing.awake_half_life",
        "breathing.fast_half_life",
        "breathing.stimulation",
        "breathing.stimulation_c50",
    ),
    *("breathing.fades_at", "breathing.fading_steepness", "breathing.per_doubling", "breathing.threshold"),
)
_SLOPE = (_S, OPIOID, "breathing.slope", "breathing.opioid_doubling")
_HORMONE = (
    *(_S, "cortisol.production", "cortisol.decline", "cortisol.floor", "cortisol.rises_at"),
    *("cortisol.half_life", "cortisol.doubling", "cortisol.most"),
)
_RECENT = (*_BOTH, "exposure.memory")
_PUSHES = (breathing.stimulation, breathing.depression)
_LOOP = (breathing.opioid_slope, breathing.settled_carbon_dioxide, breathing.loop_rate)
_COURSE = (cortisol.production, cortisol.drug_factor, cortisol.without_drug, cortisol.lag_of_added, cortisol.with_drug)
# signal of a report: its hazard; of a direction that is shown from a level on: which level, and its rows
_HAZARDS = {name: f"reports.{name.split('.')[1]}" for name in (signal.name for signal in signals.REPORTED)}
_FROM_LEVEL = {
    signals.SECRETIONS: "secretions",
    signals.PURSUIT: "pursuit",
    signals.SACCADES: "saccades",
    signals.INTERLEUKIN: "interleukin_6",
    signals.INTERFERON: "interferon_gamma",
    signals.CYTOKINES: "cytokines",
}
_SICK = (signals.NAUSEA, signals.VOMITING)
_WITHIN_HOURS = (signals.INTERLEUKIN, signals.INTERFERON)


class _Levels(NamedTuple):
    """What the organs see, each (people, times), and by name what sampling cost.

    Attributes:
        s: arterial S-ketamine, ng/mL.
        both: arterial S- and R-ketamine, ng/mL.
        awake: S behind the lag of minutes, ng/mL.
        fast: S behind the short lag, ng/mL.
        hours: S + R behind the lag of hours, ng/mL.
        so_far: exposure to S, ng/mL*min.
        gain: factor of other drugs on the odds of nausea, its mean over that exposure.
        recent: exposure to S + R of about a month, ng/mL*min.
        usual: cortisol without drug, umol/L, shape (1, times).
        cortisol: cortisol, umol/L.
        error: largest error over largest value.
        other: factors of other drugs.
    """

    s: Array
    both: Array
    awake: Array
    fast: Array
    hours: Array
    so_far: Array
    gain: Array
    recent: Array
    usual: Array
    cortisol: Array
    error: Mapping[str, Array]
    other: Mapping[str, Array]


@dataclass(frozen=True)
class FromArterialLevel(Stage):
    """Organs follow arterial ketamine: breathing through the loop of carbon dioxide, cortisol through its turnover."""

    name: ClassVar[str] = "organs"
    variant: ClassVar[str] = "arterial-level"
    meaning: ClassVar[str] = "breathing, cortisol, side effects, bladder, liver and immune signs from arterial levels"
    needs: ClassVar[tuple[Need, ...]] = (
        *(Need(_S, "ng/mL"), Need(_R, "ng/mL")),
        *(Need(name, "1") for name in _OTHER_DRUGS),
    )
    outputs: ClassVar[tuple[Signal, ...]] = signals.OUTPUTS
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        signals.VENTILATION: (*_PUSH, *_REST, "breathing.opioid_doubling"),
        signals.CARBON_DIOXIDE: (*_PUSH, *_REST, "breathing.opioid_doubling"),
        signals.CO2_SLOPE: _SLOPE,
        signals.RAISED: (*_PUSH, *_REST[:3], "breathing.opioid_doubling", "breathing.raised"),
        signals.CORTISOL: _HORMONE,
        signals.CORTISOL_RISE: _HORMONE,
        **{
            name: (_S, row, *([NAUSEA_GAIN] * (name in _SICK)), "reports.dose_exposure", "reports.alikeness")
            for name, row in _HAZARDS.items()
        },
        **{
            name: (*_BOTH, f"{row}.threshold", f"{row}.direction", *(["hours.half_life"] * (name in _WITHIN_HOURS)))
            for name, row in _FROM_LEVEL.items()
        },
        signals.SECRETIONS: (*_BOTH, SECRETION_GAIN, "secretions.threshold", "secretions.direction"),
        signals.CYTOKINES: (
            *(*_RECENT, "hours.half_life", "interleukin_6.threshold"),
            *("cytokines.threshold", "cytokines.direction"),
        ),
        signals.EYE_PRESSURE: (*_BOTH, "eye_pressure.low", "eye_pressure.high"),
        signals.RECENT: _RECENT,
        signals.BLADDER: (*_RECENT, "bladder.threshold", "bladder.regular", "bladder.regular_ratio"),
        signals.LIVER: (*_RECENT, "liver.half", "liver.steepness"),
    }
    equations = {
        signals.VENTILATION: (*_PUSHES, *_LOOP, breathing.ventilation_at),
        signals.CARBON_DIOXIDE: (*_PUSHES, *_LOOP),
        signals.CO2_SLOPE: (breathing.opioid_slope,),
        signals.RAISED: (*_PUSHES, breathing.opioid_slope, breathing.ventilation_at),
        signals.CORTISOL: _COURSE,
        signals.CORTISOL_RISE: _COURSE,
        **dict.fromkeys(_HAZARDS, (exposure, side_effects.reported)),
        **dict.fromkeys(_SICK, (exposure, side_effects.reported, side_effects.with_gain)),
        **dict.fromkeys(_FROM_LEVEL, (directions.from_level,)),
        signals.CYTOKINES: (exposure, directions.from_level),
        signals.EYE_PRESSURE: (directions.shown_by_interval,),
        signals.RECENT: (exposure,),
        signals.BLADDER: (exposure, chronic.bladder_excess),
        signals.LIVER: (exposure, chronic.liver_injury),
    }

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """All rows of the organs folder."""
        return load(str(Path(__file__).parent))

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Organs over time.

        Args:
            around: times and parameters.
            inputs: arterial S- and R-ketamine, ng/mL, and factors of other drugs, shape (people, times).

        Returns:
            The declared outputs, shape (people, times), and ``error.*``, the cost of sampling the plasma.
        """
        p, times = around.p, around.times
        levels = _levels(times, inputs, p)
        return {
            **_breathing(times, levels, p),
            **_cortisol(levels),
            **_reports(levels, p),
            **_of_months(levels, p),
            **_directions(levels, p),
        }


def _levels(times: Array, inputs: Mapping[str, Array], p: Mapping[str, Array]) -> _Levels:
    s, both = inputs[_S], inputs[_S] + inputs[_R]
    people, other = s.shape[0], {name: inputs[name] for name in _OTHER_DRUGS}
    day = cortisol.Day(*(p[f"cortisol.{name}"] for name in ("production", "decline", "floor", "rises_at")))
    elimination = jnp.log(2.0) / p["cortisol.half_life"]
    usual = cortisol.without_drug(times, day, elimination)
    lags = [jnp.log(2.0) / p[name] for name in ("breathing.awake_half_life", "breathing.fast_half_life")]
    lags.append(jnp.log(2.0) / p["hours.half_life"])
    forgetting = [jnp.zeros(()), jnp.zeros(()), 1.0 / p["exposure.memory"]]

    def memories(times: Array, sampled: Array) -> list[Memory]:
        levels, at_rest = sampled[people:-1], sampled[-1]  # S, gained S, S + R
        factor = cortisol.drug_factor(levels[:people], p["cortisol.doubling"], p["cortisol.most"])
        quick = jnp.concatenate([sampled[: 2 * people], sampled[3 * people : -1]])
        keep, add = lag_steps(times, quick, jnp.repeat(jnp.stack(lags), people))
        return [
            Memory(keep, add, jnp.zeros(3 * people)),
            exposure(times, levels, jnp.repeat(jnp.stack(forgetting), people)),
            cortisol.lag_of_added(times, factor, at_rest, elimination),
        ]

    sampled = jnp.concatenate([s, s, other[NAUSEA_GAIN] * s, both, usual[None, :]])
    (awake, fast, hours, so_far, gained, recent, behind), errors = remembered(memories, times, sampled, people)
    factor = cortisol.drug_factor(s, p["cortisol.doubling"], p["cortisol.most"])
    raised = cortisol.with_drug(usual[None, :], factor, behind)
    # the error of what cortisol lags behind, over cortisol itself
    of_cortisol = errors[6] * jnp.max(jnp.abs(behind)) / jnp.max(raised)
    error = {"awake": errors[0], "fast": errors[1], "so_far": errors[3], "recent": errors[5], "cortisol": of_cortisol}
    gain = gained / jnp.where(so_far > 0.0, so_far, 1.0)
    gain = jnp.where(so_far > 0.0, gain, 1.0)
    return _Levels(s, both, awake, fast, hours, so_far, gain, recent, usual[None, :], raised, error, other)


def _breathing(times: Array, levels: _Levels, p: Mapping[str, Array]) -> dict[str, Array]:
    rest = breathing.AtRest(*(p[name] for name in _REST))
    push = breathing.stimulation(
        *(levels.awake, levels.fast, p["breathing.stimulation"], p["breathing.stimulation_c50"]),
        *(p["breathing.fades_at"], p["breathing.fading_steepness"]),
    ) - breathing.depression(levels.fast, p["breathing.per_doubling"], p["breathing.threshold"])
    slope = breathing.opioid_slope(rest.slope, levels.other[OPIOID], levels.s, p["breathing.opioid_doubling"])
    settled = breathing.settled_carbon_dioxide(push, slope, rest)
    rate = breathing.loop_rate(rest)
    gas = lagged(times, settled, rate, settled[:, 0])
    made = {
        signals.VENTILATION: breathing.ventilation_at(gas, push, slope, rest),
        signals.CARBON_DIOXIDE: gas,
        signals.CO2_SLOPE: slope,
        signals.RAISED: breathing.ventilation_at(p["breathing.raised"], push, slope, rest),
    }
    # what errors of the levels and of the loop come to: steepest slopes of the push against the logs of its two levels
    of_fast = (
        p["breathing.per_doubling"] / jnp.log(2.0) + p["breathing.stimulation"] * p["breathing.fading_steepness"] / 4
    )
    of_push = of_fast * levels.error["fast"] + p["breathing.stimulation"] / 4.0 * levels.error["awake"]
    of_gas = lag_error(times, settled, rate, settled[:, 0]) * jnp.max(gas)
    sizes = {
        signals.VENTILATION: of_push + rest.slope * of_gas,  # the loop takes back what the push errs, never adds to it
        signals.CARBON_DIOXIDE: of_push / jnp.min(slope) + of_gas,  # an opioid's flatter slope leaves more of the push
        signals.RAISED: of_push,
    }
    return made | {f"error.{name}": size / jnp.max(made[name]) for name, size in sizes.items()}


def _cortisol(levels: _Levels) -> dict[str, Array]:
    made = {
        signals.CORTISOL: 1000.0 * levels.cortisol,  # nmol/L
        signals.CORTISOL_RISE: levels.cortisol / levels.usual,
    }
    return made | {f"error.{name}": levels.error["cortisol"] for name in made}


def _reports(levels: _Levels, p: Mapping[str, Array]) -> dict[str, Array]:
    made = {
        name: side_effects.reported(levels.so_far, p[row], p["reports.dose_exposure"], p["reports.alikeness"])
        for name, row in _HAZARDS.items()
    }
    made |= {name: side_effects.with_gain(made[name], levels.gain) for name in _SICK}
    return made | {f"error.{name}": levels.error["so_far"] for name in made}


def _of_months(levels: _Levels, p: Mapping[str, Array]) -> dict[str, Array]:
    bladder = (p["bladder.threshold"], p["bladder.regular"], p["bladder.regular_ratio"])
    made = {
        signals.RECENT: levels.recent / 60.0,  # ng/mL*h
        signals.BLADDER: chronic.bladder_excess(levels.recent, *bladder),
        signals.LIVER: chronic.liver_injury(levels.recent, p["liver.half"], p["liver.steepness"]),
    }
    errors = {f"error.{name}": levels.error["recent"] for name in made}
    errors[f"error.{signals.LIVER}"] = levels.error["recent"] * p["liver.steepness"]
    return made | errors


def _directions(levels: _Levels, p: Mapping[str, Array]) -> dict[str, Array]:
    driving = dict.fromkeys(_FROM_LEVEL, levels.both) | dict.fromkeys(_WITHIN_HOURS, levels.hours)
    acute = levels.hours >= p["interleukin_6.threshold"]
    driving[signals.CYTOKINES] = jnp.where(acute, 0.0, levels.recent)  # seen days after the last dose, not within hours
    made = {
        name: directions.from_level(driving[name], p[f"{row}.threshold"], p[f"{row}.direction"])
        for name, row in _FROM_LEVEL.items()
    }
    made[signals.SECRETIONS] = made[signals.SECRETIONS] * levels.other[SECRETION_GAIN]
    low, high = p["eye_pressure.low"], p["eye_pressure.high"]
    return made | {signals.EYE_PRESSURE: directions.shown_by_interval(levels.both, low, high)}
