"""A model's card: what a published plasma model describes, from whom, sampled where, and what is wrong with it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from ketworks.errors import WrongUse, nearest_of

FILE = "card.toml"


@dataclass(frozen=True)
class Card:
    """One published model, in words a reader can check.

    Attributes:
        id: its name on the command line (``herd2007``).
        title: one line.
        source: id of the paper in the list of sources.
        drugs: what was given, of ``ketamine`` (the racemate), ``esketamine``, ``arketamine``.
        routes: what it covers.
        site: where its samples came from, ``arterial`` or ``venous``.
        site_known: whether that was read; if not it is assumed, and said.
        population: who.
        people: how many; 0 when not read.
        ages: lowest and highest age it may be used for, y.
        weights: likewise, kg.
        sampled_until: min after a dose to which samples reached; 0 when not read.
        structure: one sentence.
        covariates: what it scales with.
        covariates_excluded: what was tested and left out, as far as read.
        between_person: its variability, in words.
        residual: its residual error, in words.
        defects: what a user must know before trusting it.
    """

    id: str
    title: str
    source: str
    drugs: tuple[str, ...]
    routes: tuple[str, ...]
    site: str
    site_known: bool
    population: str
    people: int
    ages: tuple[float, float]
    weights: tuple[float, float]
    sampled_until: float
    structure: str
    covariates: str
    covariates_excluded: str
    between_person: str
    residual: str
    defects: tuple[str, ...]


@cache
def load_card(folder: str) -> Card:
    """The card in ``folder/card.toml``.

    Raises:
        WrongUse: a key is missing, unknown or of the wrong kind.
    """
    path = Path(folder) / FILE
    given = tomllib.loads(path.read_text(encoding="utf-8"))
    names = [field.name for field in fields(Card)]
    for key in given:
        if key not in names:
            raise WrongUse(f"{path}: unknown key {key!r}", ", ".join(names), nearest_of(key, names))
    for name in names:
        if name not in given:
            raise WrongUse(f"{path}: no key {name!r}", "every key of a card", paste=f'{name} = ""')
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
    card = Card(**values)
    if card.site not in ("arterial", "venous"):
        raise WrongUse(f"{path}: site {card.site!r}", "arterial or venous")
    return card
