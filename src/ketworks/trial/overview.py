"""Every shipped plan in one table: what was reported, what the model predicts, and how each number is labelled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ketworks.errors import CannotSay
from ketworks.trial.grid import grid
from ketworks.trial.plan import Trial
from ketworks.trial.reported import INSIDE, NOT_JUDGED, Compared
from ketworks.trial.shipped import find, names
from ketworks.trial.study import run_trial


@dataclass(frozen=True)
class PlanResult:
    """One plan: its published numbers beside the predicted ones, or why nothing can be said of it."""

    trial: Trial
    compared: tuple[Compared, ...]
    cannot_say: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        rows = [one.as_dict() for one in self.compared]
        return {"trial": self.trial.name, "reported": rows, "cannot_say": self.cannot_say or None}


def run_all(
    replicates: int,
    pool: int = 0,
    progress: Callable[[str], None] | None = None,
    plans: Sequence[str] | None = None,
    seed: int | None = None,
) -> list[PlanResult]:
    """Runs shipped plans one after another.

    Args:
        replicates: trials for each, 1 or more.
        pool: people simulated for each; 0 takes each plan's own.
        progress: called with a word on what is being done.
        plans: names; None takes all.
        seed: in place of the plans' own.

    Raises:
        WrongUse: as :func:`run_trial`.
    """
    found = []
    for name in names() if plans is None else plans:
        trial = find(name) if seed is None else replace(find(name), seed=seed)
        quick = replace(trial, analyses=tuple(one for one in trial.analyses if one.power))
        say = None if progress is None else _named(progress, name)
        try:
            found.append(PlanResult(trial, tuple(run_trial(quick, replicates, pool, progress=say).compared)))
        except CannotSay as error:
            found.append(PlanResult(trial, (), str(error.given)))
    return found


def _named(progress: Callable[[str], None], name: str) -> Callable[[str], None]:
    return lambda word: progress(f"{name}: {word}")


def overview_text(found: Sequence[PlanResult]) -> str:
    """One table of all plans, and how many of the judged numbers lie inside, by label."""
    from ketworks.trial.table import compared_cells

    rows: list[tuple[str, ...]] = [
        ("plan", "reported", "observed", "predicted", "90 % of such trials", "label", "verdict")
    ]
    for one in found:
        if not one.compared:
            rows.append((one.trial.name, one.cannot_say or "no number was read", "-", "-", "-", "-", NOT_JUDGED))
        rows += [(one.trial.name, *compared_cells(each)) for each in one.compared]
    judged = [each for one in found for each in one.compared if each.verdict != NOT_JUDGED]
    counts = []
    for label in ("calibration", "check", "validation"):
        own = [each.verdict == INSIDE for each in judged if each.reported.label == label]
        counts.append(f"{label} {sum(own)} of {len(own)}")
    told = f"inside: {', '.join(counts)}; what was recalled or read at second hand is never judged"
    return f"{grid(rows, left=2)}\n{told}"
