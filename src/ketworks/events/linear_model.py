"""Linear compartment models by name or by their transfers, with NONMEM's parameter names.

| name | same as | compartments, from 1 | parameters |
|---|---|---|---|
| ``one`` | ``advan1`` | central | CL V |
| ``one oral`` | ``advan2`` | depot, central | KA CL V |
| ``two`` | | central, peripheral | CL V Q V2 |
| | ``advan3`` | central, peripheral | CL V1 Q V2 |
| ``two oral`` | | depot, central, peripheral | KA CL V Q V2 |
| | ``advan4`` | depot, central, peripheral | KA CL V2 Q V3 |
| ``three`` | | central, peripheral, peripheral2 | CL V Q2 V2 Q3 V3 |
| | ``advan11`` | central, peripheral, peripheral2 | CL V1 Q2 V2 Q3 V3 |
| ``three oral`` | | depot, central, peripheral, peripheral2 | KA CL V Q2 V2 Q3 V3 |
| | ``advan12`` | depot, central, peripheral, peripheral2 | KA CL V2 Q3 V3 Q4 V4 |

The names after ``advan`` are those of TRANS2 (one compartment) and TRANS4. Doses go to the first compartment and the
central concentration is observed unless ``CMT`` says otherwise. Each compartment ``n`` may also have ``ALAGn`` (lag),
``Fn`` (share that enters), ``Rn`` (rate of doses with RATE -1) and ``Dn`` (duration of doses with RATE -2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse, unknown
from ketworks.events.table import Numbers

DOSE_PARAMETERS = ("ALAG", "F", "R", "D")
"""Parameters that a compartment's doses may have; the number of the compartment follows."""

_DISPOSITION: dict[str, tuple[str, tuple[tuple[str, str], ...], bool]] = {
    "one": ("V", (), False),
    "one oral": ("V", (), True),
    "two": ("V", (("Q", "V2"),), False),
    "two oral": ("V", (("Q", "V2"),), True),
    "three": ("V", (("Q2", "V2"), ("Q3", "V3")), False),
    "three oral": ("V", (("Q2", "V2"), ("Q3", "V3")), True),
    "advan1": ("V", (), False),
    "advan2": ("V", (), True),
    "advan3": ("V1", (("Q", "V2"),), False),
    "advan4": ("V2", (("Q", "V3"),), True),
    "advan11": ("V1", (("Q2", "V2"), ("Q3", "V3")), False),
    "advan12": ("V2", (("Q3", "V3"), ("Q4", "V4")), True),
}
"""Volume of the central compartment, flow and volume of each peripheral one, whether there is a depot."""

NAMES = tuple(_DISPOSITION)
"""Names that :meth:`LinearModel.named` knows."""


@dataclass(frozen=True)
class Transfer:
    """What moves from one compartment to another, at rate ``flow`` or ``flow / volume`` times the source's amount.

    Attributes:
        source: compartment it comes from.
        to: compartment it goes to; empty when it leaves for good.
        flow: name of a parameter: a rate constant, or a flow when there is a volume.
        volume: name of the volume of the source, or empty.
        copies: whether the source keeps what the target receives (an effect compartment).
    """

    source: str
    to: str
    flow: str
    volume: str = ""
    copies: bool = False


@dataclass(frozen=True)
class LinearModel:
    """Compartments, what moves between them, and what is observed.

    Attributes:
        compartments: names; ``CMT`` counts them from 1.
        transfers: what moves.
        scales: for each compartment the volume by which its amount is divided when observed; empty for the amount.
        dose: compartment of doses whose ``CMT`` is 0.
        output: compartment observed where ``CMT`` is 0, and predicted on records that are no observations.
        factor: multiplies every predicted concentration (1000 for mg and L to ng/mL).
    """

    compartments: tuple[str, ...]
    transfers: tuple[Transfer, ...]
    scales: tuple[str, ...]
    dose: str
    output: str
    factor: float = 1.0

    @classmethod
    def named(cls, name: str, factor: float = 1.0) -> LinearModel:
        """A structure by its name; the names and parameters are listed at the head of this module."""
        if name not in _DISPOSITION:
            raise unknown("structure", name, _DISPOSITION)
        volume, peripheral, oral = _DISPOSITION[name]
        transfers = [Transfer("depot", "central", "KA")] if oral else []
        transfers.append(Transfer("central", "", "CL", volume))
        places = [f"peripheral{number}" if number > 1 else "peripheral" for number in range(1, len(peripheral) + 1)]
        for place, (flow, its_volume) in zip(places, peripheral, strict=True):
            transfers += [Transfer("central", place, flow, volume), Transfer(place, "central", flow, its_volume)]
        compartments = (*(["depot"] if oral else []), "central", *places)
        scales = (*([""] if oral else []), volume, *(its for _, its in peripheral))
        return cls(compartments, tuple(transfers), scales, compartments[0], "central", factor)

    @classmethod
    def explicit(
        cls,
        compartments: Iterable[str],
        rates: Mapping[tuple[str, str], str],
        scales: Mapping[str, str],
        dose: str = "",
        output: str = "",
        copies: Mapping[tuple[str, str], str] | None = None,
        factor: float = 1.0,
    ) -> LinearModel:
        """A structure by its rates.

        Args:
            compartments: names, counted from 1 by ``CMT``.
            rates: for (source, target) the name of a rate constant, or ``"CL/V"``; target ``""`` leaves for good.
            scales: volume by which the amount of a compartment is divided when it is observed.
            dose: compartment of doses without ``CMT``; the first when not given.
            output: compartment observed without ``CMT``; the first of ``scales``, else the first, when not given.
            copies: as ``rates``, for targets that follow a source without taking from it.
            factor: multiplies every predicted concentration.
        """
        names = tuple(compartments)
        if not names or len(set(names)) != len(names):
            raise WrongUse(f"compartments {', '.join(names) or 'none'}", "one or more different names")
        if not rates:
            raise WrongUse("a model without rates", "one rate or more", "", '{("central", ""): "CL/V"}')
        transfers = [
            Transfer(source, to, *_ratio(rate), copies=copied)
            for table, copied in ((rates, False), (copies or {}, True))
            for (source, to), rate in table.items()
        ]
        used = {one.source for one in transfers} | {one.to for one in transfers if one.to} | set(scales)
        for name in [*sorted(used), *filter(None, (dose, output))]:
            if name not in names:
                raise unknown("compartment", name, names)
        volumes = tuple(scales.get(name, "") for name in names)
        seen = output or next(iter(scales), names[0])
        return cls(names, tuple(transfers), volumes, dose or names[0], seen, factor)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters that must be given."""
        words = [word for one in self.transfers for word in (one.flow, one.volume)] + list(self.scales)
        return tuple(dict.fromkeys(filter(None, words)))

    @property
    def optional(self) -> tuple[str, ...]:
        """Names of the parameters of doses, which may be given."""
        return tuple(f"{kind}{n}" for n in range(1, len(self.compartments) + 1) for kind in DOSE_PARAMETERS)

    def matrix(self, values: Mapping[str, Numbers]) -> NDArray[np.float64]:
        """The rate matrix M of dA/dt = M A + input, shape (..., compartments, compartments)."""
        shape = np.broadcast_shapes(*(np.shape(values[name]) for name in self.parameters))
        size = len(self.compartments)
        matrix = np.zeros((*shape, size, size))
        for one in self.transfers:
            rate = np.asarray(values[one.flow]) / (values[one.volume] if one.volume else 1.0)
            source = self.compartments.index(one.source)
            if not one.copies:
                matrix[..., source, source] -= rate
            if one.to:
                matrix[..., self.compartments.index(one.to), source] += rate
        return matrix


def _ratio(rate: str) -> tuple[str, str]:
    flow, _, volume = (part.strip() for part in rate.partition("/"))
    if not flow.isidentifier() or (volume and not volume.isidentifier()):
        raise WrongUse(f"rate {rate!r}", "the name of a parameter, or two with a stroke between them", "", '"CL/V"')
    return flow, volume
