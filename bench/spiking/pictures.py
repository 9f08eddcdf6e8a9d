"""Draws what the last runs of ``compare.py`` left: who fired when, and spectra beside the mass's.

usage: python bench/spiking/pictures.py [--folder BUILD]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import matplotlib as mpl
import numpy as np
from compare import RESULTS, SETTLING_S
from network import BUILD, SAMPLE_MS, Floats, Mass, mass
from scipy.signal import welch

from ketworks.circuit.column import CLASSES
from ketworks.circuit.membrane import slopes_at
from ketworks.circuit.spectrum import power_density
from ketworks.circuit.working_point import working_point

mpl.use("Agg")
import matplotlib.pyplot as plt

DOCS = RESULTS.parents[2] / "docs"
STATES = ("none", "low", "high")
COLORS = {"pyramidal": "#27548a", "pv": "#c46a3a", "sst": "#4f8a4c"}
NAMES = {"pyramidal": "pyramidal", "pv": "PV", "sst": "SST"}
SHOWN = {"pyramidal": 160, "pv": 70, "sst": 50}
LONG_S = 1.5
WINDOW_S = 1.0


def label(results: dict[str, Any], state: str) -> str:
    if state == "none":
        return "no drug"
    dose = results["doses"][state]
    return f"{dose['sentence']}, at {dose['minute']} min"


def raster(results: dict[str, Any], folder: Path, size: int) -> None:
    figure, axes = plt.subplots(3, 1, figsize=(9, 8), sharex=True, layout="constrained")
    for axis, state in zip(axes, STATES, strict=True):
        data = np.load(folder / str(size) / f"{state}.npz")
        base = 0
        for cell in reversed(CLASSES):
            t, i = data[f"{cell}_t"], data[f"{cell}_i"]
            keep = (t >= SETTLING_S) & (t < SETTLING_S + LONG_S) & (i < SHOWN[cell])
            axis.plot(t[keep] - SETTLING_S, base + i[keep], ".", ms=2.5, color=COLORS[cell], label=NAMES[cell])
            base += SHOWN[cell]
        axis.set(ylabel="cell", title=label(results, state), ylim=(0, base), xlim=(0, LONG_S))
    axes[-1].set_xlabel("time, s")
    axes[0].legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3, markerscale=4, frameon=False)
    figure.suptitle(
        f"{size:,} AdEx cells: {SHOWN['pyramidal']} pyramidal, {SHOWN['pv']} PV and {SHOWN['sst']} SST cells of them"
    )
    figure.savefig(DOCS / "spiking-raster.png", dpi=110)


def of_mass(m: Mass, block: list[float], frequency: Floats) -> Floats:
    b = jnp.asarray(block)[:, None]
    at = working_point(m.column, b)
    slopes = slopes_at(m.column, at.voltage, at.rates, b)
    return np.array([float(power_density(m.column, slopes, jnp.asarray(f))[0]) for f in frequency])


def spectra(results: dict[str, Any], folder: Path, sizes: list[int]) -> None:
    m = mass()
    shown = np.arange(1.0, 81.0)
    blocks = {"none": [0.0] * 4} | {name: dose["block"] for name, dose in results["doses"].items()}
    figure, axes = plt.subplots(2, len(sizes) + 1, figsize=(4 * len(sizes) + 4, 7), sharex=True, layout="constrained")
    for column, size in enumerate([*sizes, 0]):
        power = {}
        for state in STATES:
            if size:
                eeg = np.load(folder / str(size) / f"{state}.npz")["eeg"][round(SETTLING_S * 1e3 / SAMPLE_MS) :]
                every, density = welch(eeg, 1e3 / SAMPLE_MS, nperseg=round(WINDOW_S * 1e3 / SAMPLE_MS))
                power[state] = np.interp(shown, every, density)
            else:
                power[state] = of_mass(m, blocks[state], shown)
        axes[0, column].set_title(f"{size:,} spiking cells" if size else "neural mass")
        for state, color in zip(STATES, ("#555555", "#2a6f97", "#7b2d8b"), strict=True):
            axes[0, column].semilogy(shown, power[state], color=color, label=label(results, state))
            if state != "none":
                change = 10.0 * np.log10(power[state] / power["none"])
                axes[1, column].plot(shown, change, color=color)
        axes[1, column].axhline(0.0, color="#555555", lw=0.8)
        axes[1, column].set(xlabel="frequency, Hz", ylim=(-15, 10))
    axes[0, 0].set_ylabel("power of the EEG proxy, pA²/Hz")
    axes[0, -1].set_ylabel("the mass's own unit")
    axes[1, 0].set_ylabel("change, dB")
    axes[0, -1].legend(fontsize=7)
    figure.savefig(DOCS / "spiking-spectrum.png", dpi=110)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--folder", type=Path, default=BUILD)
    folder = ask.parse_args().folder
    results = json.loads(RESULTS.read_text("utf-8"))
    sizes = [size for size in sorted({run["size"] for run in results["runs"]}) if (folder / str(size)).exists()]
    raster(results, folder, sizes[0])
    spectra(results, folder, sizes)


if __name__ == "__main__":
    main()
