"""The mind stage: drug high, dissociation and loss of response from ketamine at its effect site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.engine.lag import lag_error, lagged
from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Need, Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.evidence.parameters import load
from ketworks.mind import experience
from ketworks.mind.skewed_score import gamma_multiplier

_S, _R = "plasma.s_ketamine.arterial", "plasma.r_ketamine.arterial"
_DISSOCIATION, _RESPONSE = "mind.dissociation", "mind.response"
_HIGH = (_S, _R, "experience_site.half_life", "drug_high.c50", "drug_high.steepness", "drug_high.r_weight")
_MEAN = (*_HIGH, "dissociation.mean", "dissociation.reference_level", "dissociation.most")
_UNRESPONSIVE = (_S, "experience_site.half_life", "unresponsive.c50", "unresponsive.spread")
_SITE = (experience.experience_level, lagged, experience.drug_high)


@dataclass(frozen=True)
class EffectSite(Stage):
    """Experience follows arterial ketamine with a short lag; scores are skewed between people."""

    name: ClassVar[str] = "mind"
    variant: ClassVar[str] = "effect-site"
    meaning: ClassVar[str] = "drug high, dissociation and loss of response from a lagged arterial level"
    needs: ClassVar[tuple[Need, ...]] = (Need(_S, "ng/mL"), Need(_R, "ng/mL"))
    random_effects: ClassVar[tuple[str, ...]] = (_DISSOCIATION, _RESPONSE)
    outputs: ClassVar[tuple[Signal, ...]] = (
        Signal(
            *("mind.cadss", "point", "Dissociation (CADSS total)", "#6a3d9a"),
            *("CADSS total of one person, 0-92; the typical person is the median, about 0.6 of the mean of many.",),
            baseline=0.0,
            headline=True,
        ),
        Signal(
            *("mind.cadss_mean", "point", "Mean dissociation (CADSS) of many people", "#a07cc5"),
            *("Mean CADSS total of many people at this level, the figure that trials print.",),
            baseline=0.0,
            headline=True,
        ),
        Signal(
            *("mind.drug_high", "1", "Drug high", "#c2185b"),
            *("Intensity of the felt drug effect as a share of the largest.",),
            baseline=0.0,
        ),
        Signal(
            *("mind.unresponsive", "1", "Probability of not responding", "#263238"),
            *("Probability that the person does not respond to speech.",),
            baseline=0.0,
            headline=True,
        ),
        Signal(
            *("mind.sedation", "1", "Ladder of altered consciousness (0-4)", "#607d8b"),
            *("0 clear, 1 altered, 2 marked but responsive, 3 detached (assumed), 4 unresponsive; not MOAA/S.",),
            baseline=0.0,
        ),
    )
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "mind.cadss": (*_MEAN, "dissociation.sd"),
        "mind.cadss_mean": _MEAN,
        "mind.drug_high": _HIGH,
        "mind.unresponsive": (*_UNRESPONSIVE, "unresponsive.steepness"),
        "mind.sedation": (*_UNRESPONSIVE, "ladder.altered", "ladder.marked", "ladder.detached"),
    }
    equations = {
        "mind.cadss": (*_SITE, experience.mean_score, gamma_multiplier, experience.score),
        "mind.cadss_mean": (*_SITE, experience.mean_score),
        "mind.drug_high": _SITE,
        "mind.unresponsive": (lagged, experience.personal_c50, experience.unresponsive),
        "mind.sedation": (lagged, experience.personal_c50, experience.ladder),
    }

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """All rows of the mind folder."""
        return load(str(Path(__file__).parent))

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Experience over time.

        Args:
            around: times, draws and parameters.
            inputs: arterial S- and R-ketamine, ng/mL, shape (people, times).

        Returns:
            The declared outputs, shape (people, times), and ``error.*``, the cost of sampling the plasma.
        """
        p, times = around.p, around.times
        rate = jnp.log(2.0) / p["experience_site.half_life"]
        people = inputs[_S].shape[0]
        both = lagged(times, jnp.concatenate([inputs[_S], inputs[_R]]), rate)
        s_site, r_site = both[:people], both[people:]
        level = experience.experience_level(s_site, r_site, p["drug_high.r_weight"])
        high = experience.drug_high(level, p["drug_high.c50"], p["drug_high.steepness"])
        high_then = experience.drug_high(
            jnp.asarray(p["dissociation.reference_level"]), p["drug_high.c50"], p["drug_high.steepness"]
        )
        mean = experience.mean_score(high, high_then, p["dissociation.mean"], p["dissociation.most"])
        multiplier = gamma_multiplier(around.eta[_DISSOCIATION], p["dissociation.mean"], p["dissociation.sd"])
        c50 = experience.personal_c50(p["unresponsive.c50"], p["unresponsive.spread"], around.eta[_RESPONSE])[:, None]
        made = {
            "mind.cadss": experience.score(mean, multiplier[:, None], p["dissociation.most"]),
            "mind.cadss_mean": mean,
            "mind.drug_high": high,
            "mind.unresponsive": experience.unresponsive(s_site, c50, p["unresponsive.steepness"]),
            "mind.sedation": experience.ladder(
                s_site, p["ladder.altered"], p["ladder.marked"], p["ladder.detached"], c50
            ),
        }
        sampling = lag_error(times, inputs[_S], rate)
        # a relative error of the level grows with the steepness of what follows from it
        error = dict.fromkeys(made, sampling * p["drug_high.steepness"])
        # of a probability the absolute error counts: its largest slope is steepness * P * (1 - P)
        chance = made["mind.unresponsive"]
        error["mind.unresponsive"] = sampling * p["unresponsive.steepness"] * jnp.max(chance * (1.0 - chance))
        return made | {f"error.{name}": size for name, size in error.items()}
