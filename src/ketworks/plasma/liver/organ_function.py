"""Impaired liver and kidney: what is known of ketamine in them, and where nothing is. Importable without JAX."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ketworks.errors import CannotSay, unknown

LEVELS = ("normal", "mild", "moderate", "severe")
IMPAIRED = LEVELS[1:]
LIVER_KNOWN = ("normal", "moderate")
LIVER_ROW, KIDNEY_ROW, KIDNEY_NORKETAMINE_ROW = "organ.liver_moderate", "organ.kidney", "organ.kidney_norketamine"
ALL_IDS = (LIVER_ROW, KIDNEY_ROW, KIDNEY_NORKETAMINE_ROW)


def check(liver: str = "normal", kidney: str = "normal") -> None:
    """Refuses words that are not known, and a liver impairment for which no number exists.

    Args:
        liver: ``normal``, or impaired: ``mild``, ``moderate``, ``severe`` (Child-Pugh A, B, C).
        kidney: likewise.

    Raises:
        WrongUse: another word.
        CannotSay: mild or severe impairment of the liver.
    """
    for organ, level in (("liver", liver), ("kidney", kidney)):
        if level not in LEVELS:
            raise unknown(f"{organ} function", level, LEVELS)
    if liver not in LIVER_KNOWN:
        raise CannotSay(
            f"{liver} impairment of the liver",
            "normal or moderate (Child-Pugh B): no levels of ketamine were found for Child-Pugh A or C",
            paste="--liver moderate",
        )


def ids(liver: str = "normal", kidney: str = "normal") -> tuple[str, ...]:
    """The rows that carry the effect of these."""
    of_liver = (LIVER_ROW,) if liver != "normal" else ()
    return of_liver + ((KIDNEY_ROW, KIDNEY_NORKETAMINE_ROW) if kidney != "normal" else ())


def factor(p: Mapping[str, Any], person: Mapping[str, Any]) -> Any:
    """What impaired organs make of the liver's intrinsic clearance of ketamine.

    f = (1 + liver_moderate * (factor_liver - 1)) * (1 + kidney * (factor_kidney - 1))

    Symbols: liver_moderate, kidney (any impairment) - 1 or 0; factors, f - 1 (relative to healthy organs)
    Source:  rows ``organ.liver_moderate`` and ``organ.kidney``
    Leaves out: mild and severe impairment of the liver (refused by ``check``; not a number for such a person among
             others); changed hepatic flow, shunts and protein binding, which the one factor stands for; order by
             severity in renal impairment (none was given).

    Args:
        p: parameter values by id.
        person: ``liver_<level>`` and ``kidney_<level>``, 1 or 0 each.
    """
    import jax.numpy as jnp

    kidney = sum(person.get(f"kidney_{level}", 0.0) for level in IMPAIRED)
    liver = person.get("liver_moderate", 0.0)
    unknown = sum(person.get(f"liver_{level}", 0.0) for level in IMPAIRED if level not in LIVER_KNOWN)
    known = jnp.where(jnp.asarray(unknown) > 0.0, jnp.nan, 1.0)
    return known * (1.0 + liver * (p[LIVER_ROW] - 1.0)) * (1.0 + kidney * (p[KIDNEY_ROW] - 1.0))


def norketamine_factor(p: Mapping[str, Any], person: Mapping[str, Any]) -> Any:
    """What an impaired kidney makes of the apparent clearance of norketamine.

    f = 1 + impaired * (factor - 1)

    Symbols: impaired (kidney moderate or severe) - 1 or 0; factor, f - 1 (relative to healthy kidneys)
    Source:  row ``organ.kidney_norketamine``
    Leaves out: mild impairment, where levels were slightly lower; the liver, of which nothing was read for norketamine.

    Args:
        p: parameter values by id.
        person: ``kidney_moderate``, ``kidney_severe``, 1 or 0 each.
    """
    impaired = person.get("kidney_moderate", 0.0) + person.get("kidney_severe", 0.0)
    return 1.0 + impaired * (p[KIDNEY_NORKETAMINE_ROW] - 1.0)
