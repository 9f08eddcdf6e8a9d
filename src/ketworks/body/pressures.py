"""Systolic and diastolic pressure from mean pressure and stroke volume."""

from __future__ import annotations

from jax import Array


def mean_pressure(systolic: Array, diastolic: Array, share: Array) -> Array:
    """Mean arterial pressure at rest.

    Equation:  MAP = DBP + f (SBP - DBP)
    Symbols:   SBP, DBP, MAP - mmHg; f share of pulse pressure - 1
    Source:    textbook rule, assumed
    Leaves out: the shape of the pulse wave.
    """
    return diastolic + share * (systolic - diastolic)


def pulse_pressure(at_rest: Array, stroke: Array) -> Array:
    """Pulse pressure when the large arteries keep their compliance.

    Equation:  PP = PP0 * SV/SV0
    Symbols:   PP - mmHg; SV/SV0 - 1
    Source:    assumption
    Leaves out: arteries stiffen as mean pressure and age rise, which would widen the pulse further.
    """
    return at_rest * stroke


def systolic_diastolic(mean: Array, pulse: Array, share: Array) -> tuple[Array, Array]:
    """Systolic and diastolic pressure around the mean.

    Equation:  DBP = MAP - f PP;  SBP = DBP + PP
    Symbols:   MAP, PP - mmHg; f share of pulse pressure - 1
    Source:    textbook rule, assumed
    Leaves out: a share f that changes with heart rate.
    """
    diastolic = mean - share * pulse
    return diastolic + pulse, diastolic
