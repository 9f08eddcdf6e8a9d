"""``ketworks events``: reads a regimen or an event table back, predicts a table, writes it in NONMEM's columns."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ketworks.cli.options import FromFirstDose, Ignored, Json, Quiet, TableDrug, TableRoute, TimeUnit
from ketworks.errors import WrongUse
from ketworks.peaks import clock
from ketworks.people.person import DEFAULT_WEIGHT, WEIGHT_RANGE

if TYPE_CHECKING:
    from ketworks.dose.regimen import Regimen

Names = Annotated[list[str] | None, typer.Option(help="Table: column of text to keep; may repeat.")]
Covariates = Annotated[
    list[str] | None, typer.Option(help="Table: covariate whose name looks like a slip; may repeat.")
]
Recoded = Annotated[list[str] | None, typer.Option(help="Table: COLUMN:code=number, such as SS:99=0; may repeat.")]


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
    model: Annotated[str, typer.Option(help="Table: a linear model (.toml) that predicts every record.")] = "",
    predict: Annotated[str, typer.Option(help="Table: write it with its predictions here (.csv); needs --model.")] = "",
    to: Annotated[
        str, typer.Option(help="Write the table back, or a sentence as a table, in NONMEM's columns (.csv).")
    ] = "",
    label: Names = None,
    ignore: Ignored = None,
    from_first_dose: FromFirstDose = False,
    covariate: Covariates = None,
    recode: Recoded = None,
    large_times: Annotated[bool, typer.Option("--large-times", help="Table: first times are no dates.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Read a regimen or an event table back, predict the records of a table, write it in NONMEM's columns.

    Examples: ketworks events "0.5 mg/kg iv over 40 min"; ketworks events t.csv --explain; ketworks events t.csv --model
    model.toml --predict out.csv; ketworks events t.csv --to clean.csv; ketworks events "0.5 mg/kg iv over 40 min, twice
    weekly for 2 weeks" --weight 80kg --to plan.csv
    """
    from ketworks.cli.run import read_regimen

    is_table = regimen.lower().endswith(".csv")
    if model or predict or (is_table and (to or explain)):
        from ketworks.cli.event_table import Wishes, answer
        from ketworks.events.reading import Choices

        choices = Choices(
            time_unit, covariate or (), label or (), ignore or (), codes(recode or []), False, large_times
        )
        answer(regimen, choices, Wishes(explain, model, predict, to, route, drug, from_first_dose, as_json, quiet))
        return
    only = [("label", label), ("ignore", None if is_table else ignore), ("covariate", covariate), ("recode", recode)]
    for name, given in only:
        if given:
            raise WrongUse(
                f"--{name} without --explain, --model or --to", "one of these, and a .csv table", "--explain"
            )
    plan = read_regimen(regimen, time_unit, route, drug, ignore, from_first_dose)
    if to:
        from ketworks.cli.event_table import write_plan

        write_plan(plan, to, weight, time_unit, quiet)
    if not to or explain or as_json:
        _tell(plan, weight, explain, as_json)


def _tell(plan: Regimen, weight: str, explain: bool, as_json: bool) -> None:
    """Prints the sentence a regimen means, and every event with its amount."""
    from ketworks.dose.amount import enantiomer_amounts
    from ketworks.quantity import to_number

    kilograms = to_number(weight, "kg", "weight", *WEIGHT_RANGE)
    if as_json:
        rows = []
        for event in plan.events():
            s, r = enantiomer_amounts(event, kilograms)
            rows.append({**asdict(event), "s_umol": s, "r_umol": r})
        beside = [asdict(dose) for dose in plan.company_doses()]
        print(json.dumps({"regimen": str(plan), "events": rows} | ({"company": beside} if beside else {})))
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
    for dose in plan.company_doses():
        when = f"-{clock(-dose.time)}" if dose.time < 0.0 else clock(dose.time)
        lasting = f"over {clock(dose.duration)}" if dose.duration else "at once"
        print(f"{when:>9}  {dose.drug} {dose.amount:g} {dose.amount_unit} {dose.route} {lasting}")


def codes(items: list[str]) -> dict[str, dict[str, float]]:
    """``COLUMN:code=number`` items as :class:`~ketworks.events.reading.Choices` has them."""
    found: dict[str, dict[str, float]] = {}
    for item in items:
        column, colon, rest = item.partition(":")
        code, equals, number = rest.partition("=")
        try:
            if not (column and colon and code and equals):
                raise ValueError(item)
            found.setdefault(column, {})[code] = float(number)
        except ValueError:
            raise WrongUse(f"recode {item!r}", "COLUMN:code=number", "", "--recode SS:99=0") from None
    return found
