"""What a trial counts: MADRS, another depression scale that corresponds to it, or pain."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ketworks.errors import WrongUse
from ketworks.evidence.parameters import load
from ketworks.trial.plan import MEASURES, Endpoint, Group, Trial
from ketworks.trial.pool import Floats
from ketworks.trial.settings import numbers

PAIN = "pain"
_FOLDER = Path(__file__).parents[1]
_TITLES = {"madrs": "MADRS", "hamd17": "HAM-D 17", "qids": "QIDS-SR16", "phq9": "PHQ-9", PAIN: "pain (0-10)"}


class Measure(NamedTuple):
    """A scale as trials use it.

    Attributes:
        title: for tables.
        top: largest score, points.
        rating: standard deviation of one rating, points; of a depression scale that of MADRS, before it is mapped.
        response: fall that counts as response, 1; None where none was read.
        remission: score of remission, points; None where none was read.
        relapse: score at which a response is lost, points; None where none was read.
    """

    title: str
    top: float
    rating: float
    response: float | None
    remission: float | None
    relapse: float | None


@cache
def measure(name: str) -> Measure:
    """A measure by name: rows of this part, of the outcome stage and of the pain stage."""
    known = numbers()
    if name == "madrs":
        return Measure(_TITLES[name], known.top, known.rating, known.response, known.remission, known.relapse)
    if name == PAIN:
        rows = load(str(_FOLDER / PAIN))
        top, rating = rows["pain.top"].canonical, rows["pain.rating"].canonical
        return Measure(_TITLES[name], top, rating, None, None, None)
    rows = load(str(_FOLDER / "outcome"))
    remission = rows[f"{name}.remission_threshold"].canonical
    return Measure(_TITLES[name], rows[f"{name}.top"].canonical, known.rating, known.response, remission, None)


def mapped(name: str, madrs: Floats) -> Floats:
    """The scores that correspond to scores of MADRS, in whole points as trials count them; MADRS stays as it is."""
    import jax.numpy as jnp

    from ketworks.outcome.measures import SCALES, from_madrs
    from ketworks.outcome.scales import whole_points

    scale = next((one for one in SCALES if one.name == name), None)
    if scale is None:
        return madrs
    rows = load(str(_FOLDER / "outcome"))
    values = {key: jnp.asarray(rows[key].canonical) for key in scale.rows}
    return np.asarray(whole_points(from_madrs(scale, jnp.asarray(madrs), values)))


def fall(trial: Trial, stated: float | None) -> float:
    """The fall that is a response: as stated, or the measure's own."""
    own = measure(trial.measure).response if stated is None else stated
    assert own is not None  # refused with the plan
    return own


def remission(trial: Trial, stated: float | None) -> float:
    """The score of remission: as stated, or the measure's own."""
    own = measure(trial.measure).remission if stated is None else stated
    assert own is not None
    return own


def check_measure(trial: Trial, setting_stated: bool) -> None:
    """What a measure needs said, and what it does not allow.

    Raises:
        WrongUse: a definition was read for MADRS only and the plan states none; the design or setting does not fit.
    """
    own = measure(trial.measure)
    counted: list[Endpoint | Group] = [*trial.endpoints]
    for one in counted + list(trial.withdrawal.groups if trial.withdrawal else ()):
        _check_definition(own, one)
    if trial.measure != MEASURES[0] and trial.losses.severity != 1.0:
        given = f"severity in [dropout] with measure = {trial.measure!r}"
        raise WrongUse(given, "no severity: its step of ten points is one of MADRS")
    if trial.measure != PAIN:
        return
    if setting_stated:
        given = 'a setting with measure = "pain": its changes are of depression scores'
        raise WrongUse(
            given, "no setting: the pain stage brings its own placebo", paste='[chain]\n  pain = "neuropathic"'
        )
    if trial.design != "parallel":
        raise WrongUse(f"a {trial.design} trial of pain", "a parallel one", paste='design = "parallel"')
    if not any(arm.active for arm in trial.arms):
        raise WrongUse("no arm with a regimen in a trial of pain", "one or more")


def _check_definition(own: Measure, one: Endpoint | Group) -> None:
    if one.kind == "remission" and one.threshold is None and own.remission is None:
        raise WrongUse(f"remission on {own.title} without a threshold", "the score", paste="threshold = 1")
    lost = getattr(one, "lost", "either") if one.kind == "relapse" else ""
    if (one.kind == "response" or lost == "either") and one.fraction is None and own.response is None:
        raise WrongUse(f"response on {own.title} without a fraction", "the fall that counts", paste="fraction = 0.3")
    if lost == "threshold" and one.threshold is None and own.relapse is None:
        raise WrongUse(f"relapse on {own.title} without a threshold", "the score", paste="threshold = 5")
