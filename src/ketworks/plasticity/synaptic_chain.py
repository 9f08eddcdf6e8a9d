"""The synaptic chain: fast gain, translation delay, structural gain, and its consolidation."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array


class Rates(NamedTuple):
    """Constants of the chain; times min, rates 1/min, scalars. States are 1, of shape (people,) or any that fits."""

    jump: Array
    largest_drive: Array
    fast_time: Array
    delay: Array
    growth: Array
    loss_time: Array
    trace_gain: Array
    trace_time: Array
    hold: Array


def fast_gain(gain: Array | float, drive: Array, rates: Rates) -> Array:
    """Fast AMPA or homeostatic gain.

    Equation:  dA/dt = -ln(1 - kA) * u * (1 - A) - A / tauA,   u = u_max * s
    Symbols:   A - 1;  kA jump of A from 0 at one standard infusion given as a pulse - 1;  u drive - 1/min (its integral
               over one standard infusion is 1);  tauA - min
    Source:    fitted here to the mood time course (rows ``synaptic_chain.*``); rodent AMPA, mTOR and synaptic
               proteins change within 0.5 to 72 h
    Leaves out: separate AMPA, BDNF and mTOR pools. A pulse of area 1 gives exactly A -> A + kA (1 - A); a pulse of
               area a gives A -> A + (1 - (1 - kA)^a)(1 - A).
    """
    return -jnp.log1p(-rates.jump) * rates.largest_drive * drive * (1.0 - gain) - gain / rates.fast_time


def translation(signal: Array | float, gain: Array | float, rates: Rates) -> Array:
    """Delay from fast gain to new synapses.

    Equation:  dD/dt = (A - D) / tauD
    Symbols:   D - 1;  tauD - min
    Source:    held at 5 h, the value of an earlier fit of this work; faster than spine formation in the mouse (12 to
               24 h, Moda-Sava 2019; 72 h in sensory cortex, Pryazhnikov 2018)
    Leaves out: a distribution of delays.
    """
    return (gain - signal) / rates.delay


def structural_gain(synapses: Array | float, signal: Array | float, trace: Array | float, rates: Rates) -> Array:
    """Structural gain: grows while the translation signal lasts, and fades at the natural turnover.

    Equation:  dN/dt = kN * D * (1 - N) - N / (tauN * (1 + rho * K))
    Symbols:   N - 1;  kN - 1/min;  tauN - min;  rho hold of consolidation - 1
    Source:    fitted here; formation up with unchanged elimination as in the mouse (Phoumthipphavong 2016)
    Leaves out: spine counts. N is a functional gain: part of the early human effect rests on it.
    """
    fading = synapses / (rates.loss_time * (1.0 + rates.hold * trace))
    return rates.growth * signal * (1.0 - synapses) - fading


def consolidation(trace: Array | float, drive: Array, rates: Rates) -> Array:
    """How long synapses last: a trace of the drug received, one dose or many, that slows their loss.

    Equation:  dK/dt = kK * u * (1 - K) - K / tauK,   u = u_max * s
    Symbols:   K - 1;  kK consolidation from one standard infusion, while K is small - 1;  u drive - 1/min (its
               integral over one standard infusion is 1);  tauK - min
    Source:    an assumption: what is received, and not how many synapses there are, decides how long they last. It lets
               a larger dose last longer (relapse by dose, Salloum 2020) and a weekly course stay flat (Phillips 2019)
    Leaves out: spontaneous recovery under an antidepressant; what kind of molecule keeps a synapse.
    """
    return rates.trace_gain * rates.largest_drive * drive * (1.0 - trace) - trace / rates.trace_time


def drive_received(drive: Array, rates: Rates) -> Array:
    """Rate at which drive is received; its integral counts the doses.

    Equation:  dn/dt = u = u_max * s
    Symbols:   n - infusions of 0.5 mg/kg over 40 min;  u_max - 1/min;  s share of the largest drive - 1
    Source:    definition; u_max makes n = 1 after one such infusion in a typical adult (``calibrate.py``)
    Leaves out: nothing.
    """
    return rates.largest_drive * drive
