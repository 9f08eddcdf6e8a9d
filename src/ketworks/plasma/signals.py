"""The levels that a plasma model makes, each with its sampling site. Levels of different sites are never mixed."""

from __future__ import annotations

from collections.abc import Mapping

import jax.numpy as jnp
from jax import Array

from ketworks.engine.signal import Signal
from ketworks.plasma.tables import COMMON, rows_of

ROUNDING = 1e-9
_HYDROXY, _DEHYDRO = 4, 5  # places among the readings
TABLE = rows_of(COMMON, "simons2022", "perezruixo2021", "combined")
_SUBSTANCES = ("ketamine", "norketamine", "hydroxynorketamine", "dehydronorketamine")
_MASS = {name: TABLE[f"molar_mass.{name}"].value for name in _SUBSTANCES}
_WORDS = {  # words, colour in arterial and in venous plasma, substance
    "ketamine": ("Ketamine (S + R)", ("#b03a2e", "#1f4e79"), "ketamine"),
    "s_ketamine": ("S-ketamine", ("#cb6d51", "#2e75b6"), "ketamine"),
    "r_ketamine": ("R-ketamine", ("#d9a08c", "#7f9fbf"), "ketamine"),
    "norketamine": ("Norketamine (S + R)", ("#b8860b", "#5b7553"), "norketamine"),
    "s_norketamine": ("S-norketamine", ("#d4a017", "#7d9b76"), "norketamine"),
    "r_norketamine": ("R-norketamine", ("#e3c26f", "#a3bd9c"), "norketamine"),
    "dehydronorketamine": ("Dehydronorketamine (S + R)", ("#6b4c9a", "#6b4c9a"), "dehydronorketamine"),
    "s_dehydronorketamine": ("S-dehydronorketamine", ("#8e77b4", "#8e77b4"), "dehydronorketamine"),
    "r_dehydronorketamine": ("R-dehydronorketamine", ("#b3a4ce", "#b3a4ce"), "dehydronorketamine"),
    "hydroxynorketamine": ("Hydroxynorketamine (total)", ("#8c564b", "#8c564b"), "hydroxynorketamine"),
}


def level(analyte: str, site: str) -> Signal:
    """The signal of one analyte at one site.

    Args:
        analyte: ``ketamine``, ``s_norketamine``, ...
        site: ``arterial`` or ``venous``.
    """
    words, colors, substance = _WORDS[analyte]
    note = "; reports differ about tenfold, read the band" if analyte == "hydroxynorketamine" else ""
    return Signal(
        name=f"plasma.{analyte}.{site}",
        unit="ng/mL",
        label=f"{words}, {site} plasma",
        color=colors[site == "venous"],
        meaning=f"Total (bound and unbound) concentration of {words} in {site} plasma{note}.",
        baseline=0.0,
        molar_mass=_MASS[substance],
        headline=analyte in ("ketamine", "norketamine"),
    )


LEVELS = tuple(
    level(analyte, site)
    for analyte in ("ketamine", "s_ketamine", "r_ketamine", "norketamine", "s_norketamine", "r_norketamine")
    for site in ("arterial", "venous")
) + tuple(
    level(analyte, "arterial")
    for analyte in ("hydroxynorketamine", "dehydronorketamine", "s_dehydronorketamine", "r_dehydronorketamine")
)


def named_levels(p: Mapping[str, Array], s: Array, r: Array, h_scale: Array) -> dict[str, Array]:
    """Molar readings of both enantiomers as named mass concentrations.

    Args:
        p: molar masses.
        s: umol/L, shape (people, readings, times): ketamine arterial, venous, norketamine arterial, venous, and where
            the model makes them hydroxynorketamine and dehydronorketamine, arterial.
        r: the same of the other enantiomer.
        h_scale: factor on hydroxynorketamine, shape (people, 1).
    """
    read = [("ketamine", "arterial"), ("ketamine", "venous"), ("norketamine", "arterial"), ("norketamine", "venous")]
    if s.shape[1] > len(read):
        read.append(("dehydronorketamine", "arterial"))
    made: dict[str, Array] = {}
    for analyte, site in read:
        place = _DEHYDRO if analyte == "dehydronorketamine" else len(made) // 3
        mass = p[f"molar_mass.{analyte}"]
        made[f"plasma.s_{analyte}.{site}"] = mass * s[:, place]
        made[f"plasma.r_{analyte}.{site}"] = mass * r[:, place]
        made[f"plasma.{analyte}.{site}"] = mass * (s[:, place] + r[:, place])
    if s.shape[1] > _HYDROXY:
        total = p["molar_mass.hydroxynorketamine"] * (s[:, _HYDROXY] + r[:, _HYDROXY])
        made["plasma.hydroxynorketamine.arterial"] = h_scale * total
    return made


def without_rounding(levels: Array) -> Array:
    """Levels (..., times), with 0 where cancelling exponentials left less than 1e-9 of the maximum below 0.

    A real negative level stays visible.
    """
    largest = jnp.max(levels, axis=-1, keepdims=True)
    return jnp.where((levels < 0.0) & (levels > -ROUNDING * largest), 0.0, levels)
