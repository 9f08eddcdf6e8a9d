"""Searches numbers that meet all of ``calibration_targets.tsv``: ``python -m ketworks.circuit.calibrate``.

Two sorts of target stand in that file. ``drug-free``: rhythms and drives of the column without drug. ``calibration``:
published *directions* under drug, each with the smallest change that its study counts. What is met here because it
was asked for is calibration and no test; delta, theta, sizes and all under anaesthesia but the fall of glutamate are
not asked for.

The search minimises  sum of ln(1 + (shortfall/scale)^2)  over the targets, by gradient steps (Adam) from random starts
within the rows' intervals. In its second half all numbers without a measurement are moved by 5 % at random in every
step, so that it drifts to where directions survive such moves. Printed are the best sets and in which share of fresh
5 % draws each target holds. The first step compiles for some minutes. ``--check`` only judges the shipped numbers.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from ketworks.circuit.calibration_measures import Axis, measures, read_axis
from ketworks.engine.jax_setup import set_up
from ketworks.engine.parameter import Parameter
from ketworks.evidence.parameters import load

Floats = NDArray[np.float64]
FOLDER = Path(__file__).parent
SPREAD = 0.05  # lognormal, on every number without a measurement
MARGIN = 0.3  # scales beyond its limit that a target is asked for
RATE, SLOW_RATE = 0.08, 0.03  # steps of Adam in logits, before and while numbers are moved
_DECAY, _DECAY_MOVED, _SQUARES = 0.9, 0.97, 0.99
BATCH = 64  # sets at once; one size, since every new size is compiled anew


class Target(NamedTuple):
    """One line of ``calibration_targets.tsv``; ``low`` and ``high`` are infinite where the cell is empty."""

    quantity: str
    low: float
    high: float
    scale: float
    label: str


class Free(NamedTuple):
    """The searched rows in canonical units: ids, ends of their ranges, and which are searched by their logarithm."""

    names: tuple[str, ...]
    low: Floats
    high: Floats
    by_log: NDArray[np.bool_]


def targets() -> list[Target]:
    """What the search minimises the distance to."""
    with (FOLDER / "calibration_targets.tsv").open(encoding="utf-8", newline="") as handle:
        return [
            Target(
                row["quantity"],
                float(row["low"] or -np.inf),
                float(row["high"] or np.inf),
                float(row["scale"]),
                row["label"],
            )
            for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def free_rows(table: Mapping[str, Parameter]) -> Free:
    """The rows marked ``fitted`` with the interval they are searched in."""
    rows = [row for row in table.values() if row.method == "fitted"]
    ends = [
        [edge * row.canonical / row.value for edge in (row.low, row.high) if edge is not None and row.value]
        for row in rows
    ]
    low, high = np.array(ends).T
    return Free(tuple(row.id for row in rows), low, high, (low > 0.0) & (high > 3.0 * low))


def placed(free: Free, share: Array) -> Array:
    """Values at shares 0 to 1 of the ranges."""
    low = np.where(free.by_log, free.low, 1.0)
    ratio = np.log(np.where(free.by_log, free.high, 1.0) / low)
    return jnp.where(free.by_log, low * jnp.exp(share * ratio), free.low + share * (free.high - free.low))


def share_of(free: Free, values: Floats) -> Floats:
    """Inverse of ``placed``."""
    low = np.where(free.by_log, free.low, 1.0)
    ratio = np.log(np.where(free.by_log, free.high, math.e) / low)
    by_log = np.log(np.where(free.by_log, values, 1.0) / low) / ratio
    return np.asarray(np.where(free.by_log, by_log, (values - free.low) / (free.high - free.low)))


def shortfalls(found: Mapping[str, Array], asked: list[Target], margin: float = 0.0) -> Array:
    """How far each target is missed, in its scale; 0 where it is met."""
    short = []
    for t in asked:
        x = found[t.quantity]
        room = min(margin, (t.high - t.low) / (4.0 * t.scale))
        short.append(jnp.maximum(jnp.maximum(t.low - x, x - t.high) / t.scale + room, 0.0))
    return jnp.stack(short)


class Search(NamedTuple):
    """All that stays the same while sets are tried: rows, axis, targets, and ids that are moved by 5 %."""

    values: Mapping[str, Array]
    free: Free
    axis: Axis
    asked: list[Target]
    guessed: tuple[str, ...]


def prepare() -> Search:
    """The search over the shipped tables."""
    table = load(str(FOLDER))
    values = {key: jnp.asarray(row.canonical) for key, row in table.items()}
    guessed = tuple(
        key
        for key, row in table.items()
        if row.grade == "E" and row.canonical != 0.0 and key.startswith(("column.", "glutamate."))
    )
    return Search(values, free_rows(table), read_axis(table["glutamate.clearance_time"].value), targets(), guessed)


def missed(search: Search, logits: Array, key: Array, spread: Array, margin: Array | float) -> Array:
    """Shortfalls of one set whose guessed numbers, and odds of block, are moved at random."""
    rows, doses = jax.random.split(key)
    p = {**search.values, **dict(zip(search.free.names, placed(search.free, jax.nn.sigmoid(logits)), strict=True))}
    moves = jnp.exp(spread * jax.random.normal(rows, (len(search.guessed),)))
    p |= {name: p[name] * moves[i] for i, name in enumerate(search.guessed)}
    found = measures(p, search.axis, jnp.exp(spread * jax.random.normal(doses, (4,))))
    return shortfalls(found, search.asked, margin)  # type: ignore[arg-type]


Step = Callable[[Floats, Array, float], tuple[Floats, Floats, Floats]]


def compiled(search: Search) -> Step:
    """Loss, its slope and the shortfalls of BATCH sets."""

    def loss(logits: Array, key: Array, spread: Array) -> tuple[Array, Array]:
        return jnp.sum(jnp.log1p(missed(search, logits, key, spread, MARGIN) ** 2)), missed(
            search, logits, key, spread, 0.0
        )

    both = jax.jit(jax.vmap(jax.value_and_grad(loss, has_aux=True), in_axes=(0, 0, None)))

    def step(logits: Floats, keys: Array, spread: float) -> tuple[Floats, Floats, Floats]:
        (value, short), slope = both(jnp.asarray(logits), keys, jnp.asarray(spread))
        return np.asarray(value), np.asarray(slope), np.asarray(short)

    return step


def descend(step: Step, logits: Floats, steps: int, seed: int, say: Callable[[str], None]) -> Floats:
    """Adam on BATCH sets at once: half of the steps on the numbers themselves, half while they are moved by 5 %."""
    key, mean, square = jax.random.key(seed), np.zeros_like(logits), np.zeros_like(logits)
    for n in range(1, steps + 1):
        moved = n > steps // 2
        value, slope, _ = step(logits, jax.random.split(jax.random.fold_in(key, n), BATCH), SPREAD if moved else 0.0)
        slope = np.where(np.isfinite(slope), slope, 0.0)
        slope /= np.maximum(np.linalg.norm(slope, axis=1, keepdims=True), 1.0)
        decay = _DECAY_MOVED if moved else _DECAY
        mean, square = decay * mean + (1.0 - decay) * slope, _SQUARES * square + (1.0 - _SQUARES) * slope**2
        size = (SLOW_RATE if moved else RATE) / (1.0 - decay**n)
        logits = logits - size * mean / (np.sqrt(square / (1.0 - _SQUARES**n)) + 1e-8)
        logits = np.clip(logits, -4.5, 4.5)
        if n % 20 == 0:
            say(f"step {n}: best {np.min(value):.3g}, median {np.median(value):.3g}")
    return logits


def robustness(step: Step, one: Floats, draws: int, seed: int) -> Floats:
    """Share of 5 % draws in which each target holds, (targets,)."""
    rounds = max(draws // BATCH, 1)
    keys = jax.random.split(jax.random.key(seed + 1000), rounds * BATCH).reshape(rounds, BATCH)
    short = np.concatenate([step(np.repeat(one[None], BATCH, axis=0), keys[i], SPREAD)[2] for i in range(rounds)])
    return np.asarray(np.mean(short[np.isfinite(short).all(axis=1)] <= 0.0, axis=0))


def shipped_logits(search: Search) -> Floats:
    """The shipped set as logits of its places in the ranges."""
    share = share_of(search.free, np.array([float(search.values[name]) for name in search.free.names]))
    share = np.clip(share, 1e-3, 1.0 - 1e-3)
    return np.log(share / (1.0 - share))


def main() -> None:
    """Searches and prints the best sets, or judges the shipped one."""
    parser = argparse.ArgumentParser(description="Search numbers for the column.")
    parser.add_argument("--check", action="store_true", help="judge the shipped numbers only")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=3, help="sets to print")
    asked = parser.parse_args()
    set_up()
    search = prepare()
    step = compiled(search)
    own = shipped_logits(search)
    still = jax.random.split(jax.random.key(0), BATCH)
    if asked.check:
        sets = own[None]
    else:
        start = np.random.default_rng(asked.seed).uniform(0.05, 0.95, (BATCH, own.size))
        ends = descend(step, np.log(start / (1.0 - start)), asked.steps, asked.seed, print)
        sets = ends[np.argsort(step(ends, still, 0.0)[0])][: asked.show]
    for one in sets:
        short = step(np.repeat(one[None], BATCH, axis=0), still, 0.0)[2][0]
        _print(search, one, short, robustness(step, one, 4 * BATCH, asked.seed))


def _print(search: Search, one: Floats, short: Floats, share: Floats) -> None:
    values = placed(search.free, jax.nn.sigmoid(jnp.asarray(one)))
    for name, value in zip(search.free.names, values, strict=True):
        print(f"{name}\t{float(value):.4g}")
    for t, miss, kept in zip(search.asked, short, share, strict=True):
        print(f"  {t.label}\t{t.quantity}\t{'met' if miss <= 0.0 else 'missed'}\tin {kept:.0%} of 5 % draws")


if __name__ == "__main__":
    main()
