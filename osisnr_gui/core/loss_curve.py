"""The loss of every frame at one alpha and gamma, worked out for the frames that are asked for.

A new alpha changes the loss of every frame of every file, but a picture shows a few thousand values of it at most.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from osisnr_gui.core.alpha_table import ALL_FRAMES, AlphaTable, Frames
from osisnr_gui.core.loss import inverse_osi
from osisnr_gui.core.loss_sketch import LossSketch, make_sketch, sketch_steps
from osisnr_gui.core.pyramid import PixelColumns, frame_columns, means_per_group, reduce_groups
from osisnr_gui.core.reduce import frame_times, is_crowded, visible_frames
from osisnr_gui.core.types import FloatArray


class DrawnLoss(NamedTuple):
    """The loss as a picture shows it, float64 (k,) each.

    osi, total : 1/OSI-SNR and the loss at `times`: of single frames; where more share a pixel column their maxima;
    where it is crowded their means. peak : the largest loss of each column, whichever `total` is.
    """

    times: FloatArray
    osi: FloatArray
    total: FloatArray
    peak: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class LossCurve:
    """1/(osi_db + eps) + gamma*mc_mse(alpha) of every frame.

    osi_db : float64 (n_frames,), nan in frames that do not count; table : MC-MSE of the same frames.
    """

    osi_db: FloatArray
    eps: float
    table: AlphaTable
    alpha: float
    gamma: float

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return int(self.osi_db.size)

    def terms(self, frames: Frames = ALL_FRAMES) -> tuple[FloatArray, FloatArray]:
        """1/OSI-SNR and gamma*MC-MSE of some frames; nan in those that do not count."""
        return loss_terms(self.osi_db[frames], self.eps, self.table.per_frame(self.alpha, frames), self.gamma)

    def highest(self, frames: slice) -> float:
        """The largest loss of some frames, as exact as it can be had; nan where none counts."""
        with np.errstate(over="ignore", invalid="ignore"):
            return float(np.fmax.reduce(np.add(*self.terms(frames)), initial=np.nan))

    def sample(self, limit: int) -> FloatArray:
        """The loss of up to about `limit` frames, evenly spread over all: what an automatic range is made from."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(np.add(*self._drawn_terms(slice(None, None, max(1, self.n_frames // limit)))))

    def sketch(self, superseded: Callable[[], bool] = lambda: False) -> LossSketch | None:
        """What `draw` takes for far views, at any alpha and gamma; None when `superseded` said so meanwhile."""
        return make_sketch(self.osi_db, self.eps, self.table, superseded)

    def draw(
        self, t0: float, dt: float, start: float, stop: float, n_columns: int, sketch: LossSketch | None = None
    ) -> DrawnLoss:
        """What a picture of `start..stop` with `n_columns` pixel columns shows; frame i lies at t0 + i*dt.

        sketch : of the same frames; the same picture takes much longer without, where columns hold hundreds of frames.
        """
        first, last = visible_frames(self.n_frames, t0, dt, start, stop)
        with np.errstate(over="ignore", invalid="ignore"):
            if 2 * (last - first) <= n_columns:
                osi, mc = self._drawn_terms(slice(first, last))
                return DrawnLoss(frame_times(t0, dt, first, last), osi, osi + mc, osi + mc)
            columns = frame_columns(self.n_frames, t0, dt, start, stop, n_columns, sketch_steps(self.n_frames))
            if columns.step > 1 and sketch is not None:
                return DrawnLoss(columns.centres, *sketch.reduced(columns, self.alpha, self.gamma))
            return self._reduced(columns, crowded=is_crowded(dt, start, stop, n_columns))

    def _reduced(self, columns: PixelColumns, *, crowded: bool) -> DrawnLoss:
        first = columns.edges[0]
        edges = columns.edges - first
        osi, mc = self._drawn_terms(slice(first, columns.edges[-1]))
        total = osi + mc
        peak = reduce_groups(np.fmax, total, edges)
        if not crowded:
            return DrawnLoss(columns.centres, reduce_groups(np.fmax, osi, edges), peak, peak)
        return DrawnLoss(columns.centres, means_per_group(osi, edges), means_per_group(total, edges), peak)

    def _drawn_terms(self, frames: slice) -> tuple[FloatArray, FloatArray]:
        """`terms` as a picture needs them, MC-MSE to some 1e-5 of its value, in a third of the time."""
        return loss_terms(self.osi_db[frames], self.eps, self.table.approximate(self.alpha, frames), self.gamma)


def loss_terms(osi_db: FloatArray, eps: float, mc_mse: FloatArray, gamma: float) -> tuple[FloatArray, FloatArray]:
    """1/(osi_db + eps) and gamma*mc_mse, nan where OSI-SNR is nan."""
    osi_term = inverse_osi(osi_db, eps)
    return osi_term, np.where(np.isnan(osi_term), np.nan, gamma * mc_mse)
