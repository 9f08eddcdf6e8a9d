"""Makes ``headline.json`` again from the code as it stands; see README.md for when that is right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ketworks as kw

FILE = Path(__file__).with_name("headline.json")
SEMANTICS = 1
# sentence, person, {signal: times}; values are those of the typical person, without a band
CASES: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "infusion": (
        "0.5 mg/kg iv over 40 min",
        {"weight": "80 kg", "age": 45},
        {
            "plasma.ketamine.arterial": "40 min",
            "plasma.ketamine.venous": "40 min",
            "plasma.norketamine.venous": "120 min",
            "plasma.hydroxynorketamine.arterial": "240 min",
            "receptor.block": "40 min",
            "receptor.block_pv": "40 min",
            "circuit.gamma_power": "40 min",
            "circuit.alpha_power": "40 min",
            "brain.cbf.global": "40 min",
            "body.systolic": "40 min",
            "body.heart_rate": "40 min",
            "organs.ventilation": "40 min",
            "organs.cortisol_rise": "40 min",
            "organs.nausea": "240 min",
            "mind.cadss": "40 min",
            "mind.unresponsive": "40 min",
            "plasticity.synapses": "1440 min",
            "outcome.mean_effect": "1440 min",
            "outcome.madrs": "1440 min",
        },
    ),
    "nasal": (
        "esketamine 84 mg nasal",
        {},
        {
            "plasma.s_ketamine.venous": "40 min",
            "plasma.s_norketamine.venous": "120 min",
            "receptor.block": "40 min",
            "body.systolic": "40 min",
            "outcome.mean_effect": "1440 min",
        },
    ),
    "by mouth and muscle": (
        "50 mg oral then 25 mg im after 6 h",
        {"age": 70, "comedication": "rifampicin"},
        {
            "plasma.ketamine.venous": "60 min",
            "plasma.s_norketamine.venous": "120 min",
            "plasma.ketamine.arterial": "370 min",
            "plasma.dehydronorketamine.arterial": "480 min",
        },
    ),
    "mouth and lung": (
        "25 mg sublingual then 25 mg nebulised over 20 min after 4 h",
        {},
        {"plasma.ketamine.arterial": "30 min", "plasma.ketamine.venous": "260 min"},
    ),
    "repeated bolus": (
        "35 mg iv bolus, twice weekly for 2 weeks",
        {},
        {
            "plasma.ketamine.arterial": "10 min",
            "mind.unresponsive": "10 min",
            "plasticity.synapses": "14 d",
            "plasticity.consolidation": "14 d",
            "outcome.madrs": "14 d",
        },
    ),
}


def numbers() -> dict[str, dict[str, float]]:
    """Case by case, ``signal at time`` to value."""
    found: dict[str, dict[str, float]] = {}
    for case, (sentence, person, asked) in CASES.items():
        times = list(dict.fromkeys(asked.values()))
        made = kw.simulate(sentence, kw.Person(**person), outputs=list(asked), times=times, band=False)
        arrays = {name: made[name] for name in asked}
        minutes = {time: float(time.split()[0]) * (1440.0 if time.endswith("d") else 1.0) for time in times}
        found[case] = {f"{name} at {time}": float(arrays[name].sel(time=minutes[time])) for name, time in asked.items()}
    return found


def main() -> None:
    """Writes the file."""
    content = {"semantics": SEMANTICS, "numbers": numbers()}
    FILE.write_text(json.dumps(content, indent=1) + "\n")
    print(f"wrote {FILE}: now look at the difference and write a line in CHANGELOG.md")


if __name__ == "__main__":
    main()
