"""The working point: the steady voltages at which all currents of the three classes balance under a given block."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from ketworks.circuit.cells import firing_rate
from ketworks.circuit.column import Column, adaptation_current, hcn_current, nmda_free
from ketworks.circuit.feedback import acting
from ketworks.circuit.layout import DEFAULT, Layout
from ketworks.circuit.membrane import Membrane, at_frequency, slopes_at, solved
from ketworks.circuit.synapses import nmda_gate, release

ITERATIONS = 10
LONGEST_STEP = 4.0  # mV per Newton step: keeps the search on the branch of the drug-free state


class WorkingPoint(NamedTuple):
    """Voltages (3, n) in mV, rates (3, n) in 1/ms, and the Newton step still left, mV, (n,)."""

    voltage: Array
    rates: Array
    residual: Array


def unbalanced(c: Column, voltage: Array, block: Array, layout: Layout = DEFAULT) -> Array:
    """Net outward current of each class with all synapses at rest with their rates, pA, shape (3, n).

    Equation (class a; E excitation reversal, I inhibition reversal):
        0 = gL (V-EL) + (gA s_A + g_drive)(V-E) + gN (1-K)(s_N + s_amb) B(V) (V-E) + gP s_P (V-I) + gS s_S (V-I)
            + [pyramidal only] w + g_h (1-I_h) h (V-E_h)

    ======  ===================================================  ====
    K, I_h  drug block of NMDA receptors, of HCN1                1
    s       synaptic gates, explicit functions of the rates      1
    w       adaptation                                           pA
    ======  ===================================================  ====

    ``block`` is (K_E, K_PV, K_SST, I_h), shape (4, n); the layout says which of them act.
    Source: form of the conductance-based NMDA neural masses; rows ``column.*``.
    Leaves out: heterogeneity within a class (so it cannot show that some pyramidal cells fall while others rise).
    """
    k = c.k
    rate = firing_rate(voltage, c.ceiling, c.threshold, c.slope)
    fast = c.ampa * k["time.ampa"] * release(rate[0], c.use, c.recovery, c.facilitation) + c.drive
    tonic, block = acting(c, voltage, rate, block, layout)
    gate = nmda_gate(rate[0], k["nmda.opening"], k["time.nmda"]) + tonic
    slow = c.nmda * (1.0 - block[:3]) * gate * nmda_free(c, voltage)[0]
    inhibition = c.from_pv * k["time.pv"] * rate[1] + c.from_sst * k["time.sst"] * rate[2]
    own = adaptation_current(c, rate[0]) + hcn_current(c, voltage[0], block[3])
    current = c.leak * (voltage - c.rest) + (fast + slow) * (voltage - k["reversal.excitation"])
    return (current + inhibition * (voltage - k["reversal.inhibition"])).at[0].add(own)


def working_point(c: Column, block: Array, layout: Layout = DEFAULT) -> WorkingPoint:
    """Newton's method from the drug-free state, a fixed number of bounded steps, for n blocks at once.

    Args:
        c: the column.
        block: (K_E, K_PV, K_SST, I_h), shape (4, n).
        layout: which circuit.
    """

    def improve(voltage: Array, _: None) -> tuple[Array, Array]:
        rates = firing_rate(voltage, c.ceiling, c.threshold, c.slope)
        if layout.feeds_back:
            at_rest = _tangents(c, voltage, block, layout)
        else:
            at_rest = at_frequency(c, slopes_at(c, voltage, rates, block, layout), jnp.zeros(()))
        step = solved(at_rest, unbalanced(c, voltage, block, layout))
        return voltage - LONGEST_STEP * jnp.tanh(step / LONGEST_STEP), jnp.max(jnp.abs(step), axis=0)

    start = jnp.broadcast_to(c.start, (3, block.shape[1]))
    voltage, steps = jax.lax.scan(improve, start, None, length=ITERATIONS)
    return WorkingPoint(voltage, firing_rate(voltage, c.ceiling, c.threshold, c.slope), steps[-1])


def _tangents(c: Column, voltage: Array, block: Array, layout: Layout) -> Membrane:
    """The derivative of ``unbalanced`` by the three voltages with all that feeds back, for Newton's method."""

    def along(row: int) -> Array:
        direction = jnp.zeros_like(voltage).at[row].set(1.0)
        tangent: Array = jax.jvp(lambda v: unbalanced(c, v, block, layout), (voltage,), (direction,))[1]
        return tangent

    first, second, third = (along(row) for row in range(3))
    return Membrane(first, second, third, jnp.zeros_like(voltage))
