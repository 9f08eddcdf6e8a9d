"""Cost of the gradient of a cohort's mean with respect to 20 values, beside one simulation of the same people."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from measure import Row

import ketworks as kw

SENTENCE = "0.5 mg/kg iv over 40 min"
PEOPLE, PAIRS, GOAL = 512, 7, 5.0


def _processor(work: Callable[[], object]) -> float:
    """Processor time of all threads, ms: what other work on the machine changes least."""
    start = time.process_time()
    work()
    return 1e3 * (time.process_time() - start)


def rows() -> list[Row]:
    people = kw.Cohort(PEOPLE, seed=1)
    values = [slope.id for slope in kw.gradient(SENTENCE).slopes]  # the 20 that matter most to a typical person

    def simulation() -> object:
        return kw.simulate(SENTENCE, people, outputs=["outcome.madrs"], times="24 h")

    def gradient() -> object:
        return kw.gradient(SENTENCE, people, values)

    simulation(), gradient()  # compiled, which is done once
    pairs = [(_processor(gradient), _processor(simulation)) for _ in range(PAIRS)]
    slope, run = sorted(pairs, key=lambda pair: pair[0] / pair[1])[PAIRS // 2]
    ratio = statistics.median(a / b for a, b in pairs)
    return [
        Row(f"gradient of {len(values)} values, {PEOPLE} people", slope, "ms", "one simulation", run, GOAL * run),
        Row("  median ratio of pairs", ratio, "", "1", 1.0, GOAL),
    ]
