"""Options that several commands share, and the completions for their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ketworks.errors import WrongUse

if TYPE_CHECKING:
    pass


def complete_signal(incomplete: str) -> list[str]:
    """Signal names for tab completion; works on the last item of a comma-separated list."""
    from ketworks.registry import usual_chains

    done, _, last = incomplete.rpartition(",")
    names = sorted({name for chain in usual_chains() for name in chain.signals})
    return [f"{done}{',' if done else ''}{name}" for name in names if name.startswith(last)]


def complete_mechanism(incomplete: str) -> list[str]:
    """``stage=variant`` pairs for tab completion."""
    from ketworks.registry import variants

    pairs = [f"{stage}={name}" for stage, named in variants().items() for name in named]
    return [pair for pair in pairs if pair.startswith(incomplete)]


def complete_plasma(incomplete: str) -> list[str]:
    """Plasma models for tab completion of ``--plasma``."""
    from ketworks.registry import variants

    return starting(tuple(variants()["plasma"]), incomplete)


def complete_indication(incomplete: str) -> list[str]:
    """Diagnoses for tab completion of ``--indication``."""
    from ketworks.outcome.diagnoses import DIAGNOSES

    return starting(tuple(DIAGNOSES), incomplete)


def complete_gate(incomplete: str) -> list[str]:
    """Gates of all plasticity mechanisms, blocked, for tab completion."""
    from ketworks.plasticity.gates.gate import steps

    return starting(tuple(f"{step}=0" for step in steps()), incomplete)


def starting(choices: tuple[str, ...], incomplete: str) -> list[str]:
    """The choices that begin with what was typed."""
    return [choice for choice in choices if choice.startswith(incomplete)]


Json = Annotated[bool, typer.Option("--json", help="Machine-readable output on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No words on stderr unless something is wrong.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the people behind the 90 % band.")]
RegimenWords = Annotated[
    str,
    typer.Argument(
        help="A dose sentence such as '0.5 mg/kg iv over 40 min' (racemic ketamine, mg of base, unless said), or a "
        ".toml or .csv file with doses."
    ),
]
SecondRegimen = Annotated[str, typer.Argument(help="A second dose sentence; left out with --circuits or --mechanisms.")]
TimeUnit = Annotated[str, typer.Option("--time-unit", help="For a .csv table: unit of its TIME column (h, min, d).")]
TableRoute = Annotated[str, typer.Option("--route", help="For a .csv table without ROUTE: the route of its doses.")]
TableDrug = Annotated[str, typer.Option("--drug", help="For a .csv table: ketamine, esketamine or arketamine.")]
Ignored = Annotated[
    list[str] | None, typer.Option("--ignore", help="For a .csv table: column to leave out; may repeat.")
]
FromFirstDose = Annotated[
    bool, typer.Option("--from-first-dose", help="For a .csv table: count each person's times from the first dose.")
]
NoOccasions = Annotated[
    bool, typer.Option("--no-occasions", help="People do not differ from one occasion to the next.")
]
Measured = Annotated[
    bool, typer.Option("--measured", help="Also samples with the published residual error (in --json and --out).")
]
Plasma = Annotated[
    str,
    typer.Option(help="Plasma model, such as herd2007; the same as --chain plasma=...", autocompletion=complete_plasma),
]
Indication = Annotated[
    str,
    typer.Option(
        help="Diagnosis: trd, mdd-bipolar, postpartum, ptsd, ocd, sad, aud or suicidal-crisis; one chain with a gain.",
        autocompletion=complete_indication,
        show_default="trd",
    ),
]
SignalNames = Annotated[
    str, typer.Option(help="Signals, comma separated; all usual ones when not given.", autocompletion=complete_signal)
]
Times = Annotated[str, typer.Option(help="'0,20,40,80 min' or '0 to 24 h by 5 min'.")]
Mechanisms = Annotated[
    list[str] | None, typer.Option(help="Mechanism as stage=variant; may repeat.", autocompletion=complete_mechanism)
]
Gates = Annotated[
    list[str] | None,
    typer.Option(
        "--gate",
        help="Block a step of plasticity: ampa=0, trkb=0.3 (0 blocked, 1 intact); may repeat.",
        autocompletion=complete_gate,
    ),
]
Values = Annotated[list[str] | None, typer.Option(help="Parameter as id=number in its canonical unit; may repeat.")]


def pairs(items: list[str], what: str, example: str) -> dict[str, str]:
    """``name=value`` items as a dictionary."""
    found: dict[str, str] = {}
    for item in items:
        name, equals, value = item.partition("=")
        if not equals or not name or not value:
            raise WrongUse(f"{what} {item!r}", "name=value", paste=f"--{what} {example}")
        if name in found:
            raise WrongUse(f"{what} {name!r} is given twice", "each name once")
        found[name.strip()] = value.strip()
    return found


def chain_choices(items: list[str] | None, plasma: str, indication: str = "") -> dict[str, str]:
    """Mechanisms by stage, from ``--chain``, ``--plasma`` and ``--indication``."""
    both = [*(items or []), *([f"plasma={plasma}"] if plasma else [])]
    if indication:
        from ketworks.outcome.diagnoses import mechanisms_for

        both += [f"{place}={variant}" for place, variant in mechanisms_for(indication).items()]
    return pairs(both, "chain", "plasma=simons2022")
