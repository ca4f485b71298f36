"""Cells and comment lines of CSV files: numbers read back to the same float64, text is safe in a spreadsheet."""

from __future__ import annotations

import math
from collections.abc import Iterable

from osisnr_gui.io.errors import printable
from osisnr_gui.io.json_text import JsonValue, plain_text

_FORMULA_SIGNS = ("=", "+", "-", "@")
_QUOTED = frozenset(",;\"'# \t")
_TEXT_LIMIT = 1000


def text_cell(text: str) -> str:
    """Text as one cell: hidden characters escaped, no formula, quoted where a reader could stumble."""
    shown = printable(text, _TEXT_LIMIT)
    if shown.startswith(_FORMULA_SIGNS):
        shown = "'" + shown
    return '"' + shown.replace('"', '""') + '"' if _QUOTED & set(shown) else shown


def number_cell(value: float) -> str:
    """A float with all its digits; empty unless finite."""
    return repr(float(value)) if math.isfinite(value) else ""


def comment(name: str, value: JsonValue) -> str:
    """A comment line that holds a value as JSON."""
    # A spreadsheet splits comment lines like any other: what follows a comma could start a formula.
    text = plain_text(value).replace(",", "\\u002c").replace(";", "\\u003b")
    return f"# {name}: {text}"


def lines_bytes(lines: Iterable[str]) -> bytes:
    """Lines as UTF-8, each with its newline."""
    return "".join(f"{line}\n" for line in lines).encode()
