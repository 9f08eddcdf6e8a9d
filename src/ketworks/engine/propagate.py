"""Exact propagation of linear kinetics: closed-form sums of exponentials for any bolus and infusion history.

A cascade of blocks (each one a set of compartments in exchange, or a single one) has a block lower-triangular rate
matrix. Every block is similar to a symmetric matrix, so its modes are real; the cascade is then triangular in the modes
and is diagonalised by substitution:

    dx/dt = M x + b r(t),   x = V w,   dw_i/dt = rate_i w_i + (V^-1 b)_i r(t)
    w_i(t) = exp(rate_i s) w_i(t_k) + (V^-1 b)_i r_k (exp(rate_i s) - 1) / rate_i,   s = t - t_k, r constant from t_k on

Symbols:    x amount - umol (or a concentration, for a reading compartment);  r input rate - umol/min;
            rate mode - 1/min, never positive
Leaves out: modes that coincide exactly (equal transit compartments): ``split_equal`` moves them apart symmetrically,
            which costs about the square of the split (1e-10) where rounding would cost all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

SPLIT = 1e-5


class Block(NamedTuple):
    """Compartments that exchange with one another.

    Attributes:
        matrix: rate matrix on amounts, 1/min, shape (people, states, states).
        balance: square root of each compartment's share at equilibrium of the exchange (for volumes and flows: the
            square root of the volume), shape (people, states); it makes ``matrix`` symmetric.
    """

    matrix: Array
    balance: Array


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
    """

    rates: Array
    to_modes: Array
    to_states: Array


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


def split_equal(rate: Array, count: int) -> list[Array]:
    """``count`` transit rates around ``rate``, moved apart symmetrically so that their modes differ."""
    middle = (count - 1) / 2
    return [rate * (1.0 + SPLIT * (k - middle)) for k in range(count)]


def diagonalize(blocks: Sequence[Block], links: Sequence[Link]) -> Cascade:
    """The modes of a cascade.

    Args:
        blocks: in the order of flow; states are numbered through all blocks.
        links: fluxes from earlier to later blocks.
    """
    people = blocks[0].balance.shape[0]
    size = sum(block.balance.shape[1] for block in blocks)
    rates, rotation, inverse, offset = [], jnp.zeros((people, size, size)), jnp.zeros((people, size, size)), 0
    for block in blocks:
        width = block.balance.shape[1]
        values, vectors = _modes(block)
        here = slice(offset, offset + width)
        rates.append(values)
        rotation = rotation.at[:, here, here].set(block.balance[:, :, None] * vectors)
        inverse = inverse.at[:, here, here].set(jnp.swapaxes(vectors, 1, 2) / block.balance[:, None, :])
        offset += width
    rate = jnp.concatenate(rates, axis=1)
    coupling = jnp.zeros((people, size, size))
    for link in links:
        flux = link.rate[:, None, None] * inverse[:, :, link.to, None] * rotation[:, None, link.source, :]
        coupling = coupling + flux
    forward, backward = _triangular_modes(rate, coupling)
    return Cascade(rate, backward @ inverse, rotation @ forward)


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
        modes = _modes_at(system.rates, entry, channel, times)
        total = total + jnp.einsum("nki,nit->nkt", gains, modes)
    return total


def _modes(block: Block) -> tuple[Array, Array]:
    if block.balance.shape[1] == 1:
        return block.matrix[:, 0, :], jnp.ones_like(block.matrix)
    symmetric = block.matrix * block.balance[:, None, :] / block.balance[:, :, None]
    values, vectors = jnp.linalg.eigh(0.5 * (symmetric + jnp.swapaxes(symmetric, 1, 2)))
    return values, vectors


def _triangular_modes(rate: Array, coupling: Array) -> tuple[Array, Array]:
    """Eigenvectors of the triangular matrix diag(rate) + coupling (strictly lower), and their inverse, row by row."""
    people, size = rate.shape
    identity = jnp.broadcast_to(jnp.eye(size), (people, size, size))
    column = jnp.arange(size)

    def row(i: Array, pair: tuple[Array, Array]) -> tuple[Array, Array]:
        forward, backward = pair
        gap = rate - rate[:, i, None]
        reach = jnp.einsum("nk,nkj->nj", coupling[:, i, :], forward)
        # equal modes that never meet are harmless (0/0); equal modes that do meet must not pass silently (x/0 = inf)
        apart = (column >= i) | ((gap == 0.0) & (reach == 0.0))
        entry = jnp.where(apart, 0.0, reach / jnp.where(apart, 1.0, gap))
        forward = forward.at[:, i, :].add(entry)
        backward = backward.at[:, i, :].add(-jnp.einsum("nk,nkj->nj", entry, backward))
        return forward, backward

    forward, backward = jax.lax.fori_loop(0, size, row, (identity, identity))
    return forward, backward


def _modes_at(rates: Array, entry: Array, channel: Channel, times: Array) -> Array:
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
        z = rates * gap
        w = jnp.exp(z) * w + entry * (before[:, None] * gap * _phi(z) + added[:, None])
        return w, w

    gaps = jnp.diff(edges, prepend=edges[:1])
    before = jnp.concatenate([jnp.zeros_like(level[:, :1]), level[:, :-1]], axis=1)
    _, path = jax.lax.scan(on, jnp.zeros_like(rates), (gaps, before.T, jump.T))
    last = jnp.searchsorted(edges, times, side="right") - 1
    index = jnp.maximum(last, 0)
    since = jnp.where(last >= 0, times - edges[index], 0.0)
    z = rates[:, :, None] * since
    drive = level[:, None, index] * since * _phi(z)
    modes = jnp.exp(z) * jnp.moveaxis(path, 0, -1)[:, :, index] + entry[:, :, None] * drive
    return jnp.where(last >= 0, modes, 0.0)


def _phi(z: Array) -> Array:
    """(exp(z) - 1) / z, safe at 0."""
    small = jnp.abs(z) < 1e-8
    safe = jnp.where(small, 1.0, z)
    return jnp.where(small, 1.0 + 0.5 * z, jnp.expm1(safe) / safe)
