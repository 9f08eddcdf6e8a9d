"""Random numbers by place, not by turn: a person of a replicate draws the same, whatever else is drawn."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_WORDS = 4  # 64-bit words that one step of the counter gives


def normals(seed: int, person: str, name: str, first: int, count: int, width: int = 1) -> Floats:
    """Standard-normal numbers of one person and one name, for a run of replicates.

    Philox is keyed with (seed, digest of person and name) and its counter is the replicate, so that any run of
    replicates can be drawn alone. Each number uses one word through the inverse of the normal distribution, so that
    none depends on how the ones before it came out.

    Args:
        seed: study seed, 0 to 2**63 - 1.
        person: the person's ID as text.
        name: what is drawn, for example ``CL``.
        first: number of the first replicate.
        count: how many replicates.
        width: numbers per replicate.

    Returns:
        Shape (count, width).
    """
    from scipy.special import ndtri  # type: ignore[import-untyped]

    digest = blake2b(f"{person}\0{name}".encode(), digest_size=8).digest()
    bits = np.random.Philox(key=np.array([seed, int.from_bytes(digest)], dtype=np.uint64))
    steps = -(-width // _WORDS)
    bits.advance(first * steps)
    words = bits.random_raw(count * steps * _WORDS).reshape(count, steps * _WORDS)[:, :width]
    uniform = (words >> np.uint64(11)).astype(np.float64) * 2.0**-53 + 2.0**-54
    return np.asarray(ndtri(uniform))
