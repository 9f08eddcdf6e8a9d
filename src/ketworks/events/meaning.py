"""What the records of an event table may say together; contradictions are told with line, columns and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.events.faults import Faults
from ketworks.events.table import DOSING, Numbers

KINDS = {0: "an observation", 1: "a dose", 2: "an other-type event", 3: "a reset", 4: "a reset and dose"}
_EVIDS = "0 (observation), 1 (dose), 2 (other), 3 (reset) or 4 (reset and dose)"
_AGREEMENT = 1e-6
_LARGEST_COUNT = 1e9
_WHOLE = 1e15  # below it every whole number has its digits


class Records(NamedTuple):
    """The columns that are checked together.

    Attributes:
        line: line of the file for each record.
        columns: as in :class:`~ketworks.events.table.EventTable`, before anything is checked.
        said_mdv: records whose MDV stands in the file.
        time_column: how the file calls ``TIME``.
    """

    line: NDArray[np.int64]
    columns: Mapping[str, Numbers]
    said_mdv: NDArray[np.bool_]
    time_column: str


def said(value: float) -> str:
    """A number as a person would write it, without loss; whole numbers stay whole."""
    if value == np.floor(value) and abs(value) < _WHOLE:
        return str(int(value))
    return f"{value:g}" if float(f"{value:g}") == value else repr(float(value))


def check(records: Records, faults: Faults) -> None:
    """Adds every record that means nothing or two things at once."""
    _kinds(records, faults)
    faults.check()  # what follows has no meaning where the kind of a record has none
    _signs(records, faults)
    _doses(records, faults)
    _repeats(records, faults)
    _rates(records, faults)


def _kinds(records: Records, faults: Faults) -> None:
    line, c = records.line, records.columns
    evid, cmt, mdv, ss = c["EVID"], c["CMT"], c["MDV"], c["SS"]
    known = np.isin(evid, (0, 1, 2, 3, 4))
    faults.rows(~known, line, lambda i: f"EVID {said(evid[i])}", _EVIDS, lambda i: _rxode(evid[i]))
    whole = (cmt >= 0) & (cmt == np.floor(cmt)) & (cmt < _LARGEST_COUNT)
    faults.rows(
        ~whole,
        line,
        lambda i: f"CMT {said(cmt[i])}",
        "the number of a compartment, or 0 for the usual one; none can be turned off",
    )
    faults.rows(
        ~np.isin(mdv, (0, 1)), line, lambda i: f"MDV {said(mdv[i])}", "0 (DV is a measurement) or 1 (it is none)"
    )
    contrary = records.said_mdv & known & (evid != 0) & (mdv == 0)
    faults.rows(
        contrary,
        line,
        lambda i: f"{KINDS[int(evid[i])]} (EVID {said(evid[i])}) with MDV 0",
        "MDV 1: only an observation is measured",
    )
    faults.rows(
        ~np.isin(ss, (0, 1, 2)),
        line,
        lambda i: f"SS {said(ss[i])}",
        "0 (no steady state), 1 (steady state instead of what was) or 2 (added to it); "
        'a code of your own: --recode SS:99=0 of `ketworks events`, recode={"SS": {"99": 0}} in Python',
    )


def _rxode(evid: float) -> str:
    return "EVID 1 with CMT and RATE, if this is a code of rxode2" if evid > 100 else ""


def _signs(records: Records, faults: Faults) -> None:
    line, c = records.line, records.columns
    for name, expected in (
        ("AMT", "an amount of 0 or more"),
        ("DUR", "0 or more"),
        ("II", "0 or more"),
    ):
        value = c[name]
        faults.rows(value < 0, line, lambda i, v=value, n=name: f"{n} {said(v[i])}", expected)  # type: ignore[misc]
    rate, addl, time = c["RATE"], c["ADDL"], c["TIME"]
    negative = (rate < 0) & (rate != -1) & (rate != -2)
    expected = "a rate above 0, 0 for a dose at once, -1 (rate from the model) or -2 (duration from the model)"
    faults.rows(negative, line, lambda i: f"RATE {said(rate[i])}", expected)
    odd = (addl < 0) | (addl != np.floor(addl)) | (addl > _LARGEST_COUNT)
    faults.rows(odd, line, lambda i: f"ADDL {said(addl[i])}", "a whole number of 0 or more")
    name = records.time_column
    faults.rows(np.isnan(time), line, lambda i: f"no {name}", f"a number in column {name} of each record")


def _doses(records: Records, faults: Faults) -> None:
    line, c = records.line, records.columns
    evid, amt, rate, ss, ii = c["EVID"], c["AMT"], c["RATE"], c["SS"], c["II"]
    dose = (evid == 1) | (evid == 4)
    none = np.isin(evid, (0, 2, 3)) & np.any([c[name] != 0 for name in DOSING], axis=0)

    def dosing(i: int) -> str:
        words = ", ".join(f"{name} {said(c[name][i])}" for name in DOSING if c[name][i] != 0)
        return f"{KINDS[int(evid[i])]} (EVID {said(evid[i])}) with {words}"

    faults.rows(none, line, dosing, "EVID 1, or no dosing values")
    empty = dose & (amt == 0) & ~((ss > 0) & ((rate > 0) | (rate == -1)))

    def nothing(i: int) -> str:
        also = f" with RATE {said(rate[i])}" if rate[i] else ""
        return f"{KINDS[int(evid[i])]} (EVID {said(evid[i])}) of AMT 0{also}"

    expected = "an amount above 0 (AMT 0 only in a constant infusion at steady state: SS 1, RATE above 0 or -1, II 0)"
    faults.rows(empty, line, nothing, expected)
    constant = dose & (amt == 0) & (ss > 0) & ~empty
    over = constant & ((ii > 0) | (c["ADDL"] > 0) | (c["DUR"] > 0))

    def endless(i: int) -> str:
        words = ", ".join(f"{name} {said(c[name][i])}" for name in ("II", "ADDL", "DUR") if c[name][i] != 0)
        return f"a constant infusion at steady state (SS {said(ss[i])}, AMT 0, RATE {said(rate[i])}) with {words}"

    faults.rows(over, line, endless, "II, ADDL and DUR of 0, as it runs without end until this record; or AMT above 0")


def _repeats(records: Records, faults: Faults) -> None:
    line, c = records.line, records.columns
    addl, ii, ss = c["ADDL"], c["II"], c["SS"]
    dose = ((c["EVID"] == 1) | (c["EVID"] == 4)) & (c["AMT"] > 0)
    lone = dose & (addl > 0) & (ii == 0)
    faults.rows(lone, line, lambda i: f"ADDL {said(addl[i])} with II 0", "II above 0")
    useless = dose & (ii > 0) & (addl == 0) & (ss == 0)
    faults.rows(useless, line, lambda i: f"II {said(ii[i])} without ADDL", "ADDL of 1 or more, SS 1 or 2, or no II")
    never = dose & (ss > 0) & (ii == 0) & (addl == 0)
    faults.rows(
        never,
        line,
        lambda i: f"SS {said(ss[i])} of AMT {said(c['AMT'][i])} with II 0",
        "II above 0: the interval of the doses that led to steady state; or AMT 0 with a RATE: a constant infusion",
    )


def _rates(records: Records, faults: Faults) -> None:
    line, c = records.line, records.columns
    amt, rate, dur = c["AMT"], c["RATE"], c["DUR"]
    dose = ((c["EVID"] == 1) | (c["EVID"] == 4)) & (amt > 0)
    both = dose & (rate > 0) & (dur > 0)
    lasts = np.divide(amt, rate, out=np.zeros_like(amt), where=both)
    differ = both & (np.abs(lasts - dur) > _AGREEMENT * dur)
    faults.rows(
        differ,
        line,
        lambda i: f"AMT {said(amt[i])} at RATE {said(rate[i])} lasts {lasts[i]:.6g}, not DUR {said(dur[i])}",
        "RATE and DUR that agree, or one of them",
        lambda i: f"DUR {lasts[i]:.6g}",
    )
    modelled = dose & (rate < 0) & (dur > 0)
    faults.rows(
        modelled,
        line,
        lambda i: f"RATE {said(rate[i])} (from the model) with DUR {said(dur[i])}",
        "one of them: RATE 0 with DUR, or RATE -1 or -2 without",
    )
