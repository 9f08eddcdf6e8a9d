"""``ketworks why``, ``cite`` and ``evidence list|lint|guessed|claims``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ketworks.cli.options import Json, complete_plasma, complete_signal
from ketworks.errors import EXIT_FAILED_CHECK, nearest_of, unknown

if TYPE_CHECKING:
    from ketworks.engine.stage import Stage

evidence = typer.Typer(no_args_is_help=True, help="The evidence behind the numbers.")
Plasma = Annotated[
    str, typer.Option("--plasma", help="Plasma model whose chain is meant.", autocompletion=complete_plasma)
]
Dose = Annotated[
    str, typer.Option("--dose", help='What the chain is asked for, as in --dose "50 mg oral": its route brings in rows.')
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("why")(why)
    app.command("cite")(cite)
    app.add_typer(evidence, name="evidence")


def why(
    signal: Annotated[str, typer.Argument(help="Signal name.", autocompletion=complete_signal)],
    depth: Annotated[int, typer.Option(help="How many signals deep; 0 for the signal alone.")] = 1,
    plasma: Plasma = "",
    dose: Dose = "",
    as_json: Json = False,
) -> None:
    """From a curve back through equations and values to sources."""
    from ketworks.evidence.why import why as explain

    found = explain(signal, _stages(plasma, dose))
    print(json.dumps(found.as_dict()) if as_json else found.text(depth))


def cite(
    what: Annotated[str, typer.Argument(help="A saved simulation (.nc), or a signal name.")],
    out: Annotated[str, typer.Option(help="Write the BibTeX here instead of stdout.")] = "",
    plain: Annotated[bool, typer.Option("--plain", help="A list in words instead of BibTeX.")] = False,
    plasma: Plasma = "",
    dose: Dose = "",
) -> None:
    """BibTeX of every source behind a saved simulation or a signal."""
    from ketworks.evidence.cite import bibtex, methods
    from ketworks.io.whole_file import check_writable, write_whole

    if out:
        check_writable(Path(out))
    if what.endswith(".nc"):
        from ketworks.dose.sentence import parse
        from ketworks.io.dataset import load
        from ketworks.people.cohort import Cohort
        from ketworks.result import from_configuration

        asked = from_configuration(json.loads(load(what).attrs["configuration"]))
        who = asked["people"]
        chain, _ = asked["chain"].resolve(parse(asked["regimen"]), who.person if isinstance(who, Cohort) else who)
        names, stages = asked["outputs"], chain.stages
    else:
        names, stages = [what], _stages(plasma, dose)
    text = methods(names, stages) if plain else bibtex(names, stages)
    if out:
        write_whole(Path(out), text.encode())
    else:
        print(text)


@evidence.command("list")
def list_values(
    pattern: Annotated[str, typer.Argument(help="Part of an id, meaning or source; everything when empty.")] = "",
    as_json: Json = False,
) -> None:
    """Every value with unit, interval, grade, source and locator."""
    from ketworks.registry import every_stage

    rows = {key: row for stage in every_stage() for key, row in stage.parameters().items()}
    found = [row for row in rows.values() if pattern.lower() in f"{row.id} {row.meaning} {row.source}".lower()]
    if not found:
        raise unknown("value", pattern, rows, f"ketworks evidence list {nearest_of(pattern, rows, 1)}".strip())
    if as_json:
        print(json.dumps([vars(row) for row in found]))
        return
    for row in found:
        span = "" if row.low is None or row.high is None else f" [{row.low:g}, {row.high:g}]"
        print(f"{row.id} = {row.value:g} {row.unit}{span}  {row.grade}  {row.source}: {row.locator}  ({row.meaning})")


@evidence.command("lint")
def lint_values(as_json: Json = False) -> None:
    """Refuse values without locator, units that do not parse, values outside their interval, unused sources, ..."""
    from ketworks.evidence.lint import as_dicts, lint, text
    from ketworks.registry import every_stage

    findings = lint(every_stage())
    print(json.dumps(as_dicts(findings)) if as_json else text(findings))
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(EXIT_FAILED_CHECK)


@evidence.command("guessed")
def guessed_values(plasma: Plasma = "", dose: Dose = "", as_json: Json = False) -> None:
    """The page of what is recalled, assumed or only fitted, and what rests on it."""
    from ketworks.evidence.guessed import as_dicts, guessed, text

    found = guessed(_stages(plasma, dose))
    print(json.dumps(as_dicts(found)) if as_json else text(found))


@evidence.command("claims")
def claims(as_json: Json = False) -> None:
    """What is said about ketamine, with a verdict and the sources for and against."""
    from ketworks.evidence.claims import as_dicts, load, text

    found = load()
    print(json.dumps(as_dicts(found)) if as_json else text(found))


def _stages(plasma: str, dose: str) -> tuple[Stage, ...]:
    """The chain of a plasma model, or the one that a dose sentence gets."""
    from ketworks.dose.sentence import parse
    from ketworks.people.person import Person
    from ketworks.registry import Chain, default_chain, default_variant

    if dose:
        chain, _ = Chain(**({"plasma": plasma} if plasma else {})).resolve(parse(dose), Person())
        return chain.stages
    return default_chain(plasma or default_variant("plasma")).stages
