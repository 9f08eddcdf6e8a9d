"""The place ``measures``: HAM-D 17, QIDS-SR16 and PHQ-9 with response and remission, from the MADRS of any variant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, NamedTuple

import jax.numpy as jnp
from jax import Array

from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Need, Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.evidence.parameters import load, pick
from ketworks.outcome.scales import along_line, in_proportion, whole_points
from ketworks.outcome.severity import remitted, responded
from ketworks.outcome.signals import MADRS

_FRACTION = "madrs.response_fraction"


class Scale(NamedTuple):
    """A scale: its name in signals, its name in words, its colour, and the rows that lead to it from MADRS."""

    name: str
    words: str
    color: str
    rows: tuple[str, ...]

    @property
    def remission(self) -> str:
        """The row with the score at or below which a person is in remission."""
        return f"{self.name}.remission_threshold"


_QIDS_MADRS, _QIDS_SCORES = (tuple(f"qids.{kind}_{k}" for k in (1, 2, 3)) for kind in ("madrs", "score"))
HAMD17 = Scale("hamd17", "HAM-D 17", "#7b2d26", ("hamd17.per_madrs", "hamd17.top"))
QIDS = Scale("qids", "QIDS-SR16", "#b5651d", (*_QIDS_MADRS, *_QIDS_SCORES, "qids.top"))
PHQ9 = Scale("phq9", "PHQ-9", "#8c6d1f", ("phq9.per_madrs", "phq9.top"))
SCALES = (HAMD17, QIDS, PHQ9)


def from_madrs(scale: Scale, madrs: Array, p: Mapping[str, Array]) -> Array:
    """The score that corresponds to MADRS.

    Args:
        scale: one of ``SCALES``.
        madrs: points, any shape.
        p: values of the scale's ``rows`` by id.

    Returns:
        Points, not rounded, of the shape of ``madrs``.
    """
    if scale is QIDS:
        known_madrs = jnp.stack([jnp.zeros(()), *(jnp.asarray(p[key]) for key in _QIDS_MADRS)])
        known = jnp.stack([jnp.zeros(()), *(jnp.asarray(p[key]) for key in _QIDS_SCORES)])
        return along_line(madrs, known_madrs, known, p["qids.top"])
    return in_proportion(madrs, p[f"{scale.name}.per_madrs"], p[f"{scale.name}.top"])


def _names(scale: Scale) -> tuple[str, str, str]:
    return f"outcome.{scale.name}", f"outcome.response.{scale.name}", f"outcome.remission.{scale.name}"


def _signals(scale: Scale) -> tuple[Signal, ...]:
    score, response, remission = _names(scale)
    counted = f"judged on whole points of {scale.words} that corresponds to the MADRS of the same person"
    return (
        Signal(
            *(score, "point", scale.words, scale.color),
            *(f"{scale.words} of one person: the score that corresponds to MADRS, with all that MADRS contains.",),
            headline=True,
        ),
        Signal(
            *(response, "1", f"Response on {scale.words}", scale.color),
            *(f"Fallen by half or more, {counted}.",),
            kind="share",
            baseline=0.0,
        ),
        Signal(
            *(remission, "1", f"Remission on {scale.words}", scale.color),
            *(f"At or below the remission threshold, {counted}.",),
            kind="share",
            baseline=0.0,
        ),
    )


def _rests_on() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for scale in SCALES:
        score, response, remission = _names(scale)
        found[score] = (MADRS, *scale.rows)
        found[response] = (MADRS, *scale.rows, _FRACTION)
        found[remission] = (MADRS, *scale.rows, scale.remission)
    return found


def _equations() -> dict[str, tuple[object, ...]]:
    found: dict[str, tuple[object, ...]] = {}
    for scale in SCALES:
        score, response, remission = _names(scale)
        link = along_line if scale is QIDS else in_proportion
        found[score] = (link,)
        found[response] = (link, whole_points, responded)
        found[remission] = (link, whole_points, remitted)
    return found


@dataclass(frozen=True)
class LinkedScales(Stage):
    """Scores on other scales that correspond to MADRS, whatever made it."""

    name: ClassVar[str] = "measures"
    variant: ClassVar[str] = "linked-scales"
    meaning: ClassVar[str] = "HAM-D 17, QIDS-SR16 and PHQ-9 that correspond to MADRS, with response and remission"
    needs: ClassVar[tuple[Need, ...]] = (Need(MADRS, "point"),)
    outputs: ClassVar[tuple[Signal, ...]] = tuple(signal for scale in SCALES for signal in _signals(scale))
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = _rests_on()
    equations = _equations()  # type: ignore[assignment]

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """The links, tops and thresholds of the scales."""
        names = (*(f"{scale.name}." for scale in SCALES), _FRACTION)
        return pick(load(str(Path(__file__).parent)), names)

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """The scores, and response and remission on each.

        Args:
            around: parameters.
            inputs: MADRS, points, shape (people, times); the first time is before treatment.

        Returns:
            The declared outputs, shape (people, times). Closed form: no error of its own.
        """
        p, made = around.p, {}
        for scale in SCALES:
            names = _names(scale)
            made[names[0]] = from_madrs(scale, inputs[MADRS], p)
            counted = whole_points(made[names[0]])
            made[names[1]] = responded(counted, counted[:, :1], p[_FRACTION])
            made[names[2]] = remitted(counted, p[scale.remission])
        return made
