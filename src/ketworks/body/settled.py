"""The circulation settled under constant pushes: the turnover equations with their derivatives at zero, solved exactly.

The turnovers answer within seconds and the drug comes and goes within minutes, so the settled state follows the drug
closely; ``neglected_delay`` says how closely.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from ketworks.body.baroreflex import Drive, acting_level, drug_drive, stroke_volume, sympathetic_activity, targets

_NEWTON_STEPS = 14  # enough for a drive 200 times that of the typical person at anaesthesia; the residual is reported


class Steady(NamedTuple):
    """Relative to rest, each of the shape of the level; ``open_loop`` is sympathetic activity with pressure clamped."""

    pressure: Array
    heart_rate: Array
    stroke_volume: Array
    resistance: Array
    cardiac_output: Array
    sympathetic_activity: Array
    open_loop: Array


def settled_states(drive: Drive, p: Mapping[str, Array]) -> tuple[Array, Array]:
    """Settled h, s and r, and what is left of the equation that was solved.

    Equation:  b = 1 - FB (m - 1);  m = h s (1 - a ln h) r;  (h, s, r) = b * (h, s, r without reflex)
               Newton steps from b = 1; the equation is convex and rises with b, so they do not pass the root twice.
    Symbols:   b what the reflex leaves - 1; m pressure relative to rest - 1; FB gain - 1
    Source:    ``baroreflex.turnover`` at rest
    Leaves out: the seconds that the turnovers take (``neglected_delay``).

    Args:
        drive: pushes of any one shape.
        p: parameter values.

    Returns:
        States of shape (3, ...) and the largest residual, relative (scalar).
    """
    free = targets(drive, p)

    def residual(b: Array) -> Array:
        rate, contractile, resistance = free * b
        pressure = rate * stroke_volume(contractile, rate, p["baroreflex.filling"]) * resistance
        return jnp.asarray(p["baroreflex.gain"] * (pressure - 1.0) - (1.0 - b))

    def newton(_: int, b: Array) -> Array:
        value, slope = jax.jvp(residual, (b,), (jnp.ones_like(b),))
        return jnp.asarray(b - value / slope)

    b = jax.lax.fori_loop(0, _NEWTON_STEPS, newton, jnp.ones_like(free[0]))
    return free * b, jnp.max(jnp.abs(residual(b)))


def steady_state(s_level: Array, r_level: Array, p: Mapping[str, Array]) -> Steady:
    """The typical person's settled circulation at constant levels of S- and R-ketamine (ng/mL, shape (levels,)).

    S-norketamine is taken as absent: no source of a point gives its level.
    """
    none = jnp.zeros_like(s_level)
    central = acting_level(s_level, r_level, none, (p["heart_site.r_weight"], none))
    cardiac = acting_level(s_level, r_level, none, (p["heart_site.r_weight_force"], none))
    drive = drug_drive(central, cardiac, s_level + r_level, jnp.ones(()), p)
    (rate, contractile, resistance), _ = settled_states(drive, p)
    stroke = stroke_volume(contractile, rate, p["baroreflex.filling"])
    pressure = rate * stroke * resistance
    activity = sympathetic_activity(drive.sympathetic, pressure, p["baroreflex.gain"])
    return Steady(pressure, rate, stroke, resistance, rate * stroke, activity, 1.0 + drive.sympathetic)


def neglected_delay(times: Array, states: Array, slowest: Array) -> Array:
    """Largest lag of pressure behind its settled value: tau times the summed speeds of its three factors (scalar).

    Args:
        times: min, shape (times,).
        states: shape (3, people, times).
        slowest: longest time constant, s.
    """
    step = jnp.diff(times)
    slope = jnp.where(step > 0.0, jnp.diff(states, axis=-1) / jnp.where(step > 0.0, step, 1.0), 0.0)
    return jnp.max(jnp.sum(jnp.abs(slope) / states[..., 1:], axis=0)) * slowest / 60.0
