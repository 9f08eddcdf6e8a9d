"""Which drugs the table knows, given at a time or taken every day, and which of its rows say what each does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from ketworks.comedication.signals import NEUTRAL, OPIOID, SEDATION
from ketworks.engine.parameter import Parameter
from ketworks.evidence.parameters import load

DAILY = "daily."
KINETICS = ("half_life", "uptake_half_life", "share", "reference")
ALONE, UNSTUDIED, REACH = "comedication.alone", "comedication.unstudied", "comedication.reach"
OPIOID_SHARE = "opioid_share"


def rows() -> Mapping[str, Parameter]:
    """All rows of the table by id."""
    return load(str(Path(__file__).parent))


def _named(prefix: str, ending: str) -> tuple[str, ...]:
    """Drugs of the rows that begin and end like this, in the order of the table."""
    found = [key.removeprefix(prefix) for key in rows() if key.startswith(prefix) and key.endswith(ending)]
    return tuple(dict.fromkeys(key.split(".")[0] for key in found))


GIVEN = _named("", ".half_life")
"""Drugs that may be given at a time, in the order in which schedules number them."""

TAKEN = tuple(sorted(_named(DAILY, "")))
"""Drugs and classes that may be taken every day."""


def effect_row(agent: str, signal: str, instead: Mapping[str, str] = MappingProxyType({})) -> str:
    """The id of the row that says what a drug does to an output; empty where nothing was read or assumed.

    Args:
        agent: ``clonidine`` for a dose, ``daily.clonidine`` for a drug taken every day.
        signal: an output of the stage, or ``comedication.opioid_share``.
        instead: ids that a variant reads in place of others.
    """
    key = f"{agent}.{signal.removeprefix('comedication.')}"
    return instead.get(key, key) if key in rows() else ""


def read_of(agent: str) -> int:
    """How many of its effects on the outputs were read, and not assumed."""
    ids = [effect_row(agent, signal) for signal in NEUTRAL]
    return sum(1 for key in ids if key and rows()[key].grade != "E")


def rows_behind(signal: str, given: tuple[str, ...], taken: tuple[str, ...], instead: Mapping[str, str]) -> list[str]:
    """The rows that carry an output when these drugs are about.

    Args:
        signal: an output of the stage.
        given: of ``GIVEN``.
        taken: of ``TAKEN``.
        instead: ids that a variant reads in place of others.
    """
    found = [ALONE]
    for agent in (*given, *(f"{DAILY}{name}" for name in taken)):
        found.append(effect_row(agent, signal, instead) or UNSTUDIED)
        if signal == OPIOID and (share := effect_row(agent, f"comedication.{OPIOID_SHARE}", instead)):
            found.append(share)
    found += [f"{drug}.{row}" for drug in given for row in KINETICS]
    return [*found, REACH] if (given or taken) and signal != SEDATION else found
