"""What all rivals share: their own drive, the default's synaptic chain, and one constant that sets their size."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from jax import Array

from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.evidence.parameters import load, pick
from ketworks.plasticity import course_signals, drive, exponential_steps, signals, synaptic_chain
from ketworks.plasticity.gates import gate
from ketworks.plasticity.stage import rates_of

FOLDER = Path(__file__).parent
_CHAIN = "synaptic_chain."
_REPLACED = f"{_CHAIN}jump"
Equations = tuple[Callable[..., Any], ...]


def chain_rows() -> dict[str, Parameter]:
    """The default's synaptic chain without the jump, which each rival has of its own."""
    rows = pick(load(str(FOLDER.parent)), (_CHAIN,))
    return {key: row for key, row in rows.items() if key != _REPLACED}


def own_rows(prefix: str) -> Mapping[str, Parameter]:
    """A rival's own rows."""
    return pick(load(str(FOLDER)), (prefix,))


def links(needed: tuple[str, ...], prefix: str, steps: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """What carries each output of a rival: signals it needs, its own rows, its gates and the chain."""
    jump, largest = f"{prefix}jump", f"{prefix}largest"
    own = tuple(key for key in own_rows(prefix) if key not in (jump, largest))
    driven = (*needed, *own, *(gate.row(step) for step in steps))
    received = (*driven, largest)
    fast = (*received, jump, f"{_CHAIN}fast_time")
    slow = (*received, jump, *chain_rows())
    return {
        signals.DRIVE: driven,
        signals.DOSES: received,
        signals.FAST_GAIN: (*fast, gate.AT_TEST),
        signals.TRANSLATION: (*fast, f"{_CHAIN}delay"),
        signals.SYNAPSES: (*slow, gate.AT_TEST),
        signals.CONSOLIDATION: (*received, f"{_CHAIN}trace_gain", f"{_CHAIN}trace_time"),
    }


def stated(*driving: Callable[..., Any]) -> dict[str, Equations]:
    """The equations behind each output of a rival with this drive."""
    own: Equations = (*driving, drive.gated)
    early: Equations = (*own, synaptic_chain.fast_gain)
    late: Equations = (*early, synaptic_chain.translation, synaptic_chain.structural_gain, synaptic_chain.consolidation)
    return {
        signals.DRIVE: own,
        signals.DOSES: (*own, synaptic_chain.drive_received),
        signals.FAST_GAIN: (*early, gate.seen),
        signals.TRANSLATION: (*early, synaptic_chain.translation),
        signals.SYNAPSES: (*late, gate.seen),
        signals.CONSOLIDATION: (*own, synaptic_chain.consolidation),
    }


@dataclass(frozen=True)
class Rival(Stage):
    """Another drive of the same synaptic chain.

    Class attributes:
        prefix: how its own rows begin.
        steps: the gates on its way, by the hypothesis; others do not exist for it.
    """

    name: ClassVar[str] = "plasticity"
    outputs: ClassVar[tuple[Signal, ...]] = signals.OUTPUTS
    prefix: ClassVar[str]
    steps: ClassVar[tuple[str, ...]]

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """Its own drive, the default's chain and its gates."""
        return {**own_rows(cls.prefix), **chain_rows(), **gate.rows(*cls.steps)}

    @abstractmethod
    def ungated(self, p: Mapping[str, Array], times: Array, inputs: Mapping[str, Array]) -> Array:
        """Drive as a share of the largest before any gate, shape (people, times).

        Args:
            p: parameter values by id.
            times: min, shape (times,).
            inputs: the needed signals, shape (people, times).
        """

    def share(self, p: Mapping[str, Array], times: Array, inputs: Mapping[str, Array]) -> Array:
        """Drive behind all gates; arguments as of ``ungated``."""
        return drive.gated(self.ungated(p, times, inputs), tuple(p[gate.row(step)] for step in self.steps))

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Drive and states of the chain.

        Args:
            around: times and parameters.
            inputs: the needed signals, shape (people, times).

        Returns:
            The declared outputs, shape (people, times), and ``error.*``: the solver's estimate, which
            contains what the sampling of the inputs costs.
        """
        p, times = around.p, around.times
        between = {name: exponential_steps.halved(times, level) for name, level in inputs.items()}
        fine_times = next(iter(between.values()))[0]
        share = self.share(p, times, inputs)
        fine_share = self.share(p, fine_times, {name: level for name, (_, level) in between.items()})
        course = exponential_steps.solve(times, share, fine_times, fine_share, self.rates(p))
        return course_signals.named(share, course, p[gate.AT_TEST])

    def rates(self, p: Mapping[str, Array]) -> synaptic_chain.Rates:
        """The chain's constants with this rival's jump and largest drive."""
        own = {_REPLACED: p[f"{self.prefix}jump"], "synaptic_drive.largest": p[f"{self.prefix}largest"]}
        return rates_of({**p, **own})
