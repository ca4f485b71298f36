"""Pictures and curves of a report, reduced to so many columns and put into bytes.

Pictures keep the loudest point of each column and row. Curves keep means over the frames of each column that count: of
OSI-SNR, and of both terms of the loss, MC-MSE as a function of alpha, so that the page can move it.
"""

import zlib
from contextlib import closing

import numpy as np
import numpy.typing as npt

from osisnr_gui.core.alpha_table import NODES, AlphaSums, AlphaTable
from osisnr_gui.core.loss import EPS_FUSED, inverse_osi
from osisnr_gui.core.reduce import means_per_group
from osisnr_gui.core.types import BoolArray, FloatArray, Framing
from osisnr_gui.io.errors import Cancel, stop_if
from osisnr_gui.io.json_file import Json
from osisnr_gui.session.pair_pass import make_picture
from osisnr_gui.session.pairs import Readers
from osisnr_gui.session.pictures import TimeGrid
from osisnr_gui.session.scores import PairScore, osi_db_of
from osisnr_gui.session.session import Formula
from osisnr_gui.session.tracks import Track

MOST_COLUMNS, MOST_ROWS = 4096, 512
READ_FRAMES = 4096

Object = dict[str, Json]


class Blobs:
    """Arrays of a page, deflated, by the id of the element that holds each."""

    def __init__(self) -> None:
        self.data: dict[str, bytes] = {}

    def put(self, values: npt.NDArray[np.generic]) -> str:
        """Keep an array as little-endian bytes in C order; its id."""
        name = f"blob-{len(self.data)}"
        little = values.astype(values.dtype.newbyteorder("<"), copy=False)
        self.data[name] = zlib.compress(np.ascontiguousarray(little).tobytes(), 9)
        return name


def picture_report(
    blobs: Blobs, track: Track, framing: Framing | None, rate: int | None, grid: TimeGrid, cancelled: Cancel | None
) -> Object:
    """The picture of a track in at most MOST_COLUMNS x MOST_ROWS codes, uint8 (n_columns, n_rows), and its axes.

    Column i is centred on first + i*step (s, or frames), row k on low_bin + k*bin_step (Hz, or bins); code 1 is `low`,
    code 255 `high` (dB re full scale, or plain values), 0 is nothing. Of every column its change from the one before is
    kept, which packs better. Raises LoadError and io's Cancelled.
    """
    with closing(Readers((track,), framing, rate)) as opened:
        (reader,) = opened.open()
        n_frames = reader.n_frames
        picture = make_picture((track,), framing, rate, grid, n_frames)
        wide, high = -(-n_frames // MOST_COLUMNS), -(-picture.n_bins // MOST_ROWS)
        columns = []
        piece = max(1, READ_FRAMES // wide) * wide
        for first in range(0, n_frames, piece):
            stop_if(cancelled)
            count = min(piece, n_frames - first)
            found = reader.magnitudes(reader.rows(reader.read(first, count), slice(count)))
            found = np.maximum.reduceat(found, np.arange(0, count, wide), axis=0)
            columns.append(picture.scale.codes(np.maximum.reduceat(found, np.arange(0, picture.n_bins, high), axis=1)))
    codes = np.concatenate(columns)
    return {
        "n_columns": codes.shape[0],
        "n_rows": codes.shape[1],
        "first": picture.first_time + 0.5 * (wide - 1) * picture.column_step,
        "step": wide * picture.column_step,
        "low_bin": 0.5 * (high - 1) * picture.bin_step,
        "bin_step": high * picture.bin_step,
        "low": picture.low,
        "high": picture.high,
        "unit": picture.unit,
        "codes": blobs.put(np.diff(codes, axis=0, prepend=np.zeros((1, codes.shape[1]), np.uint8))),
    }


def curves_report(blobs: Blobs, score: PairScore) -> Object:
    """The curves of both results; `group` frames share a column, column i is centred on first + i*step."""
    frames = score.facts.frames
    assert frames.table is not None, "a report is made from an analysis with alpha tables"
    group = max(1, -(-frames.n_frames // MOST_COLUMNS))
    edges = np.append(np.arange(0, frames.n_frames, group), frames.n_frames)
    found: Object = {
        "group": group,
        "first": frames.first_time + 0.5 * (group - 1) * frames.grid.step,
        "step": group * frames.grid.step,
    }
    shared: tuple[str, str] | None = None
    for formula in (Formula.EXACT, Formula.LITERAL):
        osi_db = osi_db_of(score.facts, formula)
        osi_term = inverse_osi(osi_db, EPS_FUSED if formula is Formula.LITERAL else 0.0)
        if shared is None or group > 1:
            counted = score.facts.active if formula is Formula.EXACT and group > 1 else np.ones(frames.n_frames, bool)
            values, exponents = pooled_table(frames.table, counted, edges)
            shared = blobs.put(values.astype(np.float32)), blobs.put(exponents)
        found[formula.value] = {
            "osi_db": blobs.put(means_per_group(osi_db, edges).astype(np.float32)),
            "osi_term": blobs.put(means_per_group(osi_term, edges).astype(np.float32)),
            "values": shared[0],
            "exponents": shared[1],
        }
    return found


def pooled_table(
    table: AlphaTable, counted: BoolArray, edges: npt.NDArray[np.intp]
) -> tuple[FloatArray, npt.NDArray[np.int32]]:
    """The alpha table of the mean MC-MSE of each group's counted frames: values (N_NODES, n), exponents (n,)."""
    starts, sizes = edges[:-1], np.diff(edges)
    exponents = np.maximum.reduceat(table.exponents, starts)
    below = table.exponents - np.repeat(exponents, sizes)
    n_counted = np.maximum(np.add.reduceat(counted.astype(np.int64), starts), 1)
    values = np.empty((len(NODES), len(starts)))
    for row, alpha, frames in zip(values, NODES, table.values, strict=True):
        moved = np.where(counted, frames * np.exp2(2.0 * alpha * below), 0.0)
        row[:] = np.add.reduceat(moved, starts) / n_counted
    return values, exponents


def sums_report(blobs: Blobs, sums: AlphaSums) -> Object:
    """The alpha table of a whole file, float64 (N_NODES, n_groups), without groups that hold nothing."""
    filled = np.flatnonzero(sums.sums.any(axis=0))
    exponents: list[Json] = sums.exponents[filled].tolist()
    return {"n_frames": sums.n_frames, "exponents": exponents, "sums": blobs.put(sums.sums[:, filled])}
