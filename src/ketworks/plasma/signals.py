"""The levels that a plasma model makes, each with its sampling site. Levels of different sites are never mixed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import jax.numpy as jnp
from jax import Array

from ketworks.engine.signal import Signal
from ketworks.evidence.parameters import load

ROUNDING = 1e-9
TABLE = load(str(Path(__file__).parent))
_MASS = {name: TABLE[f"molar_mass.{name}"].value for name in ("ketamine", "norketamine", "hydroxynorketamine")}
_WORDS = {  # words, colour in arterial and in venous plasma, substance
    "ketamine": ("Ketamine (S + R)", ("#b03a2e", "#1f4e79"), "ketamine"),
    "s_ketamine": ("S-ketamine", ("#cb6d51", "#2e75b6"), "ketamine"),
    "r_ketamine": ("R-ketamine", ("#d9a08c", "#7f9fbf"), "ketamine"),
    "norketamine": ("Norketamine (S + R)", ("#b8860b", "#5b7553"), "norketamine"),
    "s_norketamine": ("S-norketamine", ("#d4a017", "#7d9b76"), "norketamine"),
    "r_norketamine": ("R-norketamine", ("#e3c26f", "#a3bd9c"), "norketamine"),
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
) + (level("hydroxynorketamine", "arterial"),)


def named_levels(p: Mapping[str, Array], s: Array, r: Array, h_scale: Array) -> dict[str, Array]:
    """Molar readings (people, 4 or 5, times) of both enantiomers as named mass concentrations."""
    ketamine, norketamine = p["molar_mass.ketamine"], p["molar_mass.norketamine"]
    s, r = _without_rounding(s), _without_rounding(r)
    made: dict[str, Array] = {}
    for place, (analyte, site, mass) in enumerate(
        (("ketamine", "arterial", ketamine), ("ketamine", "venous", ketamine))
        + (("norketamine", "arterial", norketamine), ("norketamine", "venous", norketamine))
    ):
        made[f"plasma.s_{analyte}.{site}"] = mass * s[:, place]
        made[f"plasma.r_{analyte}.{site}"] = mass * r[:, place]
        made[f"plasma.{analyte}.{site}"] = mass * (s[:, place] + r[:, place])
    if s.shape[1] > 4:
        total = p["molar_mass.hydroxynorketamine"] * (s[:, 4] + r[:, 4])
        made["plasma.hydroxynorketamine.arterial"] = h_scale * total
    return made


def _without_rounding(levels: Array) -> Array:
    """Levels (..., times), with 0 where cancelling exponentials left less than 1e-9 of the maximum below 0.

    A real negative level stays visible.
    """
    largest = jnp.max(levels, axis=-1, keepdims=True)
    return jnp.where((levels < 0.0) & (levels > -ROUNDING * largest), 0.0, levels)
