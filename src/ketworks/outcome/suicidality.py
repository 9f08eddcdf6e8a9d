"""The place ``suicidality``: what the drug changes of suicidal ideation, partly through mood."""

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
from ketworks.outcome.signals import DRUG_EFFECT, MEAN_EFFECT

IDEATION, MEAN_IDEATION = "outcome.suicidal_ideation", "outcome.suicidal_ideation.mean"
_OWN, _SIZE = "suicidality.sensitivity", "suicidality.size"
_MEAN_ROWS = ("ssi.effect", "ssi.effect_se", "ssi.reference_effect", "ssi.largest_fall")
_OWN_ROWS = (*_MEAN_ROWS, "ssi.mediated", "ssi.spread")


def direct_effect(mean: Array, spread: Array, eta: Array) -> Array:
    """What one person's ideation gains that does not go through mood, in points of MADRS.

    Equation:  D_i = E exp(s eta - s^2 / 2)
    Symbols:   E group mean of the drug effect - points, shape (people, times);  s - 1;  eta - 1, shape (people,)
    Source:    assumed: the timing of the mood effect, and a draw of its own that is independent of mood's
    Leaves out: whatever makes ideation and mood part in time.
    """
    return mean * jnp.exp(spread * eta[:, None] - 0.5 * spread**2)


def fall_of_ideation(through_mood: Array, direct: Array, mediated: Array, per_point: Array, largest: Array) -> Array:
    """Change of the Scale for Suicidal Ideation that the drug causes.

    Equation:  I_i = -min(g (m E_i + (1 - m) D_i), I_top)
    Symbols:   I - points of SSI;  g points of SSI for each point of MADRS - 1;  m share mediated by mood - 1;
               E_i, D_i, I_top - points
    Source:    g: 4.96 points of SSI against midazolam at 24 h, where the mood effect is 8 points; m = 0.336
               (Grunebaum 2018)
    Leaves out: the score before treatment, which was not read: a person who had less than this falls by less, and
               neither response nor remission of ideation can be said. Nothing here is on acts and deaths.
    """
    return -jnp.minimum(per_point * (mediated * through_mood + (1.0 - mediated) * direct), largest)


@dataclass(frozen=True)
class PartlyThroughMood(Stage):
    """A third of the effect on ideation follows the person's own mood effect, the rest has the same timing."""

    name: ClassVar[str] = "suicidality"
    variant: ClassVar[str] = "partly-through-mood"
    meaning: ClassVar[str] = "change of suicidal ideation by the drug: a third through mood, the rest beside it"
    needs: ClassVar[tuple[Need, ...]] = (Need(MEAN_EFFECT, "point"), Need(DRUG_EFFECT, "point"))
    outputs: ClassVar[tuple[Signal, ...]] = (
        Signal(
            *(MEAN_IDEATION, "point", "Suicidal ideation, mean change", "#6d597a"),
            *("Mean change of SSI (0 to 38) against midazolam; the band is that of the one trial behind it.",),
            baseline=0.0,
            headline=True,
        ),
        Signal(
            *(IDEATION, "point", "Suicidal ideation, change", "#b56576"),
            *("One person's change of SSI (0 to 38) by the drug against midazolam; the score itself cannot be said.",),
            baseline=0.0,
            headline=True,
        ),
    )
    random_effects: ClassVar[tuple[str, ...]] = (_OWN, _SIZE)
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        MEAN_IDEATION: (MEAN_EFFECT, *_MEAN_ROWS),
        IDEATION: (MEAN_EFFECT, DRUG_EFFECT, *_OWN_ROWS),
    }
    equations = {MEAN_IDEATION: (fall_of_ideation,), IDEATION: (direct_effect, fall_of_ideation)}

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """Size, mediation and spread."""
        return pick(load(str(Path(__file__).parent)), ("ssi.",))

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Change of ideation.

        Args:
            around: draws and parameters.
            inputs: drug effect on mood of the group and of the person, points, shape (people, times).

        Returns:
            The declared outputs, shape (people, times). Closed form: no error of its own.
        """
        p, eta, mean = around.p, around.eta, inputs[MEAN_EFFECT]
        size = jnp.maximum(p["ssi.effect"] + p["ssi.effect_se"] * eta[_SIZE], 0.0)[:, None]
        per_point, largest = size / p["ssi.reference_effect"], p["ssi.largest_fall"]
        direct = direct_effect(mean, p["ssi.spread"], eta[_OWN])
        return {
            MEAN_IDEATION: fall_of_ideation(mean, mean, p["ssi.mediated"], per_point, largest),
            IDEATION: fall_of_ideation(inputs[DRUG_EFFECT], direct, p["ssi.mediated"], per_point, largest),
        }
