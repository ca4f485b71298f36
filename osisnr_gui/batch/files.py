"""Rows of a batch as a file (CSV, JSON or Parquet), and the table of what can be said of all of them together.

CSV and Parquet have one row a pair and the columns of COLUMNS. Numbers are written with as many digits as read back
to the same float64; an empty cell (null) is a number that is not finite or does not exist.
"""

import io
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from statistics import fmean, median
from typing import Any, NamedTuple

from osisnr_gui import __version__
from osisnr_gui.batch.runner import BatchRow, BatchSettings
from osisnr_gui.export.csv_files import comment, csv_note, lines_bytes, text_cell
from osisnr_gui.export.measures import MEASURES, SAVED, Measure
from osisnr_gui.export.score_report import Object, error_report, number
from osisnr_gui.export.score_table import NAME_WIDTH, Row, aligned, shown
from osisnr_gui.io.errors import printable
from osisnr_gui.io.json_file import json_parts
from osisnr_gui.text.catalogue import _

SCHEMA = "osisnr.batch/1"
ENDINGS = (".csv", ".json", ".parquet")
NOTES = (
    csv_note("one row a pair; an empty cell is a number that is not finite or does not exist"),
    csv_note("literal: with the constants 1e-10 and 1e-8 / every frame counts"),
    csv_note("exact: without constants / active frames count"),
    csv_note("whole: of the whole signals in time; osi_db and si_snr_db and snr_db and gain_db are in dB"),
)
_TEXT_LIMIT = 1000

Cell = None | bool | int | float | str


class Column(NamedTuple):
    """One column: the type of its cells, and the cell of a row (None = empty)."""

    name: str
    kind: type
    get: Callable[[BatchRow], Cell]


def _reported(kind: type, *names: str, at: str) -> tuple[Column, ...]:
    """Columns of values that stand at a place of a row's report: keys with dots between them."""
    return tuple(Column(name, kind, partial(reported, place=f"{at}.{name}")) for name in names)


def reported(row: BatchRow, place: str) -> Any:
    """What stands at a place of a row's report; None where there is no such place."""
    value: Any = row.report
    for key in place.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


COLUMNS: tuple[Column, ...] = (
    Column("name", str, lambda row: row.pair.name),
    Column("reference", str, lambda row: row.pair.reference or None),
    Column("estimate", str, lambda row: row.pair.estimate or None),
    Column("error_code", str, lambda row: None if row.error is None else row.error.code),
    Column("error", str, lambda row: None if row.error is None else str(row.error)),
    *_reported(str, "representation", at="framing"),
    *_reported(int, "n_fft", "hop", at="framing"),
    *_reported(int, "sample_rate", at="reference"),
    *_reported(float, "duration_s", at="reference"),
    *_reported(int, "n_frames", "n_active", at="estimate"),
    *(
        Column(measure.column, float, partial(reported, place=f"estimate.{group.value}.{measure.key}"))
        for group, measures in SAVED.items()
        for measure in measures
    ),
    *_reported(int, "silent_reference", "silent_estimate", at="estimate.status_counts"),
    Column(
        "bad_segments",
        int,
        lambda row: None if row.report is None else len(reported(row, "estimate.bad_segments") or ()),
    ),
    *_reported(int, "delay_samples", at="estimate"),
    *_reported(bool, "aligned", at="estimate"),
    *_reported(float, "delay_peak", at="estimate"),
    Column("warnings", str, lambda row: None if row.report is None else " ".join(warnings_of(row, "code"))),
)
#: What the estimate gained over the mixture, where there is one.
_GAINED = tuple(
    Column(f"improvement_{m.column}", float, partial(reported, place=f"estimate.improvement.{group.value}.{m.key}"))
    for group, measures in SAVED.items()
    for m in measures
    if m.better
)
_BY_NAME = {column.name: column for column in COLUMNS}
OVER_PAIRS = [measure for measure in MEASURES if measure.over_pairs]


def batch_parts(rows: Sequence[BatchRow], settings: BatchSettings, ending: str) -> Iterable[bytes]:
    """The file for one of ENDINGS, piece by piece. Raises ImportError for .parquet without pyarrow."""
    if ending == ".json":
        return json_parts(batch_report(rows, settings))
    return (_parquet(rows, settings),) if ending == ".parquet" else _csv(rows, settings)


def batch_report(rows: Sequence[BatchRow], settings: BatchSettings) -> Object:
    """The JSON: settings, what all pairs say together, and the report of every pair."""
    return {
        "schema": SCHEMA,
        "version": __version__,
        "settings": settings_object(settings),
        "summary": summary(rows),
        "pairs": [_pair_report(row) for row in rows],
    }


def settings_object(settings: BatchSettings) -> Object:
    """What every pair is scored with; null is decided for each file by what it is (silence_db: only zeros)."""
    session, source = settings.session, settings.source
    framing, loss = session.framing, session.loss
    return {
        "representation": None if framing.representation is None else framing.representation.value,
        "n_fft": framing.n_fft,
        "hop": framing.hop,
        "window": framing.window,
        "alpha": loss.alpha,
        "gamma": loss.gamma,
        "method": loss.method,
        "silence_db": number(session.silence_db),
        "threshold_db": session.threshold_db,
        "channel": source.channel,
        "key": source.key,
        "transpose": source.transpose,
        **({"pair_axis": True} if source.pair_axis else {}),
        "align": settings.align,
        "lengths": session.lengths.value,
        "same_rate_only": session.same_rate_only or session.lengths.value == "refuse",
        **({} if settings.reference_channel is None else {"reference_channel": settings.reference_channel}),
    }


def _columns(rows: Sequence[BatchRow]) -> tuple[Column, ...]:
    return COLUMNS + _GAINED if any(row.pair.mixture for row in rows) else COLUMNS


def summary(rows: Sequence[BatchRow]) -> Object:
    """Counts, and mean and median over the pairs of their numbers (of those that are finite: n)."""
    over_pairs: Object = {}
    for measure in OVER_PAIRS:
        values = [value for _, value in values_of(rows, measure)]
        if values:
            over_pairs[measure.column] = {"mean": fmean(values), "median": median(values), "n": len(values)}
    scored = sum(row.error is None for row in rows)
    counts: Object = {"n_pairs": len(rows), "n_scored": scored, "n_failed": len(rows) - scored}
    return {**counts, "over_pairs": over_pairs, "pairs_with_warning": dict(_pairs_with_warning(rows))}


def values_of(rows: Iterable[BatchRow], measure: Measure) -> list[tuple[str, float]]:
    """Names of pairs and their numbers, those that are finite."""
    cells = ((row.pair.name, _BY_NAME[measure.column].get(row)) for row in rows)
    return [(name, cell) for name, cell in cells if isinstance(cell, int | float) and math.isfinite(cell)]


def warnings_of(row: BatchRow, key: str) -> list[str]:
    """What was adapted or looks wrong, as often as it came up. key : "code", or "message" for sentences."""
    return [str(warning[key]) for warning in reported(row, "estimate.warnings") or ()]


def _pairs_with_warning(rows: Iterable[BatchRow]) -> Counter[str]:
    return Counter(code for row in rows for code in dict.fromkeys(warnings_of(row, "code")))


def _pair_report(row: BatchRow) -> Object:
    if row.report is not None:
        return {"name": row.pair.name, **row.report}
    error = {} if row.error is None else error_report(row.error)
    paths: Object = {"reference": {"path": row.pair.reference or None}, "estimate": {"path": row.pair.estimate or None}}
    return {"name": row.pair.name, **paths, "error": error}


def _csv(rows: Sequence[BatchRow], settings: BatchSettings) -> Iterator[bytes]:
    facts = [comment(name, value) for name, value in {"schema": SCHEMA, **settings_object(settings)}.items()]
    columns = _columns(rows)
    yield lines_bytes((f"# osisnr {__version__}", *facts, *NOTES, ",".join(column.name for column in columns)))
    for row in rows:
        yield lines_bytes((",".join(_text(column.get(row)) for column in columns),))


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(int(cell))
    return text_cell(cell) if isinstance(cell, str) else repr(cell)


def _parquet(rows: Sequence[BatchRow], settings: BatchSettings) -> bytes:
    # An extra: only those who ask for such a file need it.
    import pyarrow
    from pyarrow import parquet

    types = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64(), bool: pyarrow.bool_()}
    facts = b"".join(json_parts({"version": __version__, "settings": settings_object(settings)}))
    fields = [pyarrow.field(column.name, types[column.kind]) for column in _columns(rows)]
    schema = pyarrow.schema(fields, {"osisnr": facts})
    columns = [[column.get(row) for row in rows] for column in _columns(rows)]
    # Text without what is no Unicode, such as undecodable bytes of a file's name.
    columns = [[printable(x, _TEXT_LIMIT) if isinstance(x, str) else x for x in cells] for cells in columns]
    target = io.BytesIO()
    parquet.write_table(pyarrow.table(columns, schema=schema), target)
    return target.getvalue()


def counts_words(rows: Sequence[BatchRow]) -> str:
    """How many pairs were scored, how many of them in an earlier run, and how many were refused."""
    scored = sum(row.error is None for row in rows)
    known, refused = sum(row.is_known for row in rows), len(rows) - scored
    parts = [_("{n} of {total} pairs scored").format(n=scored, total=len(rows))]
    parts += [_("{n} of them in an earlier run").format(n=known)] if known else []
    parts += [_("{n} refused").format(n=refused)] if refused else []
    return ", ".join(parts)


def batch_table(rows: Sequence[BatchRow], first_line: str) -> str:
    """What can be said of all pairs together, as text with a final newline."""
    lines = [first_line]
    table: list[Row] = [line for measure in OVER_PAIRS if (line := _line(rows, measure))]
    if table:
        figures = _("mean"), _("median"), _("worst"), _("worst pair")
        lines += ["", *aligned((_("over all pairs with a finite number"), _("pairs"), *figures), table)]
    counts = _pairs_with_warning(rows).most_common()
    if counts:
        codes = ", ".join(_("{code} in {n}").format(code=code, n=count) for code, count in counts)
        lines += ["", _("Adapted or suspicious, pairs: {codes}").format(codes=codes)]
    return "\n".join(lines) + "\n"


def _line(rows: Sequence[BatchRow], measure: Measure) -> tuple[str, ...]:
    found = values_of(rows, measure)
    if not found:
        return ()
    pick = min if measure.better > 0 else max
    name, worst = pick(found, key=lambda item: item[1])
    values = [value for _, value in found]
    numbers = (shown(value, measure.unit) for value in (fmean(values), median(values), worst))
    return measure.worded(measure.over_pairs), str(len(values)), *numbers, printable(name, NAME_WIDTH)
