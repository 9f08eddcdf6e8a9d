"""Trapping open-channel block: the drug enters open magnesium-free channels and stays inside when they close."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array


def dissociation_at(voltage: Array, dissociation: Array, at_voltage: Array, distance: Array, thermal: Array) -> Array:
    """Dissociation constant of a charged pore blocker at a voltage (Woodhull).

    Equation:  Kd(V) = Kd(V0) * exp(delta * (V - V0) / (R*T/F))

    =======  =============================================  ======
    Kd       drug that blocks half of the Mg-free channels  umol/L
    delta    electrical distance of the site                1
    R*T/F    thermal voltage                                mV
    =======  =============================================  ======

    Source: rows ``block.electrical_distance`` (recalled) and ``block.thermal_voltage``.
    Leaves out: permeation of the blocker.
    """
    return dissociation * jnp.exp(distance * (voltage - at_voltage) / thermal)


def trapped_share(active: Array, dissociation: Array, free: Array) -> Array:
    """Trapped share at rest of the kinetics: the steady state of ``trapping_rate`` with a perfect trap.

    Equation:  K = C / (C + Kd / m)

    Activity cancels: it sets how fast the block comes, not how deep it gets. The steady state stands for the kinetics
    here because block settles within seconds while brain levels move over minutes; the stage returns the error of that.

    ==  ==================================================  ======
    K   share of channels that hold the drug                1
    C   unbound brain drug in S-ketamine equivalents        umol/L
    Kd  dissociation constant at this voltage               umol/L
    m   share of open channels free of magnesium            1
    ==  ==================================================  ======

    Source: derived from the open-channel trapping scheme (Kotermanski 2009 J Physiol: ketamine trapped nearly always).
    Leaves out: closed-channel entry through the membrane (see ``allosteric_site``). It is exact for channels that gate
    alike with and without drug inside; a drug that holds the channel open or shut would shift it.
    """
    return active / (active + dissociation / free)


def trapping_rate(
    trapped: Array,
    active: Array,
    dissociation: Array,
    free: Array,
    open_probability: Array,
    k_on: Array,
    k_escape: Array | float = 0.0,
) -> Array:
    """Rate of change of the trapped share (use dependence: everything but escape happens only while channels open).

    Equation:  dK/dt = Po * (k_on * C * m * (1 - K) - k_on * Kd * K) - k_esc * K

    =====  =====================================================  =============
    Po     open probability of the class's receptors              1
    k_on   entry rate into an open channel                        L/(umol*s)
    k_esc  escape from closed channels; 0 for ketamine            1/s
    =====  =====================================================  =============

    Source: rows ``kinetics.*`` (k_on derived from Orser 1997).
    Leaves out: desensitisation and the distribution of open times.
    """
    return open_probability * k_on * (active * free * (1.0 - trapped) - dissociation * trapped) - k_escape * trapped


def settling_time(active: Array, dissociation: Array, free: Array, open_probability: Array, k_on: Array) -> Array:
    """Time constant, in s, with which the trapped share follows a changed drug level.

    Equation:  tau = 1 / (Po * k_on * (C * m + Kd)); symbols and source as in ``trapping_rate``, perfect trap.
    Leaves out: escape from closed channels, and the time that channels themselves take to open and to leave
    desensitised states. It is the limit of slow entry: at the true rate a ten-state scheme settles 2.6 times more
    slowly at 1 umol/L and 5.5 times at 10 umol/L (-66 mV; docs/published-circuits.md), still in seconds.
    """
    return 1.0 / (open_probability * k_on * (active * free + dissociation))
