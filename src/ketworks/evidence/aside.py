"""Values that no signal rests on, and who reads them instead: ``aside.tsv``."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from ketworks.engine.parameter import Parameter
from ketworks.errors import WrongUse
from ketworks.evidence.parameters import load as load_table
from ketworks.evidence.parameters import pick

PATH = Path(__file__).parent / "aside.tsv"
PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Aside:
    """Rows of one table that a command or a check reads, and no stage.

    Attributes:
        table: path of the table from the package's folder, such as ``eeg/parameters.tsv``.
        ids: how their ids begin; empty for every row of the table.
        read_by: what reads them, in words.
    """

    table: str
    ids: str
    read_by: str

    def holds(self, table: str, key: str) -> bool:
        """Whether a row is one of these; a table may be named by the end of its path, as the linter names it."""
        return self.table.endswith(table) and key.startswith(self.ids)


def load(path: Path = PATH) -> tuple[Aside, ...]:
    """All groups of such rows, in file order; none when there is no such file.

    Raises:
        WrongUse: the header or a row has the wrong shape.
    """
    if not path.exists():
        return ()
    columns = [field.name for field in fields(Aside)]
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        if reader.fieldnames != columns:
            raise WrongUse(f"{path.name}: header {reader.fieldnames}", "the columns " + " ".join(columns))
        groups = []
        for line, row in enumerate(reader, 2):
            if None in row or not row["table"] or not row["read_by"]:
                raise WrongUse(f"{path.name}:{line}: {row}", "a table, how the ids begin, and who reads them")
            groups.append(Aside(**row))
    return tuple(groups)


def values(groups: Iterable[Aside], package: Path = PACKAGE) -> dict[str, tuple[Parameter, str]]:
    """Every value of these groups by id, each with who reads it."""
    return {
        key: (row, group.read_by)
        for group in groups
        for key, row in pick(load_table(str((package / group.table).parent)), (group.ids,)).items()
    }


def covering(groups: Sequence[Aside], table: str, key: str) -> Aside | None:
    """The group that a row belongs to, if any."""
    return next((group for group in groups if group.holds(table, key)), None)
