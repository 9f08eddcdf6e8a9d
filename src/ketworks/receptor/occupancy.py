"""Share of other targets that unbound brain ketamine and norketamine would occupy: read-outs that drive nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from ketworks.engine.signal import Signal

S, R, S_NOR, R_NOR = range(4)  # places in the stage's list of substances


class Target(NamedTuple):
    """One read-out: a target and one reading of the evidence about it.

    Attributes:
        name: the signal is ``receptor.occupancy.<name>``; ``_low`` and ``_high`` are two readings that disagree.
        label: words for tables.
        reading: which evidence this is, for ``ketworks why``.
        halves: the row of the half-occupying level for each substance that acts, by its place.
        color: hex.
    """

    name: str
    label: str
    reading: str
    halves: Mapping[int, str]
    color: str = "#6b7280"

    @property
    def signal(self) -> str:
        """The signal's name."""
        return f"receptor.occupancy.{self.name}"


def _both(row: str) -> dict[int, str]:
    return {S: row, R: row}


def _ketamine_and_nor(target: str) -> dict[int, str]:
    return {
        **_both(f"occupancy.{target}_ketamine"),
        **dict.fromkeys((S_NOR, R_NOR), f"occupancy.{target}_norketamine"),
    }


TARGETS = (
    Target(
        "mu_opioid",
        "mu opioid receptors",
        "Ki of the racemate, split by S two to three times R",
        {S: "occupancy.mu_opioid_s", R: "occupancy.mu_opioid_r"},
    ),
    Target(
        "kappa_opioid",
        "kappa opioid receptors",
        "Ki of the racemate, split by S two to three times R",
        {S: "occupancy.kappa_opioid_s", R: "occupancy.kappa_opioid_r"},
    ),
    Target(
        "alpha7_low",
        "alpha7 nicotinic, ketamine alone",
        "20 umol/L for ketamine; metabolites not counted",
        _both("occupancy.alpha7_ketamine"),
    ),
    Target(
        "alpha7_high",
        "alpha7 nicotinic, with norketamine",
        "ketamine as before, and norketamine as strong as a report that gives no IC50 allows",
        _ketamine_and_nor("alpha7"),
    ),
    Target(
        "alpha3beta4",
        "alpha3beta4 nicotinic",
        "ketamine and norketamine at the receptor of autonomic ganglia",
        _ketamine_and_nor("alpha3beta4"),
    ),
    Target("m1_low", "M1, pure ketamine", "48 umol/L without preservative", _both("occupancy.m1_pure")),
    Target(
        "m1_high",
        "M1, with preservative",
        "5.7 umol/L with benzethonium, which acts itself and whose own level nobody models",
        _both("occupancy.m1_preserved"),
    ),
    Target("sigma1_low", "sigma-1, from the racemate", "139.6 umol/L, from memory", _both("occupancy.sigma1_racemic")),
    Target("sigma1_high", "sigma-1, from R-ketamine", "27.5 umol/L for R, from memory", {R: "occupancy.sigma1_r"}),
    Target("sigma2", "sigma-2", "26.3 umol/L, from memory", _both("occupancy.sigma2")),
    Target(
        "dopamine_transporter",
        "dopamine transporter",
        "S eight times R, rat transporter",
        {S: "occupancy.dopamine_transporter_s", R: "occupancy.dopamine_transporter_r"},
    ),
    Target(
        "noradrenaline_transporter",
        "noradrenaline transporter",
        "66.8 umol/L, human transporter",
        _both("occupancy.noradrenaline_transporter"),
    ),
    Target(
        "serotonin_transporter",
        "serotonin transporter",
        "162 umol/L, rat transporter",
        _both("occupancy.serotonin_transporter"),
    ),
    Target("hcn1_low", "HCN1, oocytes", "67 umol/L in oocytes", _both("hcn1.ec50_oocytes")),
    Target("hcn1_high", "HCN1, mammalian cells", "4 to 8 umol/L in mammalian cells", _both("hcn1.ec50")),
)


def occupied_share(levels: Sequence[Array], halves: Sequence[Array]) -> Array:
    """Share of a target's sites held by all substances that compete for it.

    Equation:  O = X / (1 + X),   X = sum_j C_j / H_j

    ===  ========================================================  ======
    O    occupied (or inhibited) share                             1
    C_j  unbound brain level of substance j                        umol/L
    H_j  its half-occupying level (Ki, or IC50 where no Ki is)     umol/L
    ===  ========================================================  ======

    Source: law of mass action with Hill coefficient 1; rows ``occupancy.*`` and ``hcn1.*``. Labs differ threefold and
    more on one target, so only the order of magnitude is meant.
    Leaves out: efficacy, the agonist that is displaced, dehydro- and hydroxynorketamine, and any effect on the circuit.
    """
    ratio = jnp.zeros(())
    for level, half in zip(levels, halves, strict=True):
        ratio = ratio + level / half
    return ratio / (1.0 + ratio)


def read_outs(p: Mapping[str, Array], brain: Sequence[Array]) -> dict[str, Array]:
    """Every read-out by signal name, each (people, times).

    Args:
        p: parameter values by id.
        brain: unbound brain levels of S-, R-ketamine, S-, R-norketamine, umol/L.
    """
    return {
        target.signal: occupied_share([brain[j] for j in target.halves], [p[row] for row in target.halves.values()])
        for target in TARGETS
    }


def signals() -> tuple[Signal, ...]:
    """The declarations; none is a headline."""
    return tuple(
        Signal(
            *(target.signal, "1", f"Occupied: {target.label}", target.color),
            f"Order of magnitude of the share of this target that the drug occupies in the brain ({target.reading}).",
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
        rows = tuple(dict.fromkeys(target.halves.values()))
        found[target.signal] = (*(levels[j] for j in target.halves), *uptake, *more, *rows)
    return found
