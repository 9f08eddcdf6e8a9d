"""What the reached state changes about its own drive and block; both effects are off unless a layout asks for them."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from ketworks.circuit.column import Column, nmda_free
from ketworks.circuit.glutamate import steady_glutamate
from ketworks.circuit.layout import Layout


def acting(c: Column, voltage: Array, rates: Array, block: Array, layout: Layout) -> tuple[Array, Array]:
    """Ambient gates (3, n) and blocks (4, n) that act at these voltages (mV) and rates (1/ms)."""
    tonic = c.tonic
    block = block * jnp.array([[float(acts)] for acts in layout.acts]) if not all(layout.acts) else block
    if layout.returned:
        level = steady_glutamate(rates[0] / c.rates[0], c.k["glutamate.firing_share"], c.k["glutamate.half"])
        tonic = tonic * ambient_return(level, c.k["glutamate.ambient_half"])
    if layout.moving:
        ratio = nmda_free(c, voltage)[0] / nmda_free(c, c.start)[0]
        shift = c.k["block.distance"] * (voltage - c.start) / c.k["block.thermal"]
        block = jnp.concatenate([moved_block(block[:3], ratio, shift), block[3:]])
    return tonic, block


def ambient_return(level: Array, half: Array) -> Array:
    """Ambient NMDA gate over its baseline when extracellular glutamate changes.

    Equation:  f(G) = G (1 + K) / (G + K)

    ==  ===============================================================  ==
    G   glutamate over baseline (steady, as in ``glutamate``)            1
    K   glutamate over baseline that half-opens the ambient NMDA gate    1
    ==  ===============================================================  ==

    Source: s_amb = G/(G + K), normalised to baseline; row ``feedback.ambient_half`` (assumed).
    Leaves out: the seconds to minutes it takes (the gate is held still in the spectrum), uptake, glia.
    """
    return level * (1.0 + half) / (level + half)


def moved_block(block: Array, free: Array, shift: Array) -> Array:
    """Trapped share at another voltage than the one it was given for.

    Equation:  K' / (1 - K') = K / (1 - K) * m(V)/m(V0) * exp(-delta (V - V0) / (R T/F))

    =====  ========================================================  ==
    K      share that holds the drug at V0, the drug-free voltage    1
    free   m(V)/m(V0), magnesium-free shares                         1
    shift  delta (V - V0) / (R T/F)                                  1
    =====  ========================================================  ==

    Source: K = C/(C + Kd(V)/m(V)) of the trapping scheme; rows ``feedback.electrical_distance``, ``thermal_voltage``.
    Leaves out: that a class mixes subunits (their odds are moved together); the seconds that block takes.
    """
    moved = block * free * jnp.exp(-shift)
    return moved / (1.0 - block + moved)
