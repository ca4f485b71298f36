"""Inspects one frame after the other: files stay open, and what neighbouring frames share is kept."""

from __future__ import annotations

from osisnr_gui.io.errors import LoadError
from osisnr_gui.session.frame_columns import PairColumns
from osisnr_gui.session.inspection import Inspection, LossTotal, inspect_frame
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.tracks import Track


class Inspector:
    """Keeps the two files of the last pair open. One thread at a time; `close` when done."""

    def __init__(self) -> None:
        self._columns: PairColumns | None = None
        self._total: tuple[PairScore, LossTotal] | None = None

    def inspect(self, reference: Track, pair: PairAnalysis, frame: int) -> Inspection:
        """Everything known of a scored frame, by its number on the reference's grid. Raises LoadError."""
        score = pair.score
        assert score is not None, "a frame can be inspected once it is scored"
        if self._columns is None or self._columns.key != pair.key:
            self.close()
            self._columns = PairColumns(reference, pair)
        try:
            columns = self._columns.read(frame)
        except LoadError:
            self.close()
            raise
        if self._total is None or self._total[0] is not score:
            self._total = score, LossTotal.of(score)
        return inspect_frame(columns, pair, self._total[1])

    def close(self) -> None:
        """Let go of the files."""
        if self._columns is not None:
            self._columns.close()
        self._columns = self._total = None
