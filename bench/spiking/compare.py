"""Runs the spiking circuit without drug and under two doses, and stores what it showed beside what the mass says.

usage: python bench/spiking/compare.py SIZE SECONDS SEED [SEED ...] [--folder BUILD] [--out results.json]
Adds its runs to those in the file; a run of the same size and seed is replaced.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import spectra
from network import BUILD, HERE, Drive, Mass, mass
from simulate import NO_BLOCK, Network, Run

import ketworks as kw
from ketworks.circuit.column import CLASSES
from ketworks.circuit.stage import BANDS, state_of

SETTLING_S = 5.0  # more than twice the slowest adaptation: left out of every reading
STRETCHES = 5
SEARCH_GAIN = 1.5
DOSES = {
    "low": ("0.5 mg/kg iv over 40 min", 40),
    "high": ("2 mg/kg iv over 1 min", 5),
}
BLOCKS = ("receptor.block_pyramidal", "receptor.block_pv", "receptor.block_sst", "receptor.hcn1_block")
RESULTS = HERE / "results.json"


def blocks() -> dict[str, list[float]]:
    """Block of the three classes and of HCN1 that the chain gives at the stated minute of each dose."""
    made = {}
    for name, (sentence, minute) in DOSES.items():
        s = kw.simulate(
            sentence, kw.Person(weight="70 kg", age=45), band=False, times="0 to 60 min by 1 min", outputs=list(BLOCKS)
        )
        made[name] = [round(float(np.asarray(s.dataset[signal]).ravel()[minute]), 4) for signal in BLOCKS]
    return made


def of_mass(m: Mass, block: list[float]) -> dict[str, float]:
    """Rates (Hz) and band powers (dB) of the mass under one block, as its stage gives them."""
    at, lost = state_of(m.rows, m.column, jnp.asarray(block)[:, None])
    if not np.isfinite(lost[0]):
        raise SystemExit(f"the mass has no stable working point under {block}")
    names = (*CLASSES, *BANDS)
    return {name: float(at[i, 0]) for i, name in enumerate(names)}


def edges(m: Mass) -> dict[str, tuple[float, float]]:
    return {band: (float(m.rows[f"band.{band}_low"]), float(m.rows[f"band.{band}_high"])) for band in BANDS}


def solved_drive(network: Network, start: Drive) -> Drive:
    """Drives under which the drug-free classes fire at the mass's rates: where a slowing search comes to rest."""
    drive = network.run(start, NO_BLOCK, SEARCH_GAIN).drive
    last = drive[:, round(0.7 * drive.shape[1]) :].mean(axis=1)
    return Drive(*(float(x) for x in last))


def read(m: Mass, run: Run) -> dict[str, Any]:
    """What is kept of a run. ``stretches`` holds the same readings of ``STRETCHES`` equal parts, for their spread."""
    frequency, power = spectra.spectrum(run, SETTLING_S, run.seconds)
    gamma = edges(m)["gamma"]
    where, height = spectra.peak(frequency, power, *gamma)
    rhythm = spectra.peak(frequency, power, edges(m)["theta"][0], gamma[1])
    voltage = run.voltage[:, round(SETTLING_S * 1e3) :].mean(axis=1)
    ends = np.linspace(SETTLING_S, run.seconds, STRETCHES + 1).tolist()
    parts = [
        {**spectra.rates(run, a, b), **spectra.bands(*spectra.spectrum(run, a, b), edges(m))}
        for a, b in itertools.pairwise(ends)
    ]
    return {
        "rates": spectra.rates(run, SETTLING_S, run.seconds),
        "bands": spectra.bands(frequency, power, edges(m)),
        "stretches": {name: [round(part[name], 4) for part in parts] for name in parts[0]},
        "voltage": dict(zip(CLASSES, np.round(voltage, 2).tolist(), strict=True)),
        "gamma_peak_hz": where,
        "gamma_peak_db": round(height, 2),
        "rhythm_hz": rhythm[0],
        "rhythm_db": round(rhythm[1], 2),
        "irregularity": round(irregularity(run), 3),
    }


def irregularity(run: Run) -> float:
    """Median coefficient of variation of the intervals between spikes of pyramidal cells with at least ten."""
    t, i = run.spikes["pyramidal"]
    found = [np.diff(t[i == cell]) for cell in range(run.counts["pyramidal"])]
    return float(np.median([x.std() / x.mean() for x in found if len(x) >= 10]))


def single_cells(plain: Run, drug: Run) -> dict[str, Any]:
    """Shares of pyramidal cells that fall and rise; ``chance`` is the same count between two drug-free halves."""
    middle = 0.5 * (SETTLING_S + plain.seconds)
    first = spectra.per_cell(plain, "pyramidal", SETTLING_S, middle)
    second = spectra.per_cell(plain, "pyramidal", middle, plain.seconds)
    spread = spectra.cell_spread(first, second)
    before = spectra.per_cell(plain, "pyramidal", SETTLING_S, plain.seconds)
    after = spectra.per_cell(drug, "pyramidal", SETTLING_S, drug.seconds)
    return {
        **spectra.changed(before, after, spread),
        "chance": spectra.changed(first, second, spread),
        "spread": spread,
    }


def one(
    m: Mass, size: int, seed: int, seconds: float, folder: Path, start: Drive, drugs: dict[str, list[float]]
) -> dict[str, Any]:
    network = Network(m, size, seed, seconds, folder)
    drive = solved_drive(network, start)
    print(f"{size} cells, seed {seed}: drives {drive}", file=sys.stderr, flush=True)
    plain = network.run(drive)
    made: dict[str, Any] = {
        "size": size,
        "seed": seed,
        "seconds": seconds,
        "drive": drive.__dict__,
        "none": read(m, plain),
    }
    for name, block in drugs.items():
        run = network.run(drive, block)
        made[name] = read(m, run) | {"cells": single_cells(plain, run)}
        print(f"  {name}: {made[name]['rates']}", file=sys.stderr, flush=True)
        np.savez_compressed(folder / f"{name}.npz", eeg=run.eeg, **_flat(run))
    np.savez_compressed(folder / "none.npz", eeg=plain.eeg, **_flat(plain))
    return made


def _flat(run: Run) -> dict[str, Any]:
    return {f"{cell}_{part}": values[k] for cell, values in run.spikes.items() for k, part in enumerate(("t", "i"))}


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("size", type=int)
    ask.add_argument("seconds", type=float)
    ask.add_argument("seeds", type=int, nargs="+")
    ask.add_argument("--folder", type=Path, default=BUILD)
    ask.add_argument("--out", type=Path, default=RESULTS)
    ask.add_argument("--start", type=float, nargs=3, help="drives at which the search begins; the mass's if not given")
    said = ask.parse_args()
    m = mass()
    drugs = blocks()
    known = json.loads(said.out.read_text()) if said.out.exists() else {"runs": []}
    c = m.column
    start = Drive(*(said.start or (float(x) for x in (c.drive[0, 0], c.drive[1, 0], c.tonic[2, 0]))))
    for seed in said.seeds:
        made = one(m, said.size, seed, said.seconds, said.folder / str(said.size), start, drugs)
        start = Drive(**made["drive"])
        known = json.loads(said.out.read_text()) if said.out.exists() else known
        known["runs"] = [run for run in known["runs"] if (run["size"], run["seed"]) != (said.size, seed)] + [made]
        known["simulator"] = f"Brian2 {version('brian2')}"
        known["doses"] = {k: {"sentence": v[0], "minute": v[1], "block": drugs[k]} for k, v in DOSES.items()}
        known["mass"] = {"none": of_mass(m, list(NO_BLOCK)), **{k: of_mass(m, b) for k, b in drugs.items()}}
        said.out.write_text(json.dumps(known, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
