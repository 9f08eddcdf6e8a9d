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

from cohort.model import READ
from cohort.problem import EDGES, END, RTOL, SCALE, TIMES, Floats, Problem, shared

FLAGS = ("-O3", "-march=native", "-mprefer-vector-width=512", "-fno-math-errno", "-fno-trapping-math", "-std=c++17")
SOURCE = Path(__file__).parent / "kernel.cpp"
# the order of ``Shared`` in the kernel
_SHARED = """mass_k mass_n mass_h to_n to_h potency_n free_k free_n k_brain k_experience k_response k_heart weight_n
c50_push c50_force c50_depression most_push most_force most_dilation rate_gain resistance_gain reflex_gain filling
k_rate k_force k_resistance share systole0 shortening c50_drive largest jump tau_a tau_d tau_n tau_k growth hold
largest_effect fast cv_first cv_repeated doses_first doses_repeated tiny""".split()


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
    values = np.array([shared()[name] for name in _SHARED])

    def run() -> Floats:
        out = np.empty((work.people, len(READ), len(TIMES)))
        cohort(
            work.people, len(EDGES), len(TIMES), work.personal, values, EDGES, END, TIMES, SCALE, rtol, out, counts,
            os.cpu_count() or 1,
        )  # fmt: skip
        return out

    return run
