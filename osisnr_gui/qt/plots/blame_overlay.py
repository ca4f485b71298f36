"""Keeps the blame map over a spectrogram up with the view, the pair and alpha, from a thread of its own."""

import math
import time
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Slot

from osisnr_gui.qt.jobs import Job, Jobs
from osisnr_gui.qt.plots.frequency_scale import FrequencyScale
from osisnr_gui.qt.plots.items.maps import BlamePicture, density_pixels, heat_image
from osisnr_gui.qt.plots.items.spectrogram import PixelGrid
from osisnr_gui.qt.plots.spectrogram_plot import SpectrogramPlot
from osisnr_gui.session.blame_map import CHUNK_COLUMNS, BlameKind, BlameMap, BlameTerms, can_be_blamed
from osisnr_gui.session.pair_reader import PairReader
from osisnr_gui.session.scores import PairScore
from osisnr_gui.text.catalogue import _, translated

#: While files are read, what is there already is shown this often.
PARTS_SECONDS = 0.1
WAVEFORM_WORDS = _("not known, frames are samples")


class BlameOverlay(QObject):
    """The blame map of the pair in view, over the estimate or over the third picture."""

    def __init__(self, estimate: SpectrogramPlot, third: SpectrogramPlot, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.kind: BlameKind | None = None
        self._plots, self._plot = (estimate, third), estimate
        self._columns: PairReader | None = None
        self._score: PairScore | None = None
        self._map: BlameMap | None = None
        self._bin_step = 1.0
        self._asked: tuple[PixelGrid, FrequencyScale, float | None] | None = None
        self._job = Jobs("blame", self)
        self._job.reported.connect(self._take)
        self._job.failed.connect(self._fail)
        for plot in self._plots:
            plot.blame.asks = partial(self._ask, plot)

    def show_pair(self, columns: PairReader | None, score: PairScore | None, bin_step: float) -> None:
        """The pair in view, or none; bin_step : as that of its pictures."""
        if columns is None or score is None:
            columns = score = None
        fresh = columns is not self._columns or self._counts(score) != self._counts(self._score)
        self._columns, self._score, self._bin_step = columns, score, bin_step
        if fresh:
            self._start_anew()
        elif self._asked is not None and self._plot.isVisible():  # another alpha, the same view
            self._ask(self._plot, self._asked[0])

    def set_kind(self, kind: BlameKind | None) -> None:
        """What is divided among the bins; None: off."""
        if kind is not self.kind:
            self.kind = kind
            self._start_anew()

    def set_over_third(self, third: bool) -> None:
        """Over the third picture, or over the estimate."""
        self._plot.set_blame("")
        self._plot.blame.show_picture(None)
        self._plot = self._plots[third]
        self._start_anew()

    def value_at(self, moment: float, coordinate: float) -> float | None:
        """How many times its even share the pixel under a point carries; None where there is no map."""
        return self._plot.blame.value_at(moment, coordinate)

    def is_final(self) -> bool:
        """Whether what is on screen is the best there will be."""
        settled = self._asked is not None and not self._job.is_busy
        return self._map is None or not self._plot.isVisible() or settled

    def _start_anew(self) -> None:
        """Nothing that was worked out is of use."""
        self._job.cancel()
        self._asked = self._map = None
        self._plot.blame.show_picture(None)
        self._plot.set_blame("")
        columns, score = self._columns, self._score
        if self.kind is not None and columns is not None and score is not None:
            if can_be_blamed(columns):
                grid = columns.frames.grid
                self._plot.blame.origin = grid.first - 0.5 * grid.step
                self._map = BlameMap(columns, score, self.kind)
                self._plot.set_blame(f"{translated(self.kind.words)}, {translated(score.loss.formula.value)}")
            else:
                self._plot.set_blame(WAVEFORM_WORDS, on=False)
        self._plot.refresh()

    @staticmethod
    def _counts(score: PairScore | None) -> tuple[object, ...]:
        """What decides which frames count."""
        return () if score is None else (id(score.facts), score.loss.formula)

    def _ask(self, plot: SpectrogramPlot, grid: PixelGrid) -> None:
        """The view that is on screen, at every paint."""
        if plot is not self._plot or self._map is None or self._score is None:
            return
        # Only MC-MSE depends on alpha, and nothing on gamma.
        asked = (grid, plot.frequency_scale, self._score.loss.alpha if self.kind is BlameKind.MC_MSE else None)
        if asked != self._asked:
            self._asked = asked
            self._job.start(partial(_draw, self._map, grid, plot.frequency_scale, self._score, self._bin_step))

    @Slot(object)
    def _take(self, picture: BlamePicture) -> None:
        if picture.scale == self._plot.frequency_scale:
            self._plot.blame.show_picture(picture)
            self._plot.refresh()

    @Slot(str, str)
    def _fail(self, words: str, _details: str) -> None:
        self._job.cancel()
        self._map = None
        self._plot.set_blame(_("not known, {why}").format(why=words), on=False)


def step_for(columns_per_pixel: float) -> int:
    """Frames in a stored column: 1, 2, 4 …, at least one stored column to a pixel where there is one frame."""
    return 2 ** max(0, math.floor(math.log2(columns_per_pixel))) if columns_per_pixel >= 1.0 else 1


def _draw(
    blame: BlameMap,
    grid: PixelGrid,
    scale: FrequencyScale,
    score: PairScore,
    bin_step: float,
    job: Job,
) -> None:
    """On the worker thread: from what was read before at once, then as more is read."""
    times = score.facts.frames.grid
    first_time = score.facts.frames.first_time
    per_pixel = grid.time_step / times.step
    step = step_for(per_pixel)
    left = (grid.time - first_time) / times.step + 0.5
    first, stop = (
        min(max(edge, 0), blame.n_stored(step))
        for edge in (int(np.floor(left / step)), int(np.ceil((left + grid.width * per_pixel) / step)))
    )
    if stop <= first:
        return
    terms = BlameTerms.of(score, blame.kind)
    missing = blame.missing(step, first, stop)
    chunks = range(first // CHUNK_COLUMNS, -(-stop // CHUNK_COLUMNS))
    begin = chunks.start * CHUNK_COLUMNS
    densities = np.zeros((min(chunks.stop * CHUNK_COLUMNS, blame.n_stored(step)) - begin, blame.columns.n_bins))

    def put(index: int) -> None:
        density = blame.density(index, terms)
        if density is not None:
            at = index * CHUNK_COLUMNS - begin
            densities[at : at + len(density)] = density

    def show(complete: bool) -> None:
        density = density_pixels(densities, left / step - begin, per_pixel / step, grid, scale, bin_step)
        all_taken = step <= blame.taken
        frames = None if all_taken else (round(blame.taken * per_pixel / step), round(per_pixel))
        job.report(BlamePicture(density, heat_image(density), grid, scale, frames, complete))

    for index in chunks:
        put(index)
    shown = time.monotonic()
    if missing and len(missing) < len(chunks):
        show(complete=False)
    for index in missing:
        blame.load(index)
        put(index)
        if job.superseded():
            return  # what was read stays
        if time.monotonic() - shown > PARTS_SECONDS:
            show(complete=False)
            shown = time.monotonic()
    show(complete=True)
