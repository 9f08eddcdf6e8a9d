"""A sequence of two tones and what their inputs release: each tone has afferents of its own, which tire."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.eeg.settings import Settings

Floats = NDArray[np.float64]
CYCLES = 4  # the last is measured; by then depression and the slow adaptation repeat themselves


class Sequence(NamedTuple):
    """Times of all tones (ms), which of them are deviants, and the onsets that are compared: of the last deviant and
    of the standard before it.
    """

    times: Floats
    deviant: NDArray[np.bool_]
    standard_onset: float
    deviant_onset: float

    @property
    def length(self) -> float:
        """Length of the whole, ms."""
        return float(self.times[-1] + (self.times[1] - self.times[0]))


def sequence(s: Settings) -> Sequence:
    """Equally spaced tones, every so many a deviant; the deviant ends a cycle."""
    every = round(s.tone_every)
    times = s.tone_interval * np.arange(CYCLES * every, dtype=np.float64)
    deviant = np.arange(times.size) % every == every - 1
    return Sequence(times, deviant, float(times[-2]), float(times[-1]))


def released(times: Floats, use: float, recovery: float, facilitation: float) -> Floats:
    """What each volley of one tone's afferents releases.

    Equation:  release = u x; then x <- x - u x, u <- u + U (1 - u); between volleys dx/dt = (1-x)/D, du/dt = (U-u)/F

    ====  ===============================================  ==
    u, x  use and resources just before a volley           1
    U     use by a first volley                            1
    D, F  recovery from depression, from facilitation      ms
    ====  ===============================================  ==

    Args:
        times: of the volleys, ms, rising; use, recovery, facilitation: U, D, F.

    Source: the event form of ``synapses.release``; rows ``eeg.tone_*``.
    Leaves out: overlap of the afferents of two tones, volleys within a tone, adaptation before the cortex.
    """
    found = np.empty(times.size)
    u, x, last = use, 1.0, -np.inf
    for k, time in enumerate(times):
        x = 1.0 - (1.0 - x) * np.exp(-(time - last) / recovery)
        u = use + (u - use) * np.exp(-(time - last) / facilitation)
        found[k] = u * x
        x, u, last = x - u * x, u + use * (1.0 - u), time
    return found


def volleys(tones: Sequence, s: Settings) -> Floats:
    """Release of every tone of a sequence: standards and deviants tire apart, (tones,)."""
    found = np.empty(tones.times.size)
    for kind in (False, True):
        own = tones.deviant == kind
        found[own] = released(tones.times[own], s.tone_use, s.tone_recovery, s.tone_facilitation)
    return found


def nmda_gate(tones: Sequence, release: Floats, opening: float, decay: float, at: Floats) -> Floats:
    """Open NMDA gates of the afferents of both tones together, at some times.

    Equation:  of each tone apart, s <- s + a (1 - s) release at a volley, ds/dt = -s/tau between; the sum of both

    Args:
        tones, release: the sequence and what its volleys release; opening, decay: a (1), tau (ms) of the column's own
        NMDA gate; at: ms, rising.

    Source: the event form of ``synapses.nmda_gate``.  Leaves out: as there.
    """
    total = np.zeros(at.size)
    for kind in (False, True):
        gate, last = 0.0, 0.0
        own = tones.deviant == kind
        ends = [*tones.times[own][1:], np.inf]
        for time, amount, end in zip(tones.times[own], release[own], ends, strict=True):
            gate = gate * np.exp(-(time - last) / decay)
            gate, last = gate + opening * (1.0 - gate) * amount, time
            inside = (at >= time) & (at < end)
            total[inside] += gate * np.exp(-(at[inside] - time) / decay)
    return total
