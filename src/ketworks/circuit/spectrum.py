"""Spectrum of the EEG proxy: linear response of the column around its working point to random currents."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from ketworks.circuit.column import PER_S, Column
from ketworks.circuit.membrane import Slopes, at_frequency, read_out


def power_density(c: Column, slopes: Slopes, frequency: Array) -> Array:
    """Power density of the EEG proxy at one frequency, arbitrary unit, shape (n,).

    Equation:  S(f) = sum_a |row . A(i 2 pi f)^-1|_a^2 * n_a^2 / (1 + (2 pi f tau_noise)^2)

    ========  ===========================================  =======
    A, row    membrane equations, EEG read-out             nS
    n_a       size of the random current of class a        1
    ========  ===========================================  =======

    Args:
        c: column; slopes: at its working points; frequency: Hz, scalar.

    Source: linear response of a stable system to independent coloured noise in each class; rows ``column.noise_*``.
    Leaves out: what happens beyond a bifurcation.
    """
    omega = 2.0 * jnp.pi * frequency * PER_S
    transfer = read_out(at_frequency(c, slopes, 1j * omega))
    colour = 1.0 / (1.0 + (omega * c.k["time.noise"]) ** 2)
    heard: list[Array] = [(x.real**2 + x.imag**2) * size**2 for x, size in zip(transfer, c.noise, strict=True)]
    total: Array = (heard[0] + heard[1] + heard[2]) * colour
    return total
