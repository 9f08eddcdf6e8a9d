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
        early: share of the fall that is there after a day, 1.
        fading: rate at which the fall fades from a day after the last session on, 1/min.
        worth: share of expectancy that guessing drug can still win, 1; 0 where everybody gets another treatment openly.
    """

    mean: float
    sd: float
    visit: float
    sensation: float
    threshold: float
    slope: float
    early: float = 1.0
    fading: float = 0.0
    worth: float = 1.0


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
    """A control by name: those that the outcome stage knows are read there, the others stand here.

    What is given in sessions fades after the last one; what goes on daily (a new antidepressant, care in hospital) does
    not: these are the controls with a row ``worth``.
    """
    own, outcome = load(str(Path(__file__).parent)), load(str(_OUTCOME))
    word = name.replace("-", "_")
    key, control = f"trial.{word}", f"control.{word}"
    rows = {**own, **{row.replace(control, key): value for row, value in outcome.items() if row.startswith(control)}}
    day, fading = outcome["control.day"].canonical, outcome["control.fading"].canonical

    def number(what: str, without: float) -> float:
        row = rows.get(f"{key}_{what}")
        return without if row is None else row.canonical

    return Setting(
        mean=rows[f"{key}_mean"].canonical,
        sd=rows[f"{key}_sd"].canonical,
        visit=number("visit", day),
        sensation=rows[f"{key}_sensation"].canonical,
        threshold=rows[f"{key}_threshold"].canonical,
        slope=rows[f"{key}_slope"].canonical,
        early=number("early", 1.0),
        fading=0.0 if f"{key}_worth" in rows else fading,
        worth=number("worth", 1.0),
    )


@cache
def first_day() -> float:
    """Minutes after which the first part of every control's change is there."""
    return load(str(_OUTCOME))["control.day"].canonical
