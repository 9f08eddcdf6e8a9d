"""The table of ``docs/comedication.md``, from the rows: ``python -m ketworks.comedication.table``."""

from __future__ import annotations

from ketworks.comedication import drugs
from ketworks.comedication.signals import (
    BENEFIT,
    EXPERIENCE,
    HEART_RATE,
    NAUSEA,
    NEUTRAL,
    OPIOID,
    RESTING_HEART_RATE,
    RESTING_PRESSURE,
    SECRETION,
    SEDATION,
    SYMPATHETIC,
)

_COLUMNS = {
    "pressure rise": SYMPATHETIC,
    "heart-rate rise": HEART_RATE,
    "resting pressure": RESTING_PRESSURE,
    "resting heart rate": RESTING_HEART_RATE,
    "experience": EXPERIENCE,
    "sedation (logit)": SEDATION,
    "opioid level / C50": OPIOID,
    "nausea (odds)": NAUSEA,
    "secretions": SECRETION,
    "**benefit**": BENEFIT,
}
_NOTHING = "."


def effects_table() -> str:
    """One line for each drug, one column for each output: factor or shift, interval and grade; a dot is not read."""
    lines = ["| drug | " + " | ".join(_COLUMNS) + " |", "|---" * (len(_COLUMNS) + 1) + "|"]
    named = [(name, name) for name in drugs.GIVEN] + [
        (f"{name}, daily", f"{drugs.DAILY}{name}") for name in drugs.TAKEN
    ]
    for words, agent in named:
        cells = [_cell(agent, signal) for signal in _COLUMNS.values()]
        lines.append(f"| {words.replace('_', ' ')} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(agent: str, signal: str) -> str:
    key = drugs.effect_row(agent, signal)
    if not key:
        return _NOTHING
    row = drugs.rows()[key]
    sign = "x " if NEUTRAL[signal] == 1.0 else "+"
    span = "" if row.low is None or row.high is None else f" ({row.low:g} to {row.high:g})"
    return f"{sign}{row.value:.3g}{span} {row.grade}"


if __name__ == "__main__":
    print(effects_table())
