"""The centre of the window: all plots over one time axis, showing one analysis."""

import math
from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget

from osisnr_gui.qt.jobs import close_jobs, is_busy
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.panels.layouts import column_of
from osisnr_gui.qt.plots.curve_plot import CurvePlot, LossPlot
from osisnr_gui.qt.plots.items.spectrogram import same_objects
from osisnr_gui.qt.plots.overview import Overview
from osisnr_gui.qt.plots.plot_stack import PlotStack
from osisnr_gui.qt.plots.rows import ROWS
from osisnr_gui.qt.plots.spectrogram_plot import SpectrogramPlot
from osisnr_gui.qt.plots.spectrogram_tiles import TileStore
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.qt.presenters.differences import Differences, ShownGhost, ghost_curves, osi_curves
from osisnr_gui.qt.presenters.estimate_rows import ESTIMATE, EstimateRows
from osisnr_gui.qt.presenters.pair_maps import PairMaps, Shader, show_limits
from osisnr_gui.qt.presenters.ribbons import BEST, PAIRING, Ribbons
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.changes import Changed, Part
from osisnr_gui.session.maps import BlameKind
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.pictures import Picture
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.tracks import Track
from osisnr_gui.session.verdict import chance_floor_db
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.catalogue import _, translated
from osisnr_gui.text.files import title

MIN_FRAMES_IN_VIEW = 6

REFERENCE, DIFFERENCE, OSI, LOSS = "reference", "difference", "osi", "loss"


class PlotArea(QWidget):
    """Overview and plots. Views are told, never asked; they share the TimeLink only."""

    limit_requested = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._analysis, self._selected = Analysis(Session()), 0
        self.link = TimeLink(self)
        self.tiles = TileStore(self)
        self.overview = Overview(self.link, theme)
        self.stack = PlotStack(self.overview)
        self._reference = SpectrogramPlot(self.link, theme, REFERENCE, self.tiles, _("Reference"))
        self.estimates = EstimateRows(self.link, theme, self.tiles, self)
        self._estimate = self.estimates.main
        self._difference = SpectrogramPlot(self.link, theme, DIFFERENCE, self.tiles, _("Difference"))
        self._osi, self._loss = CurvePlot(self.link, theme, OSI), LossPlot(self.link, theme, LOSS)
        self._pictures: list[SpectrogramPlot] = []
        self.maps = PairMaps(self.link, theme, self._estimate, self._difference)
        self.differences = Differences(self.link, theme, self)
        self.ribbons = Ribbons(self.link, theme)
        self._add_rows(theme)
        shadings = [row.shading for row in self.stack.rows if row.shading is not None]
        self._shader = Shader(shadings, self.overview.strip)
        self.stack.for_each_row(self._take_row)
        for line in (self._osi.threshold_line, self._loss.limit_line):
            line.level_dragged.connect(self.limit_requested)
        files = Changed.FILES | Changed.FRAMES | Changed.VIEW
        #: What is shown of an analysis, and what of it that depends on.
        self.parts: tuple[Part, ...] = (
            (self._take, Changed.ALL),
            (self._show_extent, files),
            (self._show_pictures, files),
            (self._show_curves, files | Changed.LEADING),
            (self._show_bad, files | Changed.BAD),
            (self.maps.show_analysis, files),
            (self.differences.show_analysis, files),
            (self._show_losses, Changed.LEADING | Changed.LOSS),
            (self._show_ribbons, files),
            (self._show_notes, Changed.NOTES),
            *((self.stack.row(row.id).show_analysis, row.depends) for row in ROWS if row.depends),
        )
        self.differences.row.shown_changed.connect(lambda: self._show_losses(self._analysis, self._selected))
        self.link.range_changed.connect(self._follow_pointer)
        self.link.band_requested.connect(self._reference.set_y_range)
        self._extent_of: Source | None = None
        self.shows_residual, self._whole_range = False, True
        self._residual_alone = False  # whether its row goes away with it
        self.draws_mixture = False
        self._ghosts: tuple[ShownGhost, ...] = ()
        self._grown: tuple[object, ...] = ()
        column_of(self.stack, owner=self)

    def _add_rows(self, theme: Theme) -> None:
        pictures = self._reference, self._estimate, self._difference, self.maps.band_row
        ribbons = self.ribbons.pairing.row, self.ribbons.best_row
        curves = self._osi, self.differences.row, self.maps.gain_row, self._loss
        known: dict[str, TimePlot] = {row.row_id: row for row in (*pictures, *ribbons, *curves)}
        for spec in ROWS:
            row = known[spec.id] if spec.make is None else spec.make(self.link, theme)
            self.stack.add_row(row, spec, self.estimates.pane if spec.id == ESTIMATE else None)

    @property
    def pair(self) -> PairAnalysis | None:
        """The pair in view."""
        return self._analysis.pair_at(self._selected)

    @property
    def reference(self) -> Track | None:
        """The reference of the pair in view, else the first."""
        return self.pair.reference if self.pair is not None else self._analysis.reference

    @property
    def spectrograms(self) -> tuple[SpectrogramPlot, SpectrogramPlot]:
        """The rows that share levels, colours and frequency scale."""
        return self._reference, self._estimate

    def _take(self, analysis: Analysis, selected: int) -> None:
        self._analysis, self._selected = analysis, selected

    def _show_bad(self, analysis: Analysis, selected: int) -> None:
        score = self.pair.score if self.pair else None
        bad = score.bad if score else None
        self._shader.show_bad(bad)
        self.estimates.show_bad(analysis)
        show_limits(self._osi, self._loss, analysis.session, bad)

    def _show_losses(self, analysis: Analysis, selected: int) -> None:
        """What is not on show follows no slider: `set_blame` and the row of differences catch up."""
        if self.maps.blame.kind is not None:
            self.maps.show_blame(analysis, selected)
        if self.differences.row.isVisible():
            self.differences.show_analysis(analysis, selected)

    def _show_ribbons(self, analysis: Analysis, selected: int) -> None:
        self.ribbons.show_analysis(analysis, selected)
        session = analysis.session
        self.stack.set_row_useful(BEST, len(set(session.partners)) < len(session.partners))
        self.stack.set_row_useful(PAIRING, len(session.references) > 1 and bool(session.estimates))

    def _show_notes(self, analysis: Analysis, _selected: int) -> None:
        for plot in (*self.stack.rows, self.overview):
            plot.notes.show_notes(analysis.session.notes)

    def _take_row(self, row: TimePlot) -> None:
        row.notes.texts = row is self._reference
        row.notes.show_notes(self._analysis.session.notes)
        if isinstance(row, SpectrogramPlot):
            self._pictures.append(row)
            row.y_range_changed.connect(self._share_frequencies)

    def draw_mixture(self, on: bool) -> None:
        """A curve of the unprocessed mixture, or none."""
        self.draws_mixture = on
        self._show_curves(self._analysis, self._selected)

    def set_stacked(self, on: bool) -> None:
        """The pictures of all estimates one above the other, or that of the one in view."""
        self.estimates.stacked = on
        self._show_pictures(self._analysis, self._selected)

    def show_ghosts(self, ghosts: tuple[ShownGhost, ...]) -> None:
        """What estimates were before their files changed."""
        self._ghosts = ghosts
        self._show_curves(self._analysis, self._selected)
        self.differences.show_ghosts(ghosts)

    def set_residual(self, residual: bool) -> None:
        """Third picture: the residual (what the metric calls noise) or the level difference.

        Where that row is hidden the residual brings it along, and takes it away again.
        """
        if residual != self.shows_residual:
            if residual:
                self._residual_alone = not self.stack.places[DIFFERENCE].is_shown
            if self._residual_alone:
                self.stack.set_row_visible(DIFFERENCE, residual)
        self.shows_residual = residual
        self._show_pictures(self._analysis, self._selected)

    def set_blame(self, kind: BlameKind | None) -> None:
        """The map over a picture; None for none."""
        self.maps.show_blame(self._analysis, self._selected)
        self.maps.blame.set_kind(kind)

    def set_blame_over_third(self, over: bool) -> None:
        """The map lies over the third picture, whose row is shown for that, or over the estimate."""
        if over:
            self.stack.set_row_visible(DIFFERENCE, True)
        self.maps.blame.set_over_third(over)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self.stack.set_theme(theme)
        self.estimates.show_titles()
        self._show_titles()

    def dress_pictures(self, dress: Callable[..., None], *look: object) -> None:
        """Do this with every picture: give it another frequency scale, colour map, floor and ceiling."""
        for plot in self._pictures:
            dress(plot, *look)

    @property
    def shows_masks(self) -> bool:
        """Whether the pictures are of masks: plain values instead of levels."""
        return self.reference is not None and self.reference.kind == "mask"

    def set_whole_range(self, whole: bool) -> None:
        """Colours of masks: over all values there are, or over 0 to 1."""
        self._whole_range = whole
        self._show_pictures(self._analysis, self._selected)

    def fit_values(self) -> None:
        """Automatic value ranges again on all rows."""
        self.link.holds_values = False
        for row in self.stack.rows:
            row.fit_y()

    def third_value_at(self, time: float, frequency: float) -> tuple[str, float] | None:
        """Name and value of the difference or residual picture at a point; None where there is nothing."""
        value = self._difference.value_at(time, frequency)
        return None if value is None else (_("residual") if self.shows_residual else _("difference"), value)

    def is_final(self) -> bool:
        """Whether all pictures on screen are the best there will be."""
        rows = [row.is_final() for row in self.stack.rows if row.isVisibleTo(self)]
        return all(rows) and self.maps.blame.is_final() and not is_busy(self)

    def close_files(self) -> None:
        """Cancel all that is read and worked out, and wait for it."""
        self.tiles.close()
        close_jobs(self)

    def _show_extent(self, analysis: Analysis, _selected: int) -> None:
        """Everything there is: all compared frames, and the reference to its end."""
        frames, alone = [pair.frames for pair in analysis.pairs if pair.frames is not None], analysis.alone
        durations = [reference.duration_s for reference in analysis.references if reference.error is None]
        stops = [duration for duration in durations if duration is not None]
        if frames:
            grid, last = frames[0].grid, max(each.stop_frame for each in frames)
            first, step, seconds = grid.first, grid.step, grid.seconds
        elif alone is not None:
            first, step, seconds, last = alone.first_time, alone.column_step, alone.in_seconds, alone.n_columns
        else:
            return
        stops.append(first + (last - 0.5) * step)
        start, unit = (0.0, "s") if seconds else (first - 0.5 * step, "frames")
        reference = analysis.reference
        source = None if reference is None else reference.source
        if unit != self.link.unit and source == self._extent_of:
            # The same masks on another axis: what was marked on the old one lies elsewhere on this.
            self.link.clear_selection()
            self.link.clear_loop()
            self.link.set_cursor(math.nan)
        self._extent_of = source
        if (start, max(stops)) != tuple(self.link.extent) or unit != self.link.unit:
            self.link.set_extent(start, max(stops), min_span=MIN_FRAMES_IN_VIEW * step, unit=unit)

    def _show_pictures(self, analysis: Analysis, selected: int) -> None:
        pictures = self.pair.pictures if self.pair else None
        reference = pictures.reference if pictures and pictures.reference else self._reference_without_pair()
        estimate = pictures.estimate if pictures else None
        residual = pictures.residual if pictures else None
        self._reference.show_source(reference)
        self.estimates.show_analysis(analysis, selected)
        self._reference.clips.show_clips(self.reference, self.reference)
        self.stack.set_weight(ESTIMATE, self.estimates.weight)
        stacked = [pair.pictures.estimate for pair in self.estimates.pairs]
        self._share_values([p for p in (reference, *stacked) if p is not None and not p.unit])
        if self.shows_residual or reference is None or estimate is None:
            self._difference.show_source(residual)
        else:
            self._difference.show_sources(reference, estimate)
        grown = (*(pair.frames for pair in self.estimates.pairs), analysis.complete)
        if not same_objects(grown, self._grown):
            self._grown = grown
            for picture in (reference, residual, *stacked):
                if picture is not None:
                    self.tiles.mark_changed(picture)
        found = [pair.pictures for pair in analysis.pairs]
        every = (analysis.alone, *(p for each in found for p in (each.reference, each.estimate, each.residual)))
        self.tiles.keep_only([picture for picture in every if picture is not None])
        self._show_titles()

    def _reference_without_pair(self) -> Picture | None:
        """Where the estimate in view cannot be compared: the reference as another estimate, or nobody, has it."""
        others = (pair.pictures.reference for pair in self._analysis.pairs if pair.reference is self.reference)
        return next((picture for picture in others if picture is not None), self._analysis.alone)

    def _share_values(self, masks: list[Picture]) -> None:
        """Masks beside each other have one scale: all values, or 0 to 1; as far below 0 as above if signed."""
        if masks:
            low, high = min(mask.low for mask in masks), max(mask.high for mask in masks)
            if low < 0:
                low, high = (-max(-low, high), max(-low, high)) if self._whole_range else (-1.0, 1.0)
            elif not self._whole_range:
                high = 1.0
            for plot in self._pictures:
                plot.set_unit_levels("", low, high)

    def _show_titles(self) -> None:
        reference, name = self.reference, estimate_letter(self._selected)
        if reference is None:
            self._reference.set_title(_("Reference"))
            self._reference.set_message(_("No reference: drop one here"))
        else:
            self._reference.set_title(_("Reference · {name}").format(name=title(reference)))
            self._reference.set_message(str(reference.error or ""), error=reference.error is not None)
        if self.shows_residual:
            third = _("Residual: estimate minus its best multiple of the reference")
        elif self.shows_masks:
            third = _("Difference: {name} minus reference, value").format(name=name)
        else:
            third = _("Difference: {name} minus reference, level").format(name=name)
        self._difference.set_title(third)

    def _show_curves(self, analysis: Analysis, selected: int) -> None:
        curves = osi_curves(analysis, selected, with_mixture=self.draws_mixture)
        formula = analysis.session.loss.formula
        self._osi.show_curves(curves + ghost_curves(self._ghosts, analysis.session, selected))
        self._osi.chance_line.show_level(chance_floor_db(analysis, self.pair) if curves else math.nan)
        self._osi.set_title(_("OSI-SNR per frame · {formula}").format(formula=translated(formula.words)))

    def _follow_pointer(self, *_range: float) -> None:
        """After a zoom something else is under a pointer that stood still."""
        if not math.isfinite(self.link.hover.time):
            return
        for row in self.stack.rows:
            if row.row_id == self.link.hover.row_id and row.isVisible():
                row.point_at(row.mapToScene(row.mapFromGlobal(QCursor.pos())))
                return
        self.link.set_hover(math.nan)

    def _share_frequencies(self, low: float, high: float) -> None:
        """All pictures show the same frequencies."""
        self.link.band = low, high
        for plot in self._pictures:
            if plot is not self.sender() and (plot.box.lo, plot.box.hi) != (low, high):
                with QSignalBlocker(plot):
                    plot.set_y_range(low, high)
