"""Measures of the ongoing activity of a recording: band powers, 1/f, complexity, bursts."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ketworks.eeg.alternation import Alternation, alternation
from ketworks.eeg.background import Background, background
from ketworks.eeg.change import Measured
from ketworks.eeg.complexity import beyond_spectrum, complexity
from ketworks.eeg.spectra import Floats, band_db, jackknife, spectral_slope, window_spectra

if TYPE_CHECKING:
    from ketworks.eeg.recording import Recording

BANDS = ("delta", "theta", "alpha", "beta", "gamma")
SURROGATES = 4  # phase-random traces for each stretch; every stretch has its own


class Ongoing:
    """The traces of a recording as spectra of windows, made once for all measures."""

    def __init__(self, recording: Recording) -> None:
        """Keeps the recording; spectra are made when first asked for."""
        self.recording = recording

    @cached_property
    def spectra(self) -> tuple[Floats, Floats]:
        """Frequencies and densities of all windows, (windows, frequencies, 1 + times)."""
        r = self.recording
        return window_spectra(r.signal, r.per_s, r.settings.window)

    def bands(self) -> list[Measured]:
        """Mean power density of each band, dB."""
        frequency, windows = self.spectra
        found = []
        for band in BANDS:
            low, high = self.recording.band(band)
            values, error = jackknife(windows, lambda power, a=low, z=high: band_db(frequency, power, a, z))  # type: ignore[misc]
            found.append(Measured(f"{band}_power", f"{band} ({low:g}-{high:g} Hz)", "dB", values, error))
        return found

    @cached_property
    def backgrounds(self) -> tuple[Background, ...]:
        """1/f fits, drug-free and at each time; all begin with the peaks of the drug-free spectrum."""
        frequency, windows = self.spectra
        power, s = windows.mean(axis=0).T, self.recording.settings
        first = background(frequency, power[0], s)
        return (first, *(background(frequency, row, s, first) for row in power[1:]))

    def slope(self) -> list[Measured]:
        """Exponent of the 1/f fit, and the slope of the whole spectrum, rhythms and all."""
        frequency, windows = self.spectra
        s, first = self.recording.settings, self.backgrounds[0]

        def exponents(power: Floats) -> Floats:
            return np.array([background(frequency, row, s, first).exponent for row in power.T])

        def slopes(power: Floats) -> Floats:
            return spectral_slope(frequency, power, s.fit_low, s.fit_high)

        edges = f"({s.fit_low:g}-{s.fit_high:g} Hz)"
        return [
            Measured(
                *("aperiodic_exponent", f"1/f exponent, down is flatter {edges}", "1"), *jackknife(windows, exponents)
            ),
            Measured(
                *("spectral_slope", f"slope with rhythms, up is flatter {edges}", "1"), *jackknife(windows, slopes)
            ),
        ]

    def complexities(self) -> list[Measured]:
        """Of every whole stretch of the usual length (or of the whole, when it is shorter), thinned to the usual rate.

        The random phases of a stretch are the same for all times, as its noise is.
        """
        r, s = self.recording, self.recording.settings
        thin = max(round(r.per_s / s.complexity_rate), 1)
        signal = _thinned(r.signal, thin)
        size = min(round(s.complexity_window * r.per_s / thin), len(signal))
        parts = signal[: len(signal) // size * size].reshape(-1, size, signal.shape[1])
        plain = np.array([[complexity(trace) for trace in part.T] for part in parts])
        draw = np.random.default_rng(r.seed)
        phases = 2.0 * np.pi * draw.random((len(parts), SURROGATES, size // 2 + 1))
        over = np.array(
            [[beyond_spectrum(trace, p) for trace in part.T] for part, p in zip(parts, phases, strict=True)]
        )
        return [
            Measured("lempel_ziv", "Lempel-Ziv complexity", "1", *jackknife(plain, lambda mean: mean)),
            Measured(
                "lempel_ziv_over_spectrum",
                "Lempel-Ziv over its spectrum's",
                "1",
                *jackknife(over, lambda mean: mean),
            ),
        ]

    def alternations(self) -> tuple[Alternation, ...]:
        """Whether gamma comes in bursts between slow waves, drug-free and at each time."""
        r, s = self.recording, self.recording.settings
        gamma, slow = r.band("gamma"), (s.slow_low, s.slow_high)
        return tuple(alternation(trace, r.per_s, gamma, slow, s.alternation, r.seed) for trace in r.signal.T)


def _thinned(signal: Floats, by: int) -> Floats:
    from scipy.signal import decimate  # type: ignore[import-untyped]

    return signal if by == 1 else np.asarray(decimate(signal, by, ftype="fir", axis=0))
