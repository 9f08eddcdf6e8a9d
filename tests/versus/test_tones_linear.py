"""The stepped answer to weak tones against the column's linear response in the frequency domain."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ketworks.circuit.column import column, nmda_free
from ketworks.circuit.membrane import at_frequency, read_out, slopes_at
from ketworks.circuit.stage import CircuitStage
from ketworks.circuit.working_point import working_point
from ketworks.eeg.evoked import BEFORE, REACHED, evoked
from ketworks.eeg.oddball import nmda_gate, sequence, volleys
from ketworks.eeg.settings import settings

jax.config.update("jax_enable_x64", True)
S = settings()._replace(tone=1e-3)
C = column({key: jnp.asarray(row.canonical) for key, row in CircuitStage.parameters().items()})
FINE = 0.05  # ms


@pytest.mark.slow
@pytest.mark.parametrize("block", [0.0, 0.14, 0.4])
def test_weak_tones_follow_the_linear_response(block: float) -> None:
    held = jnp.full((4, 1), block)
    stepped = evoked(C, held, S)
    expected = linear(held)
    for wave, onset in ((stepped.standard, sequence(S).standard_onset), (stepped.deviant, sequence(S).deviant_onset)):
        first = round(onset / FINE)
        part = expected[first : first + round(S.tone_interval / FINE)]
        baseline = expected[first - round(BEFORE / FINE) : first].mean()
        at = np.arange(1, len(wave) + 1)
        found = np.interp(at, FINE * np.arange(part.size), part - baseline)
        np.testing.assert_allclose(wave[:-1, 0], found[:-1], atol=0.02 * np.abs(wave).max())


def linear(block: jax.Array) -> np.ndarray:
    """EEG proxy over the sequence: each class's current by the tones' AMPA and NMDA gates, through the read-out."""
    tones = sequence(S)
    size = round(1.5 * tones.length / FINE)
    time = FINE * np.arange(size)
    release = volleys(tones, S)
    fast = np.zeros(size)
    for onset, amount in zip(tones.times, release, strict=True):
        after = time >= onset
        fast[after] += amount * np.exp(-(time[after] - onset) / float(C.k["time.ampa"]))
    slow = nmda_gate(tones, release, float(C.k["nmda.opening"]), float(C.k["time.nmda"]), time)
    point = working_point(C, block)
    slopes = slopes_at(C, point.voltage, point.rates, block)
    pull = -(point.voltage - C.k["reversal.excitation"]) * S.tone * REACHED
    through = C.nmda / C.ampa * (1.0 - block[:3]) * nmda_free(C, point.voltage)[0]
    omega = 2.0 * jnp.pi * jnp.asarray(np.fft.rfftfreq(size, FINE))
    row = jax.vmap(lambda w: jnp.stack(read_out(at_frequency(C, slopes, 1j * w)))[:, 0])(omega)
    drive = pull * np.fft.rfft(fast) + pull * through * np.fft.rfft(slow)
    return np.fft.irfft(np.asarray(row.T * drive).sum(axis=0), size)
