"""Ticlopidine: how much CYP2B6 it leaves active, from its own kinetics and the enzyme's turnover."""

from __future__ import annotations

from collections.abc import Mapping

from jax import Array

IDS = tuple(
    f"ashraf2018.{name}"
    for name in (
        "ticlopidine_amount",
        "ticlopidine_interval",
        "ticlopidine_intrinsic_clearance",
        "ticlopidine_unbound",
        "ticlopidine_blood_to_plasma",
        "ticlopidine_ki",
        "ticlopidine_inactivation_half",
        "ticlopidine_inactivation_rate",
        "cyp2b6_degradation",
        "cyp2b6_share",
        "portal_share",
    )
) + ("molar_mass.ticlopidine",)


def mean_unbound_portal(p: Mapping[str, Array], flow: Array) -> Array:
    """Mean unbound level of ticlopidine in the portal vein at steady state of regular dosing.

    R = D / (M tau);   E = fu CLint / (QH + fu CLint);   C = R (1 - E) / (E QH);   I = fu (C + R / QPV)

    Symbols: D dose - mg; M - g/mol; tau interval - min; R mean dose rate - umol/min; QH, QPV hepatic and portal flow,
             CLint - L/min; fu - 1; C systemic, I unbound portal level - umol/L
    Source:  mass balance of the ticlopidine part of Ashraf 2018 (Tables 1 and 2), 250 mg twice daily
    Leaves out: the rise and fall within an interval: it changes the remaining activity by less than 0.01
             (tests/versus/test_plasma_ticlopidine.py); ticlopidine's inhibition of its own metabolism.
    """
    binding = p["ashraf2018.ticlopidine_unbound"] / p["ashraf2018.ticlopidine_blood_to_plasma"]
    cleared = p["ashraf2018.ticlopidine_intrinsic_clearance"] * binding
    rate = p["ashraf2018.ticlopidine_amount"] * 1000.0 / p["molar_mass.ticlopidine"]
    rate = rate / p["ashraf2018.ticlopidine_interval"]
    systemic = rate / cleared  # (1 - E) / (E QH) = 1 / (fu CLint)
    return binding * (systemic + rate / (p["ashraf2018.portal_share"] * flow))


def inactivation(p: Mapping[str, Array], inhibitor: Array) -> Array:
    """Rate at which ticlopidine inactivates CYP2B6 for good, 1/min.

    k = kinact I / (KI + I)

    Symbols: k, kinact - 1/min; I unbound level at the enzyme, KI - umol/L
    Source:  Ashraf 2018 Table 1
    Leaves out: nothing of the printed equation.
    """
    most = p["ashraf2018.ticlopidine_inactivation_rate"]
    return most * inhibitor / (p["ashraf2018.ticlopidine_inactivation_half"] + inhibitor)


def reversible(p: Mapping[str, Array], inhibitor: Array) -> Array:
    """Share of the living CYP2B6 that ticlopidine leaves free.

    free = 1 / (1 + I / Ki)

    Symbols: I unbound level at the enzyme, Ki - umol/L; free - 1
    Source:  Ashraf 2018 Table 1
    Leaves out: competition by ketamine itself.
    """
    return 1.0 / (1.0 + inhibitor / p["ashraf2018.ticlopidine_ki"])


def activity(p: Mapping[str, Array], inhibitor: Array) -> Array:
    """What a steady level of ticlopidine leaves of CYP2B6.

    a = 1 / (1 + I/Ki) * kdeg / (kdeg + kinact I / (KI + I))

    Symbols: I unbound level at the enzyme, Ki, KI - umol/L; kdeg, kinact - 1/min; a - 1
    Source:  Ashraf 2018 Table 1 and supplement: reversible and mechanism-based parts of the static model
    Leaves out: the days over which the enzyme falls and recovers (1/kdeg is 2.5 d).
    """
    turnover = p["ashraf2018.cyp2b6_degradation"]
    return reversible(p, inhibitor) * turnover / (turnover + inactivation(p, inhibitor))


def mean_activity(p: Mapping[str, Array], flow: Array) -> Array:
    """CYP2B6 left active at steady state of ticlopidine 250 mg twice daily, shape (people,)."""
    return activity(p, mean_unbound_portal(p, flow))


def intrinsic_ratio(p: Mapping[str, Array], left: Array) -> Array:
    """The liver's intrinsic clearance of ketamine with some CYP2B6 left, over that with all of it.

    ratio = fm a + 1 - fm

    Symbols: fm share of the liver's metabolism of S-ketamine that is CYP2B6's, a activity left - 1
    Source:  Ashraf 2018: fm = 0.63 by likelihood profile, from the ticlopidine study itself
    Leaves out: R-ketamine, taken as equal.
    """
    share = p["ashraf2018.cyp2b6_share"]
    return share * left + 1.0 - share
