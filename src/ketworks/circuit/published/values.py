"""The printed numbers of the published circuits, in canonical units."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from ketworks.errors import unknown
from ketworks.evidence.parameters import load


@cache
def values(model: str) -> Mapping[str, float]:
    """All numbers of one published circuit by name (``adam``, ``vargas``, ``sacha``, ``kirli``, ``susin``).

    Args:
        model: what stands before the dot of a row id in ``parameters.tsv``.

    Raises:
        WrongUse: no row belongs to such a model.
    """
    rows = load(str(Path(__file__).parent))
    found = {key.partition(".")[2]: row.canonical for key, row in rows.items() if key.startswith(f"{model}.")}
    if not found:
        raise unknown("published circuit", model, {key.partition(".")[0] for key in rows})
    return MappingProxyType(found)
