"""CSV text to columns: every cell of every row accounted for, numbers read once, faults told with their lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse
from ketworks.events.faults import SHOWN, Faults
from ketworks.events.number_cell import NumberCells, remedy

HEADER = "ID,TIME,AMT,RATE,EVID,CMT,DV"
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars", " ": "blanks"}
_AT_ONCE = 50_000


@dataclass(frozen=True)
class Cells:
    """The cells of a table, by column.

    Attributes:
        header: names of the columns, in capitals, in the order of the file.
        line: line of the file for each row.
        numbers: columns of numbers; NaN where a cell is empty or ``.``, infinity where a cell is no number.
        texts: columns kept as they were written, without blanks around.
        odd: of each column of numbers, the first cells that are no number, as (row, text), and how many there are.
        comments: rows marked ``C`` in column ``C``, which were left out.
    """

    header: tuple[str, ...]
    line: NDArray[np.int64]
    numbers: dict[str, NDArray[np.float64]]
    texts: dict[str, list[str]]
    odd: dict[str, list[tuple[int, str]]]
    comments: int


def file_text(path: str | Path, example: str = HEADER) -> str:
    """The text of a file in UTF-8, with or without a byte-order mark.

    Raises:
        WrongUse: the file cannot be read, or is in another encoding; the line is named.
    """
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise WrongUse(f"{path}: {error.strerror}", "a readable CSV file in UTF-8", "", example) from None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise WrongUse(f"{path}: text in UTF-16", "a CSV file in UTF-8: save it as 'CSV UTF-8'")
    if raw.startswith(b"PK\x03\x04"):
        raise WrongUse(f"{path}: a spreadsheet file", "its sheet saved as 'CSV UTF-8'")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        what = f"{path}: line {line}: byte 0x{raw[error.start]:02x} is no UTF-8"
        raise WrongUse(what, "a CSV file in UTF-8: save it as 'CSV UTF-8'") from None


def read_cells(
    text: str, as_text: Collection[str] = (), progress: Callable[[str], None] | None = None, example: str = HEADER
) -> Cells:
    """The columns of a CSV text.

    Args:
        text: comma-separated, with a header line.
        as_text: names of columns that are not numbers.
        progress: is told how far reading has come.
        example: a header line, for the error of an empty table.

    Raises:
        WrongUse: no header, columns not separated by commas, a column twice, rows that are too short or too long.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    faults, blocks, comments = Faults(), _Blocks(), 0
    short: list[tuple[int, int]] = []
    try:
        header = _header(reader, example)
        blocks.start(header, as_text)
        commented = header.index("C") if "C" in header else -1
        for row in reader:
            if not row or (not row[0].strip() and not any(cell.strip() for cell in row)):
                continue
            if len(row) != len(header):
                short.append((reader.line_num, len(row)))
            elif commented >= 0 and row[commented].strip().upper() == "C":
                comments += 1
            else:
                blocks.add(reader.line_num, row, progress)
    except csv.Error as error:
        raise WrongUse(f"line {reader.line_num}: {error}", "comma-separated values") from None
    words = [f"{count} cells" for _, count in short[:SHOWN]]
    faults.add([line for line, _ in short], words, f"{len(header)} cells, as in the header")
    faults.check()
    return blocks.cells(comments)


def _header(reader: csv._reader, example: str) -> tuple[str, ...]:  # type: ignore[name-defined]
    names = next((row for row in reader if any(cell.strip() for cell in row)), None)
    if names is None:
        raise WrongUse("an empty event table", "a header line and records", "", example)
    line = reader.line_num
    if len(names) == 1:
        separator = next((word for sign, word in _SEPARATORS.items() if sign in names[0].strip()), "")
        what = f"columns separated by {separator}" if separator else f"one column {names[0]!r}"
        expected = "columns separated by commas, and decimal points"
        raise WrongUse(f"line {line}: {what}", expected, "", example)
    header = tuple(name.strip().upper() for name in names)
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        name = doubled[0] if doubled[0] else "without a name"
        raise WrongUse(f"line {line}: column {name} stands twice", "each column once, with a name of its own")
    if "" in header:
        raise WrongUse(f"line {line}: column {header.index('') + 1} has no name", "a name for each column")
    return header


class _Blocks:
    """Rows on their way to columns: turned into numbers block by block, so that a long table needs little memory."""

    def start(self, header: tuple[str, ...], as_text: Collection[str]) -> None:
        self.header, self.known = header, NumberCells()
        self.parts: dict[str, list[NDArray[np.float64]]] = {name: [] for name in header if name not in as_text}
        self.texts: dict[str, list[str]] = {name: [] for name in header if name in as_text}
        self.odd: dict[str, list[tuple[int, str]]] = {}
        self.lines: list[int] = []
        self.rows: list[list[str]] = []
        self.done = 0

    def add(self, line: int, row: list[str], progress: Callable[[str], None] | None) -> None:
        self.lines.append(line)
        self.rows.append(row)
        if len(self.rows) == _AT_ONCE:
            self.turn()
            if progress is not None:
                progress(f"reading the table, line {line:,}")

    def turn(self) -> None:
        """Makes columns of the rows at hand."""
        if not self.rows:
            return
        count = len(self.rows)
        for name, column in zip(self.header, zip(*self.rows, strict=True), strict=True):
            if name in self.texts:
                self.texts[name].extend(cell.strip() for cell in column)
                continue
            values = np.fromiter(map(self.known.__getitem__, column), np.float64, count)
            where = np.flatnonzero(np.isinf(values))
            if where.size:
                odd = self.odd.setdefault(name, [])
                odd.extend((self.done + int(row), column[row].strip()) for row in where[: max(SHOWN - len(odd), 0)])
            self.parts[name].append(values)
        self.done += count
        self.rows = []

    def cells(self, comments: int) -> Cells:
        self.turn()
        numbers = {name: np.concatenate(parts) if parts else np.empty(0) for name, parts in self.parts.items()}
        return Cells(self.header, np.asarray(self.lines, np.int64), numbers, self.texts, self.odd, comments)


def not_numbers(cells: Cells, name: str, faults: Faults, expected: str = "") -> None:
    """Tells of the cells of a column that are no numbers."""
    if name in cells.odd:
        odd = cells.odd[name]
        lines = cells.line[np.isinf(cells.numbers[name])]
        right, nearest = remedy(odd[0][1])
        words = [f"{text!r} in column {name} is no number" for _, text in odd]
        faults.add(lines, words, expected or right, nearest)
