"""The measures of a recording, each against the drug-free column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ketworks.eeg.alternation import Alternation
from ketworks.eeg.background import Background
from ketworks.eeg.change import Measured
from ketworks.eeg.ongoing import Ongoing
from ketworks.eeg.responses import mismatch, steady_state
from ketworks.eeg.slow_rhythm import SlowRhythm, slow_rhythm
from ketworks.errors import CannotSay, WrongUse, unknown

if TYPE_CHECKING:
    from ketworks.eeg.recording import Recording

MEASURES = {
    "bands": "band powers",
    "slope": "1/f exponent and slope of the spectrum",
    "lz": "Lempel-Ziv complexity, and the same over that of phase-random traces",
    "assr": "steady-state response to clicks: power and phase locking",
    "mismatch": "response to a rare tone less that to a frequent one",
    "rhythm3hz": "whether retrosplenial cells turn slowly, beside the score of dissociation",
    "alternation": "whether gamma bursts alternate with slow waves, and how often",
}
CANNOT = {"dissociation": "no row links a rhythm to the size of a score; rhythm3hz shows both, mind.cadss is the score"}


class Table(NamedTuple):
    """What ``Recording.measured`` returns.

    Attributes:
        recording: of what.
        rows: the measures that have a direction.
        backgrounds: 1/f fits, drug-free and at each time; empty when not asked.
        alternations: tests for gamma bursts between slow waves, likewise.
        slow_rhythm: of retrosplenial cells; None when not asked.
    """

    recording: Recording
    rows: tuple[Measured, ...]
    backgrounds: tuple[Background, ...]
    alternations: tuple[Alternation, ...]
    slow_rhythm: SlowRhythm | None = None

    def __repr__(self) -> str:
        """Directions in plain text."""
        from ketworks.eeg.words import text

        return text(self)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        from ketworks.eeg.words import as_dict

        return as_dict(self)


def measured(
    recording: Recording, names: Sequence[str] | None = None, progress: Callable[[str], None] | None = None
) -> Table:
    """Measures of a recording.

    Args:
        recording: of what.
        names: some of ``MEASURES``; all when None.
        progress: called with a word on what is being done.

    Raises:
        WrongUse: an unknown name.
        CannotSay: a measure that the model cannot show.
    """
    asked = checked(names)
    say = progress or (lambda word: None)
    ongoing = Ongoing(recording)
    made: dict[str, Callable[[], list[Measured]]] = {
        "bands": ongoing.bands,
        "slope": ongoing.slope,
        "lz": ongoing.complexities,
        "assr": lambda: steady_state(recording, say),
        "mismatch": lambda: mismatch(recording),
    }
    rows: list[Measured] = []
    for name in asked:
        if name in made:
            say(f"measuring {name}")
            rows += made[name]()
    say("measuring the rest")
    return Table(
        recording,
        tuple(rows),
        ongoing.backgrounds if "slope" in asked else (),
        ongoing.alternations() if "alternation" in asked else (),
        slow_rhythm(recording) if "rhythm3hz" in asked else None,
    )


def checked(names: Sequence[str] | None) -> tuple[str, ...]:
    """The names, once it is sure that each can be measured."""
    if names is None:
        return tuple(MEASURES)
    if isinstance(names, str) or not names:
        raise WrongUse(f"measures {names!r}", "a list of names", paste="--measures bands,slope")
    for name in names:
        if name in CANNOT:
            raise CannotSay(f"{name}: {CANNOT[name]}", ", ".join(MEASURES), paste="--measures bands,slope,lz,assr")
        if name not in MEASURES:
            raise unknown("measure", name, [*MEASURES, *CANNOT], "--measures bands,slope,lz,assr")
    return tuple(dict.fromkeys(names))
