"""The column: a sweep of doses, some seconds of its activity, and beside them the same circuit as spiking cells."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from measure import Row, best_of

from ketworks.circuit.column import Column, column
from ketworks.circuit.in_time import in_time
from ketworks.circuit.rivals import DrugFreeFit
from ketworks.circuit.stage import state_of

CONCENTRATIONS = 200
HIGHEST = (0.69, 0.75, 0.79, 0.61)  # block of the three classes and of HCN1 that the sweep ends at: anaesthesia
BIOLOGICAL_S = 2.0
NOISE_PA = 20.0


def mass() -> tuple[dict[str, jax.Array], Column]:
    """With the numbers that the spiking cells have."""
    rows = {key: jnp.asarray(row.canonical) for key, row in DrugFreeFit.parameters().items()}
    return rows, column(rows)


def sweep(count: int) -> jax.Array:
    """Blocks at evenly spaced concentrations: odds of block are proportional to concentration, (4, count)."""
    top = np.asarray(HIGHEST) / (1.0 - np.asarray(HIGHEST))
    odds = top[:, None] * np.linspace(0.0, 1.0, count)
    return jnp.asarray(odds / (1.0 + odds))


def rows() -> list[Row]:
    p, c = mass()
    solve = jax.jit(lambda block: state_of(p, c, block)[0])
    many, one = sweep(CONCENTRATIONS), sweep(CONCENTRATIONS)[:, -1:]

    def stepped() -> None:
        in_time(c, one, BIOLOGICAL_S, NOISE_PA)

    works = {"many": lambda: solve(many).block_until_ready(), "one": lambda: solve(one).block_until_ready()}
    for work in (*works.values(), stepped):
        work()
    ms = {name: 1e3 * best_of(10, work) for name, work in works.items()} | {"stepped": 1e3 * best_of(3, stepped)}
    found = [
        Row(f"rates and spectrum at {CONCENTRATIONS} concentrations", ms["many"], "ms", "one", ms["one"], 500.0),
        Row(f"column stepped, {BIOLOGICAL_S:g} s of activity", ms["stepped"], "ms", "sweep", ms["many"]),
    ]
    if find_spec("brian2") is None:
        print("bench: circuit: no Brian2 here, so not compared with spiking cells (docs/spiking.md)", file=sys.stderr)
        return found
    sys.path.insert(0, str(Path(__file__).parent / "spiking"))
    from speed import spiking_ms

    for size in (1000, 10000):
        ms["spiking"] = spiking_ms(size, BIOLOGICAL_S)
        name = f"{size} spiking cells, {BIOLOGICAL_S:g} s of activity"
        found.append(Row(name, ms["spiking"], "ms", "column stepped", ms["stepped"]))
    return found
