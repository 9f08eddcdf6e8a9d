"""What a recording rests on besides the circuit: the rows of ``parameters.tsv`` in this folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from ketworks.evidence.parameters import load


class Settings(NamedTuple):
    """All rows in their canonical units.

    Attributes:
        noise: standard deviation of the random current of a class of relative size 1, pA.
        window: length of a window of the spectrum, s.
        fit_low, fit_high: edges of the 1/f fit, Hz.
        peak_width_low, peak_width_high: limits of a peak's width (two standard deviations), Hz.
        peak_height: least height of a peak over the background, log10.
        peak_deviations: least height of a peak over the background, standard deviations of the flattened spectrum.
        peaks: most peaks.
        click: conductance that one click opens on pyramidal and PV cells, nS.
        click_rate: clicks per second, Hz.
        complexity_rate: samples per second of the binary sequence, Hz.
        complexity_window: its length, s.
        slow_low, slow_high: edges of the slow-delta band, Hz.
        alternation: correlation of gamma with slow-delta power above which nothing is called alternation.
        tone: conductance that the whole release of a tone's afferents opens on pyramidal and PV cells, nS.
        tone_interval: time between tones, ms.
        tone_every: every so many tones is a deviant.
        tone_use, tone_recovery, tone_facilitation: short-term plasticity of a tone's afferents (1, ms, ms).
        early_end: end of the window of the early deflection, ms after a volley arrives.
        mismatch_low, mismatch_high: window of the mismatch response, ms after a volley arrives.
    """

    noise: float
    window: float
    fit_low: float
    fit_high: float
    peak_width_low: float
    peak_width_high: float
    peak_height: float
    peak_deviations: float
    peaks: float
    click: float
    click_rate: float
    complexity_rate: float
    complexity_window: float
    slow_low: float
    slow_high: float
    alternation: float
    tone: float
    tone_interval: float
    tone_every: float
    tone_use: float
    tone_recovery: float
    tone_facilitation: float
    early_end: float
    mismatch_low: float
    mismatch_high: float


@cache
def settings() -> Settings:
    """The rows, by name."""
    rows = load(str(Path(__file__).parent))
    return Settings(**{name: rows[f"eeg.{name}"].value for name in Settings._fields})
