"""Pictures of a recording with matplotlib; colours are those of the circuit's signals."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ketworks.eeg.measures import measured
from ketworks.eeg.ongoing import BANDS
from ketworks.eeg.slow_rhythm import slow_rhythm
from ketworks.eeg.spectra import Floats, window_spectra
from ketworks.errors import unknown
from ketworks.report.plot import STYLE

if TYPE_CHECKING:
    from ketworks.eeg.recording import Recording

TOP = 100.0  # Hz shown
TICKS = (1, 2, 4, 8, 13, 30, 50, 80)  # Hz: where bands meet
AGAINST = "power against no drug (dB)\nonly its sign is supported"
SHOWN_S = 4.0  # s of a trace shown
MOST_TRACES = 8
GREY = "#888888"
WIDE = ("spectrum", "tones", "rhythm")


def figure(recording: Recording, kind: str) -> Figure:
    """A picture by name; see ``KINDS``."""
    if kind not in KINDS:
        raise unknown("picture", kind, KINDS, "--plot spectrum.png")
    with mpl.rc_context(STYLE):
        whole = Figure(figsize=(9.0 if kind in WIDE else 6.4, 3.9), layout="constrained")
        FigureCanvasAgg(whole)
        KINDS[kind](recording, whole)
        whole.suptitle(_title(recording), x=0.01, ha="left", fontsize=9.5)
    return whole


def _title(recording: Recording) -> str:
    regimen = str(recording.simulation.regimen)
    return f"{regimen if len(regimen) < 60 else regimen[:57] + '...'}; one column, grade {recording.grade}"


def _shades(recording: Recording) -> Any:
    """One shade a time, along one scale."""
    return mpl.colormaps["viridis_r"](np.linspace(0.15, 0.95, len(recording.at)))


def _shown(recording: Recording) -> NDArray[np.int64]:
    """Indices of at most so many times, evenly taken."""
    count = len(recording.at)
    return np.unique(np.linspace(0, count - 1, min(count, MOST_TRACES)).round().astype(int))


def _spectrum(recording: Recording, whole: Figure) -> None:
    """Spectra, and beside them their change, which is far smaller than what separates frequencies."""
    frequency, power = _shown_power(recording)
    left, right = whole.subplots(1, 2)
    left.plot(frequency, power[:, 0], color=GREY, linewidth=2.4, label="no drug")
    right.axhline(0.0, color=GREY, linewidth=2.4)
    shades = _shades(recording)
    for k in _shown(recording):
        change = power[:, k + 1] - power[:, 0]
        left.plot(frequency, power[:, k + 1], color=shades[k], linewidth=1.2, label=f"{recording.at[k]:g} min")
        right.plot(frequency, change, color=shades[k], linewidth=1.2)
    for axis in (left, right):
        axis.set_xscale("log")
        axis.set_xlim(frequency[0], TOP)
        axis.set_xticks(TICKS, [str(tick) for tick in TICKS])
        axis.minorticks_off()
        axis.set_xlabel("frequency (Hz)")
    left.set_ylabel("power density (dB, arbitrary reference)")
    right.set_ylabel(AGAINST)
    left.legend(frameon=False, fontsize=7.5, handlelength=1.2)


def _shown_power(recording: Recording) -> tuple[Floats, Floats]:
    """Frequencies that are drawn, and power in dB, (frequencies, 1 + times)."""
    frequency, windows = window_spectra(recording.signal, recording.per_s, recording.settings.window)
    inside = (frequency >= recording.settings.fit_low) & (frequency <= TOP)
    return frequency[inside], 10.0 * np.log10(windows.mean(axis=0)[inside])


def _spectrogram(recording: Recording, whole: Figure) -> None:
    frequency, power = _shown_power(recording)
    axis = whole.subplots()
    change = power[:, 1:] - power[:, :1]
    limit = max(float(np.abs(change).max()), 0.1)
    edges = _edges(recording.at)
    half = 0.5 * (frequency[1] - frequency[0])
    rows = np.append(frequency - half, frequency[-1] + half)
    drawn = axis.pcolormesh(edges, rows, change, cmap="RdBu_r", vmin=-limit, vmax=limit)
    whole.colorbar(drawn, ax=axis, label=AGAINST)
    for event in recording.simulation.regimen.events():
        for edge in (event.time, event.end):
            if edges[0] <= edge <= edges[-1]:
                axis.axvline(edge, color="#444444", linewidth=0.8, linestyle=":")
    axis.set_yscale("log")
    axis.set_yticks(TICKS, [str(tick) for tick in TICKS])
    axis.minorticks_off()
    axis.set_ylim(frequency[0], TOP)
    axis.set_xlabel("time since first dose (min)")
    axis.set_ylabel("frequency (Hz)")


def _edges(at: Floats) -> Floats:
    """Edges half-way between the times; half a minute around a lone one."""
    if len(at) == 1:
        return np.array([at[0] - 0.5, at[0] + 0.5])
    middle = 0.5 * (at[1:] + at[:-1])
    return np.concatenate([[2.0 * at[0] - middle[0]], middle, [2.0 * at[-1] - middle[-1]]])


def _bands(recording: Recording, whole: Figure) -> None:
    axis = whole.subplots()
    for event in recording.simulation.regimen.events():
        if event.duration > 0.0 and event.time <= recording.at[-1]:
            axis.axvspan(event.time, min(event.end, recording.at[-1]), color="#000000", alpha=0.06, linewidth=0)
    rows = measured(recording, ["bands"]).rows
    for band, row in zip(BANDS, rows, strict=True):
        color = recording.simulation.chain.signal(f"circuit.{band}_power").color
        axis.plot(recording.at, row.change, color=color, linewidth=1.6, marker="o", markersize=3.0, label=row.label)
        error = row.error[1:]
        axis.fill_between(recording.at, row.change - error, row.change + error, color=color, alpha=0.16, linewidth=0)
    axis.axhline(0.0, color=GREY, linewidth=0.8)
    axis.set_xlabel("time since first dose (min)")
    axis.set_ylabel(AGAINST)
    axis.legend(frameon=False, fontsize=7.5, handlelength=1.2)


def _trace(recording: Recording, whole: Figure) -> None:
    axis = whole.subplots()
    samples = round(min(SHOWN_S, recording.seconds) * recording.per_s)
    shown = _shown(recording)
    signal = recording.signal[:samples] - recording.signal.mean(axis=0)
    apart = 6.0 * float(signal[:, 0].std())
    time = np.arange(samples) / recording.per_s
    shades = _shades(recording)
    axis.plot(time, signal[:, 0], color=GREY, linewidth=0.9)
    for row, k in enumerate(shown, 1):
        axis.plot(time, signal[:, k + 1] - row * apart, color=shades[k], linewidth=0.9)
    labels = ["no drug", *(f"{recording.at[k]:g} min" for k in shown)]
    axis.set_yticks(-apart * np.arange(len(labels)), labels)
    axis.set_xlim(0.0, time[-1])
    axis.set_xlabel("time within the stretch (s)")
    axis.set_ylabel("EEG proxy (arbitrary unit), by time since first dose")


def _tones(recording: Recording, whole: Figure) -> None:
    """Response to the frequent tone, and the difference of the rare one from it."""
    left, right = whole.subplots(1, 2)
    heard, s, shades = recording.heard, recording.settings, _shades(recording)
    time = (np.arange(len(heard.standard)) + 1.0) * 1e3 / heard.per_s
    shown = ((left, heard.standard, (0.0, s.mismatch_high)), (right, heard.difference, (s.early_end, s.tone_interval)))
    for axis, waves, window in shown:
        axis.plot(time, waves[:, 0], color=GREY, linewidth=2.4, label="no drug")
        for k in _shown(recording):
            axis.plot(time, waves[:, k + 1], color=shades[k], linewidth=1.2, label=f"{recording.at[k]:g} min")
        axis.set_xlim(*window)
        axis.set_xlabel("time since the volley arrives (ms)")
    late = heard.difference[time >= s.mismatch_low]
    right.set_ylim(1.4 * min(float(late.min()), 0.0) - 0.1 * float(late.max()), 1.4 * float(late.max()))
    right.axvspan(s.mismatch_low, s.mismatch_high, color="#000000", alpha=0.06, linewidth=0)
    left.set_ylabel("response to the frequent tone (arbitrary unit)")
    right.set_ylabel("rare less frequent tone (arbitrary unit),\nshaded: mismatch window")
    left.legend(frameon=False, fontsize=7.5, handlelength=1.2)


def _rhythm(recording: Recording, whole: Figure) -> None:
    """How far the cell is from its edge over time, and the score of dissociation, which does not rest on it."""
    left, right = whole.subplots(1, 2)
    found = slow_rhythm(recording)
    color = recording.simulation.chain.signal("rhythm.posteromedial").color
    left.axhline(0.0, color=GREY, linewidth=0.8)
    left.plot(recording.at, found.growth[1:], color=color, linewidth=1.6, marker="o", markersize=3.0)
    on = np.array(found.present[1:])
    left.plot(recording.at[on], found.growth[1:][on], "o", color=color, markersize=7.0, label="turns at about 3 Hz")
    left.set_xlabel("time since first dose (min)")
    left.set_ylabel("growth of the leading motion (1/s);\nabove 0 the cell cannot rest")
    if on.any():
        left.legend(frameon=False, fontsize=7.5)
    if found.score is None:
        right.set_axis_off()
        return
    right.plot(recording.at, found.score[1:], color=GREY, linewidth=1.2)
    right.plot(recording.at[on], found.score[1:][on], "o", color=color, markersize=7.0)
    right.plot(recording.at[~on], found.score[1:][~on], "o", color=GREY, markersize=3.0)
    right.set_xlabel("time since first dose (min)")
    right.set_ylabel("mean CADSS (points);\nlarge: with the rhythm")


KINDS: dict[str, Callable[[Recording, Figure], None]] = {
    "spectrum": _spectrum,
    "spectrogram": _spectrogram,
    "bands": _bands,
    "trace": _trace,
    "tones": _tones,
    "rhythm": _rhythm,
}
