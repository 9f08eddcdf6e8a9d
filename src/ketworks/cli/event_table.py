"""``ketworks events table.csv``: tells an event table in sentences, predicts its records, writes it back."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ketworks.cli.progress import Progress
from ketworks.errors import WrongUse

if TYPE_CHECKING:
    from ketworks.dose.regimen import Regimen
    from ketworks.events import EventTable
    from ketworks.events.model_file import StatedModel
    from ketworks.events.reading import Choices
    from ketworks.events.table import Numbers

PREDICTION = "PRED"
"""Name of the column of predictions."""


@dataclass(frozen=True)
class Wishes:
    """What the command line asks for; empty texts ask for nothing."""

    explain: bool
    model: str
    predict: str
    to: str
    route: str
    drug: str
    from_first_dose: bool
    as_json: bool
    quiet: bool


def answer(path: str, choices: Choices, wishes: Wishes) -> None:
    """Reads a table and does what is asked; data on stdout, words on stderr."""
    from ketworks.events import csv_text, read
    from ketworks.io.event_file import write_events
    from ketworks.io.whole_file import check_writable

    if not path.lower().endswith(".csv"):
        raise WrongUse(f"{path!r} with --model or --predict", "a table: a file that ends in .csv", "", "t.csv")
    if wishes.predict and not wishes.model:
        expected = "a model that predicts: how to write one is in docs/events.md"
        raise WrongUse("--predict without --model", expected, "", f"--model model.toml --predict {wishes.predict}")
    for name in filter(None, (wishes.predict, wishes.to)):
        check_writable(Path(name), (".csv",))
    progress = Progress(wishes.quiet)
    with progress.running():
        table = read(Path(path), choices, progress)
        model = _model(wishes.model)
        predictions = model.predict(table, progress) if model else None
        further = {PREDICTION: predictions} if predictions is not None else {}
        progress("writing")
        if wishes.predict:
            write_events(table, wishes.predict, further)
        if wishes.to:
            write_events(table, wishes.to)
    _say(table, model, wishes)
    if wishes.as_json:
        print(json.dumps(_as_json(table, model, predictions, wishes)))
        return
    if wishes.explain:
        print("\n".join(_sentences(path, table, model, choices, wishes)))
    if predictions is not None and not wishes.predict:
        print(csv_text(table, further), end="")


def write_plan(plan: Regimen, to: str, weight: str, time_unit: str, quiet: bool) -> None:
    """Writes a regimen as an event table and says what its amounts are and how it is read back."""
    from ketworks.dose.tabulated import tabulate
    from ketworks.io.event_file import write_events
    from ketworks.io.whole_file import check_writable
    from ketworks.people.person import WEIGHT_RANGE
    from ketworks.quantity import to_number

    check_writable(Path(to), (".csv",))
    table = tabulate(plan, to_number(weight, "kg", "weight", *WEIGHT_RANGE), time_unit or "min")
    write_events(table, to)
    if quiet:
        return
    at = f" at {table['WT'][0]:g} kg" if "WT" in table.covariates else ""
    print(f"ketworks: wrote {to}: {_count(table)}; AMT in mg of {plan.drug} base{at}", file=sys.stderr)
    drug = "" if plan.drug == "ketamine" else f" --drug {plan.drug}"
    print(f"ketworks: read it back: ketworks events {to} --explain{drug}", file=sys.stderr)


def _count(table: EventTable) -> str:
    people = f"{len(table.people)} {'people' if len(table.people) != 1 else 'person'}"
    return f"{len(table)} record{'s' if len(table) != 1 else ''} of {people}"


def _model(path: str) -> StatedModel | None:
    if not path:
        return None
    from ketworks.events.model_file import read_model

    return read_model(path)


def _sentences(path: str, table: EventTable, model: StatedModel | None, choices: Choices, wishes: Wishes) -> list[str]:
    """The sentence of a regimen, where the table holds one, and what it says of each person."""
    from ketworks.cli.run import read_regimen
    from ketworks.events import explain

    lines, unit = [], model.units["amount"] if model else ""
    if wishes.route or "ROUTE" in table.given:
        unit = unit or "mg"
        try:
            table_words = (choices.time_unit, wishes.route, wishes.drug, [*choices.ignore], wishes.from_first_dose)
            lines = read_regimen(path, *table_words).readback().splitlines()
        except WrongUse as error:
            print(f"ketworks: not one regimen that `ketworks run` takes: {error.given}", file=sys.stderr)
    return [*lines, *explain(_with_time(table, model), unit)]


def _with_time(table: EventTable, model: StatedModel | None) -> EventTable:
    """The table with the model's unit of time where it has none of its own."""
    return replace(table, time_unit=table.time_unit or (model.units["time"] if model else ""))


def _say(table: EventTable, model: StatedModel | None, wishes: Wishes) -> None:
    if wishes.quiet:
        return
    words = list(table.notes)
    if model is not None:
        words.append(f"{PREDICTION} in {model.units['output']} (amounts in {model.units['amount']})")
    words += [f"wrote {name}: {_count(table)}" for name in filter(None, (wishes.predict, wishes.to))]
    for line in words:
        print(f"ketworks: {line}", file=sys.stderr)


def _as_json(
    table: EventTable, model: StatedModel | None, predictions: Numbers | None, wishes: Wishes
) -> dict[str, Any]:
    from ketworks.events import explain

    found: dict[str, Any] = {"people": list(table.people), "records": len(table), "notes": list(table.notes)}
    if wishes.explain:
        found["explain"] = explain(_with_time(table, model), model.units["amount"] if model else "")
    if model is not None and predictions is not None:
        found["prediction"] = {
            "unit": model.units["output"],
            "id": [table.people[person] for person in table.person],
            "time": table["TIME"].tolist(),
            "values": predictions.tolist(),
        }
    return found
