"""A person's levels are the same bytes in any company: alone, among seven or a thousand, in any order."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array
from numpy.typing import NDArray

from ketworks.engine.compiled import _CPU_OPTIONS
from ketworks.engine.propagate import Channel, Link, diagonalize, exchange, propagate, single, transits

PEOPLE = 1000
STATES = 10
TIMES = np.unique(np.concatenate([np.geomspace(1e-3, 20_000.0, 41), np.linspace(0.0, 5000.0, 77)]))
# as the stages compile, and as a bare jit does
OPTIONS: dict[str, dict[str, Any]] = {"stage": _CPU_OPTIONS, "bare": {}}
Floats = NDArray[np.float64]


def people() -> tuple[Floats, Floats]:
    """Constants (people, 12) drawn about plausible ones, and amounts (people, doses), some of them zero."""
    draw = np.random.default_rng(11)
    typical = np.array([11.6, 39.0, 174.0, 1.48, 2.43, 1.21, 0.0995, 11.6, 221.0, 1.0, 2.63, 0.31])
    constants = typical * np.exp(0.4 * draw.standard_normal((PEOPLE, 12)))
    return constants, np.where(draw.random((PEOPLE, 5)) < 0.2, 0.0, draw.uniform(1.0, 300.0, (PEOPLE, 5)))


def levels(constants: Array, amounts: Array) -> Array:
    """A depot, three compartments, two transits, a metabolite of two, an accumulator; two ways of input."""
    v1, v2, v3, cl, q2, q3, kt, vn1, vn2, cln, qn, ka = constants.T
    blocks = [
        single(ka),
        exchange([v1, v2, v3], {(0, 1): q2, (0, 2): q3}, {0: cl}),
        transits(kt, 2),
        exchange([vn1, vn2], {(0, 1): qn}, {0: cln}),
        single(0.5 * ka),
        single(jnp.zeros_like(ka)),
    ]
    links = [Link(1, 0, 0.7 * ka), Link(4, 1, cl / v1), Link(6, 5, kt), Link(8, 1, 0.5 * ka / v1)]
    links.append(Link(9, 6, cln / vn1))
    size, zero = len(cl), jnp.zeros((len(cl), STATES))
    infusions = Channel(
        zero.at[:, 1].set(1.0), jnp.array([0.0, 20.0, 1440.0]), jnp.array([40.0, 0.0, 90.0]), amounts[:, :3]
    )
    swallowed = Channel(zero.at[:, 0].set(1.0), jnp.array([10.0, 3000.0]), jnp.zeros(2), amounts[:, 3:])
    read = jnp.zeros((size, 4, STATES)).at[:, 0, 1].set(1.0 / v1).at[:, 1, 6].set(1.0 / vn1)
    read = read.at[:, 2, 8].set(1.0).at[:, 3, 9].set(1.0)
    return propagate(diagonalize(blocks, links), [infusions, swallowed], jnp.asarray(TIMES), read)


def run(constants: Floats, amounts: Floats, options: str) -> Floats:
    given = jnp.asarray(constants), jnp.asarray(amounts)
    return np.asarray(jax.jit(levels).lower(*given).compile(compiler_options=OPTIONS[options])(*given))


@pytest.fixture(scope="module", params=list(OPTIONS))
def thousand(request: pytest.FixtureRequest) -> tuple[str, Floats]:
    return request.param, run(*people(), request.param)


def test_all_levels_are_numbers(thousand: tuple[str, Floats]) -> None:
    assert np.isfinite(thousand[1]).all()
    assert (thousand[1].max(axis=2) > 0.0).all()


@pytest.mark.parametrize("size", [1, 2, 7, 8, 128])
def test_a_person_is_the_same_in_a_smaller_batch(thousand: tuple[str, Floats], size: int) -> None:
    constants, amounts = people()
    for first in (0, 500, PEOPLE - size):
        here = slice(first, first + size)
        found = run(constants[here], amounts[here], thousand[0])
        assert found.tobytes() == thousand[1][here].tobytes(), f"people from {first}"


def test_a_person_is_the_same_in_any_order(thousand: tuple[str, Floats]) -> None:
    constants, amounts = people()
    order = np.random.default_rng(5).permutation(PEOPLE)
    found = run(constants[order], amounts[order], thousand[0])
    assert found.tobytes() == thousand[1][order].tobytes()
