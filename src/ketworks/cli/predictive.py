"""``ketworks vpc`` and ``ketworks npde``: does a model predict data as spread as these data are."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from ketworks.cli.options import Json, Quiet, TimeUnit, pairs
from ketworks.cli.progress import Progress
from ketworks.cli.shared_options import Command, with_options
from ketworks.errors import EXIT_FAILED_CHECK, WrongUse

if TYPE_CHECKING:
    from ketworks.events import EventTable
    from ketworks.predictive.check_data import Observed, Replicates
    from ketworks.predictive.replicates import Population

Data = Annotated[str, typer.Argument(help="A .csv table with NONMEM's columns, doses and measurements (DV).")]
ModelFile = Annotated[str, typer.Option("--model", help="A population model (.toml); see docs/predictive.md.")]
Plasma = Annotated[str, typer.Option("--plasma", help="Instead: a published ketamine model, for example otto2021.")]
Replicas = Annotated[int, typer.Option("--replicates", help="Simulated data sets, 200 or more.")]
DrawSeed = Annotated[int, typer.Option("--seed", help="Seed of the simulated data sets.")]
Scale = Annotated[list[str] | None, typer.Option("--scale", help="Try a wrong model: CL=1.5; may repeat.")]
Where = Annotated[list[str] | None, typer.Option("--where", help="Only observations with column=value: DVID=1.")]
Lloq = Annotated[float, typer.Option("--lloq", help="Limit of quantification, in the unit of DV; 0 for none.")]
Label = Annotated[list[str] | None, typer.Option("--label", help="A column of text; may repeat.")]
Ignore = Annotated[list[str] | None, typer.Option("--ignore", help="A column to leave out; may repeat.")]
Recode = Annotated[list[str] | None, typer.Option("--recode", help="A code's meaning: SS:99=0; may repeat.")]
Drug = Annotated[str, typer.Option("--drug", help="With --plasma: ketamine, esketamine or arketamine, mg of base.")]
Route = Annotated[str, typer.Option("--route", help="With --plasma: route of doses without a column ROUTE.")]
Out = Annotated[str, typer.Option("--out", help="Write the picture here (.png or .svg).")]
TableOut = Annotated[str, typer.Option("--table", help="Write the numbers here (.csv).")]


# name of the option, what it is, and what it is when not given: what both commands ask about data and model
_ASKED: Mapping[str, tuple[Any, Any]] = {
    "model": (ModelFile, ""),
    "plasma": (Plasma, ""),
    "replicates": (Replicas, 1000),
    "seed": (DrawSeed, 1),
    "scale": (Scale, None),
    "where": (Where, None),
    "lloq": (Lloq, 0.0),
    "drug": (Drug, ""),
    "route": (Route, ""),
    "time_unit": (TimeUnit, ""),
    "label": (Label, None),
    "ignore": (Ignore, None),
    "recode": (Recode, None),
    "out": (Out, ""),
    "table": (TableOut, ""),
}


class _Asked(NamedTuple):
    """The options of ``_ASKED`` as typed."""

    model: str
    plasma: str
    replicates: int
    seed: int
    scale: list[str] | None
    where: list[str] | None
    lloq: float
    drug: str
    route: str
    time_unit: str
    label: list[str] | None
    ignore: list[str] | None
    recode: list[str] | None
    out: str
    table: str


def _asks(command: Command) -> Command:
    """A command with a parameter ``asked``: users give the options of ``_ASKED`` in its place."""
    return with_options(command, "asked", _ASKED, lambda given, _: _Asked(**given))


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("vpc")(vpc)
    app.command("npde")(npde)


@_asks
def vpc(
    data: Data,
    bins: Annotated[str, typer.Option(help="auto, nominal, a number of bins, or edges '0,1,2,4'.")] = "auto",
    axis: Annotated[str, typer.Option(help="time, or after-dose.")] = "time",
    stratify: Annotated[str, typer.Option(help="Column whose groups are shown apart.")] = "",
    corrected: Annotated[bool, typer.Option("--corrected", help="Prediction-corrected.")] = False,
    log: Annotated[bool, typer.Option("--log", help="Logarithmic vertical axis in the picture.")] = False,
    *,
    asked: _Asked,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Visual predictive check: percentiles of the data against those of simulated data; exit 1 when flagged.

    ketworks vpc data.csv --model model.toml --out vpc.png
    """
    from ketworks.predictive.tell import vpc_meaning, vpc_rows, vpc_text, write_table
    from ketworks.predictive.vpc import predictive_check
    from ketworks.predictive.vpc_picture import save_vpc

    _check_asked(asked)
    progress = Progress(quiet)
    with progress.running():
        observed, simulated = _both(data, asked, progress)
        result = predictive_check(observed, simulated, bins, stratify.upper(), axis, corrected)
        if asked.out:
            save_vpc(result, Path(asked.out), log)
        if asked.table:
            write_table(vpc_rows(result), Path(asked.table))
    _answer(result.as_dict() if as_json else vpc_text(result), vpc_meaning(result), result.flagged, asked, quiet)


@_asks
def npde(
    data: Data,
    correlated: Annotated[bool, typer.Option("--npd", help="Each observation for itself, not decorrelated.")] = False,
    mean_test: Annotated[str, typer.Option(help="wilcoxon or t, for the textbook p-value.")] = "wilcoxon",
    *,
    asked: _Asked,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Prediction discrepancies: mean 0, variance 1, normal under the true model; exit 1 when flagged.

    ketworks npde data.csv --model model.toml --out npde.png
    """
    from ketworks.predictive.npde import prediction_errors
    from ketworks.predictive.npde_picture import save_npde
    from ketworks.predictive.tell import npde_meaning, npde_text, write_table

    _check_asked(asked)
    progress = Progress(quiet)
    with progress.running():
        observed, simulated = _both(data, asked, progress)
        progress("ranking")
        result = prediction_errors(observed, simulated, not correlated, mean_test)
        if asked.out:
            save_npde(result, Path(asked.out))
        if asked.table:
            write_table(result.rows(), Path(asked.table))
    _answer(result.as_dict() if as_json else npde_text(result), npde_meaning(result), result.flagged, asked, quiet)


def _check_asked(asked: _Asked) -> None:
    """Says before anything runs what could not work."""
    from ketworks.io.whole_file import check_writable
    from ketworks.predictive.discrepancies import FEWEST
    from ketworks.predictive.vpc_picture import KINDS

    if bool(asked.model) == bool(asked.plasma):
        given = "both --model and --plasma" if asked.model else "neither --model nor --plasma"
        raise WrongUse(given, "one of them", paste="--model model.toml, or --plasma otto2021")
    if asked.replicates < FEWEST:
        raise WrongUse(f"{asked.replicates} replicates", f"{FEWEST} or more", paste="--replicates 1000")
    if asked.out:
        check_writable(Path(asked.out), KINDS)
    if asked.table:
        check_writable(Path(asked.table), (".csv",))


def _population(asked: _Asked, time_unit: str) -> Population:
    """The model, in the table's unit of time."""
    factors = {name: _number(name, text) for name, text in pairs(asked.scale or [], "scale", "CL=1.5").items()}
    if asked.model:
        from ketworks.predictive.population_file import read_population

        found = read_population(asked.model).scaled(factors)
        if time_unit and time_unit != found.time_unit:
            given = f"times in {time_unit}, model in {found.time_unit}"
            raise WrongUse(given, "one unit of time", paste=f'time_unit = "{time_unit}" and parameters per {time_unit}')
        return found
    from ketworks.predictive.plasma_population import plasma_population

    return plasma_population(asked.plasma, time_unit, asked.drug, asked.route).scaled(factors)


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise WrongUse(f"scale {name}={text!r}", "a number", paste=f"--scale {name}=1.5") from None


def _table(data: str, asked: _Asked) -> EventTable:
    from ketworks.events import Choices, read

    codes: dict[str, dict[str, float]] = {}
    for item in asked.recode or []:
        column, _, rest = item.partition(":")
        code, equals, meaning = rest.partition("=")
        if not equals:
            raise WrongUse(f"recode {item!r}", "column:code=meaning", paste="--recode SS:99=0")
        codes.setdefault(column.upper(), {})[code] = _number(code, meaning)
    choices = Choices(time_unit=asked.time_unit, labels=asked.label or [], ignore=asked.ignore or [], recode=codes)
    return _chosen(read(data, choices), asked.where)


def _chosen(table: EventTable, where: list[str] | None) -> EventTable:
    """Doses, and those observations that are asked for."""
    import numpy as np

    from ketworks.errors import unknown

    kept = np.ones(len(table), bool)
    for name, value in pairs(where or [], "where", "DVID=1").items():
        key = name.upper()
        if key in table.labels:
            match = np.array([word == value for word in table.labels[key]])
        elif key in table.covariates or key in table.columns:
            match = np.asarray(table[key]) == _number(name, value)
        else:
            raise unknown("column", name, [*table.labels, *table.covariates, *table.columns])
        kept &= match | (table["EVID"] != 0)
    return table.take(kept)


def _both(data: str, asked: _Asked, progress: Progress) -> tuple[Observed, Replicates]:
    """What was measured, and what the model says would have been, for the same people and times."""
    from ketworks.people.cohort import check_seed
    from ketworks.predictive.replicates import observations, simulate_replicates

    progress("reading the table")
    events = _table(data, asked)
    who = _population(asked, events.time_unit)
    observed = observations(who, events)
    if asked.lloq:
        observed = observed.censored(asked.lloq)
    return observed, simulate_replicates(who, events, asked.replicates, check_seed(asked.seed), progress)


def _answer(data: Any, words: str, flagged: bool, asked: _Asked, quiet: bool) -> None:
    """Data on stdout, words on stderr, exit 1 when flagged."""
    print(json.dumps(data) if isinstance(data, dict) else data, flush=True)
    if not quiet:
        for name in filter(None, (asked.out, asked.table)):
            print(f"ketworks: wrote {name}", file=sys.stderr)
        print(f"ketworks: {words}", file=sys.stderr)
    if flagged:
        raise typer.Exit(EXIT_FAILED_CHECK)
