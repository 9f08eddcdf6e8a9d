"""What trials counted, to be read beside the predicted shares: alarms, and people judged ready to leave."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ketworks.evidence.sources import load
from ketworks.result import share_of_people

FOLDER = Path(__file__).parent


class Judged(NamedTuple):
    """How many people clinicians judged ready to leave some time after the last dose.

    Attributes:
        minute: after the last dose.
        share: of people.
        words: for people to read, with the source.
    """

    minute: float
    share: float
    words: str


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))


def counts_of(alarm: str) -> list[str]:
    """The counts of an alarm in words: share with its 90 % Wilson interval, people, and where it was read."""
    found = []
    for row in _rows("alarm_counts.tsv"):
        if row["rule"] != alarm:
            continue
        count, n = int(row["count"]), int(row["n"])
        share, low, high = share_of_people((np.arange(n) < count)[:, None].astype(float))
        band = "" if low is None or high is None else f" ({100.0 * low[0]:.1f} to {100.0 * high[0]:.1f})"
        found.append(f"{count}/{n}, {100.0 * share[0]:.1f} %{band}, {row['people']}; label, {row['locator']}")
    return found


def judged_ready(drug: str) -> list[Judged]:
    """What clinicians judged under a drug; nothing where none was read."""
    found = []
    for row in _rows("leaving_counts.tsv"):
        if row["drug"] == drug:
            paper = load()[row["source"]]
            words = (
                f"{row['comparison']} {100.0 * float(row['share']):g} % ready {row['minute']} min after the dose "
                f"({row['people']}; {paper.kind})"
            )
            found.append(Judged(float(row["minute"]), float(row["share"]), words))
    return found
