"""What an audience sees: the verdict in large words, two pictures, one curve, and a button for every sound."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QColor, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QMainWindow, QToolButton, QWidget

from osisnr_gui.qt.look.theme import FONT_PIXELS, Theme, Themed
from osisnr_gui.qt.panels.layouts import column_of, row_of, tool_button
from osisnr_gui.qt.panels.plain_text import plain_label
from osisnr_gui.qt.playback.transport_bar import MOST_ESTIMATES, TransportBar
from osisnr_gui.qt.plots.curve_plot import CurvePlot
from osisnr_gui.qt.plots.items.shading import BandKind, Runs, Stretches
from osisnr_gui.qt.plots.spectrogram_plot import SpectrogramPlot
from osisnr_gui.qt.plots.spectrogram_tiles import TileStore
from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.qt.presenters.differences import osi_curve
from osisnr_gui.qt.views import Views
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.changes import Changed
from osisnr_gui.session.sound.listening import Sound, SoundKind
from osisnr_gui.session.verdict import Verdict, chance_floor_db
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.sentences import estimate_names, grade_words, verdict_sentence

#: How much larger everything is drawn than in the window.
SCALE = 1.5
FRAME = QMargins(4, 4, 4, 4)  # around the plots of what is heard


class Presentation(Themed, QWidget):
    """A window of its own over the whole screen: the other one is not touched, and has its view again afterwards."""

    left = Signal()
    word_scale = 3.0  # of the verdict
    has_keys = True  # of the sounds, which its bar names

    def __init__(self, views: Views, actions: Mapping[str, QAction], bar: TransportBar, window: QMainWindow) -> None:
        """window : its messages are shown here too."""
        super().__init__(views.themes.theme, window, Qt.WindowType.Window)
        self._views, self.bar, self._link, self._tiles = views, bar, views.plots.link, TileStore(self)
        selection, player = views.selection, views.player
        self._before = selection.index, selection.before, player.wanted, player.before, self._link.holds_values
        self._put_back_view = self._link.keep()
        self._link.holds_values = True  # the rows of the window are to stay as they are
        if player.sound.kind is SoundKind.RESIDUAL:
            player.hear(Sound(SoundKind.ESTIMATE, selection.index))
        self._pictures = [
            SpectrogramPlot(self._link, self._theme, f"presented_{name}", self._tiles, bare=True)
            for name in ("reference", "estimate")
        ]
        self._curve = CurvePlot(self._link, self._theme, "presented_curve", bare=True)
        self.rows: tuple[TimePlot, ...] = *self._pictures, self._curve
        self.word, self.sentence, self.message = plain_label(wrap=True), plain_label(wrap=True), plain_label()
        self._set_up_rows()
        leave = tool_button(_("Esc  Leave"), run=self.close)
        top = row_of((self.word, 1), self.message, 8, *self._connect_keys(actions), leave, spacing=4)
        plots = column_of(*zip(self.rows, (5, 5, 4), strict=True), spacing=FRAME.top())
        column_of(top, self.sentence, (plots, 1), bar, owner=self, margins=(20, 8, 20, 14), spacing=12)
        self._connect(window)
        self.set_theme(self._theme)
        self.setWindowTitle(_("Presentation"))
        self.setWindowState(Qt.WindowState.WindowFullScreen)

    def _connect_keys(self, actions: Mapping[str, QAction]) -> list[QToolButton]:
        """Keys beside Escape, and buttons for those that need one."""
        for name in ("play", "hear_reference", "hear_mixture", "flip", "next_bad", "previous_bad", "present"):
            self.addAction(actions[name])
        for index in range(MOST_ESTIMATES):
            QShortcut(str(index + 1), self, partial(self.bar.hear, index))
        return [tool_button(_("N  Next bad place"), run=actions["next_bad"].trigger)]

    def _connect(self, window: QMainWindow) -> None:
        QShortcut("Escape", self, self.close)
        QShortcut("F", self, self._link.fit)
        store, selection = self._views.store, self._views.selection
        store.analysis_changed.connect(self._show_analysis)
        selection.changed.connect(self._follow_selection)  # a lambda would outlive this window
        self._views.player.changed.connect(self.update)
        self._views.themes.changed.connect(self.set_theme)
        window.statusBar().messageChanged.connect(self.message.setText)

    def _follow_selection(self, _index: int) -> None:
        self._show_analysis(self._views.store.analysis, Changed.VIEW)

    def _set_up_rows(self) -> None:
        in_window, (reference, estimate) = self._views.plots.spectrograms[0], self._pictures
        for row, other in ((reference, estimate), (estimate, reference)):
            row.look_like(in_window)
            row.set_y_range(in_window.box.lo, in_window.box.hi)
            row.y_range_changed.connect(other.set_y_range)
        for each in self.rows:
            each.enlarge(SCALE)
        reference.set_title(_("Reference: how it should be"))
        self._curve.set_time_axis(True)

    def _show_analysis(self, analysis: Analysis, changed: Changed) -> None:
        """The estimate in view against its reference; without one there is nothing to present."""
        pair, selected = self._views.plots.pair, self._views.selection.index
        if pair is None:
            self.close()
            return
        self.bar.show_analysis(analysis, selected)
        for row, picture in zip(self._pictures, (pair.pictures.reference, pair.pictures.estimate), strict=True):
            row.show_source(picture)
            if picture is not None and changed & Changed.FRAMES:
                self._tiles.mark_changed(picture)
        title = _("Estimate {name}: what came out").format(name=estimate_names(analysis)[selected])
        self._pictures[1].set_title(title, self._theme.estimate(selected).colour)
        self._curve.show_curves([] if pair.score is None else [osi_curve(pair.score, selected, selected=True)])
        self.word.setText(str(pair.error or ""))
        self.sentence.clear()
        if pair.score is not None:
            bad, frames = pair.score.bad, pair.score.facts.frames
            verdict = Verdict(pair, chance_floor_db(analysis, pair))
            self.word.setText(grade_words(verdict.grade).capitalize())
            self.sentence.setText(verdict_sentence(verdict, "s" if frames.grid.seconds else "frames"))
            places = Stretches.of_frames(bad.bad, frames.first_time, frames.grid.step)
            for shading in (row.shading for row in self.rows if row.shading is not None):
                shading.show_runs(Runs({BandKind.BAD: places}))

    def set_theme(self, theme: Theme) -> None:
        """Type half as large again, in the colours of `theme`."""
        self.setStyleSheet(
            f"* {{ font-size: {round(SCALE * FONT_PIXELS)}px; }}"
            f"QToolButton {{ padding: 8px 14px 10px; border-color: {theme.separator}; }}"
            f"QToolButton:checked {{ background: {theme.accent}; color: {theme.on_accent}; }}"
        )
        self.word.setStyleSheet(f"font-size: {round(self.word_scale * FONT_PIXELS)}px; font-weight: bold")
        super().set_theme(theme)
        self._show_analysis(self._views.store.analysis, Changed.ALL)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A frame around the plots in which what is heard is seen."""
        seen_in = {SoundKind.REFERENCE: self.rows[:1], SoundKind.ESTIMATE: self.rows[1:]}
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.background))
        for row in seen_in.get(self._views.player.sound.kind, ()):
            painter.fillRect(row.geometry().marginsAdded(FRAME), QColor(self._theme.accent))
        painter.end()

    def closeEvent(self, _event: QCloseEvent) -> None:
        """Leave everything as it was."""
        self._tiles.close()
        selection, player, before = self._views.selection, self._views.player, self._before
        if not player.is_paused:
            player.stop()
        selection.select(before[0], self._views.count)
        player.hear(before[2])
        _index, selection.before, _wanted, player.before, self._link.holds_values = before
        self._put_back_view()
        self.left.emit()
        self.deleteLater()
