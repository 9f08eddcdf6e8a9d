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
from ketworks.outcome.control_arm import control_change
from ketworks.outcome.drug_effect import beside_other_drugs, effect_cv, mean_effect, person_effect
from ketworks.outcome.severity import relapsed, remitted, responded, severity

_FAST, _SYNAPSES = "plasticity.ampa_gain", "plasticity.synapses"
_DOSES, _BENEFIT = "plasticity.dose_equivalents", "comedication.benefit_gain"
_MEAN = (_FAST, _SYNAPSES, _BENEFIT, "mood.largest_effect", "mood.fast_share")
_CV = ("mood.cv_first", "mood.cv_repeated", "mood.doses_first", "mood.doses_repeated")
_PERSON = (*_MEAN, _DOSES, *_CV)
_SCORE = (*_PERSON, "madrs.baseline", "madrs.baseline_sd", "madrs.top")


def _rests_on(control: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    response = (*_SCORE, *control, "madrs.response_fraction")
    return {
        signals.MEAN_EFFECT: _MEAN,
        signals.DRUG_EFFECT: _PERSON,
        signals.MADRS: (*_SCORE, *control),
        signals.RESPONSE: response,
        signals.REMISSION: (*_SCORE, *control, "madrs.remission_threshold"),
        signals.RELAPSE: (*response, "madrs.relapse_threshold"),
    }


_MEAN_EQUATIONS = (mean_effect, beside_other_drugs)
_PERSON_EQUATIONS = (*_MEAN_EQUATIONS, effect_cv, person_effect)
_SCORE_EQUATIONS = (*_PERSON_EQUATIONS, severity)


@dataclass(frozen=True)
class DrugOnly(Stage):
    """Baseline minus the drug effect; nothing that a control treatment would bring."""

    name: ClassVar[str] = "outcome"
    variant: ClassVar[str] = "drug-only"
    meaning: ClassVar[str] = "MADRS from synaptic gain: the drug effect only, placebo and expectancy excluded"
    needs: ClassVar[tuple[Need, ...]] = tuple(Need(name, "1") for name in (_FAST, _SYNAPSES, _DOSES, _BENEFIT))
    outputs: ClassVar[tuple[Signal, ...]] = signals.outputs(
        "drug effect only; placebo and expectancy excluded", "without placebo"
    )
    random_effects: ClassVar[tuple[str, ...]] = ("outcome.sensitivity", "outcome.baseline")
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = _rests_on(())
    equations = {
        signals.MEAN_EFFECT: _MEAN_EQUATIONS,
        signals.DRUG_EFFECT: _PERSON_EQUATIONS,
        signals.MADRS: _SCORE_EQUATIONS,
        signals.RESPONSE: (*_SCORE_EQUATIONS, responded),
        signals.REMISSION: (*_SCORE_EQUATIONS, remitted),
        signals.RELAPSE: (*_SCORE_EQUATIONS, responded, relapsed),
    }

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """Drug effect and scale."""
        return pick(load(str(Path(__file__).parent)), ("mood.", "madrs."))

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Effect, score and its thresholds.

        Args:
            around: times, draws and parameters.
            inputs: fast gain, synaptic gain, doses received and the factor of other drugs, shape (people, times).

        Returns:
            The declared outputs, shape (people, times). Closed form: no error of its own.
        """
        p = around.p
        alone = mean_effect(inputs[_FAST], inputs[_SYNAPSES], p["mood.largest_effect"], p["mood.fast_share"])
        mean = beside_other_drugs(alone, inputs[_BENEFIT])
        cv = effect_cv(inputs[_DOSES], *(p[key] for key in _CV))
        own = person_effect(mean, cv, around.eta["outcome.sensitivity"])
        start = p["madrs.baseline"] + p["madrs.baseline_sd"] * around.eta["outcome.baseline"]
        baseline = jnp.clip(start, 0.0, p["madrs.top"])[:, None]
        score = severity(baseline, own, self.control(around), p["madrs.top"])
        response = responded(score, baseline, p["madrs.response_fraction"])
        return {
            signals.MEAN_EFFECT: mean,
            signals.DRUG_EFFECT: own,
            signals.MADRS: score,
            signals.RESPONSE: response,
            signals.REMISSION: remitted(score, p["madrs.remission_threshold"]),
            signals.RELAPSE: relapsed(score, response, p["madrs.relapse_threshold"]),
        }

    def control(self, around: Surroundings) -> Array:
        """Change under the control treatment, points, shape (people, times) or one that broadcasts to it: none."""
        return jnp.zeros((1, around.times.shape[0]))


@dataclass(frozen=True)
class _Controlled(DrugOnly):
    """The drug effect on top of what a control treatment brings; with no drug this is the control arm."""

    random_effects: ClassVar[tuple[str, ...]] = (*DrugOnly.random_effects, "outcome.control")
    setting: ClassVar[str]

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """Drug effect, scale and the change under the control treatment."""
        own = ("control.visit", f"control.{cls.setting}_")
        return pick(load(str(Path(__file__).parent)), ("mood.", "madrs.", *own))

    def control(self, around: Surroundings) -> Array:
        """Change under the control treatment, points, shape (people, times)."""
        p, eta = around.p, around.eta["outcome.control"]
        mean, sd = p[f"control.{self.setting}_mean"], p[f"control.{self.setting}_sd"]
        return control_change(around.times, mean, sd, p["control.visit"], eta)


def _controlled(setting: str) -> dict[str, tuple[str, ...]]:
    return _rests_on((f"control.{setting}_mean", f"control.{setting}_sd", "control.visit"))


@dataclass(frozen=True)
class Midazolam(_Controlled):
    """Drug effect plus the change seen under midazolam, the control that hides the treatment best."""

    variant: ClassVar[str] = "midazolam"
    setting: ClassVar[str] = "midazolam"
    meaning: ClassVar[str] = "MADRS in a midazolam-controlled trial: drug effect plus the change under midazolam"
    outputs: ClassVar[tuple[Signal, ...]] = signals.outputs(
        "drug effect plus the change under midazolam", "with midazolam"
    )
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = _controlled("midazolam")


@dataclass(frozen=True)
class Saline(_Controlled):
    """Drug effect plus the change seen under saline; what people gain by knowing their arm is left out."""

    variant: ClassVar[str] = "saline"
    setting: ClassVar[str] = "saline"
    meaning: ClassVar[str] = "MADRS in a saline-controlled trial: drug effect plus the change under saline"
    outputs: ClassVar[tuple[Signal, ...]] = signals.outputs("drug effect plus the change under saline", "with saline")
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = _controlled("saline")
