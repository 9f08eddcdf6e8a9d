"""Synaptic gates as explicit functions of presynaptic rate: at rest (working point) and at a frequency (spectrum)."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array


def release(rate: Array, use: Array, recovery: Array, facilitation: Array) -> Array:
    """Transmitter released per ms at a steady rate, with facilitation and depression (Tsodyks-Markram).

    Equation:  u = U (1 + F r)/(1 + U F r);  x = 1/(1 + u D r);  release = u x r

    ====  =============================================  ======
    r     presynaptic rate                               1/ms
    U     use of resources by a first spike              1
    D, F  recovery from depression, from facilitation    ms
    ====  =============================================  ======

    Steady state of du/dt = (U-u)/F + U(1-u) r and dx/dt = (1-x)/D - u x r.
    Source: rows ``column.use_*``, ``recovery_*``, ``facilitation_*``.  Leaves out: quantal noise.
    """
    u, x = _resources(rate, use, recovery, facilitation)
    return u * x * rate


def release_response(rate: Array, use: Array, recovery: Array, facilitation: Array, s: Array) -> Array:
    """Change of release per change of rate at the complex frequency ``s`` (1/ms); linearised ``release``."""
    u, x = _resources(rate, use, recovery, facilitation)
    du = facilitation * use * (1.0 - u) * reciprocal(1.0 + facilitation * (s + use * rate))
    dx = -recovery * x * (rate * du + u) * reciprocal(1.0 + recovery * (s + u * rate))
    return u * x + rate * (x * du + u * dx)


def nmda_gate(rate: Array, opening: Array, decay: Array) -> Array:
    """Saturating NMDA gate at a steady rate.

    Equation:  s = a r tau / (1 + a r tau), the steady state of ds/dt = -s/tau + a (1 - s) r

    ====  ========================================  ======
    a     share of closed gates opened by a spike   1
    tau   decay time                                ms
    ====  ========================================  ======

    Source: rows ``column.nmda.opening``, ``column.time.nmda``.  Leaves out: rise time, short-term plasticity.
    """
    return opening * rate * decay / (1.0 + opening * rate * decay)


def nmda_response(rate: Array, opening: Array, decay: Array, s: Array) -> Array:
    """Change of the NMDA gate per change of rate at the complex frequency ``s`` (1/ms); linearised ``nmda_gate``."""
    return opening * (1.0 - nmda_gate(rate, opening, decay)) * reciprocal(s + 1.0 / decay + opening * rate)


def reciprocal(z: Array) -> Array:
    """1/z for a complex or real z away from 0; compiles far faster than a guarded complex division."""
    return jnp.conj(z) / (z.real**2 + z.imag**2)


def _resources(rate: Array, use: Array, recovery: Array, facilitation: Array) -> tuple[Array, Array]:
    u = use * (1.0 + facilitation * rate) / (1.0 + use * facilitation * rate)
    return u, 1.0 / (1.0 + u * recovery * rate)
