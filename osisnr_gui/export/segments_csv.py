"""The bad segments of a pair as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from osisnr_gui.export.cells import lines_bytes, number_cell, text_cell
from osisnr_gui.session.segments.segment_table import SegmentTable
from osisnr_gui.session.segments.segment_words import kind_name, limit_words

COLUMNS = (
    *("rank", "start", "length", "first_frame", "n_frames", "kind", "n_by_criterion", "n_missed", "n_false_activity"),
    *("exact_osi_db_min", "exact_osi_db_mean", "worst", "loss_share", "note"),
)


def segments_csv(
    table: SegmentTable, places: Iterable[int], notes: Mapping[int, str], names: tuple[str, str], other: str
) -> bytes:
    """The table in the order of `places`; names : paths of reference and estimate.

    start, length : seconds, or frames where there is no sample rate. worst : largest drop (dB) or loss, empty for
    OSI-SNR. loss_share : of the whole fused loss, method 1, of the result that leads.
    """
    bad = table.bad
    rank = np.empty(len(table), dtype=np.int64)
    rank[table.worst_first] = np.arange(1, len(table) + 1)
    unit = "s" if bad.facts.frames.grid.seconds else "frames"
    lines = [
        f"# reference: {text_cell(names[0])}",
        f"# estimate: {text_cell(names[1])}",
        f"# bad: {text_cell(limit_words(bad, other))}",
        f"# level gate: {'off' if bad.choice.gate_db is None else f'{bad.choice.gate_db:g} dB'}",
        f"# start and length: {unit}",
        ",".join(COLUMNS),
    ]
    first, stop = bad.segments.first, bad.segments.stop
    figures = (table.osi_min, table.osi_mean, table.worst, table.shares())
    for place in places:
        missed, false_activity, low = table.counts[:, place].tolist()
        cells = (
            str(rank[place]),
            repr(round(float(table.start[place]), 9)),
            repr(round(float(table.length[place]), 9)),
            str(bad.facts.frames.first_frame + int(first[place])),
            str(stop[place] - first[place]),
            text_cell(kind_name(table, place, other)),
            *map(str, (low, missed, false_activity)),
            *(number_cell(values[place]) for values in figures),
            text_cell(notes.get(place, "")),
        )
        lines.append(",".join(cells))
    return lines_bytes(lines)
