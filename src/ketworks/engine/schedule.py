"""A schedule: the doses of one run as arrays, shared in time by all people, in molar amounts per enantiomer."""

from __future__ import annotations

from typing import NamedTuple

from jax import Array


class Schedule(NamedTuple):
    """Doses sorted by start; unused slots have zero amounts.

    Attributes:
        start: min, shape (doses,).
        duration: min, shape (doses,); 0 is a bolus.
        s_amount: umol of S-ketamine, shape (people, doses).
        r_amount: umol of R-ketamine, shape (people, doses).
        route: place of each dose's route in the list of routes, shape (doses,); 0 is intravenous.
    """

    start: Array
    duration: Array
    s_amount: Array
    r_amount: Array
    route: Array | int = 0
