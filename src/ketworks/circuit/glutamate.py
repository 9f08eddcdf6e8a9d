"""Extracellular glutamate as dialysate sees it: firing feeds it, autoreceptors restrain it, clearance is slow."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array


def steady_glutamate(firing: Array, share: Array, half: Array) -> Array:
    """Steady glutamate over baseline for a steady pyramidal rate over baseline.

    Equation:  G = (1 - rho) + rho * R * (1 - h(G)) / (1 - h(1)),  h(G) = G / (G + K_h);  the positive root of
               G^2 + (K_h - (1 - rho)) G - ((1 - rho) K_h + rho R (1 + K_h)) = 0

    ===  =======================================================  ==
    G    glutamate over baseline                                  1
    R    pyramidal rate over baseline                             1
    rho  share of baseline production that follows firing         1
    K_h  level that half-occupies release-lowering autoreceptors  1
    ===  =======================================================  ==

    Source: steady state of dG/dt = J0 + J1 r_E (1 - h(G)) - G/tau; rows ``glutamate.*`` (assumed).
    The stage then lags it by the clearance time.
    Leaves out: glia, its return onto ambient drive of SST cells, and the feedback acting faster than the lag.
    """
    fixed = 1.0 - share
    linear = half - fixed
    constant = fixed * half + share * firing * (1.0 + half)
    return 0.5 * (jnp.sqrt(linear**2 + 4.0 * constant) - linear)
