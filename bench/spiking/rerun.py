"""One short run of 1,000 cells without drug at stored drives; prints the rates it finds, as JSON.

usage: python bench/spiking/rerun.py SECONDS BUILD-FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import spectra
from compare import RESULTS, SETTLING_S
from network import Drive, mass
from simulate import Network


def main(seconds: float, folder: Path) -> None:
    stored = next(run for run in json.loads(RESULTS.read_text("utf-8"))["runs"] if run["size"] == 1000)
    run = Network(mass(), 1000, stored["seed"], seconds, folder).run(Drive(**stored["drive"]))
    print(json.dumps(spectra.rates(run, SETTLING_S, seconds)))


if __name__ == "__main__":
    main(float(sys.argv[1]), Path(sys.argv[2]))
