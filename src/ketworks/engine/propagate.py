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

Leaves out: other modes that coincide exactly and feed each other; the result is then not finite, never wrong.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ketworks.engine.symmetric_modes import symmetric_modes

_SERIES_BELOW, _SERIES_TERMS = 1.0, 18


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
    forward, backward = _triangular_modes(rate, coupling, chains)
    return Cascade(rate, backward @ inverse, rotation @ forward, tuple(chains))


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
    gains = read @ system.to_states
    total = jnp.zeros((*gains.shape[:2], times.shape[0]))
    for channel in channels:
        entry = jnp.einsum("nij,nj->ni", system.to_modes, channel.entry)
        modes = _modes_at(system, entry, channel, times)
        total = total + jnp.einsum("nki,nit->nkt", gains, modes)
    return total


def _modes(block: Block) -> tuple[Array, Array]:
    width = block.balance.shape[1]
    if width == 1 or block.is_chain:
        identity = jnp.broadcast_to(jnp.eye(width), block.matrix.shape)
        return jnp.diagonal(block.matrix, axis1=1, axis2=2), identity
    symmetric = block.matrix * block.balance[:, None, :] / block.balance[:, :, None]
    return symmetric_modes(0.5 * (symmetric + jnp.swapaxes(symmetric, 1, 2)))


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
        reach = jnp.einsum("nk,nkj->nj", coupling[:, i, :], forward)
        # equal modes that never meet are harmless (0/0); equal modes that do meet must not pass silently (x/0 = inf)
        apart = (column >= i) | held[i] | ((gap == 0.0) & (reach == 0.0))
        safe = jnp.where(apart, 1.0, gap)
        entry = jnp.where(apart, 0.0, reach / safe)
        for place in passes:
            passed = reach[:, place] + entry[:, place + 1] * rate[:, place]
            entry = entry.at[:, place].set(jnp.where(apart[:, place], 0.0, passed / safe[:, place]))
        forward = forward.at[:, i, :].add(entry)
        backward = backward.at[:, i, :].add(-jnp.einsum("nk,nkj->nj", entry, backward))
        return forward, backward

    forward, backward = jax.lax.fori_loop(0, size, row, (identity, identity))
    return forward, backward


def _modes_at(system: Cascade, entry: Array, channel: Channel, times: Array) -> Array:
    """Mode amplitudes at the times, shape (people, states, times)."""
    is_bolus = channel.duration == 0.0
    flow = jnp.where(is_bolus, 0.0, channel.amount / jnp.where(is_bolus, 1.0, channel.duration))
    bolus = jnp.where(is_bolus, channel.amount, 0.0)
    edges = jnp.concatenate([channel.start, channel.start + channel.duration])
    order = jnp.argsort(edges)
    edges = edges[order]
    jump = jnp.concatenate([bolus, jnp.zeros_like(bolus)], axis=1)[:, order]
    # rate in force after each edge, summed over the doses that run then, so that no rounding is left when all are over
    running = (channel.start[None, :] <= edges[:, None]) & (
        edges[:, None] < (channel.start + channel.duration)[None, :]
    )
    level = jnp.einsum("nd,ed->ne", flow, running.astype(flow.dtype))

    def on(w: Array, step: tuple[Array, Array, Array]) -> tuple[Array, Array]:
        gap, before, added = step
        moved = _advance(system, w[..., None], entry, before[:, None], gap[None])[..., 0]
        w = moved + entry * added[:, None]
        return w, w

    gaps = jnp.diff(edges, prepend=edges[:1])
    before = jnp.concatenate([jnp.zeros_like(level[:, :1]), level[:, :-1]], axis=1)
    _, path = jax.lax.scan(on, jnp.zeros_like(system.rates), (gaps, before.T, jump.T))
    last = jnp.searchsorted(edges, times, side="right") - 1
    index = jnp.maximum(last, 0)
    since = jnp.where(last >= 0, times - edges[index], 0.0)
    modes = _advance(system, jnp.moveaxis(path, 0, -1)[:, :, index], entry, level[:, index], since)
    return jnp.where(last >= 0, modes, 0.0)


def _advance(system: Cascade, w: Array, entry: Array, level: Array, since: Array) -> Array:
    """Modes w (people, states, times) after ``since`` (times,) under constant inputs ``level`` (people, times)."""
    z = system.rates[:, :, None] * since
    free, driven = jnp.exp(z) * w, since * _phi(z)
    modes = free + entry[:, :, None] * level[:, None, :] * driven
    for first, count in system.chains:
        members = slice(first, first + count)
        x = -z[:, first]
        answer = level / -system.rates[:, first, None]
        modes = modes.at[:, members].set(_chain(free[:, members], entry[:, members], answer, x))
    return modes


def _chain(free: Array, entry: Array, answer: Array, x: Array) -> Array:
    """Members of one transit chain: free parts (people, count, times) handed on, and the input's share in each."""
    count = free.shape[1]
    power = jnp.ones_like(x)
    made = [free[:, k] + entry[:, k, None] * answer * _reached(x, 0) for k in range(count)]
    for step in range(1, count):
        power = power * x / step
        for k in range(step, count):
            made[k] = made[k] + power * free[:, k - step] + entry[:, k - step, None] * answer * _reached(x, step)
    return jnp.stack(made, axis=1)


def _reached(x: Array, passed: int) -> Array:
    """P(passed + 1, x): what has gone through ``passed`` + 1 equal steps; by its series where 1 - ... cancels."""
    if passed == 0:
        return -jnp.expm1(-x)
    low = jnp.minimum(x, _SERIES_BELOW)
    term = jnp.ones_like(x)
    total = term
    for k in range(1, _SERIES_TERMS):
        term = term * low / (passed + 1 + k)
        total = total + term
    small = jnp.exp(-low) * low ** (passed + 1) / math.factorial(passed + 1) * total
    large = 1.0 - jnp.exp(-x) * sum(x**j / math.factorial(j) for j in range(passed + 1))
    return jnp.where(x < _SERIES_BELOW, small, large)


def _phi(z: Array) -> Array:
    """(exp(z) - 1) / z, safe at 0."""
    small = jnp.abs(z) < 1e-8
    safe = jnp.where(small, 1.0, z)
    return jnp.where(small, 1.0 + 0.5 * z, jnp.expm1(safe) / safe)
