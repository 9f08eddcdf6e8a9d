"""Systolic and diastolic pressure from mean pressure, stroke volume and heart rate."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array


def mean_pressure(systolic: Array, diastolic: Array, share: Array) -> Array:
    """Mean arterial pressure at rest.

    Equation:  MAP = DBP + f (SBP - DBP)
    Symbols:   SBP, DBP, MAP - mmHg; f share of pulse pressure - 1
    Source:    textbook rule, assumed
    Leaves out: the shape of the pulse wave.
    """
    return diastolic + share * (systolic - diastolic)


def systole_share(rate: Array, at_rest: Array, shortening: Array) -> Array:
    """Share of the heart cycle in which blood is ejected.

    Equation:  phi = phi0 h exp(-c (h - 1)), whose slope at rest is that of a straight line of ejection time on rate
    Symbols:   phi, phi0 share now and at rest - 1; h heart rate over rest - 1; c shortening of ejection - 1
    Source:    Weissler 1961 (ejection time falls with heart rate; the line's numbers are recalled)
    Leaves out: shortening by inotropy, lengthening by a larger stroke.
    """
    return at_rest * rate * jnp.exp(-shortening * (rate - 1.0))


def pulse_pressure(at_rest: Array, stroke: Array, systole: Array, systole_at_rest: Array) -> Array:
    """Pulse pressure when the large arteries keep their compliance and empty steadily.

    Equation:  PP = PP0 (SV/SV0) (1 - phi)/(1 - phi0): what enters in systole, less what runs off meanwhile
    Symbols:   PP - mmHg; SV/SV0 - 1; phi share of the cycle spent in systole - 1
    Source:    two-element windkessel whose time constant is long against the heart cycle; assumption
    Leaves out: arteries stiffen as mean pressure and age rise, which would widen the pulse further; reflected waves.
    """
    return at_rest * stroke * (1.0 - systole) / (1.0 - systole_at_rest)


def systolic_diastolic(mean: Array, pulse: Array, share: Array) -> tuple[Array, Array]:
    """Systolic and diastolic pressure around the mean.

    Equation:  DBP = MAP - f PP;  SBP = DBP + PP
    Symbols:   MAP, PP - mmHg; f share of pulse pressure - 1
    Source:    textbook rule, assumed
    Leaves out: a share f that changes with heart rate.
    """
    diastolic = mean - share * pulse
    return diastolic + pulse, diastolic
