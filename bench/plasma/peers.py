"""Runs the installable peers, each in a process of its own, on a share of the people that its speed allows."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from plasma.problem import Floats

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements/bench.lock"
PLACE = ROOT / ".venv/peers"  # inside .venv, so that it goes when that is made anew
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps", "--require-hashes")
SOLVERS = Path(__file__).parent / "solvers.py"
LONGEST = 600  # s
# name, how it is called, people it is given
PEERS = (
    ("lsoda", "SciPy solve_ivp LSODA", 20),
    ("expm", "SciPy expm from time to time", 20),
    ("roadrunner", "libRoadRunner", 200),
    ("diffrax", "diffrax Tsit5", 128),
)
REFERENCE, EXACT_PEOPLE = "mpmath", 4


class Answer(NamedTuple):
    """Levels (people, 2, times) and seconds for these people."""

    levels: Floats
    seconds: float


def environment() -> str | None:
    """Makes the peers' environment from its lock; why not, where it cannot be made."""
    ready = PLACE / "ready"
    if ready.exists() and ready.read_bytes() == LOCK.read_bytes():
        return None
    print("bench: installing the peers (one time, about a minute) ...", file=sys.stderr, flush=True)
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(PLACE)],
        [str(PLACE / "bin/python"), *PIP, "--only-binary=:all:", f"--requirement={LOCK}"],
    ):
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            return "the peers cannot be installed: " + " ".join((made.stderr or made.stdout).split())[-300:]
    ready.write_bytes(LOCK.read_bytes())
    return None


def answer(name: str, people: int) -> Answer | str:
    """What a peer finds, or why it finds nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "result.npz"
        command = [str(PLACE / "bin/python"), str(SOLVERS), name, str(people), str(path)]
        try:
            made = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
        except subprocess.TimeoutExpired:
            return f"{name} took longer than {LONGEST} s"
        if made.returncode:
            return f"{name} failed: {made.stderr.strip()[-300:]}"
        with np.load(path) as found:
            return Answer(found["levels"], float(found["seconds"]))
