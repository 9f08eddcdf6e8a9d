"""Band powers and the overall slope of a spectrum."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

NODES = 5  # Gauss-Legendre points per band


def log_band_powers(density: Callable[[Array], Array], low: Array, high: Array) -> tuple[Array, Array]:
    """Mean power of each band in dB (any reference), and the overall slope of the spectrum.

    Equation:  P = 10 log10( 1/(f2-f1) * integral of S(f) df );  slope: least squares of log10 S(f) against log10 f over
    all nodes of all bands, each node weighing as its width in log f. Rhythms are not removed, so the slope moves with
    them; a rise means a flatter spectrum.

    Args:
        density: power density, (n,), at a frequency in Hz.
        low, high: band edges, Hz, shape (bands,).

    Returns:
        dB, shape (bands, n), and the slope, (n,).

    Source: definitions; rows ``band.*``.  Leaves out: the separation of rhythms from background.
    """
    nodes, weights = (jnp.asarray(x) for x in np.polynomial.legendre.leggauss(NODES))
    half = 0.5 * (high - low)[:, None]
    frequency = 0.5 * (low + high)[:, None] + half * nodes
    _, power = jax.lax.scan(lambda _, f: (None, density(f)), None, frequency.ravel())
    share = (half * weights / frequency).ravel()
    share = share / jnp.sum(share)
    x = jnp.log10(frequency.ravel())
    x = x - jnp.sum(share * x)
    slope = (share * x) @ jnp.log10(power) / jnp.sum(share * x * x)
    mean = jnp.einsum("bfn,f->bn", power.reshape(*frequency.shape, -1), 0.5 * weights)
    return 10.0 * jnp.log10(mean), slope
