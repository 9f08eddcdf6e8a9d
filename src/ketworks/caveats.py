"""What a reader must know beside the numbers: people outside the evidence, stages whose own checks fail for a route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ketworks.people.person import Person

# stage outputs that are not given for a plasma model unless they are asked for by name, with the reason
WITHHELD: Mapping[str, Mapping[str, str]] = {
    "perezruixo2021": {
        "outcome": "mood after nasal esketamine misses its own checks three- to fourfold (ketworks check madrs_nasal): "
        "trust no size of it; without --signals it is not shown"
    }
}
FEW = 12  # signals
SIMONS_AGE, SIMONS_WEIGHT = (19.0, 65.0), (49.0, 97.0)  # sampled 19-32 y; from 65 y on clearance is known to fall


def given_unasked(plasma: str, names: Sequence[str]) -> tuple[str, ...]:
    """The signals that are given when the user has not chosen any."""
    stages = WITHHELD.get(plasma, {})
    return tuple(name for name in names if name.split(".", 1)[0] not in stages)


def notes(plasma: str, person: Person, names: Sequence[str]) -> list[str]:
    """Sentences for the table, the report and JSON.

    Args:
        plasma: variant of the plasma stage.
        person: covariates.
        names: the signals that are shown.
    """
    found = []
    for stage, note in WITHHELD.get(plasma, {}).items():
        asked = any(name.startswith(f"{stage}.") for name in names)
        if asked or len(names) > FEW:  # a short list without the stage was chosen by the user
            found.append(note)
    low, high = SIMONS_WEIGHT
    if plasma == "simons2022" and not low <= person.weight_kg <= high:
        found.append(f"plasma is extrapolated: its people weighed 73 +/- 12 kg, this person {person.weight_kg:g} kg")
    if plasma == "simons2022" and person.age_years > SIMONS_AGE[1]:
        found.append(f"plasma is extrapolated: its people were 19 to 32 y, this person is {person.age_years:g} y")
    return found
