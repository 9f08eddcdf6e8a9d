"""Spectrum of the EEG proxy: linear response of the column around its working point to random currents."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from ketworks.circuit.column import PER_S, Column
from ketworks.circuit.membrane import linearised, read_out
from ketworks.circuit.working_point import WorkingPoint


def power_density(c: Column, at: WorkingPoint, block: Array, frequency: Array) -> Array:
    """Power density of the EEG proxy at one frequency, arbitrary unit, shape (n,).

    Equation:  S(f) = sum_a |row . A(i 2 pi f)^-1|_a^2 * n_a^2 / (1 + (2 pi f tau_noise)^2)

    ========  ===========================================  =======
    A, row    membrane equations, EEG read-out             nS
    n_a       size of the random current of class a        1
    ========  ===========================================  =======

    Args:
        c: column; at: its working points, (3, n); block: (4, n); frequency: Hz, scalar.

    Source: linear response of a stable system to independent coloured noise in each class; rows ``column.noise_*``.
    Leaves out: what happens beyond a bifurcation.
    """
    omega = 2.0 * jnp.pi * frequency * PER_S
    transfer = read_out(linearised(c, at.voltage, at.rates, block, 1j * omega))
    colour = 1.0 / (1.0 + (omega * c.k["time.noise"]) ** 2)
    return jnp.sum((transfer.real**2 + transfer.imag**2) * c.noise**2, axis=0) * colour
