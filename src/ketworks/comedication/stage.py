"""The place for other drugs beside ketamine: those given at a time, and those taken every day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.comedication import drugs
from ketworks.comedication.amount_in_body import course, over_reference
from ketworks.comedication.at_doses import middle_of_doses, over_doses
from ketworks.comedication.combined import product_of_factors, strength, sum_of_shifts
from ketworks.comedication.signals import BENEFIT, NEUTRAL, OPIOID, OUTPUTS, SEDATION
from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Signal
from ketworks.engine.stage import Stage, Surroundings

_FACTORS = (strength, product_of_factors)
_EQUATIONS: dict[str, tuple[Callable[..., Any], ...]] = dict.fromkeys(NEUTRAL, (course, over_reference, *_FACTORS))
_EQUATIONS |= {
    SEDATION: (course, over_reference, sum_of_shifts),
    OPIOID: (course, over_reference, sum_of_shifts, *_FACTORS),
}
_EQUATIONS[BENEFIT] = (course, over_reference, *_FACTORS, middle_of_doses, over_doses)


@dataclass(frozen=True)
class Company(Stage):
    """Factors on what ketamine does; each is neutral where no other drug is about.

    Attributes:
        given: drugs given at a time.
        taken: drugs taken every day.
    """

    given: tuple[str, ...] = field(default=(), compare=False, repr=False)  # the program is the same with any of them
    taken: tuple[str, ...] = field(default=(), compare=False, repr=False)

    name: ClassVar[str] = "comedication"
    variant: ClassVar[str] = "factors"
    meaning: ClassVar[str] = "factors and shifts by which other drugs change what ketamine does"
    outputs: ClassVar[tuple[Signal, ...]] = OUTPUTS
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = dict.fromkeys(NEUTRAL, (drugs.ALONE,))
    equations = _EQUATIONS
    takes_company: ClassVar[bool] = True
    instead: ClassVar[Mapping[str, str]] = {}
    """Ids of rows that this variant reads in place of others."""

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """All rows of the comedication folder."""
        return drugs.rows()

    def fitted(self, facts: frozenset[str]) -> Stage:
        """With the rows of the drugs that the facts name."""
        given = tuple(name for name in drugs.GIVEN if f"given:{name}" in facts)
        return replace(self, given=given, taken=tuple(name for name in drugs.TAKEN if f"with:{name}" in facts))

    def support(self) -> Mapping[str, tuple[str, ...]]:
        """With the rows of the drugs that are about."""
        return {
            name: tuple(dict.fromkeys(drugs.rows_behind(name, self.given, self.taken, self.instead)))
            for name in NEUTRAL
        }

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Factors and shifts over time.

        Args:
            around: times, schedule with the other drugs' doses, people and parameters.
            inputs: none.

        Returns:
            The declared outputs, shape (people, times). Closed form: no error of its own.
        """
        now = self._amounts(around, around.times)
        made = {name: self._output(around, name, now) for name in NEUTRAL}
        then = self._amounts(around, middle_of_doses(around.schedule))
        at_doses = self._output(around, BENEFIT, then)
        made[BENEFIT] = over_doses(at_doses, around.schedule, around.times)
        share = self._all(around, f"comedication.{drugs.OPIOID_SHARE}", 1.0)
        made[OPIOID] = made[OPIOID] * product_of_factors(share, strength(now, around.p[drugs.REACH]))
        alone = around.p[drugs.ALONE]
        shape = (around.schedule.s_amount.shape[0], around.times.shape[0])
        return {name: jnp.broadcast_to(made[name] * alone, shape) for name in NEUTRAL}

    def _amounts(self, around: Surroundings, times: Array) -> Array:
        """Amount over the reference of every drug given, then 1 for every drug taken: (drugs, people, times or 1)."""
        daily = jnp.stack([around.person[f"with_{name}"] for name in drugs.TAKEN])[:, :, None]
        if around.schedule.company is None:  # then nothing changes with time
            return jnp.concatenate([jnp.zeros((len(drugs.GIVEN), *daily.shape[1:])), daily])
        given = _over_reference(around, times)
        return jnp.concatenate([given, jnp.broadcast_to(daily, (len(drugs.TAKEN), *given.shape[1:]))])

    def _output(self, around: Surroundings, name: str, amounts: Array) -> Array:
        if name in (SEDATION, OPIOID):
            return sum_of_shifts(self._all(around, name, 0.0), amounts)
        return product_of_factors(self._all(around, name, 1.0), strength(amounts, around.p[drugs.REACH]))

    def _all(self, around: Surroundings, name: str, neutral: float) -> Array:
        """What each drug does to an output at its reference amount, in the order of ``_amounts``."""
        agents = (*drugs.GIVEN, *(f"{drugs.DAILY}{name}" for name in drugs.TAKEN))
        ids = [drugs.effect_row(agent, name, self.instead) for agent in agents]
        return jnp.stack([jnp.asarray(around.p[key] if key else neutral, dtype=jnp.float64) for key in ids])


def _over_reference(around: Surroundings, times: Array) -> Array:
    """Amounts in the body over the reference amounts, shape (drugs given, people, times)."""
    company, p = around.schedule.company, around.p
    assert company is not None
    half, uptake, share, reference = (
        jnp.stack([jnp.asarray(p[f"{drug}.{row}"]) for drug in drugs.GIVEN])[company.drug] for row in drugs.KINETICS
    )
    by_weight = jnp.asarray([drugs.rows()[f"{drug}.reference"].unit == "mg/kg" for drug in drugs.GIVEN])[company.drug]
    size = jnp.where(by_weight[None, :], around.person["weight"][:, None], 1.0)
    rates = (jnp.log(2.0) / half)[:, None], (jnp.log(2.0) / uptake)[:, None]
    since = times[None, :] - company.start[:, None]
    into_vein = company.into_vein[:, None]
    in_body = course(since, company.duration[:, None], *rates, into_vein)
    reaches = jnp.where(company.into_vein > 0.0, 1.0, share)
    owner = jnp.arange(len(drugs.GIVEN))[:, None] == company.drug[None, :]
    return over_reference(company.amount, reaches, reference * size, owner.astype(jnp.float64), in_body)
