"""The place ``indication``: the same chain read for another diagnosis, by one gain with its own uncertainty.

No chain was built for any of them: what is borrowed is the time course of the mood effect. Each run of a person draws
the gain from its uncertainty, so that the band shows it; an average over people hides it and must not be read as sure.
"""

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
from ketworks.outcome.severity import responded
from ketworks.outcome.signals import DRUG_EFFECT, MADRS, MEAN_EFFECT

STANDARDISED, EPDS, DAYS = "indication.standardised_effect", "indication.epds_effect", "indication.abstinent_days"
BIPOLAR_MEAN, BIPOLAR_MADRS, BIPOLAR_RESPONSE = "indication.mean_effect", "indication.madrs", "indication.response"
_GAIN = "indication.gain"
_COLOR = "#3a5a40"


def scaled_effect(mean: Array, size: Array, error: Array, reference: Array, eta: Array) -> Array:
    """The mean effect on another diagnosis, on its own scale.

    Equation:  Y = (y + s eta) E / E_ref
    Symbols:   Y in the unit of y, shape (people, times);  y effect read in a trial, s its standard error;  E mean
               effect on MADRS - points;  E_ref what E is at regimen and time of that trial - points;  eta - 1
    Source:    y and s by diagnosis (rows named after it); that the time course is that of mood is an assumption
    Leaves out: the diagnosis's own time course, spread between people, and any other dose than by way of mood.
    """
    return (size + error * eta)[:, None] * mean / reference


def mean_since_start(times: Array, values: Array) -> Array:
    """The average of a course from the first dose until now.

    Equation:  Z(t) = (1 / t) integral from 0 to t of Y(u) du,  Z(0) = Y(0)
    Symbols:   Y, Z in one unit, shape (people, times);  t - min, shape (times,)
    Source:    definition, by trapezoids
    Leaves out: nothing.
    """
    areas = 0.5 * (values[:, 1:] + values[:, :-1]) * jnp.diff(times)[None, :]
    total = jnp.concatenate([jnp.zeros_like(values[:, :1]), jnp.cumsum(areas, axis=1)], axis=1)
    started = (times > times[0])[None, :]
    return jnp.where(started, total / jnp.where(started, times[None, :] - times[0], 1.0), values)


def in_another_depression(score: Array, effect: Array, gain: Array, error: Array, eta: Array, top: Array) -> Array:
    """MADRS of a person whose depression answers to the drug by another factor.

    Equation:  S' = S + E_i (1 - (g + s eta)), held within 0 and the top of the scale
    Symbols:   S score, E_i the person's drug effect in it - points, shape (people, times);  g factor, s its standard
               error - 1;  eta - 1, shape (people,)
    Source:    definition of the gain
    Leaves out: any difference in time course.
    """
    factor = jnp.maximum(gain + error * eta, 0.0)[:, None]
    return jnp.clip(score + effect * (1.0 - factor), 0.0, top)


class _Indicated(Stage):
    """One diagnosis: its rows start with ``key``, its one output is ``outputs[0]``."""

    name: ClassVar[str] = "indication"
    key: ClassVar[str]
    needs: ClassVar[tuple[Need, ...]] = (Need(MEAN_EFFECT, "point"),)
    random_effects: ClassVar[tuple[str, ...]] = (_GAIN,)

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """Size, standard error and reference of this diagnosis."""
        return pick(load(str(Path(__file__).parent)), (f"{cls.key}.",))

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """The effect on this diagnosis.

        Args:
            around: times, the draw of the gain and parameters.
            inputs: mean effect on MADRS, points, shape (people, times).

        Returns:
            The one declared output, shape (people, times). Closed form: no error of its own.
        """
        p, key = around.p, self.key
        constants = (p[f"{key}.effect"], p[f"{key}.effect_se"], p[f"{key}.reference_effect"])
        return {self.outputs[0].name: scaled_effect(inputs[MEAN_EFFECT], *constants, around.eta[_GAIN])}


def _rows(key: str) -> tuple[str, ...]:
    return (MEAN_EFFECT, f"{key}.effect", f"{key}.effect_se", f"{key}.reference_effect")


def _standardised(words: str) -> tuple[Signal, ...]:
    meaning = (
        f"Mean effect on {words} in standard deviations of the trial, benefit positive; the band is its uncertainty."
    )
    return (Signal(STANDARDISED, "1", f"Effect on {words} (SD)", _COLOR, meaning, baseline=0.0, headline=True),)


@dataclass(frozen=True)
class ResistantDepression(_Indicated):
    """Treatment-resistant depression: the pooled standardised effect."""

    variant: ClassVar[str] = "trd"
    key: ClassVar[str] = "trd"
    meaning: ClassVar[str] = "treatment-resistant depression in standard deviations"
    outputs: ClassVar[tuple[Signal, ...]] = _standardised("depression")
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {STANDARDISED: _rows("trd")}
    equations = {STANDARDISED: (scaled_effect,)}


@dataclass(frozen=True)
class TraumaticStress(_Indicated):
    """Post-traumatic stress disorder; the largest trial found nothing."""

    variant: ClassVar[str] = "ptsd"
    key: ClassVar[str] = "ptsd"
    meaning: ClassVar[str] = (
        "post-traumatic stress: six pooled trials, interval includes no effect; one large trial null"
    )
    outputs: ClassVar[tuple[Signal, ...]] = _standardised("post-traumatic stress")
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {STANDARDISED: _rows("ptsd")}
    equations = {STANDARDISED: (scaled_effect,)}


@dataclass(frozen=True)
class ObsessiveCompulsive(_Indicated):
    """Obsessive-compulsive disorder, from 15 people."""

    variant: ClassVar[str] = "ocd"
    key: ClassVar[str] = "ocd"
    meaning: ClassVar[str] = "obsessive-compulsive disorder: 4 of 8 against 0 of 7 people responded; hardly known"
    outputs: ClassVar[tuple[Signal, ...]] = _standardised("obsessions and compulsions")
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {STANDARDISED: _rows("ocd")}
    equations = {STANDARDISED: (scaled_effect,)}


@dataclass(frozen=True)
class SocialAnxiety(_Indicated):
    """Social anxiety disorder, from 18 people whose own ratings did not follow the raters'."""

    variant: ClassVar[str] = "sad"
    key: ClassVar[str] = "sad"
    meaning: ClassVar[str] = "social anxiety: 6 of 18 against none responded by raters, self-rating over time null"
    outputs: ClassVar[tuple[Signal, ...]] = _standardised("social anxiety")
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {STANDARDISED: _rows("sad")}
    equations = {STANDARDISED: (scaled_effect,)}


@dataclass(frozen=True)
class Postpartum(_Indicated):
    """Mothers with depressive symptoms before birth, esketamine after it; points of the Edinburgh scale."""

    variant: ClassVar[str] = "postpartum"
    key: ClassVar[str] = "postpartum"
    meaning: ClassVar[str] = (
        "depressive symptoms after birth, points of EPDS; the trial's effect did not fade by day 42"
    )
    outputs: ClassVar[tuple[Signal, ...]] = (
        Signal(
            *(EPDS, "point", "Effect on EPDS", _COLOR),
            *("Mean fall of the Edinburgh postnatal depression scale (0 to 30); the band is its uncertainty.",),
            baseline=0.0,
            headline=True,
        ),
    )
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {EPDS: _rows("postpartum")}
    equations = {EPDS: (scaled_effect,)}


@dataclass(frozen=True)
class AlcoholUse(_Indicated):
    """Alcohol use disorder: share of days without alcohol, counted from the first dose."""

    variant: ClassVar[str] = "aud"
    key: ClassVar[str] = "aud"
    meaning: ClassVar[str] = "alcohol use: days without alcohol since the first dose, from one trial over six months"
    outputs: ClassVar[tuple[Signal, ...]] = (
        Signal(
            *(DAYS, "1", "Gain of days without alcohol", _COLOR),
            *("Mean gain, since the first dose, of the share of days without alcohol; the band is its uncertainty.",),
            baseline=0.0,
            headline=True,
        ),
    )
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {DAYS: _rows("aud")}
    equations = {DAYS: (scaled_effect, mean_since_start)}

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """The average since the first dose of what the gain makes of the mood effect; arguments as above."""
        return {DAYS: mean_since_start(around.times, super().run(around, inputs)[DAYS])}


@dataclass(frozen=True)
class BipolarDepression(Stage):
    """Bipolar depression on a mood stabiliser: the scores of the outcome stage with the drug effect times a gain."""

    name: ClassVar[str] = "indication"
    variant: ClassVar[str] = "mdd-bipolar"
    meaning: ClassVar[str] = "bipolar depression on a mood stabiliser: 0.92 times the effect, from 18 people"
    needs: ClassVar[tuple[Need, ...]] = tuple(Need(name, "point") for name in (MEAN_EFFECT, DRUG_EFFECT, MADRS))
    outputs: ClassVar[tuple[Signal, ...]] = (
        Signal(
            *(BIPOLAR_MEAN, "point", "Mean drug effect, bipolar (MADRS)", _COLOR),
            *("Mean fall of MADRS by the drug in bipolar depression; the band is the uncertainty of the gain.",),
            baseline=0.0,
            headline=True,
        ),
        Signal(
            *(BIPOLAR_MADRS, "point", "MADRS, bipolar", "#9b2226"),
            *("Score of one person with bipolar depression, with all that the outcome variant contains.",),
            headline=True,
        ),
        Signal(
            *(BIPOLAR_RESPONSE, "1", "Response, bipolar", "#588157"),
            *("MADRS of a person with bipolar depression has fallen by half or more.",),
            kind="share",
            baseline=0.0,
            headline=True,
        ),
    )
    random_effects: ClassVar[tuple[str, ...]] = (_GAIN,)
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        BIPOLAR_MEAN: (MEAN_EFFECT, "bipolar.gain", "bipolar.gain_se"),
        BIPOLAR_MADRS: (MADRS, DRUG_EFFECT, "bipolar.gain", "bipolar.gain_se", "madrs.top"),
        BIPOLAR_RESPONSE: (
            *(MADRS, DRUG_EFFECT, "bipolar.gain", "bipolar.gain_se"),
            *("madrs.top", "madrs.response_fraction"),
        ),
    }
    equations = {
        BIPOLAR_MEAN: (scaled_effect,),
        BIPOLAR_MADRS: (in_another_depression,),
        BIPOLAR_RESPONSE: (in_another_depression, responded),
    }

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """The gain and the scale."""
        return pick(load(str(Path(__file__).parent)), ("bipolar.", "madrs.top", "madrs.response_fraction"))

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Mean effect, score and response; inputs are points of shape (people, times), the first before treatment."""
        p, eta = around.p, around.eta[_GAIN]
        gain, error = p["bipolar.gain"], p["bipolar.gain_se"]
        score = in_another_depression(inputs[MADRS], inputs[DRUG_EFFECT], gain, error, eta, p["madrs.top"])
        return {
            BIPOLAR_MEAN: scaled_effect(inputs[MEAN_EFFECT], gain, error, jnp.ones(()), eta),
            BIPOLAR_MADRS: score,
            BIPOLAR_RESPONSE: responded(score, score[:, :1], p["madrs.response_fraction"]),
        }
