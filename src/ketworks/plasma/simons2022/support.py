"""Which rows of Simons 2022 carry which analyte, so that grades travel; the combined model rests on the same ones."""

from __future__ import annotations

from ketworks.plasma.simons2022.film import ENTRY, SWALLOWED
from ketworks.plasma.tables import rows_of


def _ids(*names: str) -> tuple[str, ...]:
    return tuple(f"simons2022.{name}" for name in names)


_ROWS = rows_of("simons2022")
_SIZE = _ids("weight_power_flow", "weight_power_volume", "reference_weight")
_PARENT = (
    *_ids("central_volume", "volume_2", "volume_3", "clearance", "flow_2", "flow_3"),
    *_SIZE,
    *_ids("variance.central_volume", "variance.clearance", "variance.flow_3"),
    "molar_mass.ketamine",
)
_NORKETAMINE = (
    *_ids("norketamine_delay", "norketamine_volume_2", "norketamine_clearance", "norketamine_flow_2"),
    *_ids("variance.norketamine_clearance", "variance.norketamine_delay"),
    "molar_mass.norketamine",
)
_HYDROXYNORKETAMINE = (
    *(key for key in _ROWS if key.startswith("simons2022.hydroxynorketamine")),
    *(key for key in _ROWS if key.startswith("simons2022.variance.hydroxynorketamine")),
    *_ids("fraction_hydroxynorketamine"),
    "molar_mass.hydroxynorketamine",
)
MUCOSAL = _ids(*ENTRY, "occasion_variance.mucosal_share")
SWALLOWED_PART = _ids(*SWALLOWED)
FILM = (*MUCOSAL, *SWALLOWED_PART, *_ids("swallowed_share", "occasion_variance.swallowed_share"))


def carriers(analyte: str) -> tuple[str, ...]:
    """Ids of the rows behind an analyte: ``ketamine``, ``norketamine``, ``hydroxynorketamine``, or another metabolite.

    The share of ketamine that becomes norketamine is not among them: the models differ in it.
    """
    if analyte == "ketamine":
        return _PARENT
    if analyte == "hydroxynorketamine":
        return (*_PARENT, *_NORKETAMINE, *_HYDROXYNORKETAMINE)
    return (*_PARENT, *_NORKETAMINE)
