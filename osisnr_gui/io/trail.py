"""What reading a sound file straight on gave at some places: shows whether a seek arrived where it should."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
STEP, WIDTH = 1 << 14, 32  # samples from mark to mark, and in a mark
_LEAST = 3e-5  # a mark of less than this from its lowest to its highest sample would look alike elsewhere
_TOLERANCE, _ROUNDING = 0.05, 1e-6  # lossy decoders round differently after a seek


class Trail:
    """Marks of one file, left by decoding from its start; all objects that have the file open share it.

    stop : as far as it was read straight on. tried, seekable : whether a seek was compared with a mark; none failed.
    """

    def __init__(self) -> None:
        self.stop = 0
        self.tried, self.seekable = False, True
        self._marks: dict[int, FloatArray] = {}

    def record(self, start: int, block: FloatArray) -> None:
        """Samples (n, channels) that were read straight on."""
        end = start + len(block)
        if end <= self.stop:
            return
        for place in range(-(-start // STEP) * STEP, end - WIDTH + 1, STEP):
            mark = _look(block[place - start : place - start + WIDTH])
            if np.ptp(mark) > _LEAST:
                self._marks[place] = mark
        self.stop = end

    def mark_before(self, start: int) -> int:
        """The last place that has a mark which ends at `start` or before; 0, the start of the file, when none has."""
        place = (start - WIDTH) // STEP * STEP
        while place > 0 and place not in self._marks:
            place -= STEP
        return max(0, place)

    def fits(self, place: int, block: FloatArray) -> bool:
        """Whether the samples (WIDTH, channels) are those of the mark at `place`."""
        mark, new = self._marks[place], _look(block)
        good = bool(np.abs(new - mark).max() <= _TOLERANCE * np.ptp(mark) + _ROUNDING)
        self.tried, self.seekable = True, self.seekable and good
        return good


def _look(block: FloatArray) -> FloatArray:
    """One number a sample, other for every channel that changes: channels may cancel."""
    return np.asarray(block @ (1.0 / np.arange(1, block.shape[1] + 1)), dtype=np.float32).astype(np.float64)
