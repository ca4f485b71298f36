"""Rows of all benchmarks of one run, as Markdown tables in the order in which they were measured.

`record("The pass", {"pair": "1 h", "× real time": 1234.5})` in a benchmark; the tables are printed after the last
test, and written to the file given with `--bench-table FILE`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

Value = str | int | float | None

_sections: dict[str, list[dict[str, Value]]] = {}


def record(section: str, row: Mapping[str, Value]) -> None:
    """Add a row, column name -> value; the unit belongs to the name. Rows need not have the same columns."""
    _sections.setdefault(section, []).append(dict(row))


def tables() -> str:
    """Every section recorded so far as a heading and a table; empty when there is none."""
    return "\n\n".join(f"### {title}\n\n{_table(rows)}" for title, rows in _sections.items())


def write_tables(path: Path) -> None:
    """The same as a file."""
    path.write_text(tables() + "\n", encoding="utf-8")


def _table(rows: list[dict[str, Value]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    is_number = {name: all(not isinstance(row.get(name), str) for row in rows) for name in names}
    rules = ["---:" if is_number[name] else "---" for name in names]
    cells = [[_text(row.get(name)) for name in names] for row in rows]
    return "\n".join(map(_line, [names, rules, *cells]))


def _text(value: Value) -> str:
    """Three digits that count; whole numbers as they are."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return str(value).replace("|", "\\|")


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
