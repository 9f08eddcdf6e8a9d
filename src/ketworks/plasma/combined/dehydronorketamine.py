"""Dehydronorketamine: a slow side product of norketamine, whose level is read as what is made over what leaves."""

from __future__ import annotations

from collections.abc import Mapping

from jax import Array

from ketworks.engine.propagate import single
from ketworks.plasma.layout import Layout
from ketworks.plasma.simons2022.equations import Constants

IDS = (
    "dehydronorketamine.share",
    "dehydronorketamine.volume",
    "dehydronorketamine.elimination_rate",
    "dehydronorketamine.r_over_s",
    "molar_mass.dehydronorketamine",
)


def add(layout: Layout, p: Mapping[str, Array], c: Constants) -> None:
    """One compartment behind norketamine.

    dD = fD CLN/VN1 N1 - kD D        level = D / VD

    Symbols: D - umol; N1 central norketamine - umol; fD share of cleared norketamine - 1; CLN - L/min; VN1 - L;
             kD - 1/min; VD - L
    Source:  one compartment is assumed; kD and fD/VD fitted to Kamp 2020 Figure 1h and 1i (three hours of infusion and
             two after it), fD taken as what Simons 2022 leaves for other ways
    Leaves out: more than one compartment: after days of infusion levels may be off.
    """
    rate = p["dehydronorketamine.elimination_rate"]
    layout.add(single(rate + 0.0 * c.v1), "dehydronorketamine")
    layout.flux("norketamine", "dehydronorketamine", p["dehydronorketamine.share"] * c.clearance_n / c.vn1)
