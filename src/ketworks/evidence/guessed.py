"""What we guessed: every value that no measurement carries, and everything that rests on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ketworks.engine.parameter import Parameter
from ketworks.evidence.aside import Aside, values
from ketworks.evidence.grade import WORST
from ketworks.evidence.links import carried_by, links

if TYPE_CHECKING:
    from ketworks.evidence.links import StageLike

GUESSED_METHODS: dict[str, str] = {
    "assumed": "assumed: no source; chosen because something had to be",
    "recalled": "recalled: from memory of a paper that was not opened; must be looked up",
    "fitted": "fitted: chosen so that the model meets some data; meeting those data proves nothing",
}

_OTHERS = '--plasma herd2007; --dose "50 mg oral" with --age, --with ticlopidine, ...; or a saved simulation, run.nc'


@dataclass(frozen=True)
class Guess:
    """One guessed value, the stage that reads it, and the signals that rest on it (directly or through others)."""

    parameter: Parameter
    stage: str
    signals: tuple[str, ...]


def guessed(stages: Sequence[StageLike]) -> list[Guess]:
    """All values recalled, assumed, fitted or of grade E, those that carry most signals first.

    Args:
        stages: one variant per stage.
    """
    carried = carried_by(links(stages))
    found = {
        row.id: Guess(row, f"{stage.name}[{stage.variant}]", carried.get(row.id, ()))
        for stage in stages
        for row in stage.parameters().values()
        if row.method in GUESSED_METHODS or row.grade == WORST
    }
    return sorted(found.values(), key=lambda guess: (-len(guess.signals), guess.parameter.id))


def guessed_aside(groups: Sequence[Aside]) -> list[Guess]:
    """The same of the values that commands and checks read and no signal rests on, in the order of their groups.

    Args:
        groups: as ``aside.load`` gives them.
    """
    return [
        Guess(row, read_by, ())
        for row, read_by in values(groups).values()
        if row.method in GUESSED_METHODS or row.grade == WORST
    ]


def text(guesses: Sequence[Guess], chain: str = "", beside: Sequence[Guess] = ()) -> str:
    """The page in plain text, grouped by how the value came about.

    Args:
        guesses: as found.
        chain: which chain they are of, in words.
        beside: those that no signal rests on; counted by who reads them.
    """
    count = f"{len(guesses)} value{'' if len(guesses) == 1 else 's'}"
    lines = [f"What we guessed: {count} that no measurement read by us carries."]
    if chain:
        lines += [f"Chain: {chain}.", f"Another: {_OTHERS}"]
    groups = {**GUESSED_METHODS, "other": "graded E although it stands in print (the authors assumed it too)"}
    for method, heading in groups.items():
        listed = [g for g in guesses if g.parameter.method == method or (method == "other" and not _is_guess(g))]
        if listed:
            lines += ["", f"{heading} ({len(listed)})"]
        for guess in listed:
            row = guess.parameter
            unit = "" if row.unit == "1" else f" {row.unit}"
            lines.append(f"  {row.id} = {row.value:g}{unit}  {row.meaning}")
            lines.append(f"    {row.source}, {row.locator}" + (f"; {row.note}" if row.note else ""))
            lines.append(f"    carries {len(guess.signals)}: {_some(guess.signals)}")
    return "\n".join(lines + _beside(beside))


def _beside(guesses: Sequence[Guess]) -> list[str]:
    """Who reads how many guessed values that carry no signal, and how their ids begin."""
    if not guesses:
        return []
    starts: dict[str, Counter[str]] = {}
    for guess in guesses:
        starts.setdefault(guess.stage, Counter())[guess.parameter.id.split(".")[0]] += 1
    lines = [
        "",
        f"beside the chain: {len(guesses)} more that no signal rests on (ketworks evidence list NAME. shows them)",
    ]
    for reader, counted in starts.items():
        lines.append(f"  {reader}: " + ", ".join(f"{number} of {name}." for name, number in counted.items()))
    return lines


def as_dicts(guesses: Sequence[Guess]) -> list[dict[str, Any]]:
    """The page in plain types, ready for JSON."""
    return [
        {
            "id": guess.parameter.id,
            "meaning": guess.parameter.meaning,
            "value": guess.parameter.value,
            "unit": guess.parameter.unit,
            "method": guess.parameter.method,
            "grade": guess.parameter.grade,
            "source": guess.parameter.source,
            "locator": guess.parameter.locator,
            "note": guess.parameter.note,
            "stage": guess.stage,
            "signals": list(guess.signals),
        }
        for guess in guesses
    ]


def _is_guess(guess: Guess) -> bool:
    return guess.parameter.method in GUESSED_METHODS


def _some(names: Sequence[str], most: int = 6) -> str:
    shown = ", ".join(names[:most]) or "no signal"
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")
