"""Exact propagation of linear kinetics: closed-form sums of exponentials for any bolus and infusion history.

A cascade of blocks (each one a set of compartments in exchange, or a single one) has a block lower-triangular rate
matrix. Every block is similar to a symmetric matrix, so its modes are real; the cascade is then triangular in the modes
and is diagonalised by substitution:

    dx/dt = M x + b r(t),   x = V w,   dw_i/dt = rate_i w_i + (V^-1 b)_i r(t)
    w_i(t) = exp(rate_i s) w_i(t_k) + (V^-1 b)_i r_k (exp(rate_i s) - 1) / rate_i,   s = t - t_k, r constant from t_k on

Symbols:    x amount - umol (or a concentration, for a reading compartment);  r input rate - umol/min;
            rate mode - 1/min, never positive
A chain of equal transit compartments has one mode only; its members keep their cascade within the modes:

    w_k(t) = sum_l exp(-x) x^l / l! w_{k-l}(t_k) + sum_l b_{k-l} r_k P(l + 1, x) / rate,   x = rate s

with P the regularised incomplete gamma function.

How it is made fast, and why a person's bytes do not depend on company:
    Between two edges (starts and ends of doses) inputs are constant, so a level is one sum over modes. Exponentials,
    modes and all readings of a person and time are made in one loop and never stored: XLA writes several arrays from
    one loop only for a reduction of several operands, hence ``_read``. Sums run in a fixed order, never through a
    library that may split them by the number of people.

Leaves out: other modes that coincide exactly and feed each other; the result is then not finite, never wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from ketworks.engine.decay import chain, decay
from ketworks.engine.symmetric_modes import symmetric_modes

_FEW = 512  # people: their matrices fill about a quarter of a core's second cache
_TOGETHER = 5  # modes in one loop; beyond about eight LLVM no longer unrolls them, and exponentials leave the vectors


class Block(NamedTuple):
    """Compartments that exchange with one another.

    Attributes:
        matrix: rate matrix on amounts, 1/min, shape (people, states, states).
        balance: square root of each compartment's share at equilibrium of the exchange (for volumes and flows: the
            square root of the volume), shape (people, states); it makes ``matrix`` symmetric.
        is_chain: whether the block is a chain of equal transit compartments.
    """

    matrix: Array
    balance: Array
    is_chain: bool = False


class Link(NamedTuple):
    """Flux from one state into a later block: d x[to] / dt += rate * x[source]; ``rate`` 1/min, shape (people,)."""

    to: int
    source: int
    rate: Array


class Cascade(NamedTuple):
    """A diagonalised linear system.

    Attributes:
        rates: mode rates, 1/min, shape (people, states).
        to_modes: V^-1, shape (people, states, states).
        to_states: V, shape (people, states, states).
        chains: first mode and length of every transit chain.
    """

    rates: Array
    to_modes: Array
    to_states: Array
    chains: tuple[tuple[int, int], ...] = ()


class Channel(NamedTuple):
    """One way of input: doses that enter along one vector.

    Attributes:
        entry: what one umol adds to each state, shape (people, states).
        start: min, shape (doses,).
        duration: min, shape (doses,); 0 is a bolus.
        amount: umol, shape (people, doses).
    """

    entry: Array
    start: Array
    duration: Array
    amount: Array


def exchange(volumes: Sequence[Array], flows: dict[tuple[int, int], Array], losses: dict[int, Array]) -> Block:
    """A block of compartments given by volumes (L), exchange flows between pairs and outflows (both L/min).

    Args:
        volumes: each of shape (people,).
        flows: symmetric exchange flow between compartments i and j.
        losses: flow that leaves compartment i for good or for a later block.
    """
    count = len(volumes)
    outflow = [losses.get(i, jnp.zeros_like(volumes[i])) for i in range(count)]
    for (i, j), flow in flows.items():
        outflow[i] = outflow[i] + flow
        outflow[j] = outflow[j] + flow
    between = {**flows, **{(j, i): flow for (i, j), flow in flows.items()}}
    zero = jnp.zeros_like(volumes[0])
    rows = [
        jnp.stack(
            [-outflow[i] / volumes[i] if i == j else between.get((i, j), zero) / volumes[j] for j in range(count)], -1
        )
        for i in range(count)
    ]
    return Block(jnp.stack(rows, -2), jnp.sqrt(jnp.stack(list(volumes), -1)))


def single(rate: Array) -> Block:
    """One compartment that loses ``rate`` (1/min, shape (people,)); rate 0 makes an accumulator."""
    return Block(-rate[:, None, None], jnp.ones_like(rate)[:, None])


def transits(rate: Array, count: int) -> Block:
    """``count`` compartments in a row, each passing on with ``rate`` (1/min, shape (people,)); the last one leaves."""
    pattern = jnp.eye(count, k=-1) - jnp.eye(count)
    return Block(rate[:, None, None] * pattern, jnp.ones((rate.shape[0], count)), is_chain=True)


def diagonalize(blocks: Sequence[Block], links: Sequence[Link]) -> Cascade:
    """The modes of a cascade.

    Args:
        blocks: in the order of flow; states are numbered through all blocks.
        links: fluxes from earlier to later blocks.
    """
    people = blocks[0].balance.shape[0]
    size = sum(block.balance.shape[1] for block in blocks)
    rotation = inverse = coupling = jnp.zeros((people, size, size))
    rates, chains, offset = [], [], 0
    for block in blocks:
        width = block.balance.shape[1]
        values, vectors = _modes(block)
        here = slice(offset, offset + width)
        rates.append(values)
        rotation = rotation.at[:, here, here].set(block.balance[:, :, None] * vectors)
        inverse = inverse.at[:, here, here].set(jnp.swapaxes(vectors, 1, 2) / block.balance[:, None, :])
        if block.is_chain:
            chains.append((offset, width))
            coupling = coupling.at[:, here, here].set(jnp.tril(block.matrix, -1))
        offset += width
    rate = jnp.concatenate(rates, axis=1)
    for link in links:
        flux = link.rate[:, None, None] * inverse[:, :, link.to, None] * rotation[:, None, link.source, :]
        coupling = coupling + flux
    to_modes, to_states = _in_blocks(partial(_united, chains=chains), rate, coupling, rotation, inverse)
    return Cascade(rate, to_modes, to_states, tuple(chains))


def propagate(system: Cascade, channels: Sequence[Channel], times: Array, read: Array) -> Array:
    """Reads linear combinations of the states at any times, exactly.

    Args:
        system: from ``diagonalize``.
        channels: the doses, by way of input.
        times: min, shape (times,). At the instant of a bolus the value is the one just after it.
        read: what to read, shape (people, readings, states).

    Returns:
        Shape (people, readings, times).
    """
    gains = _product(read, system.to_states)
    edges, path, drive = _history(system, channels)
    index = jnp.maximum(jnp.searchsorted(edges, times, side="right") - 1, 0)
    since = jnp.maximum(times - edges[index], 0.0)
    levels: list[Array] = []
    for here in _pieces(system):
        modes = _advance(system, here, path[:, here][:, :, index], drive[:, here][:, :, index], since)
        seen = _read(gains[:, :, here], modes)
        levels = [level + more for level, more in zip(levels, seen, strict=True)] if levels else seen
    return jnp.stack(levels, axis=1)


def rate_matrix(blocks: Sequence[Block], links: Sequence[Link]) -> Array:
    """The rate matrix M of a cascade on amounts, dx/dt = M x, for solvers that are not closed form.

    Args:
        blocks: as for ``diagonalize``.
        links: as for ``diagonalize``.

    Returns:
        1/min, shape (people, states, states); entry (i, j) is what one umol in j adds to i per minute.
    """
    people = blocks[0].balance.shape[0]
    size = sum(block.balance.shape[1] for block in blocks)
    matrix, offset = jnp.zeros((people, size, size)), 0
    for block in blocks:
        here = slice(offset, offset + block.balance.shape[1])
        matrix = matrix.at[:, here, here].set(block.matrix)
        offset = here.stop
    for link in links:
        matrix = matrix.at[:, link.to, link.source].add(link.rate)
    return matrix


def _modes(block: Block) -> tuple[Array, Array]:
    width = block.balance.shape[1]
    if width == 1 or block.is_chain:
        identity = jnp.broadcast_to(jnp.eye(width), block.matrix.shape)
        return jnp.diagonal(block.matrix, axis1=1, axis2=2), identity
    symmetric = block.matrix * block.balance[:, None, :] / block.balance[:, :, None]
    return symmetric_modes(0.5 * (symmetric + jnp.swapaxes(symmetric, 1, 2)))


def _in_blocks(work: Callable[..., tuple[Array, ...]], *arrays: Array) -> tuple[Array, ...]:
    """The work on many people as many times the work on a few, whose arrays stay in a core's own cache."""
    people = arrays[0].shape[0]
    if people <= _FEW:
        return work(*arrays)
    blocks = -(-people // _FEW)
    filled = [jnp.concatenate([x, jnp.repeat(x[:1], blocks * _FEW - people, axis=0)]) for x in arrays]
    made = lax.map(lambda few: work(*few), [x.reshape(blocks, _FEW, *x.shape[1:]) for x in filled])
    return tuple(x.reshape(-1, *x.shape[2:])[:people] for x in made)


def _united(
    rate: Array, coupling: Array, rotation: Array, inverse: Array, chains: Sequence[tuple[int, int]]
) -> tuple[Array, Array]:
    """V^-1 and V from the modes of the blocks, ``rotation`` and its inverse, and what passes between the blocks."""
    forward, backward = _triangular_modes(rate, coupling, chains)
    return _product(backward, inverse), _product(rotation, forward)


def _triangular_modes(rate: Array, coupling: Array, chains: Sequence[tuple[int, int]]) -> tuple[Array, Array]:
    """Eigenvectors of the triangular matrix diag(rate) + coupling (strictly lower), and their inverse, row by row.

    The members of a chain share a mode: what one passes to the next stays in the modes and is not divided away.
    """
    people, size = rate.shape
    identity = jnp.broadcast_to(jnp.eye(size), (people, size, size))
    column = jnp.arange(size)
    passes = [place for first, count in chains for place in range(first + count - 2, first - 1, -1)]
    member = np.zeros((size, size), dtype=bool)
    for first, count in chains:
        member[first : first + count, first : first + count] = True
    held = jnp.asarray(member)

    def row(i: Array, pair: tuple[Array, Array]) -> tuple[Array, Array]:
        forward, backward = pair
        gap = rate - rate[:, i, None]
        reach = _sum(coupling[:, i, :, None] * forward)
        # equal modes that never meet are harmless (0/0); equal modes that do meet must not pass silently (x/0 = inf)
        apart = (column >= i) | held[i] | ((gap == 0.0) & (reach == 0.0))
        safe = jnp.where(apart, 1.0, gap)
        entry = jnp.where(apart, 0.0, reach / safe)
        for place in passes:
            passed = reach[:, place] + entry[:, place + 1] * rate[:, place]
            entry = entry.at[:, place].set(jnp.where(apart[:, place], 0.0, passed / safe[:, place]))
        forward = forward.at[:, i, :].add(entry)
        backward = backward.at[:, i, :].add(-_sum(entry[:, :, None] * backward))
        return forward, backward

    forward, backward = lax.fori_loop(0, size, row, (identity, identity))
    return forward, backward


def _sum(terms: Array) -> Array:
    """Sum over axis 1 in the order of the terms, whatever the number of people."""
    total: Array = terms[:, 0]
    for k in range(1, terms.shape[1]):
        total = total + terms[:, k]
    return total


def _product(a: Array, b: Array) -> Array:
    """Matrix product person by person, summed in order; a loop, so that its result is kept and not made again later."""

    def add(k: Array, total: Array) -> Array:
        term: Array = lax.dynamic_index_in_dim(a, k, 2) * lax.dynamic_index_in_dim(b, k, 1)
        return total + term

    total: Array = lax.fori_loop(0, a.shape[2], add, jnp.zeros((*a.shape[:2], b.shape[2])))
    return total


def _history(system: Cascade, channels: Sequence[Channel]) -> tuple[Array, Array, Array]:
    """All edges in order, (edges,), with modes and drive of the modes just after each, (people, states, edges).

    One more edge stands before all others; nothing is there yet, which serves all times before the first dose.
    """
    start = jnp.concatenate([channel.start for channel in channels])
    duration = jnp.concatenate([channel.duration for channel in channels])
    amount = jnp.concatenate([channel.amount for channel in channels], axis=1).T
    entries = jnp.moveaxis(_product(system.to_modes, jnp.stack([channel.entry for channel in channels], axis=2)), 2, 0)
    edges = jnp.concatenate([start, start + duration])
    order = jnp.argsort(edges)
    edges = jnp.concatenate([edges[order[:1]] - 1.0, edges[order]])
    dose = jnp.concatenate([jnp.full(1, -1), order])  # that starts at the edge; of no dose where it is none of them
    starts, dose = (dose >= 0) & (dose < start.size), jnp.clip(dose, 0, start.size - 1)
    bolus = jnp.where((starts & (duration == 0.0)[dose])[:, None], amount[dose], 0.0)
    belongs = np.repeat(np.eye(len(channels), dtype=bool), [channel.start.size for channel in channels], axis=0)
    levels = _levels(start, duration, amount, jnp.asarray(belongs), edges)

    def on(state: tuple[Array, Array], step: tuple[Array, Array, Array, Array]) -> tuple[Any, Any]:
        (w, drive), (gap, level, added, channel) = state, step
        moved = [_advance(system, here, w[:, here, None], drive[:, here, None], gap[None]) for here in _pieces(system)]
        w = jnp.concatenate(moved, axis=1)[..., 0] + entries[channel] * added[:, None]
        drive = _sum(jnp.moveaxis(entries * level[:, :, None], 0, 1))
        return (w, drive), (w, drive)

    none = jnp.zeros_like(system.rates)
    steps = jnp.diff(edges, prepend=edges[:1]), levels, bolus, jnp.asarray(belongs.argmax(axis=1))[dose]
    _, (path, drive) = lax.scan(on, (none, none), steps)
    return edges, jnp.moveaxis(path, 0, 2), jnp.moveaxis(drive, 0, 2)


def _levels(start: Array, duration: Array, amount: Array, belongs: Array, edges: Array) -> Array:
    """Rate of input of each channel in force after each edge, umol/min, (edges, channels, people).

    The rates of the doses that run are summed anew for each edge, so that no rounding is left when all are over.

    Args:
        start: min, shape (doses,).
        duration: min, shape (doses,); 0 is a bolus.
        amount: umol, shape (doses, people).
        belongs: which dose is of which channel, shape (doses, channels).
        edges: min, shape (edges,).
    """
    is_bolus = duration == 0.0
    flow = jnp.where(is_bolus[:, None], 0.0, amount / jnp.where(is_bolus, 1.0, duration)[:, None])
    runs = (start[:, None] <= edges) & (edges < (start + duration)[:, None])

    def add(k: Array, level: Array) -> Array:
        return level + jnp.where((runs[k][:, None] & belongs[k])[:, :, None], flow[k], 0.0)

    none = jnp.zeros((edges.size, belongs.shape[1], amount.shape[1]))
    level: Array = lax.fori_loop(0, start.size, add, none)
    return level


def _pieces(system: Cascade) -> list[slice]:
    """The places of a few modes, or of one transit chain, at a time."""
    lengths, size = dict(system.chains), system.rates.shape[1]
    pieces = [slice(0, 0)]
    while pieces[-1].stop < size:
        at = pieces[-1].stop
        stop = min([at + _TOGETHER, size, *(first for first in lengths if first > at)])
        pieces.append(slice(at, at + lengths.get(at, stop - at)))
    return pieces[1:]


def _advance(system: Cascade, here: slice, w: Array, drive: Array, since: Array) -> Array:
    """The modes of one piece ``since`` min (times,) after they were w; they and drive are (people, modes, times)."""
    if here.start in dict(system.chains):
        return chain(-system.rates[:, here.start, None], w, drive, since)
    left, filled = decay(system.rates[:, here, None], since)
    return left * w + filled * drive


def _read(gains: Array, modes: Array) -> list[Array]:
    """Each reading's sum over some modes, (people, times), all readings from one pass over the modes.

    Args:
        gains: shape (people, readings, modes).
        modes: shape (people, modes, times).
    """
    parts = [gains[:, k, :, None] * modes for k in range(gains.shape[1])]
    if len(parts) == 1 or modes.shape[1] == 1:
        return [_sum(part) for part in parts]
    zeros = [jnp.zeros(())] * len(parts)
    return list(lax.reduce(parts, zeros, lambda a, b: [x + y for x, y in zip(a, b, strict=True)], (1,)))
