"""Slow relief: central sensitisation gives way over days of drug and returns over weeks without it."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from ketworks.engine.lag import lagged


def driving_level(s_ketamine: Array, r_ketamine: Array, r_weight: Array) -> Array:
    """The level that relieves, in S-ketamine equivalents.

    Equation:  D = S + w R
    Symbols:   S, R levels in venous plasma - ng/mL; w potency of R relative to S - 1
    Source:    S and venous: Dahan 2011, whose people got S-ketamine alone; w from binding at the NMDA receptor, assumed
               to hold for relief
    Leaves out: norketamine, which stays longer than ketamine.
    """
    return s_ketamine + r_weight * r_ketamine


def own_c50(c50: Array, spread: Array, eta: Array) -> Array:
    """The C50 of one person.

    Equation:  C50_i = C50 exp(omega eta)
    Symbols:   C50 - ng/mL; omega spread on the log scale - 1; eta standard-normal draw, shape (people,) - 1
    Source:    omega assumed; of Dahan 2011 only the standard error of the typical value was read
    Leaves out: covariates (sex, years of disease).
    """
    return c50 * jnp.exp(spread * eta)


def relief_of_slow_level(times: Array, level: Array, rate: Array, c50: Array, largest: Array) -> Array:
    """Slow relief when the level is delayed first and saturates then.

    Equation:  dC_e/dt = k (D - C_e),  Z = Z_max C_e / (C_e + C50),  k = ln 2 / t_half
    Symbols:   D driving level, C_e slow level - ng/mL; Z share of pain taken away - 1; C50 - ng/mL; t_half - min
    Source:    t_half and C50 of Dahan 2011 (abstract); its equations were not read, this order of delay and saturation
               is chosen because with it the two printed numbers alone give the size of the trial's relief
    Leaves out: a difference between onset and offset (one half-life is printed for both).

    Args:
        times: min, shape (times,).
        level: ng/mL, shape (people, times).
        rate: 1/min, shape ().
        c50: ng/mL, shape (people, 1).
        largest: shape ().

    Returns:
        Shape (people, times).
    """
    slow = lagged(times, level, rate)
    return largest * slow / (slow + c50)


def relief_of_saturated_level(times: Array, level: Array, rate: Array, c50: Array, largest: Array) -> Array:
    """Slow relief when the level saturates first and is delayed then; arguments as above.

    Equation:  dZ/dt = k (Z_max D / (D + C50) - Z), held at 1,  k = ln 2 / t_half
    Symbols:   D driving level - ng/mL; Z share of pain taken away - 1; Z_max - 1; C50 - ng/mL; t_half - min
    Source:    docs/evidence/clinical.md section 8; Z_max fitted to week 1 of Sigtermans 2009, far above 1, since four
               days are short against the half-life
    Leaves out: as above. Hours above C50 count here and hardly the dose.
    """
    return jnp.minimum(1.0, largest * lagged(times, level / (level + c50), rate))
