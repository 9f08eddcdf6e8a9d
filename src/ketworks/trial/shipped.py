"""The plans that ship with the package."""

from __future__ import annotations

from pathlib import Path

from ketworks.errors import unknown
from ketworks.trial.plan import Trial
from ketworks.trial.plan_file import read_plan

FOLDER = Path(__file__).parent / "plans"


def names() -> tuple[str, ...]:
    """Names of the shipped plans."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def path_of(name: str) -> Path:
    """The file of a shipped plan; a wrong name is answered with the nearest ones."""
    if name not in names():
        raise unknown("trial", name, names(), "ketworks trial list")
    return FOLDER / f"{name}.toml"


def find(plan: str) -> Trial:
    """A plan by file, or by the name of a shipped one.

    Raises:
        WrongUse: neither; or the file cannot be read as a plan.
    """
    if plan.endswith(".toml") or Path(plan).is_file():
        return read_plan(plan)
    return read_plan(path_of(plan))
