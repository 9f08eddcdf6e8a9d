"""Share of other targets that unbound brain ketamine and norketamine would occupy: read-outs that drive nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from ketworks.engine.signal import Signal

S, R, S_NOR, R_NOR = range(4)  # places in the stage's list of substances
_LABS, _COLOR = "occupancy.labs_differ", "#6b7280"


class Target(NamedTuple):
    """One end of a read-out: a target and the weakest or strongest reading of the evidence about it.

    Attributes:
        name: the signal is ``receptor.occupancy.<name>``; it ends in ``_low`` or ``_high``.
        label: words for tables.
        reading: which evidence this is, for ``ketworks why``.
        halves: the row of the half-occupying level for each substance that acts, by its place.
        widened: -1 or 1 where one value stands for all, which is then divided into or multiplied by what labs differ.
    """

    name: str
    label: str
    reading: str
    halves: Mapping[int, str]
    widened: int = 0

    @property
    def signal(self) -> str:
        """The signal's name."""
        return f"receptor.occupancy.{self.name}"


def _both(row: str) -> dict[int, str]:
    return {S: f"occupancy.{row}", R: f"occupancy.{row}"}


def _each(target: str) -> dict[int, str]:
    return {S: f"occupancy.{target}_s", R: f"occupancy.{target}_r"}


def _with_nor(target: str) -> dict[int, str]:
    return {**_both(f"{target}_ketamine"), **dict.fromkeys((S_NOR, R_NOR), f"occupancy.{target}_norketamine")}


def _one_value(name: str, label: str, reading: str, halves: Mapping[int, str]) -> tuple[Target, Target]:
    low = Target(f"{name}_low", f"{label}, low", f"{reading}; a third of its strength", halves, -1)
    return low, Target(f"{name}_high", f"{label}, high", f"{reading}; three times its strength", halves, 1)


_OPIOID = "Ki of the racemate, split by S two to three times R"
TARGETS = (
    *_one_value("mu_opioid", "mu opioid", _OPIOID, _each("mu_opioid")),
    *_one_value("kappa_opioid", "kappa opioid", _OPIOID, _each("kappa_opioid")),
    Target("alpha7_low", "alpha7 nicotinic, ketamine alone", "20 umol/L for ketamine", _both("alpha7_ketamine")),
    Target(
        "alpha7_high",
        "alpha7 nicotinic, with norketamine",
        "ketamine, and norketamine as strong as a report without an IC50 allows",
        _with_nor("alpha7"),
    ),
    *_one_value("alpha3beta4", "alpha3beta4 nicotinic", "ketamine and norketamine", _with_nor("alpha3beta4")),
    Target("m1_low", "M1, pure ketamine", "48 umol/L without preservative", _both("m1_pure")),
    Target(
        "m1_high",
        "M1, with preservative",
        "5.7 umol/L with benzethonium, which acts itself and whose own level nobody models",
        _both("m1_preserved"),
    ),
    Target("sigma1_low", "sigma-1, low", "139.6 umol/L for the racemate, from memory", _both("sigma1_racemic")),
    Target("sigma1_high", "sigma-1, high", "27.5 umol/L for R, from memory", {R: "occupancy.sigma1_r"}),
    *_one_value("sigma2", "sigma-2", "26.3 umol/L, from memory", _both("sigma2")),
    *_one_value("dopamine_transporter", "dopamine transporter", "S eight times R, rat", _each("dopamine_transporter")),
    *_one_value(
        "noradrenaline_transporter",
        "noradrenaline transporter",
        "66.8 umol/L, human",
        _both("noradrenaline_transporter"),
    ),
    *_one_value("serotonin_transporter", "serotonin transporter", "162 umol/L, rat", _both("serotonin_transporter")),
    Target("hcn1_low", "HCN1, oocytes", "67 umol/L in oocytes", dict.fromkeys((S, R), "hcn1.ec50_oocytes")),
    Target("hcn1_high", "HCN1, mammalian", "4 to 8 umol/L in mammalian cells", dict.fromkeys((S, R), "hcn1.ec50")),
)


def occupied_share(levels: Sequence[Array], halves: Sequence[Array], stronger: Array | float = 1.0) -> Array:
    """Share of a target's sites held by all substances that compete for it.

    Equation:  O = X / (1 + X),   X = u * sum_j C_j / H_j

    ===  ========================================================  ======
    O    occupied (or inhibited) share                             1
    C_j  unbound brain level of substance j                        umol/L
    H_j  its half-occupying level (Ki, or IC50 where no Ki is)     umol/L
    u    how much stronger than that it is taken to be             1
    ===  ========================================================  ======

    Source: law of mass action with Hill coefficient 1; rows ``occupancy.*`` and ``hcn1.*``. Where one value stands for
    all, u is 1/3 at the low end and 3 at the high end, since labs differ that much; else two papers are the ends.
    Leaves out: efficacy, the agonist that is displaced, dehydro- and hydroxynorketamine, and any effect on the circuit.
    """
    ratio: Array = jnp.zeros(())
    for level, half in zip(levels, halves, strict=True):
        ratio = ratio + level / half
    ratio = stronger * ratio
    return ratio / (1.0 + ratio)


def read_outs(p: Mapping[str, Array], brain: Sequence[Array]) -> dict[str, Array]:
    """Every read-out by signal name, each (people, times).

    Args:
        p: parameter values by id.
        brain: unbound brain levels of S-, R-ketamine, S-, R-norketamine, umol/L.
    """
    found = {}
    for target in TARGETS:
        halves = [p[row] for row in target.halves.values()]
        stronger = p[_LABS] ** target.widened
        found[target.signal] = occupied_share([brain[j] for j in target.halves], halves, stronger)
    return found


def signals() -> tuple[Signal, ...]:
    """The declarations; none is a headline."""
    return tuple(
        Signal(
            *(target.signal, "1", f"Occupied: {target.label}", _COLOR),
            f"One end of the range of the share of this target that the drug occupies in the brain ({target.reading}).",
            baseline=0.0,
        )
        for target in TARGETS
    )


def carried_by(levels: Sequence[str], uptake: Sequence[str], uptake_nor: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What carries each read-out: the plasma levels of the substances that act, their uptake, and their rows.

    Args:
        levels: the needed signals in the order of the substances.
        uptake: rows behind brain levels of ketamine.
        uptake_nor: further rows behind those of norketamine.
    """
    found = {}
    for target in TARGETS:
        more = uptake_nor if S_NOR in target.halves else ()
        rows = (*dict.fromkeys(target.halves.values()), *([_LABS] if target.widened else []))
        found[target.signal] = (*(levels[j] for j in target.halves), *uptake, *more, *rows)
    return found
