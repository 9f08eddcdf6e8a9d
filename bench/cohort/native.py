"""The hand-written kernel: compiled here for this machine, called with the arrays as they are."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cohort.model import READ
from cohort.problem import EDGES, END, RTOL, SCALE, TIMES, Floats, Problem, shared

FLAGS = ("-O3", "-march=native", "-mprefer-vector-width=512", "-fno-math-errno", "-fno-trapping-math", "-std=c++17")
SOURCE = Path(__file__).parent / "kernel.cpp"


def native(work: Problem, rtol: float = RTOL) -> Callable[[], Floats] | str:
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
        cohort = ctypes.CDLL(str(path)).cohort
    array, count = np.ctypeslib.ndpointer(np.float64, flags="C_CONTIGUOUS"), ctypes.c_int64
    counts = np.zeros(2, dtype=np.int64)
    whole = np.ctypeslib.ndpointer(np.int64, flags="C_CONTIGUOUS")
    cohort.argtypes = [count, count, count, array, array, array, ctypes.c_double, array, array, ctypes.c_double, array,
                       whole, ctypes.c_int]  # fmt: skip
    cohort.restype = None
    values = np.array([shared()[name] for name in _order()])

    def run() -> Floats:
        out = np.empty((work.people, len(READ), len(TIMES)))
        cohort(
            work.people, len(EDGES), len(TIMES), work.personal, values, EDGES, END, TIMES, SCALE, rtol, out, counts,
            os.cpu_count() or 1,
        )  # fmt: skip
        return out

    return run


def _order() -> list[str]:
    """The names of ``Shared`` as the kernel's own text has them."""
    found = re.search(r"struct Shared \{\s*double ([^;]*);", SOURCE.read_text("utf-8"))
    assert found
    return found[1].replace(",", " ").split()
