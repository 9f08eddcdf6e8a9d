"""``ketworks why``, ``cite`` and ``evidence list|lint|guessed|claims``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from ketworks.cli.options import Json, chain_choices, complete_plasma, complete_signal
from ketworks.cli.person_options import takes_person
from ketworks.errors import EXIT_FAILED_CHECK, CannotSay, WrongUse, nearest_of, unknown

if TYPE_CHECKING:
    from ketworks.engine.chain import Chain as EngineChain
    from ketworks.people.person import Person

evidence = typer.Typer(no_args_is_help=True, help="The evidence behind the numbers.")
Plasma = Annotated[
    str, typer.Option("--plasma", help="Plasma model whose chain is meant.", autocompletion=complete_plasma)
]
Dose = Annotated[
    str,
    typer.Option("--dose", help='What the chain is asked for, as in --dose "50 mg oral": the route brings in values.'),
]
Then = Annotated[
    str, typer.Argument(help="The signal, when a saved simulation stands first.", autocompletion=complete_signal)
]
SAVED = ".nc"


class _Meant(NamedTuple):
    """The chain that is meant.

    Attributes:
        chain: fitted to dose and person, where they are known.
        words: which one it is.
        names: signals of a saved simulation; none otherwise.
    """

    chain: EngineChain
    words: str
    names: tuple[str, ...] = ()


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("why")(why)
    app.command("cite")(cite)
    app.add_typer(evidence, name="evidence")


@takes_person
def why(
    signal: Annotated[
        str,
        typer.Argument(
            help="Signal name; or a saved simulation (.nc), then a signal name.", autocompletion=complete_signal
        ),
    ],
    then: Then = "",
    depth: Annotated[int, typer.Option(help="How many signals deep; 0 for the signal alone.")] = 1,
    plasma: Plasma = "",
    dose: Dose = "",
    *,
    person: Person,
    as_json: Json = False,
) -> None:
    """From a curve back through equations and values to sources.

    For example: ketworks why plasma.ketamine.venous --dose "1 mg/kg iv bolus" --age 5 --weight 18kg
    """
    from ketworks.evidence.why import why as explain

    meant = _meant(signal, plasma, dose, person, "" if signal.endswith(SAVED) else signal)
    if then and not meant.names:
        raise WrongUse(
            f"two signals, {signal} and {then}", "one, or a saved simulation and one", paste=f"ketworks why {signal}"
        )
    if meant.names and not then:
        expected = f"a signal behind it: {', '.join(meant.names)}"
        raise WrongUse(f"{signal} without a signal", expected, paste=f"ketworks why {signal} {meant.names[0]}")
    found = explain(then or signal, meant.chain.stages)
    print(json.dumps(found.as_dict()) if as_json else found.text(depth))


@takes_person
def cite(
    what: Annotated[str, typer.Argument(help="A saved simulation (.nc), or a signal name.")],
    out: Annotated[str, typer.Option(help="Write the BibTeX here instead of stdout.")] = "",
    plain: Annotated[bool, typer.Option("--plain", help="A list in words instead of BibTeX.")] = False,
    plasma: Plasma = "",
    dose: Dose = "",
    *,
    person: Person,
) -> None:
    """BibTeX of every source behind a saved simulation or a signal.

    For example: ketworks cite run.nc --plain, or ketworks cite plasma.ketamine.venous --dose "50 mg oral"
    """
    from ketworks.evidence.cite import bibtex, methods
    from ketworks.io.whole_file import check_writable, write_whole

    if out:
        check_writable(Path(out))
    meant = _meant(what, plasma, dose, person, "" if what.endswith(SAVED) else what)
    names, stages = meant.names or [what], meant.chain.stages
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
    from ketworks.evidence import aside
    from ketworks.registry import every_stage

    rows = {key: row for stage in every_stage() for key, row in stage.parameters().items()}
    rows |= {key: row for key, (row, _) in aside.values(aside.load()).items()}
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
@takes_person
def guessed_values(
    saved: Annotated[str, typer.Argument(help="A saved simulation (.nc) whose chain is meant.")] = "",
    plasma: Plasma = "",
    dose: Dose = "",
    *,
    person: Person,
    as_json: Json = False,
) -> None:
    """The page of what is recalled, assumed or only fitted in one chain, and what rests on it.

    For example: ketworks evidence guessed --dose "50 mg oral" --with ticlopidine
    """
    from ketworks.evidence import aside
    from ketworks.evidence.guessed import as_dicts, guessed, guessed_aside, text

    if saved and not saved.endswith(SAVED):
        paste = f"ketworks evidence guessed --plasma {saved}"
        raise WrongUse(f"{saved!r} as a saved simulation", "a file that ends in .nc, or --plasma, --dose", paste=paste)
    meant = _meant(saved, plasma, dose, person)
    found, beside = guessed(meant.chain.stages), guessed_aside(aside.load())
    print(json.dumps(as_dicts([*found, *beside])) if as_json else text(found, meant.words, beside))


@evidence.command("claims")
def claims(as_json: Json = False) -> None:
    """What is said about ketamine, with a verdict and the sources for and against."""
    from ketworks.evidence.claims import as_dicts, load, text

    found = load()
    print(json.dumps(as_dicts(found)) if as_json else text(found))


def _meant(what: str, plasma: str, dose: str, who: Person, signal: str = "") -> _Meant:
    """The chain of a saved simulation, of a dose and a person, or of a plasma model with all later stages.

    Args:
        what: a saved simulation, if it ends so.
        plasma: model that is asked for.
        dose: a dose sentence.
        who: the person; another than the usual one needs a dose.
        signal: refused with the reason where the chain leaves it out.
    """
    from ketworks.left_out import check_made
    from ketworks.people.person import Person
    from ketworks.registry import Chain, default_chain, default_variant

    other = bool(who.given) or who != Person()
    if what.endswith(SAVED):
        if plasma or dose or other:
            raise WrongUse(f"{what} with a plasma model, a dose or a person", "the file alone: it says them")
        return _saved(what)
    if dose:
        from ketworks.cli.run import read_regimen

        plan, asked = read_regimen(dose), Chain(**chain_choices(None, plasma))
        chain, reasons = asked.resolve(plan, who)
        check_made(signal, chain, asked, plan, who, reasons)
        return _Meant(chain, f"{plan} - {who} - plasma by {chain.variant('plasma')}")
    if other:
        paste = '--dose "0.5 mg/kg iv over 40 min"'
        raise WrongUse("a person without --dose", "what they get: drug and route decide on the values", paste=paste)
    model = plasma or default_variant("plasma")
    chain, usual = default_chain(model), default_chain(default_variant("plasma"))
    if signal not in chain.signals and signal in usual.signals:
        expected = "a signal of that chain: " + ", ".join(chain.signals)
        raise CannotSay(f"{signal}: left out of the chain of plasma {model}", expected, paste=f"ketworks why {signal}")
    return _Meant(chain, f"plasma by {model}, whatever the dose")


def _saved(path: str) -> _Meant:
    """The chain of a saved simulation; values that were replaced in it are told on stderr."""
    from ketworks.configuration import from_configuration
    from ketworks.dose.sentence import parse
    from ketworks.io.dataset import load
    from ketworks.left_out import resolved
    from ketworks.overrides import described

    asked = from_configuration(json.loads(load(path).attrs["configuration"]))
    chain, _ = resolved(asked["chain"], parse(asked["regimen"]), asked["people"])
    for note in described(chain.stages, asked["values"]):
        print(f"ketworks: {note}; the table's value is shown", file=sys.stderr)
    words = f"{asked['regimen']} - {asked['people']} - plasma by {chain.variant('plasma')}, as saved in {path}"
    return _Meant(chain, words, tuple(asked["outputs"]))
