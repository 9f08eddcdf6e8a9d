"""Runs the installable peers in an environment of their own, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements/bench.lock"
PLACE = ROOT / ".venv/peers"  # inside .venv, so that it goes when that is made anew
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps", "--require-hashes")
LONGEST = 600  # s


class Answer(NamedTuple):
    """What was found, people first, and seconds for these people."""

    found: NDArray[np.float64]
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


def answer(solvers: Sequence[str], name: str, people: int) -> Answer | str:
    """What a peer finds, or why it finds nothing.

    Args:
        solvers: how Python is told to run the peers of a part, from the folder ``bench``.
        name: the peer.
        people: how many it is given.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "result.npz"
        command = [str(PLACE / "bin/python"), *solvers, name, str(people), str(path)]
        try:
            made = subprocess.run(
                command, capture_output=True, text=True, timeout=LONGEST, check=False, cwd=ROOT / "bench"
            )
        except subprocess.TimeoutExpired:
            return f"{name} took longer than {LONGEST} s"
        if made.returncode:
            return f"{name} failed: {made.stderr.strip()[-300:]}"
        with np.load(path) as found:
            return Answer(found["found"], float(found["seconds"]))


def left_out(why: str) -> None:
    """Says that a bench goes on without somebody."""
    print(f"bench: left out: {why}", file=sys.stderr, flush=True)
