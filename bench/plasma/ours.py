"""The engine as the plasma stages use it: one program from constants and doses to one array for each signal."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ketworks.engine.compiled import _CPU_OPTIONS  # the stages' own, so that the same code is measured
from ketworks.engine.jax_setup import set_up
from ketworks.engine.propagate import Channel, Link, diagonalize, exchange, propagate
from plasma.problem import METABOLITE, PARENT, SHARE, STATES, Floats, Problem


class Ours(NamedTuple):
    """The compiled work, seconds to make it, its result's bytes, and bytes that it says it needs besides."""

    run: Callable[[], tuple[Array, Array]]
    seconds: float
    output: int
    besides: int


def ours(work: Problem) -> Ours:
    set_up()
    given = [jnp.asarray(array) for array in work]
    start = time.perf_counter()
    program = jax.jit(_levels).lower(*given).compile(compiler_options=_CPU_OPTIONS)
    seconds = time.perf_counter() - start
    sizes = program.memory_analysis()
    return Ours(
        lambda: jax.block_until_ready(program(*given)), seconds, sizes.output_size_in_bytes, sizes.temp_size_in_bytes
    )


def levels(found: tuple[Array, Array]) -> Floats:
    return np.stack([np.asarray(array) for array in found], axis=1)


def _levels(constants: Array, amount: Array, start: Array, duration: Array, times: Array) -> tuple[Array, Array]:
    v1, v2, v3, cl, q2, q3, vn1, vn2, cln, qn = constants
    blocks = [
        exchange([v1, v2, v3], {(0, 1): q2, (0, 2): q3}, {0: cl}),
        exchange([vn1, vn2], {(0, 1): qn}, {0: cln}),
    ]
    system = diagonalize(blocks, [Link(METABOLITE, PARENT, SHARE * cl / v1)])
    entry = jnp.zeros((v1.size, STATES)).at[:, PARENT].set(1.0)
    read = jnp.zeros((v1.size, 2, STATES)).at[:, 0, PARENT].set(1.0 / v1).at[:, 1, METABOLITE].set(1.0 / vn1)
    found = propagate(system, [Channel(entry, start, duration, amount)], times, read)
    return found[:, 0], found[:, 1]


def growth(run: Callable[[], object]) -> int | None:
    """Bytes by which the process grew at its peak while it ran, as the kernel counts them; None where it does not."""
    status, reset = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not (status.exists() and reset.exists()):
        return None

    def read(name: str) -> int:
        line = next(line for line in status.read_text().splitlines() if line.startswith(name))
        return 1024 * int(line.split()[1])

    reset.write_text("5")  # the peak is counted from now on
    before = read("VmRSS")
    kept = run()
    peak = read("VmHWM")
    del kept
    return peak - before
