"""``ketworks run`` and ``ketworks signals``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from ketworks.cli.compare_circuits import show_circuits
from ketworks.cli.compare_mechanisms import Files, show_mechanisms
from ketworks.cli.options import (
    FromFirstDose,
    Gates,
    Ignored,
    Indication,
    Json,
    Measured,
    Mechanisms,
    NoOccasions,
    Plasma,
    Quiet,
    RegimenWords,
    SecondRegimen,
    Seed,
    SignalNames,
    TableDrug,
    TableRoute,
    Times,
    TimeUnit,
    Values,
    chain_choices,
    complete_plasma,
    pairs,
)
from ketworks.cli.person_options import takes_people
from ketworks.cli.progress import Progress
from ketworks.errors import WrongUse

if TYPE_CHECKING:
    from ketworks.dose.regimen import Regimen
    from ketworks.people.cohort import Cohort
    from ketworks.people.person import Person
    from ketworks.result import Simulation

PlasmaOfEach = Annotated[
    str,
    typer.Option(
        "--plasma",
        help="Plasma model of both, such as herd2007, or one for each: combined,kamp2020.",
        autocompletion=complete_plasma,
    ),
]
DEFAULT_REPORT = "ketworks-report.html"
CIRCUITS_AT = "0.5 mg/kg iv over 40 min"  # where circuits are compared unless told


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("run")(run)
    app.command("compare")(compare)
    app.command("signals")(signals)


@takes_people
def run(
    regimen: RegimenWords,
    *,
    who: Person | Cohort,
    signals: SignalNames = "",
    times: Times = "",
    plasma: Plasma = "",
    chain: Mechanisms = None,
    indication: Indication = "",
    value: Values = None,
    gate: Gates = None,
    time_unit: TimeUnit = "",
    route: TableRoute = "",
    drug: TableDrug = "ketamine",
    ignore: Ignored = None,
    from_first_dose: FromFirstDose = False,
    out: Annotated[str, typer.Option(help="Write netCDF here (.nc).")] = "",
    report: Annotated[str, typer.Option(help="Write the HTML report here.")] = DEFAULT_REPORT,
    no_report: Annotated[bool, typer.Option("--no-report", help="Write no report.")] = False,
    no_band: Annotated[bool, typer.Option("--no-band", help="The typical person only.")] = False,
    no_occasions: NoOccasions = False,
    measured: Measured = False,
    seed: Seed = 1,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run one dose sentence through the whole chain; print the table of peaks and write a report."""
    files = _checked_files(out, "" if no_report or (as_json and report == DEFAULT_REPORT) else report)
    progress = Progress(quiet)
    with progress.running():
        plan = read_regimen(regimen, time_unit, route, drug, ignore, from_first_dose)
        mechanisms = chain_choices(chain, plasma, indication)
        more: dict[str, Any] = {"band": not no_band, "seed": seed, "occasions": not no_occasions, "measured": measured}
        more |= {"values": read_values(value), "gates": read_gates(gate)}
        simulation = _simulate(plan, who, signals, times, mechanisms, progress, **more)
        progress("writing")
        files.write(simulation)
    print(json.dumps(simulation.as_dict()) if as_json else simulation, flush=True)
    if not quiet:
        files.say()
    _prepare_next_start(quiet)


class _Files(NamedTuple):
    """Where to write; empty is nowhere."""

    out: str
    report: str

    def write(self, simulation: Simulation) -> None:
        if self.out:
            simulation.save(self.out)
        if self.report:
            simulation.report(self.report)

    def say(self) -> None:
        for name in filter(None, self):
            print(f"ketworks: wrote {name}", file=sys.stderr)
        print("ketworks: research and teaching only; it never doses or treats a real person", file=sys.stderr)


def _checked_files(out: str, report: str) -> _Files:
    """The files, once it is sure that they can be written: before the run."""
    from ketworks.io.whole_file import check_writable

    if out:
        check_writable(Path(out), (".nc",))
    if report:
        check_writable(Path(report), (".html", ".htm"))
    return _Files(out, report)


def _prepare_next_start(quiet: bool) -> None:
    """After a first start: compiles what other sentences will need, once the user has the answer."""
    from ketworks.engine.compiled import traced_programs
    from ketworks.simulation import warm_up

    if traced_programs() == 0:
        return
    if not quiet:
        print("ketworks: first start: compiling for other regimens, about 15 s; Ctrl-C is harmless", file=sys.stderr)
    try:
        warm_up()
    except KeyboardInterrupt:
        return  # the answer is out; what is missing is compiled when it is needed


def _simulate(
    regimen: Regimen,
    who: Person | Cohort,
    signals: str,
    times: str,
    chain: dict[str, str],
    progress: Progress,
    **more: Any,
) -> Simulation:
    from ketworks.registry import Chain
    from ketworks.simulation import simulate

    names = [name.strip() for name in signals.split(",")] if signals else None
    return simulate(regimen, who, Chain(**chain), names, times or None, progress=progress, **more)


def read_regimen(
    text: str,
    time_unit: str = "",
    route: str = "",
    drug: str = "ketamine",
    ignore: list[str] | None = None,
    from_first_dose: bool = False,
) -> Regimen:
    """A sentence, a .toml file or a .csv event table (for which the other words are)."""
    if text.lower().endswith(".toml"):
        from ketworks.dose.toml import read_toml

        return read_toml(Path(text))
    if text.lower().endswith(".csv"):
        from ketworks.dose.event_table import read_event_table

        people = read_event_table(
            Path(text),
            time_unit=time_unit or None,
            route=route or None,
            drug=drug,
            ignore=ignore or (),
            from_first_dose=from_first_dose,
        )
        plans = set(people.values())
        if len(plans) > 1:
            raise WrongUse(f"{text}: {len(people)} people with {len(plans)} regimens", "one regimen: keep one ID")
        return plans.pop()
    from ketworks.dose.sentence import parse

    return parse(text)


def read_values(items: list[str] | None) -> dict[str, float]:
    """Parameter values by id, from ``--value``."""
    return {key: _number(key, text) for key, text in pairs(items or [], "value", "simons2022.clearance=1.6").items()}


def read_gates(items: list[str] | None) -> dict[str, float]:
    """Shares that work by gate, from ``--gate``."""
    return {key: _number(key, text, "gate") for key, text in pairs(items or [], "gate", "ampa=0").items()}


def _number(key: str, text: str, option: str = "value") -> float:
    try:
        return float(text)
    except ValueError:
        raise WrongUse(f"{option} {key}={text!r}", "a number", paste=f"--{option} {key}=1.0") from None


@takes_people
def compare(
    first: RegimenWords = CIRCUITS_AT,
    second: SecondRegimen = "",
    *,
    who: Person | Cohort,
    signals: SignalNames = "",
    times: Times = "",
    plasma: PlasmaOfEach = "",
    time_unit: TimeUnit = "",
    route: TableRoute = "",
    drug: TableDrug = "ketamine",
    ignore: Ignored = None,
    from_first_dose: FromFirstDose = False,
    no_occasions: NoOccasions = False,
    circuits: Annotated[bool, typer.Option("--circuits", help="Compare the rival circuits at one sentence.")] = False,
    ablate: Annotated[bool, typer.Option("--ablate", help="What each part of the circuit is needed for.")] = False,
    mechanisms: Annotated[
        bool, typer.Option("--mechanisms", help="Compare the rival plasticity mechanisms over known interventions.")
    ] = False,
    out: Annotated[str, typer.Option(help="With --mechanisms: write the table here (.csv).")] = "",
    plot: Annotated[str, typer.Option(help="With --mechanisms: a picture here (.png, .svg or .pdf).")] = "",
    seed: Seed = 1,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run two dose sentences on the same people; print largest changes side by side and paired differences.

    For example: ketworks compare "0.5 mg/kg iv over 40 min" "0.5 mg/kg iv over 40 min" --plasma combined,kamp2020

    With --circuits and one sentence: what each rival circuit explains and which experiment tells them apart.

    With --mechanisms: what each rival mechanism of plasticity predicts under rapamycin, naltrexone and others.
    """
    from ketworks.comparison import compare as side_by_side

    files = Files.asked(out, plot, mechanisms)
    if mechanisms and (circuits or ablate):
        raise WrongUse("--mechanisms with --circuits or --ablate", "one of them", paste="ketworks compare --mechanisms")
    if mechanisms:
        show_mechanisms(first, second, files, as_json, quiet)
        return
    if circuits or ablate:
        show_circuits(first, second, ablate, seed, as_json, quiet)
        return
    if not second:
        paste = f'ketworks compare --circuits "{first}"'
        raise WrongUse("one dose sentence", "two, or --circuits or --mechanisms", paste=paste)
    progress = Progress(quiet)
    with progress.running():
        plans = [read_regimen(words, time_unit, route, drug, ignore, from_first_dose) for words in (first, second)]
        both = [
            _simulate(plan, who, signals, times, model, progress, seed=seed, occasions=not no_occasions)
            for plan, model in zip(plans, _of_each(plasma), strict=True)
        ]
        found = side_by_side(both[0], both[1], [name.strip() for name in signals.split(",")] if signals else None)
    print(json.dumps(found.as_dict()) if as_json else found)


def _of_each(plasma: str) -> list[dict[str, str]]:
    """Mechanisms of the first and of the second; one plasma model is for both, none is chosen for the user."""
    names = [name.strip() for name in plasma.split(",")]
    if len(names) > 2 or (len(names) == 2 and not all(names)):
        expected = "one model for both, or two: the first's and the second's"
        raise WrongUse(f"--plasma {plasma}", expected, paste="--plasma combined,kamp2020")
    return [chain_choices(None, name) for name in (names[0], names[-1])]


def signals(as_json: Json = False) -> None:
    """List every signal with unit, grade, kind and mechanism."""
    from ketworks.evidence.grade import grades_of
    from ketworks.registry import usual_chains

    found: dict[str, dict[str, Any]] = {}
    for chain in usual_chains():
        grades = grades_of(chain.stages)
        for stage in chain.stages:
            for signal in stage.outputs:
                row = found.setdefault(
                    signal.name,
                    {"unit": signal.unit, "kind": signal.kind, "label": signal.label, "grades": {}},
                )
                row["grades"][stage.variant] = grades[signal.name].grade
    if as_json:
        print(json.dumps(found))
        return
    width = max(len(name) for name in found)
    for name, row in found.items():
        grades_shown = ", ".join(f"{variant} {grade}" for variant, grade in row["grades"].items())
        print(f"{name:{width}}  {row['unit']:8}  {row['kind']:5}  {grades_shown:38}  {row['label']}")
