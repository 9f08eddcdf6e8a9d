"""All plasma models that have a card, by id."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ketworks.plasma.card import FILE, Card, load_card


@cache
def every_card() -> dict[str, Card]:
    """The cards in alphabetical order of their ids."""
    here = Path(__file__).parent
    return {path.parent.name: load_card(str(path.parent)) for path in sorted(here.glob(f"*/{FILE}"))}


def card_of(variant: str) -> Card | None:
    """A model's card; None for a model of a third party."""
    return every_card().get(variant)
