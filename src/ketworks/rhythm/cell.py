"""Currents of a mean retrosplenial layer 5 cell, where it rests, and how its state moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

LOWEST = -110.0  # mV, below any rest: all inward currents are blocked at most
HALVINGS = 40
NEWTON = 2  # exact steps after the halvings, which alone would have no slope by the parameters


class State(NamedTuple):
    """Voltage (mV), share of calcium channels that are not inactivated, open share of HCN1, one shape."""

    voltage: Array
    ready: Array
    open: Array


class Cell(NamedTuple):
    """The rows by name (``rhythm.*``, canonical units) and the reversal of the leak, mV."""

    p: Mapping[str, Array]
    leak_reversal: Array


def cell(p: Mapping[str, Array]) -> Cell:
    """The cell whose leak holds it at the stated voltage without drug.

    Equation:  E_L = V0 + I(V0; leak reversal V0) / g_L

    Args:
        p: parameter values by id.

    Source: row ``rhythm.voltage``.  Leaves out: nothing beyond ``outward``.
    """
    start = p["rhythm.voltage"]
    none = jnp.zeros_like(start)
    return Cell(p, start + outward(Cell(p, start), at_rest(p, start), none, none) / p["rhythm.leak"])


def at_rest(p: Mapping[str, Array], voltage: Array) -> State:
    """Gates at the steady values of their own equations at a held voltage."""
    ready = jax.nn.sigmoid(-(voltage - p["rhythm.inactivation_half"]) / p["rhythm.inactivation_slope"])
    opened = jax.nn.sigmoid(-(voltage - p["rhythm.hcn_half"]) / p["rhythm.hcn_slope"])
    return State(voltage, ready, opened)


def outward(c: Cell, x: State, block: Array, hcn1_block: Array) -> Array:
    """Net outward current, pA.

    Equation:  I = g_L (V - E_L) + g_N (1 - K) B(V) V + g_H (1 - I_h) r (V - E_H) + g_T m(V)^3 h (V - E_Ca)
               B = 1 / (1 + [Mg]/[Mg]_half exp(-s V)),  m = 1 / (1 + exp(-(V - V_m)/k_m))

    ======  ==============================================================  ==
    V       mean voltage without spikes                                     mV
    K, I_h  drug block of NMDA receptors, of HCN1                           1
    h, r    ready share of low-threshold calcium channels, open HCN1 share  1
    g       largest conductances; g_N holds the ambient NMDA gate           nS
    ======  ==============================================================  ==

    Args:
        c: cell; x: state; block: of NMDA receptors; hcn1_block: of HCN1; shares, one shape.

    Source: the usual currents of a cell that paces itself after inhibition; every conductance is assumed.
    Leaves out: spikes, synapses between such cells and with thalamus, dendrites.
    """
    p, v = c.p, x.voltage
    free = 1.0 / (1.0 + p["rhythm.magnesium"] / p["rhythm.magnesium_half"] * jnp.exp(-p["rhythm.magnesium_slope"] * v))
    fast = jax.nn.sigmoid((v - p["rhythm.activation_half"]) / p["rhythm.activation_slope"])
    return (
        p["rhythm.leak"] * (v - c.leak_reversal)
        + p["rhythm.nmda"] * (1.0 - block) * free * v
        + p["rhythm.hcn"] * (1.0 - hcn1_block) * x.open * (v - p["rhythm.hcn_reversal"])
        + p["rhythm.calcium"] * fast**3 * x.ready * (v - p["rhythm.calcium_reversal"])
    )


def change(c: Cell, x: State, block: Array, hcn1_block: Array) -> State:
    """Derivative of the state, per ms.

    Equation:  C dV/dt = -I;  dh/dt = (h_inf(V) - h)/tau_h;  dr/dt = (r_inf(V) - r)/tau_r
    Source and omissions: as ``outward``.
    """
    p, steady = c.p, at_rest(c.p, x.voltage)
    return State(
        -outward(c, x, block, hcn1_block) / p["rhythm.capacitance"],
        (steady.ready - x.ready) / p["rhythm.inactivation_time"],
        (steady.open - x.open) / p["rhythm.hcn_time"],
    )


def resting_voltage(c: Cell, block: Array, hcn1_block: Array) -> Array:
    """Voltage at which the cell is balanced under block, mV.

    Equation:  I(V, h_inf(V), r_inf(V)) = 0

    Block only takes inward current away, so the rest lies below the drug-free one: it is halved into, then two steps of
    Newton's method give it its slope.

    Args:
        c: cell; block, hcn1_block: shares, one shape.

    Source: as ``outward``.  Leaves out: a second rest, where parameters allow one (the shipped ones do not).
    """

    def held(voltage: Array) -> Array:
        return outward(c, at_rest(c.p, voltage), block, hcn1_block)

    def halve(ends: tuple[Array, Array], _: None) -> tuple[tuple[Array, Array], None]:
        low, high = ends
        middle = 0.5 * (low + high)
        above = held(middle) > 0.0
        return (jnp.where(above, low, middle), jnp.where(above, middle, high)), None

    ones = jnp.ones_like(block)
    ends, _ = jax.lax.scan(halve, (LOWEST * ones, c.p["rhythm.voltage"] * ones), None, length=HALVINGS)
    voltage = jax.lax.stop_gradient(0.5 * (ends[0] + ends[1]))
    for _ in range(NEWTON):
        value, slope = jax.jvp(held, (voltage,), (ones,))
        voltage = voltage - value / slope
    return voltage
