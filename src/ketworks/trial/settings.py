"""The numbers of a trial: rows of ``parameters.tsv`` here, and those of the outcome stage on scale and controls."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from ketworks.evidence.parameters import load

_OUTCOME = Path(__file__).parents[1] / "outcome"


class Setting(NamedTuple):
    """What a control is and does.

    Attributes:
        mean, sd: fall of the score under the control, points.
        visit: min until the fall is there.
        sensation: mean of what people feel from the control itself, in points of dissociation.
        threshold: felt effect at which as many guess drug as control, in points.
        slope: how sharply guesses turn there, per point; 0 where nobody can tell.
    """

    mean: float
    sd: float
    visit: float
    sensation: float
    threshold: float
    slope: float


class Numbers(NamedTuple):
    """All that does not depend on the setting.

    Attributes:
        expectancy: what believing to have got the drug is worth, points.
        pressure: points of felt effect for each mmHg of systolic pressure, point/mmHg.
        rating: standard deviation of a rating from visit to visit, points.
        again: correlation of a person's change under the control between two periods of a crossover, 1.
        baseline, baseline_sd, top: of the score, points.
        response: fall that counts as response, 1.
        remission: score of remission, points.
        relapse: score at which a response is lost, points.
    """

    expectancy: float
    pressure: float
    rating: float
    again: float
    baseline: float
    baseline_sd: float
    top: float
    response: float
    remission: float
    relapse: float


@cache
def numbers() -> Numbers:
    """The rows, by name, in canonical units."""
    own, scale = load(str(Path(__file__).parent)), load(str(_OUTCOME))
    return Numbers(
        own["trial.expectancy"].canonical,
        own["trial.felt_pressure"].canonical,
        own["trial.rating_sd"].canonical,
        own["trial.control_again"].canonical,
        scale["madrs.baseline"].canonical,
        scale["madrs.baseline_sd"].canonical,
        scale["madrs.top"].canonical,
        scale["madrs.response_fraction"].canonical,
        scale["madrs.remission_threshold"].canonical,
        scale["madrs.relapse_threshold"].canonical,
    )


@cache
def setting(name: str) -> Setting:
    """A control by name: saline and midazolam are those of the outcome stage, the others stand here."""
    own, outcome = load(str(Path(__file__).parent)), load(str(_OUTCOME))
    key = f"trial.{name.replace('-', '_')}"
    if f"control.{name}_mean" in outcome:
        change = [outcome[f"control.{name}_{what}"].canonical for what in ("mean", "sd")]
        change.append(outcome["control.visit"].canonical)
    else:
        change = [own[f"{key}_{what}"].canonical for what in ("mean", "sd", "visit")]
    guess = [own[f"{key}_{what}"].canonical for what in ("sensation", "threshold", "slope")]
    return Setting(*change, *guess)
