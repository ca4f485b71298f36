"""Maps that threads make: the row of OSI-SNR per frequency band, and the blame map over a spectrogram."""

import math
import time
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Slot

from osisnr_gui.core.bands import FrequencyBand
from osisnr_gui.qt.jobs import Job, Jobs
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.axes import NO_SCALE, FixedScale, Tick
from osisnr_gui.qt.plots.items import maps
from osisnr_gui.qt.plots.items.shading import Shading
from osisnr_gui.qt.plots.items.spectrogram import PixelGrid, same_objects
from osisnr_gui.qt.plots.items.words import ColourBar
from osisnr_gui.qt.plots.picture_pooling import PictureView, covered, pixel_columns
from osisnr_gui.qt.plots.scales import FrequencyScale
from osisnr_gui.qt.plots.spectrogram_plot import SpectrogramPlot
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.qt.plots.view_box import PixelViewBox
from osisnr_gui.session.maps import CHUNK_COLUMNS, BandMap, BlameKind, BlameMap, BlameTerms, band_step, can_be_blamed
from osisnr_gui.session.pairs import PairReader
from osisnr_gui.session.scores import PairScore
from osisnr_gui.text.catalogue import _, translated

#: While files are read, what is there already is shown this often.
PARTS_SECONDS = 0.1
WAVEFORM_WORDS = _("not known, frames are samples")


class BandPlot(TimePlot):
    """The strip of one pair. Values of the y axis count bands: band k lies from k to k + 1."""

    def __init__(self, link: TimeLink, theme: Theme, row_id: str) -> None:
        super().__init__(link, theme, row_id, _("OSI-SNR per band"))
        self._map: BandMap | None = None
        self._shown: tuple[object, ...] = ()
        self._strip = maps.MapItem()
        self._strip.asks = self._ask
        self._asked: tuple[BandMap, PixelGrid] | None = None
        self._bar = ColourBar()
        self._job = Jobs("bands", self)
        self._job.reported.connect(self._strip.show_picture)
        self._job.failed.connect(lambda words, _details: self.set_message(words, error=True))
        self.set_y_scale(NO_SCALE)
        self.shading = Shading(over=True)
        self.add(self._strip, self.shading, self._bar)

    def show_pair(self, columns: PairReader | None, score: PairScore | None) -> None:
        """The pair in view, or none; skipped when its frames and which of them count are on screen already."""
        shown = () if columns is None or score is None else (columns, score.facts.active)
        if same_objects(shown, self._shown):
            return
        self._shown = shown
        self._map = self._asked = None
        self._strip.show_picture(None)
        self._job.cancel()
        self.set_message("")
        if columns is not None and score is not None:
            if can_be_blamed(columns):
                self._map = BandMap(columns, score.facts.active)
            else:
                self.set_message(_("Columns are samples here: they have no frequency bands"))
        if self._map is None:
            self._bar.hide()
            self.set_y_scale(NO_SCALE)
        else:
            self._bar.show_map(maps.COLOUR_MAP, maps.LOWEST_DB, maps.HIGHEST_DB, "dB")
            # All edges, edge k at the value k; labels that have no room are left out by the axis.
            edges = (*(band.low for band in self._map.bands), self._map.bands[-1].high)
            labels = (f"{edge / 1000:.3g}k" if edge >= 1000 else f"{edge:g}" for edge in edges)
            ticks = tuple(Tick(float(k), label) for k, label in enumerate(labels))
            self.set_y_scale(FixedScale(_("Band (Hz)") if self.in_hz else _("Bins"), ticks))
            grid = self._map.columns.frames.grid
            self._strip.origin = grid.first - 0.5 * grid.step
        self._fit_values()
        self.refresh()

    @property
    def in_hz(self) -> bool:
        """Whether bands are of frequencies; else of bins."""
        return self._map is not None and self._map.in_hz

    def band_at(self, value: float) -> FrequencyBand | None:
        """The band at a value of the y axis."""
        bands = () if self._map is None else self._map.bands
        return bands[int(value)] if 0 <= value < len(bands) else None

    def band_of(self, frequency: float) -> FrequencyBand | None:
        """The band that holds a frequency (or bin)."""
        bands = () if self._map is None else self._map.bands
        return next((band for band in bands if band.low <= frequency < band.high or band is bands[-1]), None)

    def value_at(self, moment: float, band: FrequencyBand) -> float | None:
        """OSI-SNR in dB of the frames of the pixel at a time; None where there is none."""
        if self._map is None or band not in self._map.bands:
            return None
        value = self._strip.value_at(moment, self._map.bands.index(band) + 0.5)
        return None if value is None or np.isnan(value) else value

    def is_final(self) -> bool:
        """Whether what is on screen is the best there will be."""
        return self._map is None or not self.isVisible() or (self._asked is not None and not self._job.is_busy)

    def zoom_y(self, factor: float, at: float) -> None:
        """All bands are always in sight."""

    def _title_note(self, vb: PixelViewBox) -> str:
        """Says that a pixel is worked out from sums, where it covers more than one frame."""
        grid = None if self._map is None else self._map.columns.frames.grid
        crowded = grid is not None and (vb.t1 - vb.t0) / vb.columns > grid.step * (1 + 1e-9)
        return f" · {_('all frames of a pixel together')}" if crowded else ""

    def _corner_width(self, vb: PixelViewBox) -> float:
        return self._bar.room(vb)

    def _fit_values(self) -> None:
        self.set_range_under_title(0.0, 1.0 if self._map is None else len(self._map.bands))

    def _ask(self, grid: PixelGrid) -> None:
        if self._map is not None and self._asked != (self._map, grid):
            self._asked = (self._map, grid)
            self._job.start(partial(_draw_bands, self._map, grid))


def band_words(band: FrequencyBand, *, in_hz: bool) -> str:
    """ "250-500 Hz", "1-1.5 kHz", "bins 8-15"."""
    if not in_hz:
        return _("bins {first}–{last}").format(first=band.first, last=band.stop - 1)
    if band.high < 1000:
        return f"{band.low:g}–{band.high:g} Hz"
    return f"{band.low / 1000:.3g}–{band.high / 1000:.3g} kHz"


def _draw_bands(bands: BandMap, grid: PixelGrid, job: Job) -> maps.MapPicture | None:
    """On the worker thread: from sums that are there at once, then as more is read."""
    frames = bands.columns.frames
    per_pixel = grid.time_step / frames.grid.step
    view = PictureView((grid.time - frames.first_time) / frames.grid.step + 0.5, per_pixel, grid.width)
    step = band_step(per_pixel)
    starts, stops = pixel_columns(view, step, bands.columns.n_frames)
    missing = bands.missing(step, *covered(starts, stops))
    n_bands = len(bands.bands)
    rows = replace(grid, top=float(n_bands), row_step=1.0, height=n_bands)

    def picture() -> maps.MapPicture:
        osi_db = bands.sums(step, starts, stops).osi_db()[::-1]  # the highest band on top
        return maps.MapPicture(osi_db, maps.colour_image(osi_db), rows)

    shown = time.monotonic()
    for index in missing:
        bands.load(step, index)
        if job.superseded():
            return None  # what was read stays
        if time.monotonic() - shown > PARTS_SECONDS:
            job.report(picture())
            shown = time.monotonic()
    return picture()


class BlameOverlay(QObject):
    """Keeps the blame map of the pair in view, over the estimate or the third picture, up with view, pair and alpha."""

    def __init__(self, estimate: SpectrogramPlot, third: SpectrogramPlot, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.kind: BlameKind | None = None
        self._plots, self._plot = (estimate, third), estimate
        self._columns: PairReader | None = None
        self._score: PairScore | None = None
        self._map: BlameMap | None = None
        self._counts: tuple[object, ...] = ()  # what decides which frames count
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
        counts = () if score is None else (id(score.facts), score.loss.formula)
        fresh = columns is not self._columns or counts != self._counts
        self._columns, self._score, self._bin_step, self._counts = columns, score, bin_step, counts
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
                self._plot.set_blame(f"{translated(self.kind.words)}, {translated(score.loss.formula.word)}")
            else:
                self._plot.set_blame(WAVEFORM_WORDS, on=False)
        self._plot.refresh()

    def _ask(self, plot: SpectrogramPlot, grid: PixelGrid) -> None:
        """The view that is on screen, at every paint."""
        if plot is not self._plot or self._map is None or self._score is None:
            return
        # Only MC-MSE depends on alpha, and nothing on gamma.
        asked = (grid, plot.frequency_scale, self._score.loss.alpha if self.kind is BlameKind.MC_MSE else None)
        if asked != self._asked:
            self._asked = asked
            self._job.start(partial(_draw_blame, self._map, grid, plot.frequency_scale, self._score, self._bin_step))

    @Slot(object)
    def _take(self, picture: maps.BlamePicture) -> None:
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


def _draw_blame(
    blame: BlameMap, grid: PixelGrid, scale: FrequencyScale, score: PairScore, bin_step: float, job: Job
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
    terms = BlameTerms(score, blame.kind)
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
        density = maps.density_pixels(densities, left / step - begin, per_pixel / step, grid, scale, bin_step)
        all_taken = step <= blame.taken
        frames = None if all_taken else (round(blame.taken * per_pixel / step), round(per_pixel))
        job.report(maps.BlamePicture(density, maps.heat_image(density), grid, scale, frames, complete))

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
