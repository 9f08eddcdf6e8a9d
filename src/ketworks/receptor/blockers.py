"""The drugs whose channel block can be asked for without a dose, each by its constants at the four subunits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from ketworks.receptor.active_drug import relative_potency
from ketworks.receptor.stage import SUBUNITS, s_ketamine_dissociation
from ketworks.receptor.use_dependence import escape_rate

Values = Mapping[str, Array]
_SCALE = (*(f"ic50.{q}_free" for q in SUBUNITS), "potency.ki_s_ketamine", "potency.ki_r_ketamine")


class Blocker(NamedTuple):
    """A drug.

    Attributes:
        meaning: what it is, for lists.
        dissociation: half-blocking level without magnesium at the voltage of the IC50 table, umol/L, by subunit (4,).
        k_on: row of its entry rate.
        rows: further rows behind it.
        escapes: whether it leaves closed channels.
        note: what a reader must know; may be empty.
    """

    meaning: str
    dissociation: Callable[[Values], Array]
    rows: tuple[str, ...]
    k_on: str = "kinetics.k_on"
    escapes: bool = False
    note: str = ""

    def escape(self, p: Values) -> float:
        """Escape rate from closed channels, 1/s."""
        return float(escape_rate(p["memantine.escape_share"], p["memantine.escape_time"])) if self.escapes else 0.0


def mixture_dissociation(p: Values, *substances: str) -> Array:
    """Half-blocking level of equal parts of some substances, umol/L of their sum, by subunit.

    Equation:  Kd = Kd_S / mean(f_j)   (f_j potency on the S-ketamine scale)
    Source: one site, levels that add (``active_ketamine``). Leaves out: differences of potency between subunits.
    """
    shares = [relative_potency(p["potency.ki_s_ketamine"], p[f"potency.ki_{name}"]) for name in substances]
    return s_ketamine_dissociation(p) / (sum(shares[1:], shares[0]) / len(shares))


def hydroxynorketamine_dissociation(p: Values) -> Array:
    """Half-blocking level of (2R,6R)-hydroxynorketamine: measured at 2A, in ketamine's proportions at the others.

    Equation:  Kd_q = IC50_HNK(2A) * IC50_ketamine(q) / IC50_ketamine(2A)
    Source: row ``hydroxynorketamine.ic50_2a``. Leaves out: its action on resting receptors.
    """
    free = jnp.stack([p[f"ic50.{q}_free"] for q in SUBUNITS])
    return p["hydroxynorketamine.ic50_2a"] * free / free[0]


def memantine_dissociation(p: Values) -> Array:
    """Half-blocking level of memantine without magnesium by subunit, as measured (rows ``memantine.ic50_*``).

    Source: IC50 at steady activation, where escape is negligible. Leaves out: its second, superficial site.
    """
    return jnp.stack([p[f"memantine.ic50_{q}"] for q in SUBUNITS])


def _ketamine_like(meaning: str, *substances: str, note: str = "") -> Blocker:
    rows = dict.fromkeys((*_SCALE, *(f"potency.ki_{name}" for name in substances)))
    return Blocker(meaning, lambda p: mixture_dissociation(p, *substances), tuple(rows), note=note)


BLOCKERS: Mapping[str, Blocker] = {
    "ketamine": _ketamine_like("racemic ketamine", "s_ketamine", "r_ketamine"),
    "esketamine": _ketamine_like("S-ketamine", "s_ketamine"),
    "arketamine": _ketamine_like("R-ketamine", "r_ketamine"),
    "norketamine": _ketamine_like("racemic norketamine", "s_norketamine", "r_norketamine"),
    "s-norketamine": _ketamine_like("S-norketamine", "s_norketamine"),
    "r-norketamine": _ketamine_like("R-norketamine", "r_norketamine"),
    "hydroxynorketamine": Blocker(
        "(2R,6R)-hydroxynorketamine",
        hydroxynorketamine_dissociation,
        ("hydroxynorketamine.ic50_2a", *_SCALE[:4]),
        note="measured at GluN2A only; the other subunits are scaled as ketamine's",
    ),
    "memantine": Blocker(
        "memantine",
        memantine_dissociation,
        (*(f"memantine.ic50_{q}" for q in SUBUNITS), "memantine.escape_share", "memantine.escape_time"),
        k_on="memantine.k_on",
        escapes=True,
        note="leaves closed channels, so its block depends on activity; its entry rate is assumed to be ketamine's",
    ),
}
ALIASES: Mapping[str, str] = {
    "racemate": "ketamine",
    "s-ketamine": "esketamine",
    "r-ketamine": "arketamine",
    "hnk": "hydroxynorketamine",
    "(2r,6r)-hydroxynorketamine": "hydroxynorketamine",
}
