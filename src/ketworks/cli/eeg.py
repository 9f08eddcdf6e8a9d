"""``ketworks eeg``: the EEG proxy of a dose in time, its measures, pictures and files."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ketworks.cli.options import Json, Mechanisms, Plasma, Quiet, RegimenWords, chain_choices
from ketworks.cli.person_options import takes_person
from ketworks.cli.progress import Progress
from ketworks.errors import WrongUse

if TYPE_CHECKING:
    from ketworks.eeg.measures import Table
    from ketworks.eeg.recording import Recording
    from ketworks.people.person import Person

ENDINGS = (".png",)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("eeg")(eeg)


def complete_measure(incomplete: str) -> list[str]:
    """Measures for tab completion; works on the last item of a comma-separated list."""
    from ketworks.eeg.measures import MEASURES

    done, _, last = incomplete.rpartition(",")
    return [f"{done}{',' if done else ''}{name}" for name in MEASURES if name.startswith(last)]


MeasureNames = Annotated[
    str,
    typer.Option(
        help="bands, slope, lz, assr, mismatch, rhythm3hz, alternation, comma separated; all when not given.",
        autocompletion=complete_measure,
    ),
]
Picture = Annotated[
    str,
    typer.Option(
        help="Draw here (.png): a name with spectrogram, bands, trace, tones or rhythm in it draws that, "
        "any other the spectrum."
    ),
]


@takes_person
def eeg(
    regimen: RegimenWords,
    at: Annotated[str, typer.Option(help="Times since the first dose: '0,20,40,80 min' or '0 to 80 min by 2 min'.")],
    seconds: Annotated[float, typer.Option(help="Length of the trace at each time, s: 4 to 600.")] = 60.0,
    measures: MeasureNames = "",
    plot: Picture = "",
    out: Annotated[str, typer.Option(help="Write the traces here: .csv, .npz, or .fif (needs ketworks[eeg]).")] = "",
    sizes: Annotated[bool, typer.Option("--sizes", help="Also print sizes, which no evidence supports.")] = False,
    *,
    person: Person,
    plasma: Plasma = "",
    chain: Mechanisms = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the random currents.")] = 1,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """EEG proxy of one cortical column at some times of a dose: directions of its measures against no drug.

    For example: ketworks eeg "0.5 mg/kg iv over 40 min" --at "0,20,40,80 min" --plot spectrum.png --out eeg.csv
    """
    from ketworks.eeg.measures import checked

    names = checked([name.strip() for name in measures.split(",")] if measures else None)
    draw = _checked_files(plot, out)
    progress = Progress(quiet)
    with progress.running():
        recording = _recorded(regimen, person, at, seconds, chain_choices(chain, plasma), seed, progress)
        table = recording.measured(names, progress)
        progress("writing")
        if out:
            recording.save(out)
        if plot:
            draw(recording, plot)
    _give(table, sizes, as_json)
    for path in filter(None, (out, plot)):
        if not quiet:
            print(f"ketworks: wrote {path}", file=sys.stderr)


def _checked_files(plot: str, out: str) -> Callable[[Recording, str], None]:
    """How to draw, once it is sure that the files can be written: before the run."""
    from ketworks.eeg.files import check
    from ketworks.io.whole_file import check_writable, write_whole

    if plot:
        check_writable(Path(plot), ENDINGS)
    if out:
        check(out)
    stem = Path(plot).stem.lower()
    kind = next((kind for kind in ("spectrogram", "bands", "trace", "tones", "rhythm") if kind in stem), "spectrum")

    def draw(recording: Recording, path: str) -> None:
        picture = recording.plot(kind)
        write_whole(Path(path), lambda place: picture.savefig(place, dpi=150, format="png"))

    return draw


def _recorded(
    regimen: str,
    person: Person,
    at: str,
    seconds: float,
    choices: dict[str, str],
    seed: int,
    progress: Progress,
) -> Recording:
    from ketworks.cli.run import read_regimen
    from ketworks.eeg.recording import BLOCKS, record
    from ketworks.eeg.slow_rhythm import SCORE
    from ketworks.registry import Chain
    from ketworks.simulation import simulate

    if not at.strip():
        raise WrongUse("--at is empty", "times since the first dose", paste='--at "0,20,40,80 min"')
    chosen = Chain(**choices)
    plan = read_regimen(regimen)
    made = chosen.resolve(plan, person)[0]
    outputs = [name for name in (*BLOCKS, SCORE) if name in made.signals] or ["plasma.ketamine.venous"]
    simulation = simulate(plan, person, chosen, outputs, at, band=False, progress=progress)
    return record(
        simulation, None, seconds, seed, lambda share: progress(f"stepping the column, {100.0 * share:.0f} %")
    )


def _give(table: Table, sizes: bool, as_json: bool) -> None:
    from ketworks.eeg.words import text

    print(json.dumps(table.as_dict()) if as_json else text(table, sizes), flush=True)
