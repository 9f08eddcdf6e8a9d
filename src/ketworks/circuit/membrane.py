"""Membrane equations linearised at one complex frequency, all synaptic gates eliminated."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from ketworks.circuit.cells import rate_slope
from ketworks.circuit.column import PER_S, Column, hcn_open, nmda_free
from ketworks.circuit.feedback import acting
from ketworks.circuit.layout import DEFAULT, Layout
from ketworks.circuit.synapses import nmda_gate, nmda_response, reciprocal, release, release_response


class Slopes(NamedTuple):
    """What the membrane equations need of a state, whatever the frequency; arrays (3, n) unless stated.

    Attributes:
        rates: 1/ms.
        conductance: slope conductance without rate changes, nS.
        from_e, from_pv, from_sst: pA per mV of the source's voltage and per ms of gate.
        nmda: the same for the NMDA gate.
        row: read-out of the pyramidal voltage itself, nS, (n,).
        h, tilt: HCN1 conductance at fixed gate and through the gate, nS, (n,).
        adaptation: pyramidal rate slope, Hz per mV, (n,).
    """

    rates: Array
    conductance: Array
    from_e: Array
    from_pv: Array
    from_sst: Array
    nmda: Array
    row: Array
    h: Array
    tilt: Array
    adaptation: Array


class Membrane(NamedTuple):
    """The 3 x 3 system as its columns (each (3, n), nS), and the row that reads out the EEG proxy ((3, n), nS)."""

    pyramidal: Array
    pv: Array
    sst: Array
    row: Array


def slopes_at(c: Column, voltage: Array, rates: Array, block: Array, layout: Layout = DEFAULT) -> Slopes:
    """Derivatives of ``working_point.unbalanced`` by voltages and gates; what feeds back slowly is held still.

    Args:
        c: column.
        voltage, rates: where to linearise, (3, n), mV and 1/ms.
        block: (4, n).
        layout: which circuit.

    Equation:  g = gL + gA s_A + g_drive + gN (1-K) s_N (B + dB/dV (V-E)) + gP s_P + gS s_S;  source b onto a:
               conductance_ab * (V_a - reversal) * dr_b/dV_b
    Source and omissions: as ``working_point.unbalanced``.
    """
    k = c.k
    to_e, to_i = voltage - k["reversal.excitation"], voltage - k["reversal.inhibition"]
    gain = rate_slope(rates, c.ceiling, c.slope)
    tonic, block = acting(c, voltage, rates, block, layout)
    free, tilt = nmda_free(c, voltage)
    nmda = c.nmda * (1.0 - block[:3])
    gate = nmda_gate(rates[0], k["nmda.opening"], k["time.nmda"]) + tonic
    fast = c.ampa * k["time.ampa"] * release(rates[0], c.use, c.recovery, c.facilitation) + c.drive
    excitation = fast + nmda * gate * (free + tilt * to_e)
    inhibition = c.from_pv * k["time.pv"] * rates[1] + c.from_sst * k["time.sst"] * rates[2]
    h = hcn_open(c, voltage[0])
    hcn = k["hcn.conductance"] * (1.0 - block[3]) * h
    return Slopes(
        rates=rates,
        conductance=c.leak + excitation + inhibition,
        from_e=to_e * gain[0] * c.ampa,
        from_pv=to_i * gain[1] * c.from_pv,
        from_sst=to_i * gain[2] * c.from_sst,
        nmda=to_e * gain[0] * nmda * free,
        row=inhibition[0] - excitation[0],
        h=hcn,
        tilt=hcn * (1.0 - h) / k["hcn.slope"] * (voltage[0] - k["hcn.reversal"]),
        adaptation=gain[0] / PER_S,
    )


def at_frequency(c: Column, x: Slopes, s: Array) -> Membrane:
    """Membrane equations at one frequency and the read-out of the EEG proxy.

    Equation:  A(s) v = noise;  A = s C + slope conductances - synapses(s) * rate slopes;  s = i 2 pi f, or 0 at rest
    EEG proxy: y = I_GABA - I_AMPA - I_NMDA on pyramidal cells (sum of absolute synaptic currents), so y = row . v

    Args:
        c: column; x: its slopes; s: 1/ms, scalar, real or complex.

    Source: linearisation of ``working_point.unbalanced`` with the gates' own dynamics (rows ``column.time.*``).
    Leaves out: conduction delays, dendrites, the skull.
    """
    k = c.k
    ampa = release_response(x.rates[0], c.use, c.recovery, c.facilitation, s) * reciprocal(s + 1.0 / k["time.ampa"])
    by_e = x.from_e * ampa + x.nmda * nmda_response(x.rates[0], k["nmda.opening"], k["time.nmda"], s)
    by_pv = x.from_pv * reciprocal(s + 1.0 / k["time.pv"])
    by_sst = x.from_sst * reciprocal(s + 1.0 / k["time.sst"])
    fast = k["adaptation.fast"] * reciprocal(1.0 + s * k["time.adaptation_fast"])
    slow = k["adaptation.slow"] * reciprocal(1.0 + s * k["time.adaptation_slow"])
    own = x.h - x.tilt * reciprocal(1.0 + s * k["time.hcn"]) + (fast + slow) * x.adaptation
    first, second, third = (jnp.array(unit)[:, None] for unit in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
    diagonal = s * c.capacitance + x.conductance + first * own
    row = jnp.stack([x.row - by_e[0], by_pv[0], by_sst[0]])
    return Membrane(by_e + first * diagonal, by_pv + second * diagonal, by_sst + third * diagonal, row)


def solved(m: Membrane, right: Array) -> Array:
    """x with A x = right, (3, n), by Cramer's rule."""
    cofactors, scale = _cofactors(m)
    return jnp.stack([(f[0] * right[0] + f[1] * right[1] + f[2] * right[2]) * scale for f in cofactors])


def read_out(m: Membrane) -> tuple[Array, ...]:
    """row . A^-1: how the EEG proxy follows a current into each class, pA per pA, three arrays (n,)."""
    cofactors, scale = _cofactors(m)
    return tuple((m.row[0] * x + m.row[1] * y + m.row[2] * z) * scale for x, y, z in zip(*cofactors, strict=True))


def determinant(m: Membrane) -> Array:
    """det A, (n,): 0 at a mode of the column; at rest, 0 where a branch of working points folds back."""
    first = _cross(m.pv, m.sst)
    value: Array = m.pyramidal[0] * first[0] + m.pyramidal[1] * first[1] + m.pyramidal[2] * first[2]
    return value


def _cofactors(m: Membrane) -> tuple[tuple[tuple[Array, ...], ...], Array]:
    """Rows of the adjugate, each three arrays (n,), and 1/determinant, (n,)."""
    first = _cross(m.pv, m.sst)
    return (first, _cross(m.sst, m.pyramidal), _cross(m.pyramidal, m.pv)), reciprocal(determinant(m))


def _cross(x: Array, y: Array) -> tuple[Array, Array, Array]:
    return x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]
