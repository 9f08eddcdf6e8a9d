"""Breathing: the push of ketamine on ventilation, and the loop through carbon dioxide that answers it."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array


class AtRest(NamedTuple):
    """Breathing without drug: ventilation L/min, carbon dioxide mmHg, slope L/min/mmHg, and the rise of carbon dioxide
    when breathing stops, mmHg/min; scalars.
    """

    ventilation: Array
    carbon_dioxide: Array
    slope: Array
    rise: Array

    @property
    def apnoeic_point(self) -> Array:
        """Carbon dioxide at which the response line reaches zero, mmHg."""
        return self.carbon_dioxide - self.ventilation / self.slope


def stimulation(
    awake_level: Array, fast_level: Array, most: Array, c50: Array, fades_at: Array, steepness: Array
) -> Array:
    """What awake people breathe more at a held carbon dioxide.

    Equation:  dV+ = a S / (S + S50) / (1 + (F / F_off)^n)
    Symbols:   dV+ ventilation added - L/min; a largest - L/min; S arterial S-ketamine behind a lag of minutes - ng/mL;
               S50 level of half of it - ng/mL; F the same behind a short lag - ng/mL; F_off level at which half of it
               is gone - ng/mL; n steepness of that - 1
    Source:    S-ketamine 1.0 mg/kg over 3 h [B0342]; S50, F_off, n and both lags assumed
    Leaves out: R-ketamine and metabolites (nothing read); the response to low oxygen, which did not change.
    """
    return most * awake_level / (awake_level + c50) / (1.0 + (fast_level / fades_at) ** steepness)


def depression(fast_level: Array, per_doubling: Array, threshold: Array) -> Array:
    """What a bolus takes from ventilation at a held carbon dioxide.

    Equation:  dV- = d max(0, log2(F / F0))
    Symbols:   dV- ventilation lost - L/min; d loss per doubling - L/min; F arterial S-ketamine behind a short lag -
               ng/mL; F0 level from which it is lost - ng/mL
    Source:    Bourke 1987, six men [B0352, B0353]; the short lag is assumed
    Leaves out: the flatter slope seen in children; R-ketamine apart from its share in the racemate that was given.
    """
    return per_doubling * jnp.log2(jnp.maximum(fast_level / threshold, 1.0))


def opioid_slope(slope: Array, opioid_level: Array, level: Array, doubling: Array) -> Array:
    """The slope of the response to carbon dioxide under an opioid, which S-ketamine makes less potent.

    Equation:  G = G0 / (1 + L / (1 + S / C100))
    Symbols:   G, G0 slope with and without opioid - L/min/mmHg; L opioid level over its C50 - 1; S arterial
               S-ketamine - ng/mL; C100 level that doubles the opioid's C50 - ng/mL
    Source:    Jonkman 2018, remifentanil [B0110]; the curve of the opioid alone (steepness 1) is assumed
    Leaves out: any lag (none was seen); effects of the opioid that do not go through the slope.
    """
    return slope / (1.0 + opioid_level / (1.0 + level / doubling))


def ventilation_at(carbon_dioxide: Array, push: Array, slope: Array, rest: AtRest) -> Array:
    """Ventilation where carbon dioxide is what it is.

    Equation:  V = max(0, G (P - B) + x)
    Symbols:   V ventilation - L/min; G slope - L/min/mmHg; P arterial carbon dioxide - mmHg; B where the line without
               drug reaches zero - mmHg; x push of the drug - L/min
    Source:    textbook response line; that ketamine shifts and does not turn it: Bourke 1987 [B0354]
    Leaves out: the bend of the line near rest, low oxygen.
    """
    return jnp.maximum(slope * (carbon_dioxide - rest.apnoeic_point) + push, 0.0)


def settled_carbon_dioxide(push: Array, slope: Array, rest: AtRest) -> Array:
    """Carbon dioxide at which a person who breathes freely comes to rest.

    Equation:  V P = V0 P0 and V = G (P - B) + x, so V = (-b + sqrt(b^2 + 4 G V0 P0)) / 2, b = G B - x, P = V0 P0 / V
    Symbols:   V ventilation - L/min; P carbon dioxide - mmHg; V0, P0 the same at rest; G slope - L/min/mmHg; B where
               the line without drug reaches zero - mmHg; x push of the drug - L/min
    Source:    textbook: what is produced must be breathed out
    Leaves out: dead space, a change of production (sedation lowers it).
    """
    b = slope * rest.apnoeic_point - push
    produced = rest.ventilation * rest.carbon_dioxide
    root = jnp.sqrt(b * b + 4.0 * slope * produced)
    # two forms of one root: each keeps its digits on its side of b = 0
    settled = jnp.where(b > 0.0, 2.0 * slope * produced / (root + jnp.abs(b)), 0.5 * (root - b))
    return produced / settled


def loop_rate(rest: AtRest) -> Array:
    """How fast carbon dioxide goes to where it settles.

    Equation:  rate = (G P0 + V0) / K,  K = V0 P0 / r
    Symbols:   rate - 1/min; G slope - L/min/mmHg; V0 ventilation - L/min and P0 carbon dioxide at rest - mmHg;
               K store - L; r rise of carbon dioxide when breathing stops - mmHg/min
    Source:    the balance of carbon dioxide, linear about rest
    Leaves out: slower stores, the slower loop under an opioid.
    """
    return (rest.slope * rest.carbon_dioxide + rest.ventilation) * rest.rise / (rest.ventilation * rest.carbon_dioxide)
