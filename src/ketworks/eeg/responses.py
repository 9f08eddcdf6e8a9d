"""Measures of what the column answers to sounds: a train of clicks, and a rare tone among frequent ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ketworks.eeg.change import Measured
from ketworks.eeg.spectra import Floats, jackknife
from ketworks.eeg.steady_state import at_rate, evoked_db, locking

if TYPE_CHECKING:
    from ketworks.eeg.recording import Recording

TRIAL = 1.0  # s; a whole number of cycles of the click train


def steady_state(recording: Recording, say: Callable[[str], None]) -> list[Measured]:
    """Power and phase locking at the rate of the clicks."""
    rate = recording.settings.click_rate
    found = recording.clicked(lambda share: say(f"clicks, {100.0 * share:.0f} %"))
    trials = at_rate(found.signal, found.per_s, rate, TRIAL)[1:]  # the first holds the onset
    return [
        Measured("steady_state_power", f"{rate:g} Hz response", "dB", *jackknife(trials, evoked_db)),
        Measured("steady_state_locking", f"{rate:g} Hz locking", "1", *jackknife(trials / np.abs(trials), locking)),
    ]


def mismatch(recording: Recording) -> list[Measured]:
    """Early deflection to frequent tones, and early and late difference between a rare tone and them.

    There is no noise in these responses; their error is how far two cycles of the sequence differ, which is much where
    the column does not rest between tones.
    """
    from ketworks.eeg.evoked import deflections

    s = recording.settings
    found, apart = deflections(recording.heard, s)
    late = f"({s.mismatch_low:g}-{s.mismatch_high:g} ms)"
    return [
        _share("tone_early", f"early deflection to tones (to {s.early_end:g} ms)", found.early, apart.early),
        _share(
            "mismatch_early",
            "early difference, rare less frequent tone",
            found.early_difference,
            apart.early_difference,
        ),
        _share("mismatch", f"mismatch response {late}", found.mismatch, apart.mismatch),
    ]


def _share(name: str, label: str, values: Floats, apart: Floats) -> Measured:
    """As shares of the drug-free value; the error is how far their difference from it moves between two cycles."""
    return Measured(name, label, "1", values / values[0], np.abs((apart - apart[0]) / values[0]))
