"""Grades of evidence, and how they travel: an output is as good as the weakest link that carries it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ketworks.errors import unknown
from ketworks.evidence.links import Link, links

if TYPE_CHECKING:
    from ketworks.evidence.links import StageLike

GRADES: Mapping[str, str] = {
    "A": "replicated in humans at this dose and form",
    "B": "one good human study or pooled model",
    "C": "human, but other form, dose or route, or indirect",
    "D": "animal or in vitro",
    "E": "assumed, recalled or fitted only",
}
WORST = "E"


class Graded(NamedTuple):
    """A grade and the chain of names that sets it, from the signal's own link down to the limiting parameter."""

    grade: str
    chain: tuple[str, ...]


def weakest(grades: Iterable[str]) -> str:
    """The worst of the grades; nothing at all counts as the worst grade, since nothing supports it."""
    listed = list(grades)
    for grade in listed:
        if grade not in GRADES:
            raise unknown("grade", grade, GRADES)
    return max(listed, default=WORST)


def grades_of(stages: Sequence[StageLike]) -> dict[str, Graded]:
    """The grade of every signal of a chain and what limits it.

    Args:
        stages: one variant per stage, in any order.

    Returns:
        By signal name. ``chain`` ends in a parameter id; of equally weak links the shortest chain is named, since it
        is the nearest place where better evidence would help. A signal with no declared links has an empty chain.
    """
    graph = links(stages)
    done: dict[str, Graded] = {}
    for name in graph:
        _grade(name, graph, done)
    return done


def _grade(name: str, graph: Mapping[str, Link], done: dict[str, Graded]) -> Graded:
    if name not in done:
        here = graph[name]
        found = [Graded(row.grade, (row.id,)) for row in here.parameters]
        for needed in here.signals:
            below = _grade(needed, graph, done)
            found.append(Graded(below.grade, (needed, *below.chain)))
        worst = weakest(item.grade for item in found)
        limits = [item for item in found if item.grade == worst]
        done[name] = min(limits, key=lambda item: len(item.chain), default=Graded(WORST, ()))
    return done[name]
