"""What `osisnr batch` prints when it is done: how many pairs, and what they say together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import fmean, median

from osisnr_gui.batch.files import OVER_PAIRS, values_of, warning_codes
from osisnr_gui.batch.runner import BatchRow
from osisnr_gui.export.measures import Measure
from osisnr_gui.export.score_table import NAME_WIDTH, Row, aligned, shown_as
from osisnr_gui.io.errors import printable


def batch_table(rows: Sequence[BatchRow], more: str = "") -> str:
    """Text with a final newline. more : what else to say in the first line."""
    scored = sum(row.error is None for row in rows)
    known = sum(row.is_known for row in rows)
    parts = [f"{scored} of {len(rows)} pairs scored"]
    parts += [f"{known} of them in an earlier run"] if known else []
    parts += [f"{len(rows) - scored} refused"] if scored < len(rows) else []
    lines = [", ".join(parts) + more]
    table: list[Row] = [line for measure in OVER_PAIRS if (line := _line(rows, measure))]
    if table:
        lines += [
            "",
            *aligned(("over all pairs with a finite number", "pairs", "mean", "median", "worst", "worst pair"), table),
        ]
    counts = Counter(code for row in rows for code in dict.fromkeys(warning_codes(row)))
    if counts:
        words = ", ".join(f"{code} in {count}" for code, count in counts.most_common())
        lines += ["", f"Adapted or suspicious, pairs: {words}"]
    return "\n".join(lines) + "\n"


def _line(rows: Sequence[BatchRow], measure: Measure) -> tuple[str, ...]:
    found = values_of(rows, measure)
    if not found:
        return ()
    pick = min if measure.better > 0 else max
    name, worst = pick(found, key=lambda item: item[1])
    values = [value for _, value in found]
    form = shown_as(measure)
    numbers = (form(fmean(values)), form(median(values)), form(worst))
    return measure.worded(measure.over_pairs), str(len(values)), *numbers, printable(name, NAME_WIDTH)
