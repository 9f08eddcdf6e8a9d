"""How long the spiking circuit takes for a stretch of activity, wiring and compilation apart."""

from __future__ import annotations

from network import BUILD, Drive, mass
from simulate import Network

REPEATS = 2


def spiking_ms(size: int, seconds: float) -> float:
    """Shortest processor time of a run (one thread), ms; the network is compiled first if need be (minutes)."""
    m = mass()
    c = m.column
    drive = Drive(*(float(x) for x in (c.drive[0, 0], c.drive[1, 0], c.tonic[2, 0])))
    network = Network(m, size, 1, seconds, BUILD / str(size))
    return 1e3 * min(network.run(drive).cpu for _ in range(REPEATS))
