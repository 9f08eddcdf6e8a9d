"""Milligrams of a drug and salt as umol of each enantiomer: the form in which the model receives a dose."""

from __future__ import annotations

from ketworks.dose.limits import parameters
from ketworks.dose.regimen import DoseEvent


def enantiomer_amounts(event: DoseEvent, weight_kg: float) -> tuple[float, float]:
    """S- and R-ketamine of one event.

    n_S = 1000 * m * x_S / (f * M),  n_R = 1000 * m * (1 - x_S) / (f * M)

    | symbol | meaning | unit |
    |---|---|---|
    | m | mass of drug as named: amount, times body weight for a dose in mg/kg | mg |
    | x_S | share of S-ketamine: 1 for esketamine, 0 for arketamine, ``dose.s_share_of_racemate`` else | 1 |
    | f | 1 for base, ``dose.hydrochloride_factor`` for the hydrochloride | 1 |
    | M | molar mass of the base, ``dose.molar_mass`` | g/mol |

    Source: arithmetic from molecular formulas. Leaves out water, counter-ions other than chloride, overfill and device
    losses.

    Args:
        event: the dose.
        weight_kg: body weight; a float or an array of any shape, which the result then has for doses in mg/kg.

    Returns:
        umol of S-ketamine and umol of R-ketamine.
    """
    rows = parameters()
    mass = event.amount * weight_kg if event.amount_unit == "mg/kg" else event.amount
    factor = rows["dose.hydrochloride_factor"].canonical if event.salt == "hcl" else 1.0
    amount = 1000.0 * mass / (factor * rows["dose.molar_mass"].canonical)
    share = {"esketamine": 1.0, "arketamine": 0.0}.get(event.drug, rows["dose.s_share_of_racemate"].canonical)
    return amount * share, amount * (1.0 - share)
