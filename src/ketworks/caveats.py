"""What a reader must know beside the numbers: people outside the evidence, stages whose own checks fail for a route."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ketworks.comedication import drugs as beside
from ketworks.comedication.signals import OPIOID, SEDATION, SYMPATHETIC
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
ARTERIAL = "plasma.s_ketamine.arterial"
HIGHEST_READ = 1959.0  # ng/mL of S-ketamine, the highest level at which pressure was read (body/calibration_points.tsv)
_CLEARLY = 1.05  # a gain that beyond the largest read one by less is the same: amounts in the body move a little
FEW = 12  # signals
OLDER = 65.0  # y; the core's people were 19 to 32 y, and only the hepatic flow of older ones is known


def given_unasked(plasma: str, names: Sequence[str]) -> tuple[str, ...]:
    """The signals that are given when the user has not chosen any, out of ``registry.usual_signals``."""
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


def watched(names: Sequence[str], known: Iterable[str]) -> tuple[str, ...]:
    """Signals whose largest value decides whether pressure lies beyond what was read; every chain to it makes them.

    Args:
        names: the signals that are shown.
        known: all that the chain makes.
    """
    shows_pressure = any(name.startswith("body.") for name in names)
    return tuple(name for name in (ARTERIAL, SYMPATHETIC) if name in known) if shows_pressure else ()


def beyond_read(largest: Mapping[str, float]) -> list[str]:
    """Where pressure is carried beyond the levels, or the company of drugs, at which it was read.

    Args:
        largest: of the ``watched`` signals, over people and time: whoever lies farthest out.
    """
    found = []
    level, gain = largest.get(ARTERIAL, 0.0), largest.get(SYMPATHETIC, 1.0)
    if level > HIGHEST_READ:
        found.append(
            f"pressure and heart rate: arterial S-ketamine goes up to {level:.0f} ng/mL here; they were read up to "
            f"{HIGHEST_READ:.0f} ng/mL, beyond that their size is extrapolated and may be far off"
        )
    most = largest_read_gain()
    if gain > _CLEARLY * most:
        found.append(
            f"pressure: other drugs multiply its rise by {gain:.2f} here, the largest factor that was read of one drug "
            f"is {most:.2f}; that factors multiply, and larger ones, are assumed: the rise may be far off"
        )
    return found


def largest_read_gain() -> float:
    """The largest factor on the rise of pressure that was read, and not assumed."""
    ending = "." + SYMPATHETIC.removeprefix("comedication.")
    return max(row.value for key, row in beside.rows().items() if key.endswith(ending) and row.grade != "E")


def of_breathing(given: Iterable[str], taken: Iterable[str]) -> list[str]:
    """That breathing is not predicted with a sedative of which nothing on breathing was read or assumed.

    Args:
        given: drugs given at a time beside ketamine.
        taken: drugs taken every day.
    """
    agents = {name: name for name in given} | {f"{beside.DAILY}{name}": f"daily {name}" for name in taken}
    silent = [
        words
        for agent, words in agents.items()
        if beside.effect_row(agent, SEDATION) and not beside.effect_row(agent, OPIOID)
    ]
    if not silent:
        return []
    return [
        f"breathing with {' and '.join(silent)} is not predicted: nothing of it was read, though sedatives together "
        "with ketamine can stop it; breathing here is that without it"
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
