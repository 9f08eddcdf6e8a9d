"""The measures of a recording, each against the drug-free column, with the sampling error of the difference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ketworks.eeg.alternation import Alternation, alternation
from ketworks.eeg.background import Background, background
from ketworks.eeg.complexity import complexity
from ketworks.eeg.spectra import Floats, band_db, jackknife, window_spectra
from ketworks.eeg.steady_state import at_rate, evoked_db, locking
from ketworks.errors import CannotSay, WrongUse, unknown
from ketworks.peaks import FLAT

if TYPE_CHECKING:
    from ketworks.eeg.recording import Recording

BANDS = ("delta", "theta", "alpha", "beta", "gamma")
TRIAL = 1.0  # s; a whole number of cycles of the click train
CLEAR = 2.0  # standard errors of a difference beyond which it has a direction
CANNOT = {
    "mismatch": "the column has no inputs of its own for two tones, and no row says how such inputs adapt",
    "3hz": "the 3 Hz rhythm comes from layer 5 of posteromedial cortex; the column has neither layers nor regions",
    "dissociation": "no row links a rhythm of the column to a score of dissociation; see mind.cadss for the score",
}


class Measured(NamedTuple):
    """One measure over the recording.

    Attributes:
        name, label, unit: of the measure.
        values: drug-free, then at each time, (1 + times,).
        error: standard error of the difference from the drug-free value, (1 + times,); nan where unknown.
    """

    name: str
    label: str
    unit: str
    values: Floats
    error: Floats

    @property
    def change(self) -> Floats:
        """Difference from the drug-free value at each time, (times,)."""
        return np.asarray(self.values[1:] - self.values[0])

    @property
    def directions(self) -> list[str]:
        """``up`` or ``down`` beyond two standard errors, ``flat`` below what counts as a change, else ``unclear``."""
        size = 1.0 if self.unit == "dB" else abs(float(self.values[0]))  # the reference of decibels is arbitrary
        least = FLAT * max(1.0, size)
        return [_direction(float(d), float(e), least) for d, e in zip(self.change, self.error[1:], strict=True)]


def _direction(change: float, error: float, least: float) -> str:
    if abs(change) <= least:
        return "flat"
    if not abs(change) > CLEAR * error:  # also where the error is unknown
        return "unclear"
    return "up" if change > 0.0 else "down"


class Table(NamedTuple):
    """What ``Recording.measured`` returns.

    Attributes:
        recording: of what.
        rows: the measures that have a direction.
        backgrounds: 1/f fits, drug-free and at each time; empty when not asked.
        alternations: tests for gamma bursts between slow waves, likewise.
    """

    recording: Recording
    rows: tuple[Measured, ...]
    backgrounds: tuple[Background, ...]
    alternations: tuple[Alternation, ...]

    def __repr__(self) -> str:
        """Directions in plain text."""
        from ketworks.eeg.words import text

        return text(self)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        from ketworks.eeg.words import as_dict

        return as_dict(self)


def measured(
    recording: Recording, names: Sequence[str] | None = None, progress: Callable[[str], None] | None = None
) -> Table:
    """Measures of a recording.

    Args:
        recording: of what.
        names: some of ``MEASURES``; all when None.
        progress: called with a word on what is being done.

    Raises:
        WrongUse: an unknown name.
        CannotSay: a measure that the column cannot show.
    """
    asked = checked(names)
    say = progress or (lambda word: None)
    rows: list[Measured] = []
    frequency, windows = window_spectra(recording.signal, recording.per_s, recording.settings.window)
    backgrounds: tuple[Background, ...] = ()
    alternations: tuple[Alternation, ...] = ()
    for name in asked:
        say(f"measuring {name}")
        if name == "bands":
            rows += _bands(recording, frequency, windows)
        elif name == "slope":
            rows += _slope(recording, frequency, windows)
            power = windows.mean(axis=0).T
            backgrounds = tuple(background(frequency, row, recording.settings) for row in power)
        elif name == "lz":
            rows += _complexity(recording)
        elif name == "assr":
            rows += _steady_state(recording, say)
        else:
            alternations = _alternations(recording)
    return Table(recording, tuple(rows), backgrounds, alternations)


def checked(names: Sequence[str] | None) -> tuple[str, ...]:
    """The names, once it is sure that each can be measured."""
    if names is None:
        return tuple(MEASURES)
    if isinstance(names, str) or not names:
        raise WrongUse(f"measures {names!r}", "a list of names", paste="--measures bands,slope")
    for name in names:
        if name in CANNOT:
            raise CannotSay(f"{name}: {CANNOT[name]}", ", ".join(MEASURES), paste="--measures bands,slope,lz,assr")
        if name not in MEASURES:
            raise unknown("measure", name, [*MEASURES, *CANNOT], "--measures bands,slope,lz,assr")
    return tuple(dict.fromkeys(names))


def _bands(recording: Recording, frequency: Floats, windows: Floats) -> list[Measured]:
    found = []
    for band in BANDS:
        low, high = recording.band(band)
        values, error = jackknife(windows, lambda power, a=low, z=high: band_db(frequency, power, a, z))  # type: ignore[misc]
        found.append(Measured(f"{band}_power", f"{band} ({low:g}-{high:g} Hz)", "dB", values, error))
    return found


def _slope(recording: Recording, frequency: Floats, windows: Floats) -> list[Measured]:
    s = recording.settings

    def exponents(power: Floats) -> Floats:
        return np.array([background(frequency, row, s).exponent for row in power.T])

    label = f"1/f exponent, down is flatter ({s.fit_low:g}-{s.fit_high:g} Hz)"
    return [Measured("aperiodic_exponent", label, "1", *jackknife(windows, exponents))]


def _complexity(recording: Recording) -> list[Measured]:
    """Of every whole stretch of the usual length (or of the whole, when it is shorter), thinned to the usual rate."""
    s = recording.settings
    thin = max(round(recording.per_s / s.complexity_rate), 1)
    signal = _thinned(recording.signal, thin)
    size = min(round(s.complexity_window * recording.per_s / thin), len(signal))
    parts = signal[: len(signal) // size * size].reshape(-1, size, signal.shape[1])
    found = np.array([[complexity(trace) for trace in part.T] for part in parts])
    return [Measured("lempel_ziv", "Lempel-Ziv complexity", "1", *jackknife(found, lambda mean: mean))]


def _thinned(signal: Floats, by: int) -> Floats:
    from scipy.signal import decimate  # type: ignore[import-untyped]

    return signal if by == 1 else np.asarray(decimate(signal, by, ftype="fir", axis=0))


def _steady_state(recording: Recording, say: Callable[[str], None]) -> list[Measured]:
    rate = recording.settings.click_rate
    found = recording.clicked(lambda share: say(f"clicks, {100.0 * share:.0f} %"))
    trials = at_rate(found.signal, found.per_s, rate, TRIAL)[1:]  # the first holds the onset
    return [
        Measured("steady_state_power", f"{rate:g} Hz response", "dB", *jackknife(trials, evoked_db)),
        Measured("steady_state_locking", f"{rate:g} Hz locking", "1", *jackknife(trials / np.abs(trials), locking)),
    ]


def _alternations(recording: Recording) -> tuple[Alternation, ...]:
    s = recording.settings
    gamma, slow = recording.band("gamma"), (s.slow_low, s.slow_high)
    return tuple(
        alternation(trace, recording.per_s, gamma, slow, s.alternation, recording.seed) for trace in recording.signal.T
    )


MEASURES = {
    "bands": "band powers",
    "slope": "1/f exponent and peaks of the spectrum",
    "lz": "Lempel-Ziv complexity",
    "assr": "steady-state response to clicks: power and phase locking",
    "alternation": "whether gamma bursts alternate with slow waves",
}
