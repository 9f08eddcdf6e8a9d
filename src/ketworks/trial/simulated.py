"""A pool's people under one regimen, some at a time: each piece is a part that can be kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ketworks.people.cohort import Cohort
from ketworks.trial.keep import Arrays, Keep, at_once

if TYPE_CHECKING:
    from ketworks.dose.regimen import Regimen
    from ketworks.registry import Chain
    from ketworks.simulation import Prepared

PIECE = 1024  # people; always as many, so that what is kept and what is not comes to the same bytes
Floats = NDArray[np.float64]


def simulated(
    regimen: str | Regimen,
    cohort: Cohort,
    chain: Chain,
    names: Sequence[str],
    times: Sequence[float] | Floats,
    keep: Keep = at_once,
    say: Callable[[str], None] | None = None,
    values: Mapping[str, float] | None = None,
) -> dict[str, Floats]:
    """Simulates a cohort piece by piece.

    Args:
        regimen: as of ``simulate``.
        cohort: everybody.
        chain: mechanisms.
        names: of the signals.
        times: min, increasing.
        keep: makes a piece or knows it already.
        say: called with how many people are done.
        values: parameter values in place of the tables'.

    Returns:
        Shape (people, times) by signal, people in the order of ``cohort.ids``; who could not be solved is NaN.

    Raises:
        KetworksError: as ``simulate``.
    """
    from ketworks.simulation import prepare

    asked = [f"{float(time)!r} min" for time in times]
    prepared = prepare(regimen, cohort, chain, names, asked, values=values)
    name = json.dumps([str(prepared.plan), prepared.choices, prepared.names, asked, prepared.values])
    pieces = []
    for first in range(0, len(cohort.ids), PIECE):
        if say is not None:
            say(f"{first} of {len(cohort.ids)} people done")
        ids = cohort.ids[first : first + PIECE]
        pieces.append(keep(f"{name} {first}", partial(_piece, prepared, cohort, ids)))
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in prepared.names}


def _piece(prepared: Prepared, cohort: Cohort, ids: NDArray[np.int64]) -> Arrays:
    made = prepared.run(replace(cohort, only=tuple(int(key) for key in ids)))
    solved = np.isin(ids, made.ids)
    found = {}
    for name, table in made.tables.items():
        found[name] = np.full((len(ids), len(made.times)), np.nan)
        found[name][solved] = table
    return found
