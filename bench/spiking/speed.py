"""How long the spiking circuit takes for a stretch of activity, wiring and compilation apart."""

from __future__ import annotations

import tempfile
from pathlib import Path

from network import Drive, mass
from simulate import Network

REPEATS = 2


def spiking_ms(size: int, seconds: float, folder: Path | None = None) -> float:
    """Shortest wall-clock time of a run, ms. ``folder`` keeps the compiled network (minutes) for another time."""
    with tempfile.TemporaryDirectory() as scratch:
        m = mass()
        c = m.column
        drive = Drive(*(float(x) for x in (c.drive[0, 0], c.drive[1, 0], c.tonic[2, 0])))
        network = Network(m, size, 1, seconds, folder or Path(scratch))
        return 1e3 * min(network.run(drive).wall for _ in range(REPEATS))
