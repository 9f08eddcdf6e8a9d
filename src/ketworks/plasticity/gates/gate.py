"""The gates: which exist, and what a blocked one does to drive and to what the synapses show."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from jax import Array

from ketworks.engine.parameter import Parameter
from ketworks.evidence.parameters import load

PREFIX = "gate."
AT_TEST = "gate.ampa_at_test"


def row(step: str) -> str:
    """The id of a gate's row: ``gate.ampa``."""
    return f"{PREFIX}{step}"


def steps() -> tuple[str, ...]:
    """The names of all gates, whichever mechanism has them."""
    return tuple(key.removeprefix(PREFIX) for key in load(str(Path(__file__).parent)))


def rows(*names: str) -> Mapping[str, Parameter]:
    """The rows of these gates and of the one at the test."""
    table = load(str(Path(__file__).parent))
    return MappingProxyType({key: table[key] for key in (*(row(step) for step in names), AT_TEST)})


def seen(gain: Array, at_test: Array) -> Array:
    """What a synaptic gain does while AMPA receptors are partly blocked.

    Equation:  A_seen = q_test * A,  N_seen = q_test * N
    Symbols:   A, N fast and synaptic gain - 1;  q_test share of AMPA throughput that works when the effect is looked
               at - 1
    Source:    an AMPA antagonist given before the test removed the lasting effect in mice (recalled, row P050); that
               it scales is assumed
    Leaves out: the antagonist's own time course, so the share holds whenever one looks; growth goes on meanwhile.
    """
    return at_test * gain
