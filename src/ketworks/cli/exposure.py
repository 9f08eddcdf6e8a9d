"""``ketworks exposure``, ``phases`` and ``half-time``: what a curve of levels says, and how levels fall."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ketworks.cli.options import Json, Mechanisms, Plasma, Quiet, Seed, SignalNames, Times, chain_choices
from ketworks.cli.person_options import takes_people
from ketworks.cli.progress import Progress
from ketworks.errors import WrongUse

if TYPE_CHECKING:
    from ketworks.exposure.exposures import Exposure
    from ketworks.exposure.settings import How
    from ketworks.people.cohort import Cohort
    from ketworks.people.person import Person

Window = Annotated[str, typer.Option(help="Area, peak, trough and mean within '0 to 24 h' (else the last interval).")]
Above = Annotated[str, typer.Option(help="Also the time above a level, such as '100 ng/mL'.")]
Limit = Annotated[str, typer.Option("--loq", help="Limit of quantification: a curve ends at its last level above it.")]
Points = Annotated[str, typer.Option(help="Terminal phase: best, last (three points), or '4 to 12 h'.")]
Method = Annotated[str, typer.Option(help="Areas: linear-up/log-down or linear.")]
OutUnit = Annotated[str, typer.Option("--in", help="Unit of time of the results: min, h or d.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("exposure")(exposure)
    app.command("phases")(phases)
    app.command("half-time")(half_time)


@takes_people
def exposure(
    regimen: Annotated[
        str, typer.Argument(help="A dose sentence or a .toml file with doses; or a .csv table of measured levels.")
    ],
    *,
    who: Person | Cohort,
    signals: SignalNames = "",
    times: Times = "",
    plasma: Plasma = "",
    chain: Mechanisms = None,
    seed: Seed = 1,
    no_band: Annotated[bool, typer.Option("--no-band", help="The typical person only.")] = False,
    window: Window = "",
    above: Above = "",
    loq: Limit = "",
    points: Points = "best",
    method: Method = "linear-up/log-down",
    in_unit: OutUnit = "h",
    time: Annotated[str, typer.Option(help="Table: column of the time since the dose.")] = "TIME",
    value: Annotated[str, typer.Option(help="Table: column of the level.")] = "DV",
    person: Annotated[str, typer.Option("--id", help="Table: column of the person.")] = "ID",
    time_unit: Annotated[str, typer.Option("--time-unit", help="Table: unit of its times: min, h or d.")] = "",
    unit: Annotated[str, typer.Option(help="Table: unit of its levels, such as ng/mL.")] = "",
    dose: Annotated[str, typer.Option(help="Table: the dose everybody had, such as '35 mg'.")] = "",
    route: Annotated[str, typer.Option(help="Table: the route of the dose: iv, oral, ...")] = "",
    over: Annotated[str, typer.Option(help="Table: length of an infusion, such as '40 min'.")] = "0 min",
    out: Annotated[str, typer.Option(help="Write the table of all people here (.csv).")] = "",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Peaks, areas, half-lives, clearance, accumulation and metabolite ratios of simulated or measured levels.

    For example: ketworks exposure "0.5 mg/kg iv over 40 min" --above "100 ng/mL", or
    ketworks exposure levels.csv --time-unit h --unit ng/mL --dose "35 mg" --route iv --over "40 min".
    """
    from ketworks.io.whole_file import check_writable

    if out:
        check_writable(Path(out), (".csv",))
    how = _how({"window": window, "above": above, "quantifiable": loq, "points": points, "method": method}, in_unit)
    if regimen.lower().endswith(".csv"):
        found = _measured(regimen, (time, value, person, time_unit, unit), (dose, route, over), how)
    else:
        mechanisms = chain_choices(chain, plasma)
        found = _simulated(regimen, who, signals, times, mechanisms, seed, not no_band, how, quiet)
    _give(found, out, as_json, quiet)


def _how(words: dict[str, str], in_unit: str) -> How:
    """The options that were given, read once before anything is run."""
    from ketworks.exposure.settings import settings_of

    how: How = {**{name: text for name, text in words.items() if text}, "time_unit": in_unit}  # type: ignore[typeddict-item]
    settings_of(how)
    return how


def _give(found: Exposure, out: str, as_json: bool, quiet: bool) -> None:
    if out:
        found.to_csv(out)
    print(json.dumps(found.as_dict()) if as_json else found, flush=True)
    if out and not quiet:
        print(f"ketworks: wrote {out}", file=sys.stderr)


def _measured(path: str, columns: tuple[str, str, str, str, str], given: tuple[str, str, str], how: How) -> Exposure:
    """Exposure of a table of levels; its two units must be said."""
    from ketworks.exposure.level_table import Columns, exposure_of_table

    for option, unit, example in (("--time-unit", columns[3], "h"), ("--unit", columns[4], "ng/mL")):
        if not unit:
            raise WrongUse(f"a table of levels without {option}", "the unit of its column", paste=f"{option} {example}")
    dose, route, over = given
    return exposure_of_table(path, Columns(*columns), dose or None, route or None, over, **how)


def _simulated(
    regimen: str,
    who: Person | Cohort,
    signals: str,
    times: str,
    chain: dict[str, str],
    seed: int,
    band: bool,
    how: How,
    quiet: bool,
) -> Exposure:
    """Exposure of the asked levels, or of all that the plasma model makes."""
    from ketworks.cli.run import read_regimen
    from ketworks.exposure.simulated import exposure_of, levels_made
    from ketworks.registry import Chain
    from ketworks.simulation import simulate

    plan = read_regimen(regimen)
    chosen = Chain(**chain)
    named = [name.strip() for name in signals.split(",")] if signals else None
    progress = Progress(quiet)
    with progress.running():
        names = named or levels_made(chosen, plan, who)
        simulation = simulate(plan, who, chosen, names, times or None, band, seed, progress=progress)
        return exposure_of(simulation, names, **how)


def _check_drug(drug: str, command: str) -> None:
    """Says where the name of a plasma model belongs when it stands in the place of the drug."""
    from ketworks.plasma.cards import card_of
    from ketworks.registry import variants

    if drug not in variants()["plasma"]:
        return
    card = card_of(drug)
    first = card.drugs[0] if card else "ketamine"
    raise WrongUse(
        f"{drug!r} in the place of the drug",
        "ketamine, esketamine or arketamine; a plasma model is told by --plasma",
        paste=f"ketworks {command} {first} --plasma {drug}",
    )


@takes_people
def phases(
    drug: Annotated[str, typer.Argument(help="ketamine, esketamine or arketamine.")] = "esketamine",
    *,
    who: Person | Cohort,
    signal: Annotated[str, typer.Option(help="The level; arterial when not given.")] = "",
    plasma: Plasma = "",
    chain: Mechanisms = None,
    seed: Seed = 1,
    no_band: Annotated[bool, typer.Option("--no-band", help="The typical person only.")] = False,
    in_unit: OutUnit = "h",
    out: Annotated[str, typer.Option(help="Write the table of all people here (.csv).")] = "",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Half-lives by phase of a plasma model, and the share of the area in each, after a push into a vein.

    For example: ketworks phases esketamine --plasma otto2021
    """
    from ketworks.exposure.phases import phases_of
    from ketworks.io.whole_file import check_writable
    from ketworks.registry import Chain

    if out:
        check_writable(Path(out), (".csv",))
    _check_drug(drug, "phases")
    chosen = Chain(**chain_choices(chain, plasma))
    progress = Progress(quiet)
    with progress.running():
        found = phases_of(drug, who, signal or None, chosen, not no_band, seed, in_unit)
    _give(found, out, as_json, quiet)


@takes_people
def half_time(
    drug: Annotated[str, typer.Argument(help="ketamine, esketamine or arketamine.")] = "ketamine",
    *,
    who: Person | Cohort,
    lengths: Annotated[str, typer.Option(help="Lengths of the infusion, such as '10,30,60,120 min'.")] = "",
    signal: Annotated[str, typer.Option(help="The level whose fall is timed; arterial when not given.")] = "",
    fall: Annotated[float, typer.Option(help="By how many percent the level falls.")] = 50.0,
    plasma: Plasma = "",
    chain: Mechanisms = None,
    seed: Seed = 1,
    no_band: Annotated[bool, typer.Option("--no-band", help="The typical person only.")] = False,
    out: Annotated[str, typer.Option(help="Write the numbers here (.csv).")] = "",
    plot: Annotated[str, typer.Option(help="Write the curve here (.png).")] = "",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Context-sensitive half-time: how long a level takes to halve after an infusion that held it, by its length.

    For example: ketworks half-time esketamine --lengths "30,60,120,240 min" --plot half-time.png
    """
    from ketworks.exposure.context_half_time import LENGTHS, context_sensitive_half_time
    from ketworks.io.whole_file import check_writable, write_whole
    from ketworks.registry import Chain

    for path, kind in ((out, ".csv"), (plot, ".png")):
        if path:
            check_writable(Path(path), (kind,))
    _check_drug(drug, "half-time")
    chosen = Chain(**chain_choices(chain, plasma))
    progress = Progress(quiet)
    with progress.running():
        found = context_sensitive_half_time(
            drug, who, lengths or LENGTHS, signal or None, 1.0 - fall / 100.0, chosen, not no_band, seed
        )
        if out:
            found.to_csv(out)
        if plot:
            picture = found.plot()
            write_whole(Path(plot), lambda path: picture.savefig(path, dpi=150, format="png"))
    print(json.dumps(found.as_dict()) if as_json else found, flush=True)
    for path in (out, plot):
        if path and not quiet:
            print(f"ketworks: wrote {path}", file=sys.stderr)
