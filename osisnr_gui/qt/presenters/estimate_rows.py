"""The pictures of estimates: of the one in view, or of all of them one above the other."""

from PySide6.QtCore import QObject, Signal

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.plot_stack import RowPane
from osisnr_gui.qt.plots.rows import SPECTROGRAM_WEIGHT
from osisnr_gui.qt.plots.spectrogram_plot import SpectrogramPlot
from osisnr_gui.qt.plots.spectrogram_tiles import TileStore
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.presenters.pair_maps import Shader
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.session import Session
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.catalogue import _, ngettext
from osisnr_gui.text.files import error_words
from osisnr_gui.text.files import title as title_of

ESTIMATE = "estimate"
#: More would be strips in which nothing can be seen.
MOST_ROWS = 8


class EstimateRows(QObject):
    """One row follows the estimate in view, whatever its place; the others have a row each for one place.

    So all that belongs to the estimate in view, such as the blame map, stays on one row.
    """

    chosen = Signal(int)  # the place of the estimate whose title was clicked

    def __init__(self, link: TimeLink, theme: Theme, tiles: TileStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.main = SpectrogramPlot(link, theme, ESTIMATE, tiles, _("Estimate"))
        self.others: list[SpectrogramPlot] = []  # made when they are first needed
        self.pane = RowPane(self.main)
        self.stacked = False
        self._shaders: list[Shader] = []
        self._link, self._tiles = link, tiles
        self._places: tuple[int, ...] = ()  # of the first of the others; all further ones are not shown
        self._shown = Analysis(Session()), 0

    @property
    def weight(self) -> float:
        """The share of height that all rows want together."""
        return SPECTROGRAM_WEIGHT + 0.4 * SPECTROGRAM_WEIGHT * (len(self.pane.shown) - 1)

    @property
    def pairs(self) -> tuple[PairAnalysis, ...]:
        """The pairs whose estimates are shown."""
        analysis, selected = self._shown
        places = self._places or (selected,)
        return tuple(pair for place in places if (pair := analysis.pair_at(place)) is not None)

    def _rows(self) -> list[tuple[SpectrogramPlot, int]]:
        """The rows of the others with their places, below 0 for those that are not shown."""
        spare = [-1] * (len(self.others) - len(self._places))
        return list(zip(self.others, (*self._places, *spare), strict=True))

    def under(self, row_id: str) -> tuple[int, SpectrogramPlot]:
        """Place and row of the estimate that a row shows; of the one in view for all other rows."""
        found = ((place, row) for row, place in self._rows() if row.row_id == row_id and place >= 0)
        return next(found, (self._shown[1], self.main))

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        """Show the estimate in view, and while they are stacked the others without those that are hidden."""
        moved, self._shown = selected != self._shown[1], (analysis, selected)
        self._places = stacked_places(analysis, selected) if self.stacked else ()
        while len(self.others) < len(self._places):
            self._make_row()
        for row, place in ((self.main, selected), *self._rows()):
            pair = analysis.pair_at(place)
            row.show_source(None if pair is None else pair.pictures.estimate)
            row.clips.show_clips(*((None, None) if pair is None else (pair.estimate, pair.reference)))
        for row in self.others:
            row.y_by_hand = self.main.y_by_hand
            row.set_y_range(self.main.box.lo, self.main.box.hi)
        self.show_bad(analysis)
        shown = [self.main if place == selected else row for row, place in self._rows() if place >= 0]
        self.pane.show_rows(shown or [self.main])
        if moved:
            self.pane.reveal(self.main)
        self.show_titles()

    def show_bad(self, analysis: Analysis) -> None:
        """Shade the bad frames in the rows of the other estimates."""
        for (_row, place), shader in zip(self._rows(), self._shaders, strict=True):
            pair = analysis.pair_at(place)
            shader.show_bad(None if pair is None or pair.score is None else pair.score.bad)

    def _make_row(self) -> None:
        row = SpectrogramPlot(self._link, self.main.theme, f"{ESTIMATE}_{len(self.others)}", self._tiles, bare=True)
        row.look_like(self.main)
        self._shaders.append(Shader([row.shading]))
        row.words.make_button(_("Bring this estimate into view"))
        row.words.clicked.connect(lambda: self.chosen.emit(self.under(row.row_id)[0]))
        self.others.append(row)
        self.pane.add_row(row)

    def show_titles(self) -> None:
        """Titles in the colours of the theme, and what stands in place of a picture."""
        analysis, selected = self._shown
        left_out = len(visible_places(analysis, selected)) - len(self._places) if self._places else 0
        several = len(analysis.references) > 1
        for row, place in ((self.main, selected), *self._rows()):
            pair = analysis.pair_at(place)
            if pair is None:
                row.set_title(_("Estimate"))
                row.set_message(_("Nothing to compare yet: add an estimate, or drop one here"))
                continue
            # Several speakers: which reference it is held against, as in the list of sources.
            speaker = f" → {analysis.session.partner_of(place) + 1}" if self._places and several else ""
            title = f"{estimate_letter(place)}{speaker} · {title_of(pair.estimate)}"
            if left_out and row is self.pane.shown[-1]:
                more = ngettext("{title} · {n} more not shown", "{title} · {n} more not shown", left_out)
                title = more.format(title=title, n=left_out)
            marked = bool(self._places) and row is self.main
            row.set_title(title, self.main.theme.estimate(place).colour, marked=marked)
            waits = pair.reference is None or pair.reference.error is not None
            message = (
                error_words(pair.error) if pair.error is not None else _("Waiting for a reference") if waits else ""
            )
            row.set_message(message, error=pair.error is not None)


def visible_places(analysis: Analysis, selected: int) -> tuple[int, ...]:
    """Places of the estimates that are not hidden, and of the one in view."""
    return tuple(k for k in range(len(analysis.pairs)) if k == selected or k not in analysis.session.hidden)


def stacked_places(analysis: Analysis, selected: int) -> tuple[int, ...]:
    """Those that get a row, the one in view always among them; none where there is only one."""
    places = visible_places(analysis, selected)
    if len(places) < 2:
        return ()
    first = places[:MOST_ROWS]
    return first if selected in first else (*first[:-1], selected)
