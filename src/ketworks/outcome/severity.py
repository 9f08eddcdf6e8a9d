"""Severity on the scale, and the three things trials count: response, remission, relapse."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import Array


def severity(baseline: Array, effect: Array, control: Array, top: Array) -> Array:
    """MADRS total score.

    Equation:  S = max(S0 - P, 0) - E, held within 0 and the top of the scale
    Symbols:   S0 baseline, E drug effect, P change that a control treatment would bring - points
    Source:    the drug effect is a share of what the control leaves, so that S = (S0 - P)(1 - f): an assumption
    Leaves out: measurement noise, drift, spontaneous recovery.
    """
    return jnp.clip(jnp.clip(baseline - control, 0.0, top) - effect, 0.0, top)


def responded(score: Array, baseline: Array, fraction: Array) -> Array:
    """1 where the score has fallen by the response fraction of baseline or more, else 0 (definition used by trials)."""
    return jnp.where(score <= (1.0 - fraction) * baseline, 1.0, 0.0)


def remitted(score: Array, threshold: Array) -> Array:
    """1 where the score is at or below the remission threshold, else 0."""
    return jnp.where(score <= threshold, 1.0, 0.0)


def relapsed(score: Array, response: Array, threshold: Array) -> Array:
    """1 where an earlier response is lost, else 0.

    Equation:  relapse = (response at any earlier time) and (S >= threshold or response lost now)
    Source:    docs/evidence/clinical.md section 8
    Leaves out: the visit schedule and the need for confirmation in trials; a dip between two doses counts.
    """
    ever = jax.lax.cummax(response, axis=1)
    lost = jnp.where((score >= threshold) | (response < 0.5), 1.0, 0.0)
    return ever * lost
