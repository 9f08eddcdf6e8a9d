"""Drugs taken along with ketamine that change how gut wall and liver take it out. Importable without JAX."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ketworks.errors import CannotSay, unknown

INHIBITORS = ("ticlopidine", "clarithromycin", "itraconazole", "grapefruit_juice")
INDUCERS = ("rifampicin", "st_johns_wort")
NAMES = INHIBITORS + INDUCERS
INERT = ("itraconazole",)  # an inhibitor elsewhere, without effect on ketamine
PLACES = ("liver", "gut", "norketamine")
TOGETHER = "interaction.together"
# ticlopidine's action on the liver is computed from its own kinetics (``ticlopidine.py``) and has no row
_ROWS: Mapping[str, tuple[str, ...]] = {
    "liver": NAMES[1:],
    "gut": NAMES,
    "norketamine": NAMES,
}


def check(names: Collection[str]) -> None:
    """Refuses names that are not known, and inhibitors together with inducers.

    Raises:
        WrongUse: a drug this model does not know.
        CannotSay: an inhibitor and an inducer together: which of the two wins was never measured.
    """
    for name in names:
        if name not in NAMES:
            raise unknown("co-medication", name, NAMES)
    against = [name for name in names if name in INHIBITORS and name not in INERT]
    along = [name for name in names if name in INDUCERS]
    if against and along:
        raise CannotSay(
            f"{' and '.join(sorted((*against, *along)))} together",
            "inhibitors or inducers of ketamine's metabolism in one run, not both: no study gave anybody both",
            paste=f"--with {against[0]}",
        )


def ids(names: Collection[str]) -> tuple[str, ...]:
    """The rows that carry the effect of these drugs, besides the mechanism of ticlopidine.

    Args:
        names: of ``NAMES``.
    """
    rows = [f"interaction.{name}.{place}" for name in names for place in PLACES if name in _ROWS[place]]
    return tuple(rows) + ((TOGETHER,) if len(names) > 1 else ())


def all_ids() -> tuple[str, ...]:
    """Every row that ``factor`` may read."""
    return tuple(f"interaction.{name}.{place}" for place in PLACES for name in _ROWS[place]) + (TOGETHER,)


def factor(p: Mapping[str, Any], person: Mapping[str, Any], place: str) -> Any:
    """What all drugs that a person takes make of a clearance: the product of their factors.

    f = product over drugs of (1 + taken * (factor - 1))

    Symbols: taken - 1 or 0; factor, f - 1 (relative to no co-medication)
    Source:  each drug's rows ``interaction.<drug>.<place>``
    Leaves out: how long and how much was taken (each factor holds for the course that was studied), onset and offset,
             and pathways: drugs that share one are multiplied all the same (``interaction.together``).

    Args:
        p: parameter values by id.
        person: ``with_<drug>`` 1 or 0; a drug that is not stated is not taken.
        place: ``liver`` or ``gut`` for ketamine there, ``norketamine`` for the apparent clearance of norketamine.
    """
    product = p[TOGETHER]
    for name in _ROWS[place]:
        product = product * (1.0 + person.get(f"with_{name}", 0.0) * (p[f"interaction.{name}.{place}"] - 1.0))
    return product
