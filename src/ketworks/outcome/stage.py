"""The outcome stage: drug effect, depression score, response, remission and lost response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Need, Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.evidence.parameters import load, pick
from ketworks.outcome import signals
from ketworks.outcome.control_arm import Control, control_change, kept_share
from ketworks.outcome.drug_effect import beside_other_drugs, in_points, mean_share, person_share
from ketworks.outcome.severity import relapsed, remitted, responded, severity

_FAST, _SYNAPSES, _BENEFIT = "plasticity.ampa_gain", "plasticity.synapses", "comedication.benefit_gain"
_SHARE = (_FAST, _SYNAPSES, _BENEFIT, "mood.largest_share", "mood.fast_share")
_PERSON_SHARE = (*_SHARE, "mood.share_spread")
_COURSE = ("control.day", "control.fading")


def rests_on(control: tuple[str, ...], spread: tuple[str, ...], baseline: str) -> dict[str, tuple[str, ...]]:
    """What carries each output: the rows of the control's mean course, those of its spread between people, and the id
    of the score before treatment."""
    person = (*_PERSON_SHARE, *control, *spread, baseline, f"{baseline}_sd", "madrs.top")
    response = (*person, "madrs.response_fraction")
    return {
        signals.MEAN_EFFECT: (*_SHARE, *control, baseline, "madrs.top"),
        signals.DRUG_EFFECT: person,
        signals.DRUG_SHARE: _PERSON_SHARE,
        signals.MADRS: person,
        signals.RESPONSE: response,
        signals.REMISSION: (*person, "madrs.remission_threshold"),
        signals.RELAPSE: (*response, "madrs.relapse_threshold"),
    }


_MEAN_EQUATIONS = (mean_share, beside_other_drugs, control_change, in_points)
_PERSON_EQUATIONS = (mean_share, beside_other_drugs, person_share, control_change, in_points)
_SCORE_EQUATIONS = (*_PERSON_EQUATIONS, severity)
_BASELINE = "madrs.baseline"


def _controlled(setting: str, *more: str, baseline: str = _BASELINE) -> dict[str, tuple[str, ...]]:
    mean = tuple(f"control.{setting}_{what}" for what in ("mean", *more))
    return rests_on((*mean, *_COURSE), (f"control.{setting}_sd",), baseline)


@dataclass(frozen=True)
class DrugOnly(Stage):
    """Baseline minus what the drug takes away beside midazolam; nothing that a control treatment would bring."""

    name: ClassVar[str] = "outcome"
    variant: ClassVar[str] = "drug-only"
    meaning: ClassVar[str] = "MADRS from synaptic gain: the drug effect only, placebo and expectancy excluded"
    setting: ClassVar[str] = "midazolam"
    baseline: ClassVar[str] = _BASELINE
    needs: ClassVar[tuple[Need, ...]] = tuple(Need(name, "1") for name in (_FAST, _SYNAPSES, _BENEFIT))
    outputs: ClassVar[tuple[Signal, ...]] = signals.outputs(
        "drug effect only; placebo and expectancy excluded", "without placebo", "midazolam"
    )
    random_effects: ClassVar[tuple[str, ...]] = ("outcome.sensitivity", "outcome.baseline")
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = rests_on(("control.midazolam_mean", *_COURSE), (), _BASELINE)
    equations = {
        signals.MEAN_EFFECT: _MEAN_EQUATIONS,
        signals.DRUG_EFFECT: _PERSON_EQUATIONS,
        signals.DRUG_SHARE: (mean_share, beside_other_drugs, person_share),
        signals.MADRS: _SCORE_EQUATIONS,
        signals.RESPONSE: (*_SCORE_EQUATIONS, responded),
        signals.REMISSION: (*_SCORE_EQUATIONS, remitted),
        signals.RELAPSE: (*_SCORE_EQUATIONS, responded, relapsed),
    }

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """Drug effect, scale and the change under the control on top of which the drug acts."""
        own = (*_COURSE, f"control.{cls.setting}_")
        return pick(load(str(Path(__file__).parent)), ("mood.", "madrs.", *own))

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Effect, score and its thresholds.

        Args:
            around: times, doses, draws and parameters.
            inputs: fast gain, synaptic gain and the factor of other drugs, shape (people, times).

        Returns:
            The declared outputs, shape (people, times). Closed form: no error of its own.
        """
        p = around.p
        alone = mean_share(inputs[_FAST], inputs[_SYNAPSES], p["mood.largest_share"], p["mood.fast_share"])
        mean = beside_other_drugs(alone, inputs[_BENEFIT])
        own = person_share(mean, p["mood.share_spread"], around.eta["outcome.sensitivity"])
        middle, top = p[self.baseline], p["madrs.top"]
        start = middle + p[f"{self.baseline}_sd"] * around.eta["outcome.baseline"]
        baseline = jnp.clip(start, 0.0, top)[:, None]
        taken, shown = self.control(around)
        effect = in_points(own, baseline, taken, top)
        score = severity(baseline, effect, shown, top)
        response = responded(score, baseline, p["madrs.response_fraction"])
        return {
            signals.MEAN_EFFECT: in_points(mean, middle, self.mean_control(around), top),
            signals.DRUG_EFFECT: effect,
            signals.DRUG_SHARE: own,
            signals.MADRS: score,
            signals.RESPONSE: response,
            signals.REMISSION: remitted(score, p["madrs.remission_threshold"]),
            signals.RELAPSE: relapsed(score, response, p["madrs.relapse_threshold"]),
        }

    def control(self, around: Surroundings) -> tuple[Array, Array]:
        """Change under the control that the drug finds, and the part of it that is shown in the score: points, each of
        shape (people, times) or one that broadcasts to it."""
        change = self.mean_control(around)
        return change, jnp.zeros_like(change)

    def mean_control(self, around: Surroundings) -> Array:
        """Mean over people of the change under the control that the drug finds, points, shape (1, times)."""
        return self._change(around, jnp.zeros(1))

    def _change(self, around: Surroundings, eta: Array) -> Array:
        p, key = around.p, f"control.{self.setting}"
        day = p["control.day"]
        early, visit = p.get(f"{key}_early", jnp.ones(())), p.get(f"{key}_visit", day)
        fading = p["control.fading"] if f"{key}_visit" not in p else jnp.zeros(())  # taken daily: nothing ends
        control = Control(p[f"{key}_mean"], p.get(f"{key}_sd", jnp.zeros(())), day, early, visit, fading)
        return control_change(around.times, kept_share(around.times, around.schedule.start, day, fading), control, eta)


@dataclass(frozen=True)
class _Controlled(DrugOnly):
    """The drug effect on top of what a control treatment brings; with no drug this is the control arm."""

    random_effects: ClassVar[tuple[str, ...]] = (*DrugOnly.random_effects, "outcome.control")

    def control(self, around: Surroundings) -> tuple[Array, Array]:
        """Change under the control treatment, which the score shows: points, shape (people, times)."""
        change = self._change(around, around.eta["outcome.control"])
        return change, change


@dataclass(frozen=True)
class Midazolam(_Controlled):
    """Drug effect plus the change seen under midazolam, the control that hides the treatment best."""

    variant: ClassVar[str] = "midazolam"
    meaning: ClassVar[str] = "MADRS in a midazolam-controlled trial: drug effect plus the change under midazolam"
    outputs: ClassVar[tuple[Signal, ...]] = signals.outputs(
        "drug effect plus the change under midazolam", "with midazolam", "midazolam"
    )
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = _controlled("midazolam")


@dataclass(frozen=True)
class Saline(_Controlled):
    """Drug effect plus the change seen under saline; what people gain by knowing their arm is left out."""

    variant: ClassVar[str] = "saline"
    setting: ClassVar[str] = "saline"
    meaning: ClassVar[str] = "MADRS in a saline-controlled trial: drug effect plus the change under saline"
    outputs: ClassVar[tuple[Signal, ...]] = signals.outputs(
        "drug effect plus the change under saline", "with saline", "saline"
    )
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = _controlled("saline")


@dataclass(frozen=True)
class NewAntidepressant(_Controlled):
    """Drug effect beside a new oral antidepressant, as in the nasal registration trials, whose people began higher."""

    variant: ClassVar[str] = "new-antidepressant"
    setting: ClassVar[str] = "new_antidepressant"
    baseline: ClassVar[str] = "control.new_antidepressant_baseline"
    meaning: ClassVar[str] = (
        "MADRS in a nasal trial: drug effect plus the change under a new antidepressant and placebo"
    )
    outputs: ClassVar[tuple[Signal, ...]] = signals.outputs(
        *("drug effect plus the change under a new-antidepressant and placebo", "with a new antidepressant"),
        "a new antidepressant and placebo",
    )
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = _controlled(
        "new_antidepressant", "early", "visit", baseline="control.new_antidepressant_baseline"
    )
