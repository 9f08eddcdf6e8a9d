"""The hand-written kernel: compiled here for this machine, called with the arrays as they are."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from plasma.problem import SHARE, Floats, Problem

FLAGS = ("-O3", "-march=native", "-mprefer-vector-width=512", "-fno-math-errno", "-fno-trapping-math", "-std=c++17")
SOURCE = Path(__file__).parent / "kernel.cpp"


def native(work: Problem) -> Callable[[], Floats] | str:
    """The work, or why it cannot be done. Each call makes a new result, as the engine does."""
    compiler = shutil.which("g++")
    if compiler is None:
        return "g++ is not installed (apt-get install g++)"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kernel.so"
        command = [compiler, *FLAGS, "-shared", "-fPIC", "-pthread", str(SOURCE), "-o", str(path)]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            return f"g++ failed: {made.stderr.strip()[:500]}"
        plasma = ctypes.CDLL(str(path)).plasma
    array, count = np.ctypeslib.ndpointer(np.float64, flags="C_CONTIGUOUS"), ctypes.c_int64
    plasma.argtypes = [count, count, count, array, array, array, array, ctypes.c_double, array, array, ctypes.c_int]
    plasma.restype = None
    times, doses, threads = len(work.times), len(work.start), os.cpu_count() or 1

    def run() -> Floats:
        out = np.empty((work.people, 2, times))
        plasma(
            work.people, doses, times, work.constants, work.start, work.duration, work.amount, SHARE, work.times, out,
            threads,
        )  # fmt: skip
        return out

    return run
