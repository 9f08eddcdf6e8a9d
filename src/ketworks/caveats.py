"""What a reader must know beside the numbers: people outside the evidence, stages whose own checks fail for a route."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ketworks.people.person import Person
from ketworks.plasma.cards import card_of
from ketworks.registry import make

# stage outputs that are not given for a plasma model unless they are asked for by name, with the reason
WITHHELD: Mapping[str, Mapping[str, str]] = {
    "perezruixo2021": {
        "outcome": "mood after nasal esketamine misses its own checks three- to fourfold (ketworks check madrs_nasal): "
        "trust no size of it; without --signals it is not shown"
    }
}
_CRITICALLY_ILL = ("hijazi2003", "flint2017")
# what reads S-ketamine only, since nothing was read of R
S_ONLY = (
    *("organs.ventilation", "organs.carbon_dioxide", "organs.cortisol", "organs.nausea", "organs.vomiting"),
    *("organs.blurred_vision", "organs.diplopia", "mind.unresponsive", "mind.sedat", "mind.moaas"),
)
FEW = 12  # signals
OLDER = 65.0  # y; the core's people were 19 to 32 y, and only the hepatic flow of older ones is known


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
    return found + _of_levels(plasma, names) + _extrapolated(plasma, person)


def of_pure_r(drugs: Iterable[str], names: Sequence[str]) -> list[str]:
    """What is not valid where R-ketamine alone is given: these outputs read S-ketamine only, so that R shows nothing.

    Args:
        drugs: all that are given.
        names: the signals that are shown.
    """
    shown = [name for name in names if name.startswith(S_ONLY)]
    if set(drugs) != {"arketamine"} or not shown:
        return []
    return [
        "arketamine: breathing, cortisol, reports such as nausea, sedation and loss of response follow S-ketamine "
        "alone here; that they show nothing is no prediction"
    ]


def _of_levels(plasma: str, names: Sequence[str]) -> list[str]:
    """What the levels of a model are not."""
    if plasma != "perezruixo2021":
        return []
    found = []
    levels = [name for name in names if name.startswith("plasma.")]
    if any(name.endswith(".arterial") for name in levels):
        found.append(
            "arterial levels after nasal doses are the venous ones taken over: nobody sampled arteries; they are not "
            "to be set beside arterial levels of an infusion"
        )
    if any("norketamine" in name for name in levels):
        found.append(
            "the exposure (AUC) to noresketamine is 1.4 to 1.6 times that of the paper's Table 4, its peak agrees: "
            "for AUC work multiply by 0.71"
        )
    return found


def _extrapolated(plasma: str, person: Person) -> list[str]:
    """Where the person lies outside those the plasma model was made from."""
    card = card_of(plasma)
    if card is None:
        return []
    found = []
    low, high = card.weights
    if not low <= person.weight_kg <= high:
        found.append(
            f"plasma is extrapolated: {plasma} holds from {low:g} to {high:g} kg, this person {person.weight_kg:g} kg"
        )
    low, high = card.ages
    if not low <= person.age_years <= high:
        found.append(
            f"plasma is extrapolated: {plasma} holds from {low:g} to {high:g} y, this person is {person.age_years:g} y"
        )
    elif plasma == "combined" and person.age_years > OLDER:
        found.append(
            f"plasma is extrapolated: its people were 19 to 32 y, this person is {person.age_years:g} y; of age "
            "only the fall of hepatic flow is known"
        )
    if not make("plasma", plasma).random_effects:
        found.append(f"no difference between people was read for {plasma}: no band is shown")
    if person.setting == "icu" and plasma not in _CRITICALLY_ILL:
        found.append(
            f"no model of the critically ill covers this: the levels are those that {plasma} gives for others; "
            "clearance up to twice as high is reported"
        )
    if not card.site_known:
        found.append(f"the sampling site of {plasma} was not read; {card.site} is assumed")
    return found
