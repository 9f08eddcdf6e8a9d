"""The first session of a regimen, and what the rules ask of it: drug, route, dose, rate, length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ketworks.errors import CannotSay
from ketworks.safety.condition import Fact
from ketworks.safety.rule import PHASES, Rule, rules_for
from ketworks.safety.settings import settings

if TYPE_CHECKING:
    from ketworks.dose.regimen import DoseEvent, Regimen

PURPOSES = ("depression", "pain")


@dataclass(frozen=True)
class Visit:
    """One session.

    Attributes:
        drug: whose rules hold: ``esketamine`` for the nasal spray, ``ketamine`` for all else.
        end: min from the first dose to the end of the last dose of this session.
        facts: by the names that the rules of a session ask for.
        notes: to be read with it.
    """

    drug: str
    end: float
    facts: Mapping[str, Fact]
    notes: tuple[str, ...]

    def rules(self, anaesthetic: bool | None) -> dict[str, tuple[Rule, ...]]:
        """The rules that hold for it, by phase.

        Args:
            anaesthetic: whether people are expected not to respond; None where that is not predicted.
        """
        known = {**self.facts, "anaesthetic": None if anaesthetic is None else "yes" if anaesthetic else "no"}
        return {
            phase: tuple(rule for rule in rules_for(self.drug, phase) if rule.condition.holds(known))
            for phase in PHASES
        }

    @property
    def observation(self) -> float:
        """When the observation that the rules ask for ends, min from the first dose."""
        ends = [time for rule in rules_for(self.drug, "observe") for time in rule.due(self.end)]
        return max(ends, default=self.end)


def first_visit(regimen: Regimen, weight: float, purpose: str) -> Visit:
    """The first session of a regimen.

    Args:
        regimen: what is given; doses closer together than the gap of ``parameters.tsv`` are one session.
        weight: kg, of a typical person: for doses per kilogram.
        purpose: depression or pain, for rules that hold for one of them.

    Raises:
        CannotSay: a drug for which no rule was read.
    """
    if regimen.drug == "arketamine":
        raise CannotSay(
            "the plan of a session with arketamine", "ketamine or esketamine: no label or guideline covers it"
        )
    sessions = _sessions(regimen.events())
    events = sessions[0]
    nasal = regimen.drug == "esketamine" and all(event.route == "nasal" for event in events)
    end = max(event.end for event in events)
    notes = []
    if regimen.drug == "esketamine" and not nasal:
        notes.append("no rule was read for esketamine by this route: those of ketamine stand in")
    if len(sessions) > 1:
        notes.append(f"the first of {len(sessions)} sessions; the sheet is for this one")
    facts: dict[str, Fact] = {
        "route": events[0].route,
        "dose_mg": sum(_mg(event, weight) for event in events),
        "bolus_mg_per_kg": max((_mg(event, weight) / weight for event in events if event.duration == 0.0), default=0.0),
        "rate_mg_per_kg_h": _rate(events, weight),
        "minutes": end,
        "hours": end / 60.0,
        "doses": float(len(sessions)),
        "purpose": purpose,
    }
    return Visit("esketamine" if nasal else "ketamine", end, facts, tuple(notes))


def _sessions(events: Sequence[DoseEvent]) -> list[list[DoseEvent]]:
    """The events by session."""
    found: list[list[DoseEvent]] = []
    last = 0.0
    for event in sorted(events, key=lambda one: one.time):
        if not found or event.time - last >= settings().gap:
            found.append([])
        found[-1].append(event)
        last = max(last, event.end)
    return found


def _mg(event: DoseEvent, weight: float) -> float:
    return event.amount * (weight if event.amount_unit == "mg/kg" else 1.0)


def _rate(events: Sequence[DoseEvent], weight: float) -> Fact:
    """The fastest infusion, mg/kg/h; not known where nothing is infused."""
    rates = [60.0 * _mg(event, weight) / weight / event.duration for event in events if event.duration > 0.0]
    return max(rates, default=None)
