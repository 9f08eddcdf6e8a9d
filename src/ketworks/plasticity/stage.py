"""The plasticity stage: from active drug in the brain to fast gain, synapses and their consolidation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Need, Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.errors import WrongUse
from ketworks.evidence.parameters import load, pick
from ketworks.plasticity import course_signals, drive, exponential_steps, signals, synaptic_chain
from ketworks.plasticity.gates import gate

_ACTIVE = "receptor.active_ketamine"
_STEPS = ("ampa", "trkb", "protein", "opioid")
_GATES = tuple(gate.row(step) for step in _STEPS)
_DRIVE = (_ACTIVE, "synaptic_drive.half_level", "synaptic_drive.steepness", "synaptic_drive.dose_ed50", *_GATES)
_DOSES = (*_DRIVE, "synaptic_drive.largest")
_FAST = (*_DOSES, "synaptic_chain.jump", "synaptic_chain.fast_time")
_DELAYED = (*_FAST, "synaptic_chain.delay")
_TRACE = (*_DOSES, "synaptic_chain.trace_gain", "synaptic_chain.trace_time")
_SLOW = (*_DELAYED, *_TRACE, "synaptic_chain.growth", "synaptic_chain.loss_time", "synaptic_chain.hold")


@dataclass(frozen=True)
class Disinhibition(Stage):
    """Block of NMDA receptors releases glutamate, which starts AMPA gain, translation and synaptic growth.

    Attributes:
        q_ampa: share of AMPA throughput that works, 0 to 1; this and the others multiply the rows ``gate.*``.
        q_trkb: share of BDNF-TrkB signalling that works, 0 to 1.
        q_prot: share of protein synthesis that works, 0 to 1.
        q_opioid: share of opioid-receptor signalling that works, 0 to 1.
    """

    q_ampa: float = 1.0
    q_trkb: float = 1.0
    q_prot: float = 1.0
    q_opioid: float = 1.0

    name: ClassVar[str] = "plasticity"
    variant: ClassVar[str] = "disinhibition"
    meaning: ClassVar[str] = "drug level starts fast AMPA gain, then synaptic growth that repeated doses consolidate"
    needs: ClassVar[tuple[Need, ...]] = (Need(_ACTIVE, "umol/L"),)
    outputs: ClassVar[tuple[Signal, ...]] = signals.OUTPUTS
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        signals.DRIVE: _DRIVE,
        signals.DOSES: _DOSES,
        signals.FAST_GAIN: (*_FAST, gate.AT_TEST),
        signals.TRANSLATION: _DELAYED,
        signals.SYNAPSES: (*_SLOW, gate.AT_TEST),
        signals.CONSOLIDATION: _TRACE,
    }
    equations = {
        signals.DRIVE: (drive.saturating_drive, drive.gated),
        signals.DOSES: (drive.saturating_drive, drive.gated, synaptic_chain.drive_received),
        signals.FAST_GAIN: (drive.saturating_drive, synaptic_chain.fast_gain, gate.seen),
        signals.TRANSLATION: (synaptic_chain.fast_gain, synaptic_chain.translation),
        signals.SYNAPSES: (
            *(synaptic_chain.fast_gain, synaptic_chain.translation),
            *(synaptic_chain.structural_gain, synaptic_chain.consolidation, gate.seen),
        ),
        signals.CONSOLIDATION: (drive.saturating_drive, synaptic_chain.consolidation),
    }

    def __post_init__(self) -> None:
        """Refuses a gate outside 0 to 1."""
        for field in fields(self):
            gate = getattr(self, field.name)
            if isinstance(gate, bool) or not isinstance(gate, int | float) or not math.isfinite(gate):
                raise WrongUse(f"{field.name} = {gate!r}", "a number from 0 (blocked) to 1 (intact)", "1.0")
            if not 0.0 <= gate <= 1.0:
                nearest = f"{min(max(gate, 0.0), 1.0)}"
                raise WrongUse(f"{field.name} = {gate!r}", "a number from 0 (blocked) to 1 (intact)", nearest)

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """The drive, the chain and the gates."""
        own = pick(load(str(Path(__file__).parent)), ("synaptic_drive.", "synaptic_chain."))
        return {**own, **gate.rows(*_STEPS)}

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Drive and states of the chain.

        Args:
            around: times and parameters.
            inputs: active drug in the brain, umol/L, shape (people, times).

        Returns:
            The declared outputs, shape (people, times), and ``error.*``: the solver's estimate, which
            contains what the sampling of the level costs.
        """
        p, active = around.p, inputs[_ACTIVE]
        fine_times, fine_active = exponential_steps.halved(around.times, active)
        share, fine_share = self._drive(p, active), self._drive(p, fine_active)
        course = exponential_steps.solve(around.times, share, fine_times, fine_share, rates_of(p))
        return course_signals.named(share, course, p[gate.AT_TEST])

    def _drive(self, p: Mapping[str, Array], active: Array) -> Array:
        share = drive.saturating_drive(active, p["synaptic_drive.half_level"], p["synaptic_drive.steepness"])
        share = drive.gated(share, (self.q_ampa, self.q_trkb, self.q_prot, self.q_opioid))
        return drive.gated(share, tuple(p[key] for key in _GATES))


def rates_of(p: Mapping[str, Array]) -> synaptic_chain.Rates:
    """The chain's constants from the parameter table (canonical units)."""
    return synaptic_chain.Rates(
        jump=jnp.asarray(p["synaptic_chain.jump"]),
        largest_drive=jnp.asarray(p["synaptic_drive.largest"]),
        fast_time=jnp.asarray(p["synaptic_chain.fast_time"]),
        delay=jnp.asarray(p["synaptic_chain.delay"]),
        growth=jnp.asarray(p["synaptic_chain.growth"]),
        loss_time=jnp.asarray(p["synaptic_chain.loss_time"]),
        trace_gain=jnp.asarray(p["synaptic_chain.trace_gain"]),
        trace_time=jnp.asarray(p["synaptic_chain.trace_time"]),
        hold=jnp.asarray(p["synaptic_chain.hold"]),
    )
