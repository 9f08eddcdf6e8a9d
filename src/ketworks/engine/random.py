"""Counter-based random draws: a person's numbers depend on the seed, the person's id and the name of the draw only.

The key is Threefry folded with (person id, CRC-32 of the name), so the same person is the same whatever the batch, the
order, the worker or the other draws of the run. What is drawn many times for a person (for every occasion, for every
sample) folds in its own number as well, so that more of them change none that were there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from zlib import crc32

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray


def standard_normals(seed: int, ids: Sequence[int] | NDArray[np.int64], names: Sequence[str]) -> dict[str, Array]:
    """One standard-normal number per person and name.

    Args:
        seed: study seed, 0 to 2**63 - 1.
        ids: person ids, 0 to 2**32 - 1.
        names: names of the draws, for example ``plasma.clearance``.

    Returns:
        Arrays of shape (people,) by name.
    """
    if not names:
        return {}
    codes = np.array([crc32(name.encode()) for name in names], dtype=np.uint32)
    table = np.asarray(_normals(np.int64(seed), np.asarray(ids, dtype=np.uint32), codes, len(names)))
    return {name: jnp.asarray(row) for name, row in zip(names, table, strict=True)}


def repeated_normals(
    seed: int, ids: Sequence[int] | NDArray[np.int64], names: Sequence[str], places: NDArray[np.int64]
) -> dict[str, Array]:
    """Standard-normal numbers for each person, name and place.

    Args:
        seed: study seed, 0 to 2**63 - 1.
        ids: person ids, 0 to 2**32 - 1.
        names: names of the draws, for example ``plasma.mucosal_share``.
        places: what tells the draws of one person apart, whole numbers from 0 to 2**64 - 1, shape (places,).

    Returns:
        Arrays of shape (people, places) by name.
    """
    words = np.asarray(places, dtype=np.uint64)
    halves = np.stack([words >> np.uint64(32), words & np.uint64(2**32 - 1)], axis=1).astype(np.uint32)
    people = np.asarray(ids, dtype=np.uint32)
    return {
        name: jnp.asarray(np.asarray(_repeated(np.int64(seed), people, np.uint32(crc32(name.encode())), halves)))
        for name in names
    }


@jax.jit
def _repeated(seed: Array, ids: Array, code: Array, places: Array) -> Array:
    key = jax.random.key(seed)

    def one(person: Array, place: Array) -> Array:
        own = jax.random.fold_in(jax.random.fold_in(key, person), code)
        return jax.random.normal(jax.random.fold_in(jax.random.fold_in(own, place[0]), place[1]))

    return jax.vmap(lambda person: jax.vmap(lambda place: one(person, place))(places))(ids)


@partial(jax.jit, static_argnums=3)
def _normals(seed: Array, ids: Array, codes: Array, count: int) -> Array:
    key = jax.random.key(seed)

    def one(code: Array, person: Array) -> Array:
        return jax.random.normal(jax.random.fold_in(jax.random.fold_in(key, person), code))

    return jax.vmap(lambda code: jax.vmap(lambda person: one(code, person))(ids))(codes[:count])
