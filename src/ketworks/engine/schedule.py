"""A schedule: the doses of one run as arrays, shared in time by all people, in molar amounts per enantiomer."""

from __future__ import annotations

from typing import NamedTuple

from jax import Array


class Company(NamedTuple):
    """Doses of other drugs beside ketamine; unused slots have zero amounts.

    Attributes:
        start: min from the first dose of ketamine, negative before it, shape (slots,).
        duration: min, shape (slots,); 0 is a dose at once.
        amount: mg, shape (people, slots).
        drug: place of each dose's drug in the list of other drugs, shape (slots,).
        into_vein: 1 for an intravenous dose, 0 for one that is taken up first, shape (slots,).
    """

    start: Array
    duration: Array
    amount: Array
    drug: Array
    into_vein: Array


class Schedule(NamedTuple):
    """Doses sorted by start; unused slots have zero amounts.

    Attributes:
        start: min, shape (doses,).
        duration: min, shape (doses,); 0 is a bolus.
        s_amount: umol of S-ketamine, shape (people, doses).
        r_amount: umol of R-ketamine, shape (people, doses).
        route: place of each dose's route in the list of routes, shape (doses,); 0 is intravenous.
        company: doses of other drugs; None where there are none, and for stages that do not ask for them.
    """

    start: Array
    duration: Array
    s_amount: Array
    r_amount: Array
    route: Array | int = 0
    company: Company | None = None
