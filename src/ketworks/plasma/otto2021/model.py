"""Otto 2021 as a plasma stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from jax import Array

from ketworks.engine.signal import Signal
from ketworks.engine.stage import Residual
from ketworks.plasma.mammillary import (
    Constants,
    MammillaryPlasma,
    allometric,
    by_flows,
    carried,
    correlated,
    esketamine,
    lay_out,
)
from ketworks.plasma.tables import rows_of

_ROWS = tuple(key for key in rows_of("otto2021") if ".residual." not in key)
_PARENT = tuple(key for key in _ROWS if "norketamine" not in key)
_METABOLITE = tuple(key for key in _ROWS if "norketamine" in key)


def deviations(p: Mapping[str, Array], prefix: str, eta: Mapping[str, Array]) -> dict[str, Array]:
    """Deviations of the central volume and the clearance of one substance, which vary together.

    (d_V, d_CL) = L (z_V, z_CL),   L L^T = ((var_V, cov), (cov, var_CL))

    Symbols: d - log scale; z - standard-normal draws; var, cov - log scale
    Source:  Otto 2021 Table 3
    Leaves out: variability of all peripheral volumes and flows, which the paper has none for.
    """
    volume, clearance = f"{prefix}central_volume", f"{prefix}clearance"
    covariance = (
        (p[f"otto2021.variance.{volume}"],),
        (p[f"otto2021.covariance.{volume}_clearance"], p[f"otto2021.variance.{clearance}"]),
    )
    both = correlated(covariance, (eta[f"plasma.{volume}"], eta[f"plasma.{clearance}"]))
    return dict(zip(("central_volume", "clearance"), both, strict=True))


@dataclass(frozen=True)
class Otto2021(MammillaryPlasma):
    """S-ketamine of Fanta 2015 in three compartments and S-norketamine in two, venous."""

    variant: ClassVar[str] = "otto2021"
    meaning: ClassVar[str] = "esketamine and noresketamine in healthy adults, venous; iv"
    folders: ClassVar[tuple[str, ...]] = ("otto2021",)
    outputs: ClassVar[tuple[Signal, ...]] = esketamine("venous")
    random_effects: ClassVar[tuple[str, ...]] = (
        "plasma.central_volume",
        "plasma.clearance",
        "plasma.norketamine_central_volume",
        "plasma.norketamine_clearance",
    )
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = carried(outputs, _PARENT, _METABOLITE)
    equations: ClassVar[Mapping[str, tuple[Callable[..., Any], ...]]] = dict.fromkeys(
        rests_on, (allometric, deviations, correlated, by_flows, lay_out)
    )
    residual: ClassVar[Mapping[str, Residual]] = {
        name: Residual(proportional=f"otto2021.residual.{'norketamine' if 'nor' in name else 'ketamine'}")
        for name in rests_on
    }

    def constants(self, p: Mapping[str, Array], person: Mapping[str, Array], eta: Mapping[str, Array]) -> Constants:
        """Central volumes and clearances follow weight; peripheral volumes and flows do not, as printed."""
        flow, volume = allometric(p, "otto2021", person["weight"])
        sizes = {"central_volume": volume, "clearance": flow}
        parent = by_flows(p, "otto2021.", sizes, deviations(p, "", eta))
        metabolite = by_flows(p, "otto2021.norketamine_", sizes, deviations(p, "norketamine_", eta))
        return Constants(parent, metabolite)
