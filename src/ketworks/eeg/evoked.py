"""The column under a sequence of tones: response to standard and deviant, and their difference."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from ketworks.circuit.column import Column
from ketworks.circuit.in_time import EVERY, STEP, State, at_rest, change, proxy
from ketworks.circuit.layout import DEFAULT, Layout
from ketworks.eeg.oddball import nmda_gate, sequence, volleys
from ketworks.eeg.settings import Settings

Floats = NDArray[np.float64]
PER_S = 1e3 / (EVERY * STEP)  # samples per second
BEFORE = 50.0  # ms before a tone that are its baseline
REACHED = jnp.array([[1.0], [1.0], [0.0]])  # classes that tones reach, as clicks do: pyramidal and PV cells


class Evoked(NamedTuple):
    """Responses from the arrival of a tone to the next, less their baseline, (samples, n), and samples per second.

    ``earlier`` holds those of the cycle before: where the column rests between tones, the same.
    """

    standard: Floats
    deviant: Floats
    per_s: float
    earlier: tuple[Floats, Floats]

    @property
    def difference(self) -> Floats:
        """Deviant less standard, (samples, n)."""
        return np.asarray(self.deviant - self.standard)

    def first(self, count: int) -> Evoked:
        """The first so many states."""
        before = self.earlier[0][:, :count], self.earlier[1][:, :count]
        return Evoked(self.standard[:, :count], self.deviant[:, :count], self.per_s, before)


def evoked(c: Column, block: Array, s: Settings, layout: Layout = DEFAULT) -> Evoked:
    """Responses of the column, without noise, to an oddball sequence under n blocks.

    Equation:  the equations of ``in_time.change``; a volley adds its release to a gate z that opens g_tone z on
               pyramidal and PV cells, dz/dt = -z/tau_A, and opens NMDA receptors there, under their class's block, in
               the proportion g_N/g_A of that class's own input from pyramidal cells

    Args:
        c: column; block: (K_E, K_PV, K_SST, I_h), shares, shape (4, n); s: the sequence; layout: which circuit.

    Source: rows ``eeg.tone_*``; the column as in ``circuit/in_time.py``.
    Leaves out: noise (an average over endless tones of weak noise), a delay from ear to cortex, any memory of the
    sequence but tired afferents; the proxy leaves out the current of the afferents themselves, as it does for clicks.
    """
    tones = sequence(s)
    lead = round(BEFORE * PER_S / 1e3)
    samples = lead + round(tones.length * PER_S / 1e3)
    release = volleys(tones, s)
    given = np.zeros((samples, EVERY))
    places = lead * EVERY + np.round(tones.times / STEP).astype(int)
    given.reshape(-1)[places] = release
    time = STEP * np.arange(1.0 - lead * EVERY, (samples - lead) * EVERY + 1.0)  # ends of steps
    opening, decay = float(c.k["nmda.opening"]), float(c.k["time.nmda"])
    slow = nmda_gate(tones, release, opening, decay, time - 1e-9).reshape(samples, EVERY)
    signal = np.asarray(_stepped(layout, c, block, s.tone * REACHED, jnp.asarray(given), jnp.asarray(slow)))
    size = round(s.tone_interval * PER_S / 1e3)

    def after(onset: float) -> Floats:
        first = lead + round(onset * PER_S / 1e3)
        return np.asarray(signal[first : first + size] - signal[first - lead : first].mean(axis=0))

    onsets, cycle = (tones.standard_onset, tones.deviant_onset), s.tone_interval * round(s.tone_every)
    standard, deviant = (after(onset) for onset in onsets)
    before_standard, before_deviant = (after(onset - cycle) for onset in onsets)
    return Evoked(standard, deviant, PER_S, (before_standard, before_deviant))


@partial(jax.jit, static_argnums=0)
def _stepped(layout: Layout, c: Column, block: Array, tone: Array, given: Array, slow: Array) -> Array:
    """The EEG proxy at every sample, Heun's method.

    ``given`` is what is released as each step begins and ``slow`` the tones' NMDA gate as it ends, (samples, EVERY).
    The gate acts where the ambient gate does, so that every class keeps its own magnesium gate and block.
    """
    c, block, state = at_rest(c, block, layout)
    share = tone / c.ampa
    kept = jnp.exp(-STEP / c.k["time.nmda"])

    def one(x: State, now: tuple[Array, Array]) -> tuple[State, None]:
        release, after = now
        x = x._replace(stimulus=x.stimulus + release)
        slope = change(c._replace(tonic=c.tonic + share * after / kept), x, block, tone)
        ahead = jax.tree.map(lambda a, d: a + STEP * d, x, slope)
        second = change(c._replace(tonic=c.tonic + share * after), ahead, block, tone)
        moved: State = jax.tree.map(lambda a, d, e: a + 0.5 * STEP * (d + e), x, slope, second)
        return moved, None

    def sample(x: State, now: tuple[Array, Array]) -> tuple[State, Array]:
        x, _ = jax.lax.scan(one, x, now)
        return x, proxy(c, x, block)

    return jax.lax.scan(sample, state, (given, slow))[1]


class Deflections(NamedTuple):
    """Of each state, (n,): ``early`` peak of the response to the standard, early peak and late mean of the difference
    wave, each counted as positive in the direction it has in column 0, without drug.
    """

    early: Floats
    early_difference: Floats
    mismatch: Floats


def deflections(found: Evoked, s: Settings) -> tuple[Deflections, Deflections]:
    """Sizes in the windows of the settings in the last cycle, and how much larger they are than in the cycle before.

    Source: the usual measures of evoked responses.
    Leaves out: polarity, which one column without a skull has not; latency, since the late difference only decays.
    """
    time = (np.arange(len(found.standard)) + 1.0) * 1e3 / found.per_s
    early = time <= s.early_end
    late = (time >= s.mismatch_low) & (time <= s.mismatch_high)

    def peak(wave: Floats, like: Floats) -> Floats:
        sign = np.sign(like[np.abs(like[:, 0]).argmax(), 0])
        return np.asarray((sign * wave).max(axis=0))

    def sizes(standard: Floats, deviant: Floats) -> Deflections:
        difference = deviant - standard
        return Deflections(
            peak(standard[early], found.standard[early]),
            peak(difference[early], found.difference[early]),
            np.sign(found.difference[late, 0].mean()) * difference[late].mean(axis=0),
        )

    last, before = sizes(found.standard, found.deviant), sizes(*found.earlier)
    return last, Deflections(*(a - b for a, b in zip(last, before, strict=True)))
