"""What other drugs and conditions do to the rises: they are known as ratios of rises, so they multiply rises."""

from __future__ import annotations

from typing import NamedTuple

from jax import Array


class Flow(NamedTuple):
    """Relative to rest, one shape: heart rate, stroke volume, mean pressure, sympathetic activity."""

    rate: Array
    stroke: Array
    pressure: Array
    activity: Array

    @property
    def output(self) -> Array:
        """Cardiac output over rest."""
        return self.rate * self.stroke

    @property
    def resistance(self) -> Array:
        """Vascular resistance over rest."""
        return self.pressure / self.output


def scaled(alone: Flow, pressure_gain: Array, rate_gain: Array) -> Flow:
    """The circulation when pressure and heart rate rise by other factors than under ketamine alone.

    Equation:  m = 1 + G_p (m* - 1);  h = 1 + G_h (h* - 1);  the same with G_p for stroke and sympathetic activity;
               resistance follows as m/(h SV)
    Symbols:   * under ketamine alone - 1; G_p, G_h ratio of the rises of pressure and of heart rate - 1
    Source:    the sources give ratios of rises (clonidine, conditions), not of a push on one limb of the reflex
    Leaves out: which limb the other drug acts on; a resting tone that it lowers is a resting value, not a rise.
    """
    return Flow(
        rate=1.0 + rate_gain * (alone.rate - 1.0),
        stroke=1.0 + pressure_gain * (alone.stroke - 1.0),
        pressure=1.0 + pressure_gain * (alone.pressure - 1.0),
        activity=1.0 + pressure_gain * (alone.activity - 1.0),
    )
