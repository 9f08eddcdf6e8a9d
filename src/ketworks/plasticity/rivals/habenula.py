"""Ketamine trapped in NMDA receptors of the lateral habenula silences its bursts for a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import jax
import jax.numpy as jnp
from jax import Array

from ketworks.engine.signal import Need
from ketworks.plasticity.rivals.rival import Rival, links, stated

_ACTIVE = "receptor.active_ketamine"
_PREFIX = "habenula."
_STEPS = ("habenula",)


def trapped_in_habenula(trapped: Array, active: Array, half: Array, hold: Array) -> Array:
    """Rate of change of the trapped share in the lateral habenula.

    Equation:  dL/dt = ((C / C50) (1 - L) - L) / tauL;  drive s = L
    Symbols:   L share of receptors that hold the drug - 1;  C active drug - umol/L;  C50 level that would hold half if
               it stood still - umol/L;  tauL time the drug stays - min
    Source:    block and silence of bursts were still there at 24 h in mice whose plasma half-life is 13 min [P079,
               P080]; C50 and tauL are assumed
    Leaves out: that the drug leaves faster when cells burst again; other regions, where the same receptors let go
               within seconds of the level (the receptor stage).
    """
    return (active / half * (1.0 - trapped) - trapped) / hold


def trapped_course(times: Array, active: Array, half: Array, hold: Array) -> Array:
    """L along the grid from none at the start, shape (people, times).

    Equation:  L(t + h) = L_s + (L(t) - L_s) e^(-a h),  a = (C / C50 + 1) / tauL,  L_s = C / (C + C50),
               C the mean over the step
    Symbols:   as in ``trapped_in_habenula``;  h step - min
    Source:    algebra: exact while the level stands still, else of second order
    Leaves out: nothing of the rate.
    """
    gain = trapped_in_habenula(jnp.zeros(()), 0.5 * (active[:, 1:] + active[:, :-1]).T, half, hold)
    pace = gain + 1.0 / hold
    keep = jnp.exp(-pace * jnp.diff(times)[:, None])
    goal = gain / pace

    def step(trapped: Array, edge: tuple[Array, Array]) -> tuple[Array, Array]:
        to, kept = edge
        trapped = to + kept * (trapped - to)
        return trapped, trapped

    start = jnp.zeros(active.shape[0])
    _, path = jax.lax.scan(step, start, (goal, keep))
    return jnp.concatenate([start[None], path]).T


@dataclass(frozen=True)
class Habenula(Rival):
    """Silence of the habenula, not cortical glutamate, drives the chain and outlasts the drug in plasma."""

    variant: ClassVar[str] = "habenula"
    meaning: ClassVar[str] = "drug trapped in the lateral habenula silences bursts for about a day"
    needs: ClassVar[tuple[Need, ...]] = (Need(_ACTIVE, "umol/L"),)
    prefix: ClassVar[str] = _PREFIX
    steps: ClassVar[tuple[str, ...]] = _STEPS
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = links((_ACTIVE,), _PREFIX, _STEPS)
    equations = stated(trapped_in_habenula, trapped_course)

    def ungated(self, p: Mapping[str, Array], times: Array, inputs: Mapping[str, Array]) -> Array:
        """Trapped share from the drug's level, umol/L, shape (people, times)."""
        return trapped_course(times, inputs[_ACTIVE], p["habenula.half_level"], p["habenula.hold_time"])
