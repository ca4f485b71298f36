"""Columns of both signals of a pair, read again from their files for what a view shows."""

import threading

import numpy as np

from osisnr_gui.core.osi_snr import both_alike
from osisnr_gui.core.types import Columns, IntArray
from osisnr_gui.session.frame_pass import PairFrames
from osisnr_gui.session.pairs import PairAnalysis, Readers

# Whatever a view asks for is read in pieces of this many frames: what is wanted of them is far smaller.
PIECE_FRAMES = 4096


class PairReader:
    """Frames of the reference and of the estimate, numbered as in `frames`.

    The files are opened at the first look and closed when this is forgotten. All methods block; any thread.
    """

    def __init__(self, pair: PairAnalysis) -> None:
        if pair.frames is None or pair.key is None or pair.reference is None:
            raise ValueError("a pair without frames has no columns")
        self.frames: PairFrames = pair.frames
        self.framing = pair.key.framing
        self._readers = Readers((pair.reference, pair.estimate), self.framing, pair.sample_rate)
        self._lock = threading.Lock()

    @property
    def n_frames(self) -> int:
        """Frames there are."""
        return self.frames.n_frames

    @property
    def n_bins(self) -> int:
        """Bins of a column."""
        return self.frames.n_bins

    def rows(self, first: int, stop: int) -> tuple[Columns, Columns]:
        """Frames [first, stop): (n, n_bins) of reference and estimate, one frame a row. Raises LoadError."""
        return self.picked(np.arange(first, stop))

    def picked(self, frames: IntArray) -> tuple[Columns, Columns]:
        """Some frames, in rising order (any may come twice). Raises LoadError."""
        pieces = np.searchsorted(frames, np.arange(frames[0], frames[-1] + 1, PIECE_FRAMES))
        parts = [self._piece(part) for part in np.split(frames, pieces[1:]) if len(part)]
        s, e = (np.concatenate(rows) if len(rows) > 1 else rows[0] for rows in zip(*parts, strict=True))
        return both_alike(s, e)

    def _piece(self, frames: IntArray) -> tuple[Columns, Columns]:
        first, count = int(frames[0]), int(frames[-1] - frames[0]) + 1
        with self._lock:
            readers = self._readers.open()
            raw = [reader.read(self.frames.first_frame + first, count) for reader in readers]
            rows = [r.rows(part, frames - first) for r, part in zip(readers, raw, strict=True)]
        return rows[0], rows[1]
