"""The mass beside the spiking circuit, one line per reading: what each says changes, and whether they agree.

usage: python bench/spiking/table.py [results.json]
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, NamedTuple

RESULTS = Path(__file__).parent / "results.json"
RATES = ("pyramidal", "pv", "sst")
BANDS = ("delta", "theta", "alpha", "beta", "gamma")
FLAT = {**dict.fromkeys(RATES, 0.1), **dict.fromkeys(BANDS, 0.1)}  # Hz, dB: below this the mass says no change
SURE = 2.8  # standard errors: two-sided 5 % for the five stretches of one seed, stricter for more


class Line(NamedTuple):
    """One reading at one dose: its change against no drug in the mass and in the spiking cells, with standard error."""

    size: int
    dose: str
    reading: str
    unit: str
    mass: float
    spiking: float
    error: float
    seeds: int

    @property
    def verdict(self) -> str:
        """``agrees``, ``OPPOSITE``, ``unresolved`` (spiking within SURE errors of none) or ``mass flat``."""
        if abs(self.mass) < FLAT[self.reading]:
            return "mass flat"
        if abs(self.spiking) < SURE * self.error:
            return "unresolved"
        return "agrees" if self.mass * self.spiking > 0.0 else "OPPOSITE"


def lines(results: dict[str, Any]) -> list[Line]:
    made = []
    for size in sorted({run["size"] for run in results["runs"]}):
        runs = [run for run in results["runs"] if run["size"] == size]
        for dose in results["doses"]:
            for kind, names, unit in (("rates", RATES, "Hz"), ("bands", BANDS, "dB")):
                for name in names:
                    found = [x for run in runs for x in _changes(run, dose, name)]
                    said = results["mass"][dose][name] - results["mass"]["none"][name]
                    mean = fmean(run[dose][kind][name] - run["none"][kind][name] for run in runs)
                    error = stdev(found) / math.sqrt(len(found))
                    made.append(Line(size, dose, name, unit, said, mean, error, len(runs)))
    return made


def _changes(run: dict[str, Any], dose: str, name: str) -> list[float]:
    """Changes against no drug, stretch by stretch; their spread over stretches and seeds gives the error."""
    pairs = zip(run[dose]["stretches"][name], run["none"]["stretches"][name], strict=True)
    return [drug - plain for drug, plain in pairs]


def text(results: dict[str, Any]) -> str:
    head = ("cells", "dose", "reading", "mass", "spiking", "error", "seeds", "")
    cells = [head] + [
        (
            str(x.size),
            x.dose,
            x.reading,
            f"{x.mass:+.2f} {x.unit}",
            f"{x.spiking:+.2f}",
            f"{x.error:.2f}",
            str(x.seeds),
            x.verdict,
        )
        for x in lines(results)
    ]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    return "\n".join("  ".join(f"{cell:{w}}" for cell, w in zip(row, widths, strict=True)).rstrip() for row in cells)


if __name__ == "__main__":
    print(text(json.loads(Path(sys.argv[1] if len(sys.argv) > 1 else RESULTS).read_text("utf-8"))))
