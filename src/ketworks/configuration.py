"""What a run was asked for, as plain JSON values, so that any file that holds them can be made again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ketworks.errors import KetworksError, WrongUse
from ketworks.people.cohort import Cohort, cohort_of
from ketworks.people.person import Person

if TYPE_CHECKING:
    from ketworks.dose.regimen import Regimen


def configuration(
    regimen: Regimen,
    people: Person | Cohort,
    *,
    band: bool,
    seed: int,
    choices: Mapping[str, str],
    names: Sequence[str],
    asked: Sequence[float] | None,
    values: Mapping[str, float],
    occasions: bool,
    measured: bool,
) -> dict[str, Any]:
    """What ``from_configuration`` reads back, as plain JSON values; the arguments are attributes of ``Simulation``."""
    cohort = isinstance(people, Cohort)
    return {
        "regimen": str(regimen),
        "people": people.described() if cohort else {"kind": "person", "n": 1, **people.described()},
        "band": band,
        "seed": seed,
        "chain": dict(choices),
        "outputs": list(names),
        "times_min": None if asked is None else list(asked),
        "values": dict(values),
        "occasions": occasions,
        "measured": measured,
    }


def from_configuration(config: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments for ``simulate`` from a stored configuration.

    Raises:
        WrongUse: the configuration lacks a part, or a part cannot be read.
    """
    from ketworks.registry import Chain

    try:
        people = dict(config["people"])
        if people["kind"] != "cohort":
            people = {key: value for key, value in people.items() if key not in ("kind", "n")}
        asked = config["times_min"]
        return {
            "regimen": str(config["regimen"]),
            "people": cohort_of(people, int(config["seed"])) if "kind" in people else Person(**people),
            "chain": Chain(**config["chain"]),
            "outputs": list(config["outputs"]),
            "times": None if asked is None else [f"{t!r} min" for t in asked],
            "band": bool(config["band"]),
            "seed": int(config["seed"]),
            "values": {key: float(value) for key, value in config["values"].items()},
            "occasions": bool(config["occasions"]),
            "measured": bool(config["measured"]),
        }
    except KetworksError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise WrongUse(f"stored configuration: {error}", "the configuration that ketworks writes") from error
