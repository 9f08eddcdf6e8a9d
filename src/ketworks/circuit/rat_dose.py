"""Which human brain level a rat's dose stands for: an assumption, for setting rat doses beside the model."""

from __future__ import annotations

from collections.abc import Mapping

RAT_DOSES = (10.0, 20.0, 30.0, 50.0, 200.0)  # mg/kg, the doses of Moghaddam 1997


def equivalent_level(p: Mapping[str, float], dose: float, unbound: float) -> float:
    """Unbound brain level, umol/L of S-ketamine, that stands for a rat's dose.

    Equation:  C = fu * L * (D / D_a)^n

    ===  ================================================================  ======
    D    dose in the rat                                                   mg/kg
    D_a  dose that anaesthetises the rat                                   mg/kg
    L    plasma level of S-ketamine that anaesthetises man                 umol/L
    n    power with which levels follow doses                              1
    fu   unbound share of ketamine in plasma                               1
    ===  ================================================================  ======

    Source: rows ``rat.*``: equal effect (anaesthesia) is taken for equal level, and levels for proportional to doses.
    Leaves out: the rat's kinetics and metabolites, route, and how long after the dose dialysate is taken.
    """
    ratio = dose / p["rat.anaesthetic_dose"]
    return unbound * p["rat.anaesthetic_level"] * float(ratio ** p["rat.power"])
