"""Numbers in text: .csv, .tsv, .txt. Every cell must be a number; nothing is guessed silently."""

import codecs
import re
from contextlib import suppress
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .errors import LoadError, LoadWarning, Phrase, Reason, printable
from .files import OpenFile
from .numpy_files import MAX_CELLS, LoadedArray, check_size, too_large

MAX_TEXT = 64 * 2**20
_REMEDY = Phrase("save it again as plain numbers with one kind of separator")
_COMMENT = ("#", "%")
_TRAILING = {
    ",": Phrase("every line ends with a comma, which was ignored"),
    ";": Phrase("every line ends with a semicolon, which was ignored"),
    "\t": Phrase("every line ends with a tab, which was ignored"),
}
_COMMA_NUMBER = re.compile(r"[+-]?(\d+,\d*|,\d+|\d+)([eE][+-]?\d+)?")
_PAIRS = re.compile(r"(\s*[+-]?[01]\s*,\s*[+-]?\d+\s*(,(?!$)|$))+")

Row = tuple[int, str]  # line number in the file, from 1; text


class Layout(NamedTuple):
    """How the cells of a table are written: the delimiter (a space stands for any blanks) and the decimal mark."""

    delimiter: str
    decimal_comma: bool

    def split(self, line: str) -> list[str]:
        """The cells of a line, without blanks or quotes around them."""
        parts = line.split() if self.delimiter == " " else line.split(self.delimiter)
        return [part.strip().strip('"').strip() for part in parts]


def _decode(path: str, data: bytes) -> str:
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\0" in text:
        raise LoadError(Reason.NOT_NUMERIC, path, Phrase("it holds binary data, not text"), _REMEDY)
    return text


def _rows(text: str) -> list[Row]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    stripped = ((number, line.strip(" \f\v\xa0")) for number, line in enumerate(lines, 1))
    return [(n, line) for n, line in stripped if line.strip() and not line.lstrip().startswith(_COMMENT)]


def find_layout(rows: list[Row]) -> Layout:
    """The layout that fits the whole table, the strongest separator first."""
    for delimiter in (";", "\t"):
        if any(delimiter in line for _, line in rows):
            return Layout(delimiter, any("," in line for _, line in rows))
    if not any("," in line for _, line in rows):
        return Layout(" ", False)
    body = rows[1:] or rows  # the first row may be names
    cells = [line.split() for _, line in body]
    if all(len(row) > 1 and all(map(_COMMA_NUMBER.fullmatch, row)) for row in cells):
        return Layout(" ", True)
    return Layout(",", False)


def _could_be_decimal_commas(rows: list[Row]) -> bool:
    """Whether comma-separated whole numbers look like numbers below 2 with decimal commas: `0,5,0,25`."""
    seconds = (cell.strip() for _, line in rows for cell in line.split(",")[1::2])
    return all(_PAIRS.fullmatch(line) for _, line in rows) and any(cell not in ("0", "1") for cell in seconds)


def _number(cell: str, layout: Layout) -> float | complex | None:
    if layout.decimal_comma:
        cell = cell.replace(",", ".")
    if "_" in cell or not cell.isascii():
        return None
    with suppress(ValueError):
        return float(cell)
    with suppress(ValueError):
        return complex(cell.replace(" ", "").replace("i", "j")) if cell[-1:] in "ij" else None
    return None


def _bad_cell(path: str, line: int, column: int, cell: str) -> LoadError:
    at = {"line": line, "column": column}
    detail = Phrase("line {line}, column {column}: the cell is empty", **at)
    if cell:
        text = printable(cell, 40)
        detail = Phrase("line {line}, column {column}: the text {text!r} is no number", text=text, **at)
    return LoadError(Reason.NOT_NUMERIC, path, detail, _REMEDY)


def _parse_row(path: str, row: Row, layout: Layout) -> list[float] | list[complex]:
    cells = layout.split(row[1])
    with suppress(ValueError):
        if not layout.decimal_comma and "_" not in row[1] and row[1].isascii():
            return list(map(float, cells))  # the fast way, right for nearly every row
    values: list[complex] = []
    for column, cell in enumerate(cells, 1):
        value = _number(cell, layout)
        if value is None:
            raise _bad_cell(path, row[0], column, cell)
        values.append(value)
    return values


def _matrix(path: str, rows: list[Row], layout: Layout) -> npt.NDArray[np.generic]:
    width = len(layout.split(rows[0][1]))
    if width == 1 and _number(layout.split(rows[0][1])[0], layout) is not None:
        detail = Phrase("there is a single column, a matrix is needed")
        raise LoadError(Reason.BAD_NDIM, path, detail, Phrase("rows are bins, columns are frames"))
    check_size(path, (len(rows), width), 8)
    parsed: list[npt.NDArray[np.generic]] = []
    for row in rows:
        values = _parse_row(path, row, layout)
        if len(values) != width:
            numbers = {"line": row[0], "n": len(values), "first": rows[0][0], "width": width}
            detail = Phrase("line {line} has {n} cells, line {first} has {width}", **numbers)
            raise LoadError(Reason.RAGGED, path, detail, Phrase("make all rows the same length"))
        parsed.append(np.array(values))
    return np.array(parsed)


def _warnings(skipped: Row | None, layout: Layout, trailing: bool) -> tuple[LoadWarning, ...]:
    found = []
    if skipped is not None:
        message = Phrase("line {line} holds names and was left out", line=skipped[0])
        found.append(LoadWarning("HEADER_SKIPPED", message))
    if layout.decimal_comma:
        found.append(LoadWarning("DECIMAL_COMMA", Phrase("commas were read as decimal commas")))
    if trailing:
        found.append(LoadWarning("TRAILING_DELIMITER", _TRAILING[layout.delimiter]))
    return tuple(found)


def read_table(source: OpenFile, *_: object) -> LoadedArray:
    """The matrix (n_rows, n_columns) of a text file, float64 or complex128.

    Raises LoadError NOT_NUMERIC (naming line, column and text), RAGGED, EMPTY_ARRAY, TOO_LARGE.
    """
    path = source.path
    if source.size > MAX_TEXT:
        raise too_large(path, Phrase("the text has {size} MiB", size=source.size >> 20))
    rows = _rows(_decode(path, source.read_at(0, source.size)))
    if not rows:
        detail = Phrase("there are no numbers inside")
        raise LoadError(Reason.EMPTY_ARRAY, path, detail, Phrase("save the matrix again"))
    if len(rows) > MAX_CELLS:
        raise too_large(path, Phrase("the text has {n} rows", n=len(rows)))
    layout = find_layout(rows)
    if layout.delimiter == "," and _could_be_decimal_commas(rows):
        detail = Phrase("the commas could separate cells or be decimal commas, which gives different columns")
        raise LoadError(Reason.RAGGED, path, detail, Phrase("separate the cells with semicolons or tabs"))
    # A separator at the end is none when all rows but a line of names have one.
    trailing = layout.delimiter != " " and all(line.endswith(layout.delimiter) for _, line in rows[1:] or rows)
    if trailing:
        rows = [(number, line.removesuffix(layout.delimiter)) for number, line in rows]
    skipped, first = None, layout.split(rows[0][1])
    if any(first) and all(_number(cell, layout) is None for cell in first):
        if len(rows) == 1:  # a lone row of words is an error, not a header
            raise _bad_cell(path, rows[0][0], 1, first[0])
        skipped = rows.pop(0)
    return LoadedArray(_matrix(path, rows, layout), warnings=_warnings(skipped, layout, trailing))
