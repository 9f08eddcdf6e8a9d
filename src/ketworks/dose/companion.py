"""Another drug given beside ketamine: clonidine 0.2 mg oral 60 min before each dose."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ketworks.dose.limits import parameters
from ketworks.dose.wording import DAY, number, short, time
from ketworks.errors import WrongUse
from ketworks.other_drugs import GIVEN

ROUTES = ("iv", "im", "sc", "nasal", "sublingual", "buccal", "oral", "rectal")
"""Routes of other drugs."""

UNITS = ("mg", "mg/kg")
_REFERENCE_WEIGHT = 70.0  # kg, by which limits in mg hold for doses by weight
_FURTHEST = DAY  # min between the other drug and the dose of ketamine
_MICRO = 1000.0


@dataclass(frozen=True)
class CompanionDose:
    """One dose of another drug.

    Attributes:
        time: start, in min from the first dose of ketamine; negative before it.
        drug: one of ``ketworks.other_drugs.GIVEN``.
        route: one of ``ROUTES``.
        amount: of the whole dose, in ``amount_unit``.
        amount_unit: ``mg`` or ``mg/kg``.
        duration: min; 0 for a dose given at once.
    """

    time: float
    drug: str
    route: str
    amount: float
    amount_unit: str
    duration: float = 0.0

    @property
    def end(self) -> float:
        """Min from the first dose of ketamine."""
        return self.time + self.duration


@dataclass(frozen=True)
class Companion:
    """Another drug, given before, with or after each session of ketamine, or the first alone.

    Attributes:
        drug: one of ``ketworks.other_drugs.GIVEN``.
        amount: number of ``unit``.
        unit: ``mg`` or ``mg/kg``.
        route: one of ``ROUTES``.
        before: min from its start to the start of the session; negative when it comes after.
        duration: min; 0 for a dose given at once; into a vein only.
        first_only: whether it goes with the first session alone.

    Raises:
        WrongUse: a name, number or route that no sentence could say, or an implausible amount.
    """

    drug: str
    amount: float
    unit: str
    route: str
    before: float = 0.0
    duration: float = 0.0
    first_only: bool = False

    def __post_init__(self) -> None:
        """Refuses what no sentence could say."""
        if self.drug not in GIVEN:
            raise WrongUse(f"unknown drug {self.drug!r} beside ketamine", ", ".join(sorted(GIVEN)))
        if self.unit not in UNITS:
            raise WrongUse(f"{self.drug} in {self.unit!r}", " or ".join(UNITS))
        if self.route not in ROUTES:
            raise WrongUse(f"{self.drug} {self.route}", "a route: " + ", ".join(ROUTES))
        if not (math.isfinite(self.amount) and self.amount > 0):
            raise WrongUse(f"{self.drug} {self.amount!r} {self.unit}", "a finite dose above 0")
        if not (math.isfinite(self.before) and abs(self.before) <= _FURTHEST):
            raise WrongUse(
                f"{self.drug} {self.before!r} min before ketamine", f"at most {time(_FURTHEST)} before or after"
            )
        if not (math.isfinite(self.duration) and 0.0 <= self.duration <= _FURTHEST):
            raise WrongUse(f"{self.drug} over {self.duration!r} min", f"a time up to {time(_FURTHEST)}")
        if self.duration and self.route != "iv":
            raise WrongUse(f"{self.drug} {self.route} over {time(self.duration)}", "a duration for iv only")
        self._check_plausible()

    def _check_plausible(self) -> None:
        low, high = accepted(self.drug, self.unit)
        if low <= self.amount <= high:
            return
        side = "below" if self.amount < low else "above"
        likely = [
            words
            for words, amount, unit in (
                (f"{number(self.amount)} {self.unit.replace('mg', 'ug')}", self.amount / _MICRO, self.unit),
                *((f"{number(self.amount)} {unit}", self.amount, unit) for unit in UNITS),
            )
            if accepted(self.drug, unit)[0] <= amount <= accepted(self.drug, unit)[1]
        ]
        nearest = likely[0] if likely else f"{number(low) if side == 'below' else short_of(high)} {self.unit}"
        raise WrongUse(
            f"{self.drug} {number(self.amount)} {self.unit} is {side} any dose in use",
            f"{number(low)} to {short_of(high)} {self.unit} (a guard against slips, not a safe range)",
            nearest,
        )

    def at(self, session: float) -> CompanionDose:
        """Its dose for a session that starts at a time, min."""
        return CompanionDose(session - self.before, self.drug, self.route, self.amount, self.unit, self.duration)

    def __str__(self) -> str:
        """``clonidine 0.2 mg oral 60 min before``; nothing on time when it is given as the session starts."""
        words = [self.drug, number(self.amount), self.unit, self.route]
        words += ["over", time(self.duration)] if self.duration else []
        if self.before:
            words += [time(abs(self.before)), "before" if self.before > 0.0 else "after"]
        if self.first_only:
            words += ["the first dose"] if self.before else ["with the first dose"]
        return " ".join(words)


def accepted(drug: str, unit: str) -> tuple[float, float]:
    """Smallest and largest accepted dose of another drug, in ``mg`` or ``mg/kg``."""
    rows = parameters()
    limits = (rows[f"dose.beside_{end}.{drug}"].canonical for end in ("least", "most"))
    low, high = (limit / _REFERENCE_WEIGHT if unit == "mg/kg" else limit for limit in limits)
    return low, high


def short_of(value: float) -> str:
    """A limit with three figures at most, rounded down."""
    if value >= 1.0:
        return short(value)
    places = 2 - math.floor(math.log10(value))
    return number(math.floor(value * 10.0**places * (1.0 + 1e-12)) / 10.0**places)
