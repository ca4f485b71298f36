"""Single frames of a pair, read from the files: cheap at any position, however long the files are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from osisnr_gui.core.types import Columns, Framing
from osisnr_gui.session.pairs import PairAnalysis, PairKey, Readers, changed_error
from osisnr_gui.session.readers import Raw
from osisnr_gui.session.tracks import stamp_of

# Frames are read in stretches, so that neighbours (arrow keys, playback) come from memory.
STRETCH_SAMPLES = 1 << 14
STRETCH_COLUMNS = 64


@dataclass(frozen=True, slots=True, eq=False)
class FrameColumns:
    """Both columns of one frame, as the pass has them: (n_values,) float64 or complex128.

    frame : number on the reference's grid. key : of the pair. sample_rate : None for masks. bin_hz : Hz from one bin to
    the next, None where it is not known.
    """

    frame: int
    key: PairKey
    sample_rate: int | None
    bin_hz: float | None
    reference: Columns
    estimate: Columns

    @property
    def framing(self) -> Framing | None:
        """How the columns were cut; None for masks."""
        return self.key.framing


class PairColumns:
    """Reads frames of one pair that was analysed. One thread at a time; `close` when done.

    Raises LoadError when a file cannot be opened, or is not the one that was analysed any more.
    """

    def __init__(self, pair: PairAnalysis) -> None:
        assert pair.key is not None, "only a pair that was run has frames"
        assert pair.reference is not None, "only a pair that was run has frames"
        assert pair.frames is not None, "only a pair that was run has frames"
        self.key = pair.key
        self._rate, self._bin_hz = pair.sample_rate, pair.frames.grid.bin_hz
        self._raw: tuple[Raw, Raw] | None = None
        self._first = 0
        framing = self.key.framing
        self._stretch = STRETCH_COLUMNS if framing is None else max(1, STRETCH_SAMPLES // framing.hop)
        self._readers = Readers((pair.reference, pair.estimate), framing, self._rate)

    def read(self, frame: int) -> FrameColumns:
        """Both columns of a frame, by its number on the reference's grid. Raises LoadError."""
        readers = self._readers.open()
        self._check_unchanged()
        first = frame // self._stretch * self._stretch
        if self._raw is None or self._first != first:
            self._raw = None
            reference, estimate = (reader.read(first, self._stretch) for reader in readers)
            self._raw, self._first = (reference, estimate), first
        at = frame - self._first
        with np.errstate(all="ignore"):
            s, e = (reader.rows(raw, at, at + 1)[0] for reader, raw in zip(readers, self._raw, strict=True))
        return FrameColumns(frame, self.key, self._rate, self._bin_hz, s, e)

    def close(self) -> None:
        """Let go of both files."""
        self._readers.close()

    def _check_unchanged(self) -> None:
        for track, stamp in zip(self._readers.tracks, self.key.stamps, strict=True):
            if track.kind == "audio" and stamp_of(track.source.path) != stamp:
                raise changed_error(track)
