"""Which of several systems is best in every frame, and the shares of that in what a pixel covers."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from osisnr_gui.core.pyramid import IndexArray
from osisnr_gui.core.types import BoolArray, FloatArray

#: The place in frames that do not count.
NOBODY = -1


class BestOf:
    """The best of several systems in every frame.

    place : int16 (n_frames,), the best of systems 0 ... n_systems - 1 in every frame; `tied` where two or more are
    equally good, NOBODY where a frame does not count.
    Counts before every frame are kept (4 bytes for each system), so that shares of a pixel cost the same at any length.
    """

    def __init__(self, place: npt.NDArray[np.int16], n_systems: int) -> None:
        self.place, self.n_systems = place, n_systems
        self._before = np.zeros((n_systems + 1, place.size + 1), np.int32)
        for kind, before in enumerate(self._before):
            np.cumsum(place == kind, dtype=np.int32, out=before[1:])

    @property
    def tied(self) -> int:
        """The place of frames without a single best one."""
        return self.n_systems

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """Frames in which each system is best, and at the end those that are tied: (n_systems + 1,)."""
        return self._before[:, -1].astype(np.int64)

    @property
    def n_counted(self) -> int:
        """Frames that count."""
        return int(self.counts.sum())

    def shares(self, edges: IndexArray) -> FloatArray:
        """Shares of the counted frames `edges[j]:edges[j + 1]`: (n_systems + 1, k), nan where no frame counts."""
        counts = np.diff(self._before[:, edges], axis=1)
        with np.errstate(invalid="ignore"):
            return np.asarray(counts / counts.sum(axis=0))


def find_best(values: Sequence[FloatArray], counted: BoolArray) -> BestOf:
    """The system with the highest value in each frame.

    values : a system each, float64 (n_frames,); nan where it takes no part. counted : which frames count.
    """
    top = np.full(counted.size, -np.inf)
    place = np.full(counted.size, NOBODY, np.int16)
    tied = np.zeros(counted.size, np.bool_)
    for number, value in enumerate(values):
        higher = value > top  # false where it is nan
        tied |= value == top
        tied &= ~higher
        np.copyto(top, value, where=higher)
        np.copyto(place, number, where=higher, casting="unsafe")
    place[tied] = len(values)
    place[~counted] = NOBODY
    return BestOf(place, len(values))


def column_edges(n: int, t0: float, dt: float, borders: FloatArray) -> tuple[IndexArray, IndexArray]:
    """Frames of pixel columns with these borders: edges for `BestOf.shares`, and the place of each column in it.

    Frame i lies at `t0 + i * dt`. A column that holds no frame's time shows the frame it lies in; place -1: none does.
    """
    at = (borders - t0) / dt
    if at[1] - at[0] >= 1.0:
        edges = np.clip(np.ceil(at), 0, n).astype(np.intp)
        filled = np.flatnonzero(np.diff(edges))
        where = np.full(borders.size - 1, -1, np.intp)
        if not filled.size:
            return edges[:0], where
        where[filled] = np.arange(filled.size)
        # A column without a frame's time between others, where both are as wide: rounding. It shows its neighbour's.
        within = slice(filled[0], filled[-1] + 1)
        where[within] = np.maximum.accumulate(where[within])
        return np.append(edges[filled], edges[filled[-1] + 1]), where
    frame = np.floor((at[:-1] + at[1:]) / 2 + 0.5)
    inside = (frame >= 0) & (frame < n)
    if not inside.any():
        return np.zeros(0, np.intp), np.full(borders.size - 1, -1, np.intp)
    first, last = int(frame[inside][0]), int(frame[inside][-1])
    return np.arange(first, last + 2), np.where(inside, frame - first, -1).astype(np.intp)
