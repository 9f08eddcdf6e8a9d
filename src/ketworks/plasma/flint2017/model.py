"""Flint 2017 as a plasma stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.engine.propagate import propagate
from ketworks.engine.signal import Signal
from ketworks.engine.stage import Residual, Surroundings
from ketworks.plasma.flint2017.rising_clearance import metabolite_amount, rate_now
from ketworks.plasma.mammillary import (
    CENTRAL,
    Constants,
    MammillaryPlasma,
    allometric,
    by_flows,
    carried,
    correlated,
    doses,
    esketamine,
    lay_out,
    log_variance,
    weighted,
)
from ketworks.plasma.signals import without_rounding
from ketworks.plasma.tables import rows_of

_ROWS = tuple(key for key in rows_of("flint2017") if ".residual." not in key)
_METABOLITE = tuple(key for key in _ROWS if "norketamine" in key or "correlation" in key)
_PARENT = tuple(key for key in _ROWS if key not in _METABOLITE)


def deviations(p: Mapping[str, Array], eta: Mapping[str, Array]) -> tuple[Array, Array]:
    """Deviations of the clearances of ketamine and norketamine, which vary together.

    (d_CL, d_CLn) = L (z_CL, z_CLn),   var = ln(1 + CV^2),   cov = r sd_CL sd_CLn

    Symbols: d - log scale; z - standard-normal draws; CV - between-person coefficient of variation; r - correlation
    Source:  Flint 2017 Table 3
    Leaves out: variability of volumes and flow, which the data could not show.
    """
    ketamine = log_variance(p["flint2017.cv.clearance"])
    norketamine = log_variance(p["flint2017.cv.norketamine_clearance"])
    together = p["flint2017.correlation.clearances"] * jnp.sqrt(ketamine * norketamine)
    draws = (eta["plasma.clearance"], eta["plasma.norketamine_clearance"])
    first, second = correlated(((ketamine,), (together, norketamine)), draws)
    return first, second


@dataclass(frozen=True)
class Flint2017(MammillaryPlasma):
    """Ventilated children: S-ketamine in two compartments, norketamine in one whose clearance rises with time."""

    variant: ClassVar[str] = "flint2017"
    meaning: ClassVar[str] = "esketamine and noresketamine in ventilated children, long infusions; iv"
    folders: ClassVar[tuple[str, ...]] = ("flint2017",)
    outputs: ClassVar[tuple[Signal, ...]] = esketamine("venous")
    random_effects: ClassVar[tuple[str, ...]] = ("plasma.clearance", "plasma.norketamine_clearance")
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = carried(outputs, _PARENT, _METABOLITE)
    equations: ClassVar[Mapping[str, tuple[Callable[..., Any], ...]]] = {
        signal.name: (allometric, deviations, correlated, by_flows, lay_out)
        + ((rate_now, metabolite_amount) if "nor" in signal.name else ())
        for signal in outputs
    }
    residual: ClassVar[Mapping[str, Residual]] = {
        name: Residual(proportional=f"flint2017.residual.{'norketamine' if 'nor' in name else 'ketamine'}")
        for name in rests_on
    }

    def constants(self, p: Mapping[str, Array], person: Mapping[str, Array], eta: Mapping[str, Array]) -> Constants:
        """Constants at the first dose; the metabolite's clearance rises from there."""
        sizes = weighted(p, "flint2017", person["weight"])
        ketamine, norketamine = deviations(p, eta)
        parent = by_flows(p, "flint2017.", sizes, {"clearance": ketamine})
        return Constants(parent, by_flows(p, "flint2017.norketamine_", sizes, {"clearance": norketamine}))

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Levels in ng/mL, shape (people, times); norketamine as mass of the ketamine that became it, as printed."""
        p, schedule = around.p, around.schedule
        c = self.constants(p, around.person, around.eta)
        assert c.metabolite is not None
        layout = lay_out(c._replace(metabolite=None))
        parent, amount, mass = layout.cascade(), self._amount(schedule), p["molar_mass.ketamine"]
        ways = doses(layout, c, schedule, amount, self.absorbed)
        read = layout.readings({CENTRAL: mass / c.parent.volumes[0]})
        ketamine = propagate(parent, ways, around.times, read)[:, 0]
        volume = c.metabolite.volumes[0]
        rate = rate_now(c.metabolite.clearance / volume, p["flint2017.norketamine_clearance_rise"], around.times)
        formed = c.parent.clearance / c.parent.volumes[0]
        made = metabolite_amount(parent, formed, rate, schedule, ways[0].amount, around.times)
        levels = without_rounding(jnp.stack([ketamine, mass * made / volume[:, None]], axis=1))
        return {one.name: levels[:, int("nor" in one.name)] for one in self.outputs}
