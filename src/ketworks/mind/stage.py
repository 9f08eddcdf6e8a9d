"""The mind stage: experience, sedation, analgesia and memory from ketamine at its effect sites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import ndtri

from ketworks.engine.lag import lag_error, lagged
from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Need, Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.evidence.parameters import load
from ketworks.mind import analgesia, dissociation, experience, habituation, memory, sedation, signals
from ketworks.mind.skewed_score import gamma_multiplier

_S, _R = "plasma.s_ketamine.arterial", "plasma.r_ketamine.arterial"
_GAIN, _SEDATIVE = "comedication.experience_gain", "comedication.sedation"
_DISSOCIATION, _RESPONSE, _ANALGESIA = "mind.dissociation", "mind.response", "mind.analgesia"
_MEMORY, _EXPECTATION, _CANDOUR = "mind.memory", "mind.expectation", "mind.candour"
# C50s of MOAA/S below 5, 4, 3, 2 and 1
_DEPTHS = ("sedation.mild", "sedation.loud", "unresponsive.c50", "sedation.squeeze", "sedation.none")

_LEVEL = (_S, _R, "experience_site.half_life", "drug_high.r_weight")
_HIGH = (*_LEVEL, "drug_high.c50", "drug_high.steepness", "drug_high.spread")
_HABIT = ("habituation.least", "habituation.sessions", "habituation.pause")
_MEAN = (
    *(*_LEVEL, "drug_high.steepness", _GAIN, *_HABIT),
    *(f"dissociation.{name}" for name in ("mean", "sd", "intensity", "reference_level", "most")),
)
_ASKED = (*_MEAN, "dissociation.cut", "dissociation.expectation")
_SITE = (_S, "response_site.half_life")
_UNRESPONSIVE = (
    *(*_SITE, _SEDATIVE, "unresponsive.c50", "unresponsive.spread"),
    *("unresponsive.steepness", "sedation.placebo_odds"),
)
_DEPTH = (*_UNRESPONSIVE, *_DEPTHS, "sedation.mild_spread")
_PAIN = (_S, _R, "experience_site.half_life", "analgesia.r_weight", "analgesia.spread")
_EXPERIENCED = (experience.experience_level, lagged)
_SCORED = (*_EXPERIENCED, dissociation.intensity, habituation.earlier_sessions, habituation.habituated)
_POINTS = (*_SCORED, gamma_multiplier, dissociation.score)
_RESPONDING = (lagged, sedation.personal_c50, sedation.sedated_odds)
_RELIEVED = (lagged, experience.experience_level, sedation.personal_c50)


class _Sites(NamedTuple):
    """Levels where ketamine acts, ng/mL, each of shape (people, times)."""

    s: Array
    r: Array
    response: Array


@dataclass(frozen=True)
class EffectSite(Stage):
    """Experience follows arterial ketamine with a lag, response with a short one; scores are counts, skewed."""

    name: ClassVar[str] = "mind"
    variant: ClassVar[str] = "effect-site"
    meaning: ClassVar[str] = "experience, sedation, analgesia and memory from lagged arterial levels"
    needs: ClassVar[tuple[Need, ...]] = (
        *(Need(_S, "ng/mL"), Need(_R, "ng/mL")),
        *(Need(_GAIN, "1"), Need(_SEDATIVE, "1")),
    )
    random_effects: ClassVar[tuple[str, ...]] = (
        *(_DISSOCIATION, _RESPONSE, _ANALGESIA),
        *(_MEMORY, _EXPECTATION, _CANDOUR),
    )
    outputs: ClassVar[tuple[Signal, ...]] = signals.OUTPUTS
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        signals.CADSS: _MEAN,
        signals.CADSS_MEAN: _MEAN,
        signals.ASKED: _ASKED,
        signals.VOLUNTEERED: (*_ASKED, "dissociation.candour"),
        signals.HIGH: _HIGH,
        signals.PSYCHOTOMIMETIC: (
            *(*_LEVEL, *_HABIT, _GAIN),
            *("psychotomimetic.c50", "drug_high.steepness", "drug_high.spread"),
        ),
        signals.UNRESPONSIVE: _UNRESPONSIVE,
        signals.SEDATED: _DEPTH,
        signals.MOAAS: _DEPTH,
        signals.LADDER: (
            *(*_SITE, "unresponsive.c50", "unresponsive.spread"),
            *("ladder.altered", "ladder.marked", "ladder.detached"),
        ),
        signals.ANALGESIA: (*_PAIN, "analgesia.c50"),
        signals.HEAT: (*_PAIN, "analgesia.electrical", "analgesia.heat_ratio"),
        signals.ELECTRICAL: (*_PAIN, "analgesia.electrical"),
        signals.MEMORY: (*_LEVEL, "memory.c50", "memory.spread"),
    }
    equations = {
        signals.CADSS: _POINTS,
        signals.CADSS_MEAN: (*_SCORED, dissociation.mean_score),
        signals.ASKED: (*_POINTS, dissociation.said_when_asked),
        signals.VOLUNTEERED: (*_POINTS, dissociation.said_when_asked, dissociation.said_unasked),
        signals.HIGH: (*_EXPERIENCED, experience.felt_level, experience.drug_high),
        signals.PSYCHOTOMIMETIC: (
            *(*_EXPERIENCED, experience.felt_level, habituation.earlier_sessions),
            *(habituation.habituated, experience.psychotomimetic),
        ),
        signals.UNRESPONSIVE: (*_RESPONDING, sedation.probability),
        signals.SEDATED: (*_RESPONDING, sedation.at_least, sedation.probability),
        signals.MOAAS: (*_RESPONDING, sedation.at_least, sedation.moaas),
        signals.LADDER: (lagged, sedation.personal_c50, sedation.ladder),
        signals.ANALGESIA: (*_RELIEVED, analgesia.analgesia),
        signals.HEAT: (*_RELIEVED, analgesia.more_sensitive, analgesia.analgesia),
        signals.ELECTRICAL: (*_RELIEVED, analgesia.analgesia),
        signals.MEMORY: (*_EXPERIENCED, sedation.personal_c50, memory.memory),
    }

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """All rows of the mind folder."""
        return load(str(Path(__file__).parent))

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Experience, sedation, analgesia and memory over time.

        Args:
            around: times, doses, draws and parameters.
            inputs: arterial S- and R-ketamine, ng/mL; what other drugs do to scores (1) and to the logit of sedation
                (0), each of shape (people, times).

        Returns:
            The declared outputs, shape (people, times), and ``error.*``, the cost of sampling the plasma.
        """
        p, times = around.p, around.times
        slow, fast = (jnp.log(2.0) / p[f"{site}.half_life"] for site in ("experience_site", "response_site"))
        people = inputs[_S].shape[0]
        both = lagged(times, jnp.concatenate([inputs[_S], inputs[_R]]), slow)
        sites = _Sites(both[:people], both[people:], lagged(times, inputs[_S], fast))
        sessions = habituation.earlier_sessions(times, around.schedule, p["habituation.pause"])
        left = habituation.habituated(sessions, p["habituation.least"], p["habituation.sessions"])
        gain = inputs[_GAIN] * left[None, :]
        asleep = _asleep(around, sites.response, inputs[_SEDATIVE])
        made = _felt(around, sites, gain) | asleep | _relieved(around, sites)
        sampling = lag_error(times, inputs[_S], slow)
        # a relative error of the level grows with the steepness of what follows from it
        error = dict.fromkeys(made, sampling * p["drug_high.steepness"])
        # of a probability the absolute error counts: its largest slope is steepness * P * (1 - P)
        sampling = lag_error(times, inputs[_S], fast) * p["unresponsive.steepness"]
        for name in (signals.UNRESPONSIVE, signals.SEDATED):
            error[name] = sampling * jnp.max(made[name] * (1.0 - made[name]))
        return made | {f"error.{name}": size for name, size in error.items()}


def _felt(around: Surroundings, sites: _Sites, gain: Array) -> dict[str, Array]:
    """Dissociation, drug high, psychotomimetic symptoms and memory."""
    p, eta = around.p, around.eta
    most, reference, sd = p["dissociation.most"], p["dissociation.intensity"], p["dissociation.sd"]
    steepness = p["drug_high.steepness"]
    level = experience.experience_level(sites.s, sites.r, p["drug_high.r_weight"])
    mean = gain * dissociation.intensity(level, p["dissociation.reference_level"], reference, most, steepness)
    multiplier = gamma_multiplier(eta[_DISSOCIATION], reference, sd)
    points = dissociation.score(mean, multiplier[:, None], most)
    limits = ndtri(p["dissociation.expectation"]), ndtri(p["dissociation.candour"])
    asked = dissociation.said_when_asked(points, p["dissociation.cut"], limits[0], eta[_EXPECTATION])
    felt = experience.felt_level(level, p["drug_high.spread"], eta[_DISSOCIATION][:, None])
    forgetting = sedation.personal_c50(p["memory.c50"], p["memory.spread"], eta[_MEMORY])[:, None]
    return {
        signals.CADSS: points,
        signals.CADSS_MEAN: dissociation.mean_score(jnp.minimum(most, mean), reference, sd, most),
        signals.ASKED: asked,
        signals.VOLUNTEERED: dissociation.said_unasked(asked, limits[1], eta[_CANDOUR]),
        signals.HIGH: experience.drug_high(felt, p["drug_high.c50"], steepness),
        signals.PSYCHOTOMIMETIC: experience.psychotomimetic(felt, p["psychotomimetic.c50"], steepness, gain),
        signals.MEMORY: memory.memory(level, forgetting),
    }


def _asleep(around: Surroundings, level: Array, sedative: Array) -> dict[str, Array]:
    """Sedation, loss of response and the ladder."""
    p, eta = around.p, around.eta[_RESPONSE]
    spreads = [p["sedation.mild_spread"], *[p["unresponsive.spread"]] * 4]
    c50 = [sedation.personal_c50(p[one], spread, eta)[:, None] for one, spread in zip(_DEPTHS, spreads, strict=True)]
    # each deeper step is as much rarer under placebo as the first one is rare
    placebo = [p["sedation.placebo_odds"] ** (step + 1) for step in range(len(_DEPTHS))]
    steepness = p["unresponsive.steepness"]
    odds = [sedation.sedated_odds(level, c, steepness, o, sedative) for c, o in zip(c50, placebo, strict=True)]
    ordered = sedation.at_least(tuple(odds))
    step = _DEPTHS.index("unresponsive.c50")
    thresholds = (p["ladder.altered"], p["ladder.marked"], p["ladder.detached"])
    return {
        signals.UNRESPONSIVE: sedation.probability(odds[step]),
        signals.SEDATED: sedation.probability(ordered[0]),
        signals.MOAAS: sedation.moaas(ordered),
        signals.LADDER: sedation.ladder(level, *thresholds, c50[step]),
    }


def _relieved(around: Surroundings, sites: _Sites) -> dict[str, Array]:
    """Relief of three kinds of pain."""
    p = around.p
    level = experience.experience_level(sites.s, sites.r, p["analgesia.r_weight"])
    electrical = p["analgesia.electrical"]
    heat = analgesia.more_sensitive(electrical, p["analgesia.heat_ratio"])
    kinds = {signals.ANALGESIA: p["analgesia.c50"], signals.HEAT: heat, signals.ELECTRICAL: electrical}
    eta = around.eta[_ANALGESIA]
    return {
        name: analgesia.analgesia(level, sedation.personal_c50(c50, p["analgesia.spread"], eta)[:, None])
        for name, c50 in kinds.items()
    }
