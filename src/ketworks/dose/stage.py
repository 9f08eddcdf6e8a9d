"""The dose stage: a regimen's events as arrays, and what has been given so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from ketworks.dose.amount import enantiomer_amounts
from ketworks.dose.companion import CompanionDose
from ketworks.dose.limits import parameters
from ketworks.dose.regimen import DoseEvent
from ketworks.dose.route import ROUTES
from ketworks.engine.parameter import Parameter
from ketworks.engine.schedule import Company, Schedule
from ketworks.engine.signal import Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.other_drugs import GIVEN

SLOTS = (8, 64, 512)  # doses; each is one compilation


def schedule_of(
    events: Sequence[DoseEvent], weight: NDArray[np.float64], company: Sequence[CompanionDose] = ()
) -> Schedule:
    """The events as arrays, in molar amounts for each person, padded with empty doses to one of few sizes.

    Args:
        events: from ``Regimen.events()``.
        weight: kg, shape (people,).
        company: from ``Regimen.company_doses()``.
    """
    slots = _slots(len(events))
    start, duration, route = np.zeros(slots), np.zeros(slots), np.zeros(slots, dtype=np.int64)
    s_amount, r_amount = np.zeros((len(weight), slots)), np.zeros((len(weight), slots))
    last = events[-1].time if events else 0.0
    start[len(events) :] = last
    for k, event in enumerate(events):
        start[k], duration[k], route[k] = event.time, event.duration, ROUTES.index(event.route)
        s_amount[:, k], r_amount[:, k] = enantiomer_amounts(event, weight)  # type: ignore[arg-type]
    s, r = jnp.asarray(s_amount), jnp.asarray(r_amount)
    beside = _company_of(company, weight) if company else None
    return Schedule(jnp.asarray(start), jnp.asarray(duration), s, r, jnp.asarray(route), beside)


def _slots(doses: int) -> int:
    return next((size for size in SLOTS if doses <= size), doses)


def _company_of(doses: Sequence[CompanionDose], weight: NDArray[np.float64]) -> Company:
    """Other drugs' doses as arrays, mg for each person, padded with empty ones."""
    slots = _slots(len(doses))
    start, duration, into_vein = np.zeros(slots), np.zeros(slots), np.zeros(slots)
    amount, drug = np.zeros((len(weight), slots)), np.zeros(slots, dtype=np.int64)
    for k, dose in enumerate(doses):
        start[k], duration[k], into_vein[k] = dose.time, dose.duration, float(dose.route == "iv")
        drug[k] = GIVEN.index(dose.drug)
        amount[:, k] = dose.amount * (weight if dose.amount_unit == "mg/kg" else 1.0)
    return Company(*(jnp.asarray(column) for column in (start, duration, amount, drug, into_vein)))


def amount_given(times: Array, schedule: Schedule) -> Array:
    """How much has been given so far: doses at once count from their start, infusions in proportion to time.

    G(t) = sum over doses of amount * clip((t - start) / duration, 0, 1)

    Symbols: G, amount - umol; t, start, duration - min
    Source:  definition
    Leaves out: dead volume of lines and devices.
    """
    since = times[None, :] - schedule.start[:, None]
    lasting = schedule.duration[:, None]
    share = jnp.where(lasting > 0.0, jnp.clip(since / jnp.where(lasting > 0.0, lasting, 1.0), 0.0, 1.0), since >= 0.0)
    return (schedule.s_amount + schedule.r_amount) @ share


@dataclass(frozen=True)
class DoseStage(Stage):
    """Makes the cumulative dose; the events themselves travel with the run."""

    name: ClassVar[str] = "dose"
    variant: ClassVar[str] = "events"
    meaning: ClassVar[str] = "events in molar amounts per enantiomer"
    outputs: ClassVar[tuple[Signal, ...]] = (
        Signal(
            "dose.given",
            "mg",
            "Ketamine given so far (base)",
            "#404040",
            "Cumulative amount given, both enantiomers, as mg of base.",
            baseline=0.0,
            headline=True,
        ),
    )
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "dose.given": ("dose.molar_mass", "dose.hydrochloride_factor", "dose.s_share_of_racemate")
    }
    equations: ClassVar[Mapping[str, tuple[Callable[..., Any], ...]]] = {
        "dose.given": (enantiomer_amounts, amount_given)
    }

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """Molar mass, salt factor and the racemate's share."""
        return {key: parameters()[key] for key in cls.rests_on["dose.given"]}

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """mg of base given by each time, shape (people, times)."""
        grams_per_mol = around.p["dose.molar_mass"]
        return {"dose.given": amount_given(around.times, around.schedule) * grams_per_mol / 1000.0}
