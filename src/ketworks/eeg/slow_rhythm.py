"""The posteromedial rhythm at the times of a recording, beside the score of dissociation that does not rest on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ketworks.eeg.spectra import Floats
from ketworks.errors import CannotSay

if TYPE_CHECKING:
    from ketworks.eeg.recording import Recording

SCORE = "mind.cadss_mean"


class SlowRhythm(NamedTuple):
    """Drug-free and at each time, (1 + times,).

    Attributes:
        present: whether the cell swings.
        swing: from trough to crest, mV.
        frequency: Hz; 0 without a rhythm.
        growth: of the leading motion about the rest, 1/s.
        score: mean CADSS of many people, points; None where the simulation does not hold it.
    """

    present: tuple[bool, ...]
    swing: Floats
    frequency: Floats
    growth: Floats
    score: Floats | None


def slow_rhythm(recording: Recording) -> SlowRhythm:
    """Steps the cell of the rhythm stage in time under the block of each time.

    Args:
        recording: its blocks are used, not its traces: the column has no such cells.

    Raises:
        CannotSay: the simulation's rhythm is another mechanism than a cell.
    """
    import jax.numpy as jnp

    from ketworks.rhythm.in_time import rhythm
    from ketworks.rhythm.stage import GROWTH, RetrosplenialPacemaker, under_block

    simulation = recording.simulation
    stage = simulation.chain.maker(GROWTH) if GROWTH in simulation.chain.signals else None
    if not isinstance(stage, RetrosplenialPacemaker):
        raise CannotSay(
            "rhythm3hz: no cell to step", "a rhythm stage that ships with ketworks", paste="--measures bands"
        )
    values = {key: simulation.values.get(key, row.canonical) for key, row in stage.parameters().items()}
    p = {key: jnp.asarray(value) for key, value in values.items()}
    none = np.zeros(1)
    block = jnp.asarray(np.concatenate([none, recording.blocks[0]]))
    hcn1 = jnp.asarray(np.concatenate([none, recording.blocks[3]]))
    hcn1 = hcn1 if stage.has_hcn1 else jnp.ones_like(hcn1)
    found, growth = rhythm(p, block, hcn1), np.asarray(under_block(p, block, hcn1).growth)
    present = tuple(bool(f > 0.0) for f in found.frequency)
    return SlowRhythm(present, found.swing, found.frequency, growth, _score(recording))


def _score(recording: Recording) -> Floats | None:
    s = recording.simulation
    if SCORE not in s.names:
        return None
    return np.concatenate([np.zeros(1), s.tables[SCORE][0, np.searchsorted(s.times, recording.at)]])
