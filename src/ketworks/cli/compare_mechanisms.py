"""``ketworks compare --mechanisms``: rival plasticity mechanisms against what interventions have shown."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NamedTuple

from ketworks.cli.progress import Progress
from ketworks.errors import WrongUse


class Files(NamedTuple):
    """Where to write; empty is nowhere."""

    out: str
    plot: str

    @classmethod
    def asked(cls, out: str, plot: str, mechanisms: bool) -> Files:
        """The files of ``--out`` and ``--plot``, which nothing but ``--mechanisms`` writes."""
        if (out or plot) and not mechanisms:
            paste = "ketworks compare --mechanisms --out table.csv"
            raise WrongUse("--out or --plot", "them with --mechanisms", paste=paste)
        return cls(out, plot)

    def check(self) -> None:
        """Says before the run whether both can be written."""
        from ketworks.io.whole_file import check_writable

        if self.out:
            check_writable(Path(self.out), (".csv",))
        if self.plot:
            check_writable(Path(self.plot), (".png", ".svg", ".pdf"))


def show_mechanisms(words: str, second: str, files: Files, as_json: bool, quiet: bool) -> None:
    """The table at one dose sentence; also as a file of values and as a picture."""
    from ketworks.dose.sentence import parse
    from ketworks.io.whole_file import write_whole
    from ketworks.rivals.mechanism_table import compare_mechanisms

    parse(words)
    if second:
        paste = f'ketworks compare --mechanisms "{words}"'
        raise WrongUse("--mechanisms and two dose sentences", "one sentence: the mechanisms are compared", paste=paste)
    files.check()
    progress = Progress(quiet)
    with progress.running():
        found = compare_mechanisms(words, progress=progress)
        if files.out:
            write_whole(Path(files.out), found.as_csv().encode())
        if files.plot:
            from ketworks.rivals.mechanism_picture import figure

            picture, ending = figure(found), Path(files.plot).suffix[1:]
            write_whole(Path(files.plot), lambda path: picture.savefig(path, format=ending, dpi=150))
    print(json.dumps(found.as_dict()) if as_json else found)
    for name in filter(None, files if not quiet else ()):
        print(f"ketworks: wrote {name}", file=sys.stderr)
