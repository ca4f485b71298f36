"""Inspects one frame after the other, whose files stay open meanwhile."""

from __future__ import annotations

import math

import numpy as np

from osisnr_gui.io.errors import LoadError
from osisnr_gui.session.frame_columns import PairColumns
from osisnr_gui.session.inspection.inspection import Inspection, inspect_frame
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.selection import selected_frames


def find_frame(pair: PairAnalysis, time: float) -> int | None:
    """Number of the compared frame nearest to a time; None where the time lies outside all of them."""
    frames, key = pair.frames, pair.key
    if frames is None or frames.n_frames == 0 or not math.isfinite(time):
        return None
    grid = frames.grid
    reach = 0.5 if key is None or key.framing is None else max(0.5, 0.5 * key.framing.n_fft / key.framing.hop)
    place = (time - grid.first) / grid.step
    first, last = frames.first_frame, frames.first_frame + frames.n_frames - 1
    if not first - reach - 1e-6 <= place <= last + reach + 1e-6:
        return None
    return int(min(max(round(place), first), last))


def find_worst(pair: PairAnalysis, start: float, stop: float) -> int | None:
    """Number of the frame that adds most to the leading loss among those centred in [start, stop]; None without any."""
    score, chosen = pair.score, selected_frames(pair, start, stop)
    if score is None or chosen.start >= chosen.stop:
        return None
    loss = score.frame_loss(chosen)
    worst = int(np.argmax(np.where(np.isnan(loss), -np.inf, loss)))
    first: int = chosen.start
    return score.facts.frames.first_frame + first + worst


class Inspector:
    """Keeps the two files of the last pair open. One thread at a time; `close` when done."""

    def __init__(self) -> None:
        self._columns: PairColumns | None = None

    def inspect(self, pair: PairAnalysis, frame: int) -> Inspection:
        """Everything known of a scored frame, by its number on the reference's grid. Raises LoadError."""
        if self._columns is None or self._columns.key != pair.key:
            self.close()
            self._columns = PairColumns(pair)
        try:
            columns = self._columns.read(frame)
        except LoadError:
            self.close()
            raise
        return inspect_frame(columns, pair)

    def close(self) -> None:
        """Let go of the files."""
        if self._columns is not None:
            self._columns.close()
        self._columns = None
