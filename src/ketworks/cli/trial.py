"""``ketworks trial``: a plan simulated as a trial, with its analyses, power and published numbers beside it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ketworks.cli.options import Json, Quiet, starting
from ketworks.cli.progress import Progress
from ketworks.errors import WrongUse

if TYPE_CHECKING:
    from ketworks.scale.parts import Parts
    from ketworks.trial.plan import Trial


def complete_plan(incomplete: str) -> list[str]:
    """Shipped plans for tab completion."""
    from ketworks.trial.shipped import names

    return starting(("list", "show", *names()), incomplete)


What = Annotated[
    str,
    typer.Argument(
        help="A plan (.toml), the name of a shipped one, 'list', or 'show' with a NAME.", autocompletion=complete_plan
    ),
]
Name = Annotated[str, typer.Argument(help="With 'show': the shipped plan to print.", autocompletion=complete_plan)]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("trial")(trial)


def trial(
    plan: What = "",
    name: Name = "",
    replicates: Annotated[int, typer.Option(help="Trials for power and intervals of prediction; 0 for none.")] = 500,
    pool: Annotated[int, typer.Option(help="People simulated, from whom trials are drawn; 0 takes 2,000 or more.")] = 0,
    null: Annotated[
        bool, typer.Option("--null", help="Every arm gets the control: power becomes type-I error.")
    ] = False,
    seed: Annotated[int | None, typer.Option(help="Instead of the plan's seed.")] = None,
    n: Annotated[int, typer.Option("--n", help="People of the trial, instead of the plan's.")] = 0,
    power_curve: Annotated[str, typer.Option(help="Power for several numbers of people: '20,40,80'.")] = "",
    every: Annotated[
        bool, typer.Option("--all", help="All shipped plans: reported and predicted in one table.")
    ] = False,
    out: Annotated[str, typer.Option("--out", help="Write the people of the trial that is shown here (.csv).")] = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep what is done in PLAN.journal here, and go on with what is there.")
    ] = False,
    figure: Annotated[str, typer.Option("--figure", help="Write the figure here (.png, .svg or .pdf).")] = "",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Simulate a trial from a plan: 'ketworks trial plan.toml', 'ketworks trial list', 'ketworks trial show NAME'."""
    if plan in ("list", "show"):
        print(_shipped(plan, name, as_json))
        return
    extra = {"--out": out, "--figure": figure, "--resume": resume, "--null": null, "--n": n}
    if every:
        _refuse("--all", {"a plan": plan, "--power-curve": power_curve, **extra})
        print(_every(replicates, pool, seed, as_json, Progress(quiet)))
        return
    if not plan:
        raise WrongUse("no plan", "a plan, the name of a shipped one, or list", paste="ketworks trial list")
    if name:
        raise WrongUse(f"two names, {plan!r} and {name!r}", "one plan", paste=f"ketworks trial {plan}")
    planned = _planned(plan, seed, out, figure, n)
    progress = Progress(quiet)
    if power_curve:
        _refuse("--power-curve", extra)
        print(_curve(planned, power_curve, replicates, pool, as_json, progress))
        return
    parts = _parts(plan, planned, (replicates, pool, null), quiet) if resume else None
    print(_one(planned, (replicates, pool, null), (out, figure), parts, as_json, progress), flush=True)
    if parts is not None:
        parts.remove()
    if not quiet:
        for written in filter(None, (out, figure)):
            print(f"ketworks: wrote {written}", file=sys.stderr)


def _one(
    planned: Trial,
    asked: tuple[int, int, bool],
    files: tuple[str, str],
    parts: Parts | None,
    as_json: bool,
    progress: Progress,
) -> str:
    """One plan, simulated and told; its files are written first."""
    from ketworks.trial.figure import save_figure
    from ketworks.trial.keep import at_once
    from ketworks.trial.rows import write_rows
    from ketworks.trial.study import run_trial
    from ketworks.trial.table import text

    (out, figure), (replicates, pool, null) = files, asked
    with progress.running():
        result = run_trial(planned, replicates, pool, null, progress, parts or at_once)
        if out:
            write_rows(result, Path(out))
        if figure:
            save_figure(result, Path(figure))
    return json.dumps(result.as_dict()) if as_json else text(result)


def _refuse(option: str, others: Mapping[str, object]) -> None:
    """Refuses what has no meaning beside an option."""
    given = [one for one, value in others.items() if value]
    if given:
        raise WrongUse(f"{option} with {given[0]}", f"{option} without it", paste=f"ketworks trial {option}")


def _every(replicates: int, pool: int, seed: int | None, as_json: bool, progress: Progress) -> str:
    from ketworks.people.cohort import check_seed
    from ketworks.trial.overview import overview_text, run_all

    if replicates < 1:
        raise WrongUse(
            f"--all with {replicates} replicates", "one or more", paste="ketworks trial --all --replicates 500"
        )
    if seed is not None:
        check_seed(seed)
    with progress.running():
        found = run_all(replicates, pool, progress, seed=seed)
    return json.dumps([one.as_dict() for one in found]) if as_json else overview_text(found)


def _curve(planned: Trial, people: str, replicates: int, pool: int, as_json: bool, progress: Progress) -> str:
    from ketworks.trial.power_curve import curve_text, power_curve, read_sizes

    numbers = read_sizes(people)
    with progress.running():
        points = power_curve(planned, numbers, replicates, pool, progress)
    if as_json:
        return json.dumps({"trial": planned.name, "power_curve": [one.as_dict() for one in points]})
    return curve_text(planned, points, replicates)


def _planned(named: str, seed: int | None, out: str, figure: str, n: int) -> Trial:
    """The plan with its seed and number of people; before anything runs it is clear that the files can be written."""
    from ketworks.io.whole_file import check_writable
    from ketworks.people.cohort import check_seed
    from ketworks.trial.figure import KINDS
    from ketworks.trial.plan_file import resized
    from ketworks.trial.shipped import find

    found = resized(find(named), n) if n else find(named)
    if out:
        check_writable(Path(out), (".csv",))
    if figure:
        check_writable(Path(figure), KINDS)
    return found if seed is None else replace(found, seed=check_seed(seed))


def _parts(named: str, planned: Trial, asked: tuple[int, int, bool], quiet: bool) -> Parts:
    """Where the parts of this very trial are kept.

    Raises:
        WrongUse: parts of another one stand there.
    """
    from ketworks.scale.journal import digest_of
    from ketworks.scale.parts import Parts

    digest = digest_of((repr(planned), repr(asked)), ("scipy", "statsmodels", "pandas"))
    parts = Parts(Path(f"{Path(named).stem}.journal"), digest)
    if parts.found and not quiet:
        print(f"ketworks: going on with {parts.found} parts that are done", file=sys.stderr)
    return parts


def _shipped(what: str, name: str, as_json: bool) -> str:
    from ketworks.trial.shipped import find, names, path_of

    if what == "show":
        if not name:
            raise WrongUse(
                "show without a name", "one of " + ", ".join(names()), paste=f"ketworks trial show {names()[0]}"
            )
        return path_of(name).read_text(encoding="utf-8").rstrip()
    titles = {key: find(key).title for key in names()}
    if as_json:
        return json.dumps(titles)
    width = max(len(key) for key in titles)
    return "\n".join(f"{key:{width}s}  {title}" for key, title in titles.items())
