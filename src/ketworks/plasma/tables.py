"""The parameter tables of the plasma folders, each beside the equations that read it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from ketworks.engine.parameter import Parameter
from ketworks.evidence.parameters import load

_HERE = Path(__file__).parent
COMMON = "."
"""The table of what several models share: molar masses and the arm bridge."""


def rows_of(*folders: str) -> Mapping[str, Parameter]:
    """The rows of several tables, by id.

    Args:
        folders: names of folders of the plasma part (``"simons2022"``), or ``COMMON``.
    """
    found: dict[str, Parameter] = {}
    for folder in folders:
        found.update(load(str(_HERE / folder)))
    return MappingProxyType(found)
