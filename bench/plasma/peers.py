"""Which peers there are, and on which share of the people their speed allows."""

from __future__ import annotations

SOLVERS = ("plasma/solvers.py",)
# name, how it is called, people it is given
PEERS = (
    ("lsoda", "SciPy solve_ivp LSODA", 20),
    ("expm", "SciPy expm from time to time", 20),
    ("roadrunner", "libRoadRunner", 200),
    ("diffrax", "diffrax Tsit5", 128),
)
REFERENCE, EXACT_PEOPLE = "mpmath", 4
