"""The multiplier that makes one person's score from the mean score: gamma distributed, made from a normal draw."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import Array
from jax.scipy.special import gammaln, log_ndtr

_TERMS = 100  # of the series; enough up to quantiles of 35, far beyond five standard deviations
_NEWTON_STEPS = 12
_NEGLIGIBLE = 35.0  # where less than 1e-14 is left above
_FARTHEST = 5.0  # draws beyond are taken as this; their share is 6e-7


def gamma_multiplier(eta: Array, mean: Array, sd: Array) -> Array:
    """A gamma variable of mean 1 and spread sd/mean at the quantile of a standard-normal draw.

    Equation:  G = Q(Phi(eta)) / k,  Q the quantile of a gamma of shape k = (mean/sd)^2 and scale 1
    Symbols:   eta - 1; mean, sd of the intensities - points; k shape - 1
    Source:    spread of van Schalkwyk 2018; relative error of the quantile below 1e-9 (tests against SciPy)
    Leaves out: exact zeros, which come from counting whole points (``dissociation.score``).

    Args:
        eta: shape (people,).
        mean: of the intensities, points, scalar.
        sd: points, scalar.
    """
    shape = (mean / sd) ** 2
    return gamma_quantile(eta, shape) / shape


def gamma_quantile(eta: Array, shape: Array) -> Array:
    """Quantile of a gamma of ``shape`` and scale 1 at Phi(eta), by Newton steps on the log of the nearer tail."""
    z = jnp.clip(eta, -_FARTHEST, _FARTHEST)
    below, above = log_ndtr(z), log_ndtr(-z)
    lower = z < 0.0

    def newton(_: int, y: Array) -> Array:
        log_cdf, log_density = _log_cdf(y, shape), shape * y - jnp.exp(y) - gammaln(shape)
        log_rest = jnp.log(jnp.maximum(-jnp.expm1(log_cdf), 1e-300))
        down = (log_cdf - below) * jnp.exp(log_cdf - log_density)
        up = (above - log_rest) * jnp.exp(log_rest - log_density)
        return y - jnp.clip(jnp.where(lower, down, up), -1.0, 1.0)

    # leading term of the series below the median, of the exponential tail above
    start = jnp.where(lower, (below + gammaln(shape + 1.0)) / shape, jnp.log(0.3 - above))
    return jnp.exp(jax.lax.fori_loop(0, _NEWTON_STEPS, newton, start))


def gamma_above(x: Array, shape: Array) -> Array:
    """Probability that a gamma of ``shape`` and scale 1 exceeds x (absolute error below 1e-12)."""
    inside = jnp.clip(x, 1e-300, _NEGLIGIBLE)
    return jnp.where(x < _NEGLIGIBLE, jnp.maximum(0.0, -jnp.expm1(_log_cdf(jnp.log(inside), shape))), 0.0)


def _log_cdf(y: Array, shape: Array) -> Array:
    """Log of the regularised lower incomplete gamma function at exp(y), by its all-positive series in Horner's form."""
    x = jnp.exp(y)
    series = jax.lax.fori_loop(0, _TERMS, lambda i, s: 1.0 + x / (shape + (_TERMS - i)) * s, jnp.ones_like(x))
    return shape * y - x + jnp.log(series) - gammaln(shape + 1.0)
