"""Band powers and the overall slope of a spectrum."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

NODES = (3, 3, 5, 6, 10)  # Gauss-Legendre points of the bands, from low to high: more where rhythms peak


def log_band_powers(density: Callable[[Array], Array], low: Array, high: Array) -> tuple[Array, Array]:
    """Mean power of each band in dB (any reference), and the overall slope of the spectrum.

    Equation:  P = 10 log10( 1/(f2-f1) * integral of S(f) df );  slope: least squares of log10 S(f) against log10 f over
    all nodes of all bands, each node weighing as its width in log f. Rhythms are not removed, so the slope moves with
    them; a rise means a flatter spectrum.

    Args:
        density: power density, (n,), at a frequency in Hz.
        low, high: edges of the five bands, Hz, shape (5,), from low to high.

    Returns:
        dB, shape (5, n), and the slope, (n,).

    Source: definitions; rows ``band.*``.  Leaves out: the separation of rhythms from background.
    """
    rules = [np.polynomial.legendre.leggauss(count) for count in NODES]
    nodes = [0.5 * (low[i] + high[i] + (high[i] - low[i]) * x) for i, (x, _) in enumerate(rules)]
    weights = [0.5 * w for _, w in rules]
    frequency = jnp.concatenate(nodes)
    _, power = jax.lax.scan(lambda _, f: (None, density(f)), None, frequency)
    share = jnp.concatenate([w * (high[i] - low[i]) for i, w in enumerate(weights)]) / frequency
    share = share / jnp.sum(share)
    x = jnp.log10(frequency)
    x = x - jnp.sum(share * x)
    slope = (share * x) @ jnp.log10(power) / jnp.sum(share * x * x)
    return 10.0 * jnp.log10(_block_rows(weights) @ power), slope


def _block_rows(weights: list[NDArray[np.float64]]) -> Array:
    """Matrix (bands, nodes) that sums each band's own nodes with their weights."""
    rows = np.zeros((len(weights), sum(w.size for w in weights)))
    end = np.cumsum([w.size for w in weights])
    for i, w in enumerate(weights):
        rows[i, end[i] - w.size : end[i]] = w
    return jnp.asarray(rows)
