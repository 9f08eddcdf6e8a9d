"""Membrane equations linearised at one complex frequency, all synaptic gates eliminated."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from ketworks.circuit.cells import magnesium_gate, magnesium_gate_slope, rate_slope
from ketworks.circuit.column import PER_S, Column, hcn_open
from ketworks.circuit.synapses import nmda_gate, nmda_response, reciprocal, release, release_response


class Membrane(NamedTuple):
    """The 3 x 3 system as its columns (each (3, n), nS), and the row that reads out the EEG proxy ((3, n), nS)."""

    pyramidal: Array
    pv: Array
    sst: Array
    row: Array


def linearised(c: Column, voltage: Array, rates: Array, block: Array, s: Array) -> Membrane:
    """Membrane equations at one frequency and the read-out of the EEG proxy.

    Equation:  A(s) v = noise;  A = s C + slope conductances - synapses(s) * rate slopes;  s = i 2 pi f, or 0 at rest
    EEG proxy: y = I_GABA - I_AMPA - I_NMDA on pyramidal cells (sum of absolute synaptic currents), so y = row . v

    Args:
        c: column.
        voltage, rates: where to linearise, (3, n), mV and 1/ms.
        block: (4, n).
        s: 1/ms, scalar, real or complex.

    Source: linearisation of ``working_point.unbalanced`` with the gates' own dynamics (rows ``column.time.*``).
    Leaves out: conduction delays, dendrites, the skull.
    """
    k = c.k
    to_e, to_i = voltage - k["reversal.excitation"], voltage - k["reversal.inhibition"]
    gain = rate_slope(rates, c.ceiling, c.slope)
    free = magnesium_gate(voltage, k["nmda.magnesium"], k["nmda.magnesium_half"], k["nmda.magnesium_slope"])
    nmda = c.nmda * (1.0 - block[:3])
    gate = nmda_gate(rates[0], k["nmda.opening"], k["time.nmda"]) + c.tonic
    fast = c.ampa * k["time.ampa"] * release(rates[0], c.use, c.recovery, c.facilitation) + c.drive
    excitation = fast + nmda * gate * (free + magnesium_gate_slope(free, k["nmda.magnesium_slope"]) * to_e)
    inhibition = c.from_pv * k["time.pv"] * rates[1] + c.from_sst * k["time.sst"] * rates[2]
    # how each class's synaptic currents follow the rates of pyramidal, PV and SST cells, pA per mV
    ampa_by_e = c.ampa * release_response(rates[0], c.use, c.recovery, c.facilitation, s)
    nmda_by_e = nmda * free * nmda_response(rates[0], k["nmda.opening"], k["time.nmda"], s)
    by_e = to_e * gain[0] * (ampa_by_e * reciprocal(s + 1.0 / k["time.ampa"]) + nmda_by_e)
    by_pv = to_i * c.from_pv * gain[1] * reciprocal(s + 1.0 / k["time.pv"])
    by_sst = to_i * c.from_sst * gain[2] * reciprocal(s + 1.0 / k["time.sst"])
    own = _pyramidal_currents(c, voltage[0], block[3], gain[0], s)
    diagonal = (s * c.capacitance + (c.leak + excitation + inhibition)).at[0].add(own)
    first, second, third = (jnp.array(unit)[:, None] for unit in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
    row = jnp.stack([inhibition[0] - excitation[0] - by_e[0], by_pv[0], by_sst[0]])
    return Membrane(by_e + first * diagonal, by_pv + second * diagonal, by_sst + third * diagonal, row)


def solved(m: Membrane, right: Array) -> Array:
    """x with A x = right, (3, n), by Cramer's rule."""
    cofactors, scale = _cofactors(m)
    return jnp.stack([jnp.sum(cofactor * right, axis=0) for cofactor in cofactors]) * scale


def read_out(m: Membrane) -> Array:
    """row . A^-1, (3, n): how the EEG proxy follows a current into each class, pA per pA."""
    cofactors, scale = _cofactors(m)
    return (m.row[0] * cofactors[0] + m.row[1] * cofactors[1] + m.row[2] * cofactors[2]) * scale


def _cofactors(m: Membrane) -> tuple[tuple[Array, Array, Array], Array]:
    """Rows of the adjugate, each (3, n), and 1/determinant, (n,)."""
    first = _cross(m.pv, m.sst)
    scale = reciprocal(jnp.sum(m.pyramidal * first, axis=0))
    return (first, _cross(m.sst, m.pyramidal), _cross(m.pyramidal, m.pv)), scale


def _cross(x: Array, y: Array) -> Array:
    return jnp.roll(x, -1, 0) * jnp.roll(y, 1, 0) - jnp.roll(x, 1, 0) * jnp.roll(y, -1, 0)


def _pyramidal_currents(c: Column, v: Array, hcn_block: Array, gain: Array, s: Array) -> Array:
    """Slope of HCN1 and adaptation currents with voltage, nS, (n,)."""
    k = c.k
    h = hcn_open(c, v)
    tilt = h * (1.0 - h) / k["hcn.slope"] * (v - k["hcn.reversal"]) * reciprocal(1.0 + s * k["time.hcn"])
    hcn = k["hcn.conductance"] * (1.0 - hcn_block) * (h - tilt)
    fast = k["adaptation.fast"] * reciprocal(1.0 + s * k["time.adaptation_fast"])
    slow = k["adaptation.slow"] * reciprocal(1.0 + s * k["time.adaptation_slow"])
    return hcn + (fast + slow) * (gain / PER_S)
