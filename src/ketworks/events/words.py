"""An event table told in sentences, so that a slip in a column or a code is seen before it is computed with."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from ketworks.events.meaning import said
from ketworks.events.table import NO_ID, EventTable

_TIMES_SHOWN = 6


def explain(table: EventTable, amount_unit: str = "") -> list[str]:
    """What the table says of each person.

    Args:
        table: the records.
        amount_unit: of ``AMT``, when known.

    Returns:
        one line for each person: doses, resets, other records, observations and covariates.
    """
    starts = table.starts
    teller = _Teller(table, amount_unit)
    none = "" if "ID" in table.given else f" ({NO_ID})"
    return [
        f"ID {name}{none}: {teller.person(int(first), int(end))}"
        for name, first, end in zip(table.people, starts[:-1], starts[1:], strict=True)
    ]


def _compartment(number: float) -> str:
    return f"compartment {said(number)}" if number else "the usual compartment"


class _Teller:
    """Puts records into words."""

    def __init__(self, table: EventTable, amount_unit: str) -> None:
        self.table, self.amount_unit = table, f" {amount_unit}" if amount_unit else ""
        self.time_unit = f" {table.time_unit}" if table.time_unit else ""
        self.per = f" per {table.time_unit}" if table.time_unit else " per unit of time"
        self.columns, self.is_observed = table.columns, table.is_observed

    def person(self, first: int, end: int) -> str:
        """All sentences of the records from ``first`` to before ``end``."""
        evid = self.columns["EVID"][first:end]
        events = [row for row in range(first, end) if self.columns["EVID"][row] in (1, 3, 4)]
        told = [self._together(list(rows)) for _, rows in groupby(events, key=self._dose)]
        if not told:
            told.append("no dose")
        others = int(np.sum(evid == 2))
        if others:
            told.append(f"{others} other record{'s' if others > 1 else ''} (EVID 2)")
        told += [self._observations(first, end), *self._covariates(first, end)]
        return "; ".join(told) + "."

    def _dose(self, row: int) -> tuple[float, ...]:
        """What makes two dose records the same but for their time; resets and steady states stand alone."""
        c = self.columns
        alone = float(row) if c["EVID"][row] != 1 or c["SS"][row] else -1.0
        return (alone, *(float(c[name][row]) for name in ("AMT", "RATE", "DUR", "CMT", "ADDL", "II")))

    def _together(self, rows: list[int]) -> str:
        row = rows[0]
        c = self.columns
        when = self._when(rows)
        if c["EVID"][row] == 3:
            return f"{when} all amounts are reset to zero and doses to come are cancelled"
        reset = "all amounts are reset to zero, then " if c["EVID"][row] == 4 else ""
        into = f"into {_compartment(c['CMT'][row])}"
        if c["AMT"][row] == 0:
            rate = f"{self._rate(row)}, which had run until steady state,"
            return f"{reset}a constant infusion {rate} {into} ends {when}{self._steady(row, '')}"
        amount = f"{said(c['AMT'][row])}{self.amount_unit}"
        every = f"{said(c['II'][row])}{self.time_unit}"
        again = ""
        if c["ADDL"][row]:
            more = int(c["ADDL"][row])
            again = f", again every {every} {more} more time{'s' if more > 1 else ''}"
        steady = self._steady(row, every) if c["SS"][row] else ""
        return f"{reset}{amount} {into} {self._lasting(row)}{when}{steady}{again}"

    def _steady(self, row: int, every: str) -> str:
        instead = self.columns["SS"][row] == 1
        which = "all that was before is replaced" if instead else "added to what was before"
        return f" at the steady state of one every {every} ({which})" if every else f" ({which})"

    def _lasting(self, row: int) -> str:
        c = self.columns
        if c["RATE"][row] > 0:
            hours = f"{c['AMT'][row] / c['RATE'][row]:.6g}{self.time_unit}"
            return f"{self._rate(row)} (over {hours} if all of it enters) "
        if c["RATE"][row] == -1:
            return f"{self._rate(row)} "
        if c["RATE"][row] == -2:
            return f"over the model's duration {self._named('D', row)} "
        return f"over {said(c['DUR'][row])}{self.time_unit} " if c["DUR"][row] else ""

    def _rate(self, row: int) -> str:
        if self.columns["RATE"][row] == -1:
            return f"at the model's rate {self._named('R', row)}"
        return f"at {said(self.columns['RATE'][row])}{self.amount_unit}{self.per}"

    def _named(self, letter: str, row: int) -> str:
        compartment = self.columns["CMT"][row]
        return f"{letter}{said(compartment)}" if compartment else f"{letter} of that compartment"

    def _when(self, rows: list[int]) -> str:
        times = [said(self.columns["TIME"][row]) for row in rows]
        if len(times) > _TIMES_SHOWN:
            times = [*times[:3], "...", times[-1]]
            return f"at {', '.join(times)}{self.time_unit} ({len(rows)} times)"
        return f"at {', '.join(times)}{self.time_unit}"

    def _observations(self, first: int, end: int) -> str:
        c, rows = self.columns, np.arange(first, end)
        seen = rows[c["EVID"][first:end] == 0]
        if not seen.size:
            return "no observation"
        measured = int(self.is_observed[seen].sum())
        places = " and ".join(_compartment(place) for place in np.unique(c["CMT"][seen]))
        first_at, last_at = said(c["TIME"][seen].min()), said(c["TIME"][seen].max())
        span = f"at {last_at}" if first_at == last_at else f"from {first_at} to {last_at}"
        count = f"{seen.size} observation{'s' if seen.size > 1 else ''}"
        of_them = {0: "not measured", seen.size: "measured"}.get(measured, f"{measured} of them measured")
        return f"{count} {span}{self.time_unit} in {places}, {of_them}"

    def _covariates(self, first: int, end: int) -> list[str]:
        told = []
        for name, values in self.table.covariates.items():
            here = values[first:end]
            known = here[np.isfinite(here)]
            missing = f" ({here.size - known.size} missing)" if known.size < here.size else ""
            if not known.size:
                told.append(f"{name} missing")
            elif known.min() == known.max():
                told.append(f"{name} {said(float(known[0]))}{missing}")
            else:
                told.append(f"{name} {said(float(known.min()))} to {said(float(known.max()))}{missing}")
        return told
