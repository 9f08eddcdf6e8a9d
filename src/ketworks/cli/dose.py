"""``ketworks events``: reads a regimen back, as a sentence and as the events it means."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from ketworks.cli.options import Json, TableDrug, TableRoute, TimeUnit
from ketworks.peaks import clock
from ketworks.people.person import DEFAULT_WEIGHT, WEIGHT_RANGE


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("events")(events)


def events(
    regimen: Annotated[str, typer.Argument(help="A dose sentence, or a .toml or .csv file with doses.")],
    weight: Annotated[str, typer.Option(help="Body weight with unit, for the amounts in mg.")] = DEFAULT_WEIGHT,
    explain: Annotated[
        bool, typer.Option("--explain", help="The sentence and what it means, without the events.")
    ] = False,
    time_unit: TimeUnit = "",
    route: TableRoute = "",
    drug: TableDrug = "ketamine",
    as_json: Json = False,
) -> None:
    """Read a regimen back: the sentence it means, and every event with its amount."""
    from ketworks.cli.run import read_regimen
    from ketworks.dose.amount import enantiomer_amounts
    from ketworks.quantity import to_number

    plan = read_regimen(regimen, time_unit, route, drug)
    kilograms = to_number(weight, "kg", "weight", *WEIGHT_RANGE)
    if as_json:
        rows = []
        for event in plan.events():
            s, r = enantiomer_amounts(event, kilograms)
            rows.append({**asdict(event), "s_umol": s, "r_umol": r})
        print(json.dumps({"regimen": str(plan), "events": rows}))
        return
    print(plan.readback())
    if explain:
        return
    for event in plan.events():
        s, r = enantiomer_amounts(event, kilograms)
        lasting = f"over {clock(event.duration)}" if event.duration else "at once"
        print(
            f"{clock(event.time):>9}  {event.drug} {event.salt} {event.amount:g} {event.amount_unit} {event.route} "
            f"{lasting}  ({s:.1f} umol S, {r:.1f} umol R at {kilograms:g} kg)"
        )
