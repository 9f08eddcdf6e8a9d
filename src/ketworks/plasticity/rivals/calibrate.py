"""Fits each rival's two constants; prints them. Run: ``python -m ketworks.plasticity.rivals.calibrate [--write]``.

1. ``largest`` makes the drive received from one infusion of 0.5 mg/kg over 40 min equal 1: a definition.
2. ``jump`` makes the mean effect 24 h after that infusion equal the default mechanism's: the one calibration of a
   rival. Everything else that a rival says is a prediction of its form and of assumed constants.

The rest of the chain is the default's, so run this after every refit of the default (seconds); ``--write`` puts the
numbers into ``parameters.tsv``. ``calibration_curves.csv`` holds what the rivals need of a typical adult of 75 kg, in
the units that they declare, to 4 d; after a change of the stages before, write it anew:

    names = [need.name for make in RIVALS for need in make.needs]
    person = ketworks.Person(weight="75 kg", age=45)
    run = ketworks.simulate("0.5 mg/kg iv over 40 min", person, outputs=names, band=False)
    made = run.signal(name)
    run.times, run.tables[name][0] * signal_factor(made.unit, need.unit, made.molar_mass)
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray
from scipy.optimize import brentq  # type: ignore[import-untyped]

from ketworks.engine.stage import Stage
from ketworks.evidence.parameters import COLUMNS, load
from ketworks.plasticity import signals
from ketworks.plasticity.rivals.alone import run_alone, values_of
from ketworks.plasticity.rivals.circuit_surge import DisinhibitionCircuit
from ketworks.plasticity.rivals.direct_block import DirectBlock
from ketworks.plasticity.rivals.habenula import Habenula
from ketworks.plasticity.rivals.metabolite import HnkAmpa
from ketworks.plasticity.rivals.opioid import OpioidGated
from ketworks.plasticity.rivals.rival import FOLDER, Rival
from ketworks.plasticity.stage import Disinhibition

Floats = NDArray[np.float64]
RIVALS: tuple[type[Rival], ...] = (DisinhibitionCircuit, DirectBlock, HnkAmpa, OpioidGated, Habenula)
DAY = 1440.0
FAST_SHARE = "mood.fast_share"
LEAST, MOST = 1e-3, 0.999999  # jumps between which the one is sought


class Fit(NamedTuple):
    """One rival's constants.

    Attributes:
        largest: largest drive, 1/min.
        jump: jump of fast gain, 1.
        effect: mean effect at 24 h over the largest effect, 1.
        wanted: the default's.
    """

    largest: float
    jump: float
    effect: float
    wanted: float


def curves(path: Path = FOLDER / "calibration_curves.csv") -> dict[str, Floats]:
    """The stored inputs by signal name, and ``time_min``; each (times,)."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def fast_share() -> float:
    """The weight of fast gain in the effect, from the table of the outcome stage."""
    return load(str(FOLDER.parents[1] / "outcome"))[FAST_SHARE].canonical


def fit(make: type[Rival], wanted: float | None = None) -> Fit:
    """Both constants of one rival.

    Args:
        make: the mechanism.
        wanted: effect at 24 h over the largest effect; the default mechanism's when None.
    """
    aim = _default_effect() if wanted is None else wanted
    usual = values_of(make())
    names = {end: f"{make.prefix}{end}" for end in ("largest", "jump")}
    received = on_curves(make(), {**usual, names["largest"]: jnp.ones(())})[signals.DOSES][0, -1]
    given = {**usual, names["largest"]: 1.0 / received}

    def effect(jump: float) -> float:
        return _effect(on_curves(make(), {**given, names["jump"]: jnp.asarray(jump)}))

    jump = float(brentq(lambda x: effect(x) - aim, LEAST, MOST, xtol=1e-9))
    return Fit(float(1.0 / received), jump, effect(jump), aim)


def written(fits: Mapping[str, float], path: Path = FOLDER / "parameters.tsv") -> str:
    """The table with these values in place of its own, by id."""
    place = COLUMNS.index("value")
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if cells[0] in fits:
            cells[place] = f"{fits[cells[0]]:.5g}"
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


def on_curves(stage: Stage, p: Mapping[str, Array]) -> dict[str, Array]:
    """What a mechanism makes of the stored inputs, shape (1, times)."""
    stored = curves()
    inputs = {need.name: jnp.asarray(stored[need.name])[None] for need in stage.needs}
    return run_alone(stage, jnp.asarray(stored["time_min"]), inputs, p)


def _effect(made: Mapping[str, Array]) -> float:
    times, share = curves()["time_min"], fast_share()
    fast, synapses = (
        float(np.interp(DAY, times, np.asarray(made[name][0]))) for name in (signals.FAST_GAIN, signals.SYNAPSES)
    )
    return share * fast + (1.0 - share) * synapses


def _default_effect() -> float:
    stage = Disinhibition()
    return _effect(on_curves(stage, values_of(stage)))


def main(arguments: list[str]) -> None:
    """Fits all rivals, prints, and with ``--write`` puts the numbers into the table."""
    jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call]
    found: dict[str, float] = {}
    for make in RIVALS:
        one = fit(make)
        found |= {f"{make.prefix}largest": one.largest, f"{make.prefix}jump": one.jump}
        print(f"{make.variant}: largest {one.largest:.5g} 1/min, jump {one.jump:.5g}, effect {one.effect:.4f}")
    if "--write" in arguments:
        text = written(found)
        (FOLDER / "parameters.tsv").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
