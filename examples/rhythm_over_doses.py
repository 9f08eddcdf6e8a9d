"""Posteromedial rhythm beside the score of dissociation over the dose: the table of src/ketworks/rhythm/README.md.

Run: python examples/rhythm_over_doses.py
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

import ketworks as kw

DOSES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0)  # mg/kg over 40 min
SIGNALS = ("receptor.block_pyramidal", "rhythm.posteromedial", "rhythm.posteromedial_growth", "mind.cadss_mean")
END = 40  # min, also the place of that time


def spans(present: np.ndarray) -> str:
    """Minutes at which the rhythm is there, such as ``4-19 and 46-110``."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0.0], present, [0.0]])))
    return " and ".join(f"{a}-{b - 1}" for a, b in pairwise(edges) if present[a]) or "none"


print("| mg/kg | NMDA block at 40 min | rhythm (min after the start) | growth at 40 min (1/s) | mean CADSS |")
print("|---|---|---|---|---|")
for dose in DOSES:
    made = kw.simulate(
        f"{dose:g} mg/kg iv over {END} min", outputs=SIGNALS, times="0 to 240 min by 1 min", band=False
    ).tables
    block, present, growth, score = (made[name][0] for name in SIGNALS)
    print(f"| {dose:g} | {block[END]:.2f} | {spans(present)} | {growth[END]:+.1f} | {score[END]:.1f} |")
