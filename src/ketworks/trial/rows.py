"""The trial's people as rows, for a CSV file: one row for each person, period and visit."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from ketworks.io.whole_file import write_whole
from ketworks.trial.study import TrialResult

COLUMNS = ("id", "arm", "period", "visit_min", "baseline", "score", "seen", "left", "rescued", "guessed_drug")


def write_rows(result: TrialResult, path: Path) -> Path:
    """Writes the data of the trial that is shown; a score that was not seen is empty."""
    data, trial = result.data, result.trial
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for person, key in enumerate(data.ids):
        for period in range(trial.periods):
            for visit, minutes in enumerate(trial.visits):
                seen = bool(data.seen[person, period, visit])
                score = f"{data.score[person, period, visit]:.6g}" if seen else ""
                arm = trial.arms[data.arm[person, period]].name
                base = f"{data.baseline[person, period]:.6g}"
                flags = (seen, data.left[person], data.rescued[person], data.guessed[person, period])
                writer.writerow((int(key), arm, period + 1, f"{minutes:g}", base, score, *(int(f) for f in flags)))
    return write_whole(path, out.getvalue().encode())
