"""What an audience sees: the verdict in large words, two pictures, one curve, and a button for every sound."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QColor, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QMainWindow, QWidget

from osisnr_gui.qt.look.theme import FONT_PIXELS, Theme, Themed
from osisnr_gui.qt.panels.layouts import column_of, row_of, tool_button
from osisnr_gui.qt.panels.plain_text import ElidedLabel, plain_label
from osisnr_gui.qt.playback.transport_bar import MOST_ESTIMATES, SoundButton
from osisnr_gui.qt.plots.axes import LinearScale
from osisnr_gui.qt.plots.curve_plot import PlainCurve
from osisnr_gui.qt.plots.items.shading import BandKind, Runs, Stretches
from osisnr_gui.qt.plots.items.words import Key
from osisnr_gui.qt.plots.spectrogram_plot import SpectrogramPlot
from osisnr_gui.qt.plots.spectrogram_tiles import TileStore
from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.qt.presenters.differences import CurveChoice, osi_curves
from osisnr_gui.qt.views import Views
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.changes import Changed
from osisnr_gui.session.sound.listening import Sound, SoundKind
from osisnr_gui.session.verdict import chance_floor_db, find_verdict
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.sentences import estimate_names
from osisnr_gui.text.verdict import grade_words, verdict_sentence

#: How much larger everything is drawn than in the window, and the verdict.
SCALE, WORD_SCALE = 1.5, 3
FRAME_PIXELS = 4  # around the plots of what is heard
#: With more estimates than this their buttons show letters only.
MOST_NAMES, NAME_PIXELS = 2, 110
#: Of the plots, from top to bottom.
WEIGHTS = 5, 5, 4
#: Commands whose keys act here too.
COMMANDS = ("play", "hear_reference", "hear_mixture", "flip", "next_bad", "previous_bad", "present")
REFERENCE, MIXTURE = Sound(SoundKind.REFERENCE), Sound(SoundKind.MIXTURE)


class Presentation(Themed, QWidget):
    """A window of its own over the whole screen: the other one is not touched, and has its view again afterwards."""

    left = Signal()

    def __init__(
        self, views: Views, actions: Mapping[str, QAction], hear: Callable[[int], object], window: QMainWindow
    ) -> None:
        """`hear` shows and plays an estimate. window : its messages are shown here too."""
        super().__init__(views.themes.theme, window, Qt.WindowType.Window)
        self._views, self._actions, self._sources = views, actions, views.store.session.estimates
        self._tiles, self._link = TileStore(self), views.plots.link
        selection, player = views.selection, views.player
        self._before = selection.index, selection.before, player.wanted, player.before, self._link.holds_values
        self._put_back_view = self._link.keep()
        self._link.holds_values = True  # the rows of the window are to stay as they are
        self._pictures = [
            SpectrogramPlot(self._link, self._theme, f"presented_{name}", self._tiles, bare=True)
            for name in ("reference", "estimate")
        ]
        self._curve = PlainCurve(self._link, self._theme, "presented_curve")
        self.rows: tuple[TimePlot, ...] = *self._pictures, self._curve
        self.lit: tuple[TimePlot, ...] = ()  # where what is heard is seen
        self.word, self.sentence, self._message = plain_label(wrap=True), plain_label(wrap=True), ElidedLabel()
        self._play = tool_button(run=actions["play"].trigger)
        self.buttons: dict[Sound, SoundButton] = {}
        self._add_buttons(hear)
        self._lay_out()
        self.addActions([actions[action_id] for action_id in COMMANDS])
        keys: dict[str, Callable[[], object]] = {"Escape": self.close, "F": self._link.fit}
        keys |= {str(index + 1): partial(hear, index) for index in range(MOST_ESTIMATES)}
        for key, run in keys.items():
            QShortcut(key, self, run)
        views.store.analysis_changed.connect(self._show_analysis)
        selection.changed.connect(lambda _index: self._show_analysis(views.store.analysis, Changed.VIEW))
        player.changed.connect(self._show_state)
        views.themes.changed.connect(self.set_theme)
        window.statusBar().messageChanged.connect(self._message.set_text)
        if player.sound.kind is SoundKind.RESIDUAL:
            hear(selection.index)
        self._show_analysis(views.store.analysis, Changed.ALL)
        self.set_theme(self._theme)
        self.setWindowTitle(_("Presentation"))
        self.setWindowState(Qt.WindowState.WindowFullScreen)

    def _add_buttons(self, hear: Callable[[int], object]) -> None:
        """One for every sound, with its key."""
        names = estimate_names(self._views.store.analysis)[:MOST_ESTIMATES]
        if len(names) > MOST_NAMES:
            names = [name.partition(" ")[0] for name in names]
        by_id, middle = self._actions, Qt.TextElideMode.ElideMiddle
        sounds: list[tuple[Sound, str, Callable[[], object]]] = [
            (REFERENCE, _("0  Reference"), by_id["hear_reference"].trigger),
            (MIXTURE, _("M  Mixture"), by_id["hear_mixture"].trigger),
        ]
        for index, name in enumerate(names):
            text = f"{index + 1}  {self.fontMetrics().elidedText(name, middle, NAME_PIXELS)}"
            sounds.insert(-1, (Sound(SoundKind.ESTIMATE, index), text, partial(hear, index)))
        for sound, text, run in sounds:
            is_estimate = sound.kind is SoundKind.ESTIMATE
            self.buttons[sound] = button = SoundButton(text, self._theme, sound.index if is_estimate else None)
            button.clicked.connect(run)
            button.clicked.connect(self._show_state)  # nothing may come of it: none stays pressed by a click alone

    def _lay_out(self) -> None:
        in_window, (reference, estimate) = self._views.plots.spectrograms[0], self._pictures
        for row, other in ((reference, estimate), (estimate, reference)):
            row.look_like(in_window)
            row.set_y_range(in_window.box.lo, in_window.box.hi)
            row.y_range_changed.connect(other.set_y_range)
        for row in self.rows:
            row.enlarge(SCALE)
            row.marks.scale = SCALE
        self._curve.set_time_axis(True)
        self._curve.set_y_scale(LinearScale(_("how close (dB)")))
        self._curve.set_title(_("How close it is, moment by moment: higher is closer"))
        reference.set_title(_("Reference: how it should be"))
        next_bad = tool_button(_("N  Next bad place"), run=self._actions["next_bad"].trigger)
        leave = tool_button(_("Esc  Leave"), run=self.close)
        top = row_of((self.word, 1), next_bad, leave, spacing=4)
        bar = row_of(self._play, 8, *self.buttons.values(), 8, (self._message, 1), spacing=4)
        plots = column_of(*zip(self.rows, WEIGHTS, strict=True), spacing=FRAME_PIXELS)
        column_of(top, self.sentence, (plots, 1), bar, owner=self, margins=(20, 8, 20, 14), spacing=12)

    def _show_analysis(self, analysis: Analysis, changed: Changed) -> None:
        """The estimate in view against its reference; once others are open there is nothing to present."""
        pair, selected = self._views.plots.pair, self._views.selection.index
        if pair is None or analysis.session.estimates != self._sources:
            self.close()
            return
        pictures = pair.pictures.reference, pair.pictures.estimate
        for row, picture in zip(self._pictures, pictures, strict=True):
            row.show_source(picture)
            if picture is not None and changed & Changed.FRAMES:
                self._tiles.mark_changed(picture)
        title = _("Estimate {name}: what came out").format(name=estimate_names(analysis)[selected])
        self._pictures[1].set_title(title, self._theme.estimate(selected).colour)
        self._curve.show_curves([c for c in osi_curves(analysis, selected, CurveChoice()) if c.selected])
        self._curve.words.keys = (Key(_("bad places"), "bad", True),)
        if pair.score is not None:
            bad, frames = pair.score.bad, pair.score.facts.frames
            verdict = find_verdict(pair, chance_floor_db(analysis, pair))
            self.word.setText(grade_words(verdict.grade).capitalize())
            self.sentence.setText(verdict_sentence(verdict, "s" if frames.grid.seconds else "frames"))
            places = Stretches.of_frames(bad.low | bad.missed, frames.first_time, frames.grid.step)
            for shading in (row.shading for row in self.rows if row.shading is not None):
                shading.show_runs(Runs({BandKind.BAD: places}))
        self._show_state()

    def _show_state(self) -> None:
        """Light up what is heard: its button, and the plots it is seen in."""
        player = self._views.player
        heard = player.sound if player.has_sound else Sound(SoundKind.ESTIMATE, self._views.selection.index)
        kinds = {sound.kind for sound in player.recipe.sounds if player.has_sound}
        for sound, button in self.buttons.items():
            is_estimate = sound.kind is SoundKind.ESTIMATE
            button.setChecked(sound == heard if is_estimate else sound.kind is heard.kind)
            button.setEnabled(is_estimate or sound.kind in kinds)
        self.buttons[MIXTURE].setVisible(SoundKind.MIXTURE in kinds)
        self._play.setText(f"{_('Space')}  {self._actions['play'].text()}")
        self._play.setEnabled(player.has_sound)
        seen = {SoundKind.REFERENCE: self.rows[:1], SoundKind.ESTIMATE: self.rows[1:]}
        self.lit = seen.get(heard.kind, ())
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Type half as large again, in the colours of `theme`."""
        self.setStyleSheet(
            f"* {{ font-size: {round(SCALE * FONT_PIXELS)}px; }}"
            f"QToolButton {{ padding: 8px 14px 10px; border-color: {theme.separator}; }}"
            f"QToolButton:checked {{ background: {theme.accent}; color: {theme.on_accent}; }}"
        )
        self.word.setStyleSheet(f"font-size: {WORD_SCALE * FONT_PIXELS}px; font-weight: bold")
        super().set_theme(theme)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A frame around the plots of what is heard."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.background))
        for row in self.lit:
            frame = row.geometry().adjusted(-FRAME_PIXELS, -FRAME_PIXELS, FRAME_PIXELS, FRAME_PIXELS)
            painter.fillRect(frame, QColor(self._theme.accent))
        painter.end()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave everything as it was."""
        self._tiles.close()
        selection, player, before = self._views.selection, self._views.player, self._before
        player.stop()
        selection.select(before[0], self._views.count)
        player.hear(before[2])
        _index, selection.before, _wanted, player.before, self._link.holds_values = before
        self._put_back_view()
        self.left.emit()
        self.deleteLater()
        event.accept()
