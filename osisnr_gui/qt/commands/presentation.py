"""What an audience sees: the verdict in large words, two pictures, one curve, and a button for every sound.

By hand, or as a `Tour` of the worst places: shown, named in plain words and heard in every source.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QMargins, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QColor, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QMainWindow, QToolButton, QWidget

from osisnr_gui.qt.jobs import Job, Jobs
from osisnr_gui.qt.look.theme import FONT_PIXELS, Theme, Themed
from osisnr_gui.qt.panels.layouts import column_of, row_of, tool_button
from osisnr_gui.qt.panels.plain_text import plain_label
from osisnr_gui.qt.playback.transport_bar import MOST_ESTIMATES, TransportBar
from osisnr_gui.qt.plots.curve_plot import CurvePlot
from osisnr_gui.qt.plots.items.shading import BandKind, Runs, Stretches
from osisnr_gui.qt.plots.spectrogram_plot import SpectrogramPlot
from osisnr_gui.qt.plots.spectrogram_tiles import TileStore
from osisnr_gui.qt.plots.time_link import TimeSpan
from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.qt.presenters.differences import osi_curve
from osisnr_gui.qt.views import Views
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.changes import Changed
from osisnr_gui.session.inspection.faults import OTHER, Fault, look_at
from osisnr_gui.session.segments.bad_segments import rivals
from osisnr_gui.session.session import Note
from osisnr_gui.session.sound.listening import Match, Sound, SoundKind
from osisnr_gui.session.verdict import Verdict, chance_floor_db
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.segment_words import caption, heard_words, summary_words
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


MOST_PLACES = 5
#: What is played of a place at most, what is played before and after it, and shown beyond that: seconds.
LONGEST, AROUND, SHOWN_AROUND = 4.0, 0.4, 0.6
FRAMES_PER_SECOND = 125.0  # of a time axis in frames
#: Time to read a caption, from one sound to the next, and to look where there is nothing to hear: ms.
READ_MS, PAUSE_MS, LOOK_MS = 3000, 700, 2500


def find_places(analysis: Analysis, index: int, longest: float) -> list[Note]:
    """The notes, in the order of time; else the worst segments of an estimate, the worst one first. No long ones."""
    places, score = sorted(analysis.session.notes, key=lambda note: note.start), analysis.pairs[index].score
    if not places and score is not None:
        figures = score.bad.figures
        places = [Note(*figures.span(place)) for place in figures.worst_first[:MOST_PLACES].tolist()]
    return [replace(place, stop=min(place.stop, place.start + longest)) for place in places]


def look_at_all(analysis: Analysis, index: int, places: list[Note], job: Job) -> list[Fault] | None:
    """What is wrong at every place, on a thread; nothing in particular where that cannot be found out."""
    faults = []
    for place in places:
        if job.superseded():
            return None
        faults.append(OTHER)
        with suppress(Exception):  # the file is gone; whatever it is, it does not stop a tour
            faults[-1] = look_at(analysis.pairs[index], place.start, place.stop)
    return faults


class Tour(Presentation):
    """A presentation that goes by itself. Space holds it, N goes on to the next place, Esc leaves it."""

    word_scale, has_keys = 2.0, False
    _words = "", ""  # the caption, and what is heard

    def __init__(self, views: Views, actions: Mapping[str, QAction], bar: TransportBar, window: QMainWindow) -> None:
        super().__init__(views, actions, bar, window)
        self.setWindowTitle(_("Tour of the worst places"))
        self.message.hide()  # the caption has its room
        bar.play_button.hide()
        shown: tuple[QWidget, ...] = bar, *self.rows
        for part in shown:  # what is heard, and where
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._of, player = views.selection.index, views.player
        self._heard_before = {"match": player.match, "band": player.band, "speed": player.speed}
        self._second = 1.0 if views.plots.link.unit == "s" else FRAMES_PER_SECOND
        self.places = find_places(views.store.analysis, self._of, LONGEST * self._second)
        self._at, self._faults, self._steps = -1, list[Fault](), iter(list[int | Sound]())
        self._sounds = self._is_held = False
        self._rest_ms = 0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._go_on)
        player.stop()
        player.choose(match=Match.RMS, band=None, speed=1.0)
        player.changed.connect(self._follow_player)
        self._jobs = Jobs("tour", self)
        self._jobs.reported.connect(self._begin)
        self._jobs.start(partial(look_at_all, views.store.analysis, self._of, self.places))

    def _connect_keys(self, actions: Mapping[str, QAction]) -> list[QToolButton]:
        self.addActions([actions["present"], actions["tour"]])
        keys = {"Space": self.hold, "N": self.skip, "R": self.again}
        for key, run in keys.items():
            QShortcut(key, self, run)
        texts = _("Space  Pause"), _("N  Next place"), _("R  Again")
        self._buttons = [tool_button(text, run=run) for text, run in zip(texts, keys.values(), strict=True)]
        return self._buttons

    def _show_analysis(self, analysis: Analysis, changed: Changed) -> None:
        super()._show_analysis(analysis, changed)
        self._say(*self._words)

    def _say(self, title: str, sentence: str) -> None:
        self._words = title, sentence
        self.word.setText(title)
        self.sentence.setText(sentence)

    def _begin(self, faults: list[Fault]) -> None:
        self._faults = faults
        if not self._is_held:
            self.skip()

    def skip(self) -> None:
        """On to the next place, or from the last one to the summary."""
        self._sounds = self._is_held = False
        for button in self._buttons:
            button.setEnabled(True)
        self._buttons[0].setText(_("Space  Pause"))
        self._timer.stop()
        self._views.player.stop()
        if self._faults or not self.places:  # else they are being looked at
            self._at = min(self._at + 1, len(self.places))
            self._steps = self._script()
            self._go_on()

    def again(self) -> None:
        """The same place once more; from the summary the last one."""
        self._at = max(min(self._at, len(self.places) - 1) - 1, -1)
        self.skip()

    def hold(self) -> None:
        """Pause, or go on where it was paused."""
        player, self._is_held = self._views.player, not self._is_held
        self._buttons[0].setText(_("Space  Go on") if self._is_held else _("Space  Pause"))
        if self._is_held:
            self._rest_ms = self._timer.remainingTime()
            self._timer.stop()
            if self._sounds:
                player.toggle()
        elif self._sounds:
            here = self._link.playhead
            player.play_range(here if math.isfinite(here) else self._played.start, self._played.stop, loop=False)
        elif self._rest_ms >= 0:
            self._timer.start(self._rest_ms)
        elif self._at < 0:  # held before the first place was looked at
            self.skip()

    def _script(self) -> Iterator[int | Sound]:
        """From the place in turn to the summary: what is heard, and how long nothing is."""
        analysis, link, player = self._views.store.analysis, self._link, self._views.player
        beside = sorted((self._of, *rivals(analysis.session, self._of)))
        sounds = [player.recipe.reference_of(self._of), *(Sound(SoundKind.ESTIMATE, k) for k in beside)]
        if player.has_sound:  # not of a file that cannot be read: the reference would be heard in its place
            sounds = [sound for sound in sounds if sound in player.recipe.sounds]
        for at, place in list(enumerate(self.places, 1))[self._at :]:
            self._at, around, beyond = at - 1, AROUND * self._second, SHOWN_AROUND * self._second
            start, stop = max(place.start - around, link.extent.start), min(place.stop + around, link.extent.stop)
            self._played = TimeSpan(start, stop)
            self._views.selection.select(self._of, self._views.count)
            link.select(place.start, place.stop)
            link.set_range(start - beyond, stop + beyond)
            player.hear(sounds[0]) if sounds else None  # its plot is framed while the caption is read
            said = caption(self._faults[self._at], place, self._of, link.unit)
            self._say(said, heard_words(None, at, len(self.places)))
            yield READ_MS
            for sound in sounds:
                yield sound
                yield PAUSE_MS
        self._at = len(self.places)
        link.clear_selection()
        link.fit()
        for button in self._buttons[: 2 if self.places else 3]:
            button.setEnabled(False)
        title = _("The tour is over: all estimates at a glance")
        if not self.places:
            pair, letter = analysis.pairs[self._of], estimate_letter(self._of)
            title = _("No bad place was found in {letter}").format(letter=letter)
            if pair.score is None:
                title = str(pair.error or _("{letter} is not compared yet").format(letter=letter))
        self._say(title, summary_words(analysis))

    def _go_on(self) -> None:
        step = next(self._steps, 0)
        if not isinstance(step, Sound):
            self._timer.start(step) if step else None
            return
        player = self._views.player
        self.bar.hear(step.index) if step.kind is SoundKind.ESTIMATE else player.hear(step)
        if player.has_sound:
            player.play_range(*self._played, loop=False)
            self._sounds = player.is_playing
        else:
            self._timer.start(LOOK_MS)
        silent = bool(player.problem) or not player.has_sound
        self._say(self._words[0], heard_words(step, self._at + 1, len(self.places), silent=silent))

    def _follow_player(self) -> None:
        """On once a sound has ended."""
        if self._sounds and not self._is_held and not self._views.player.is_playing:
            self._sounds = False
            self._go_on()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave the loudness as it was, too, and nothing paused."""
        self._jobs.close()
        self._timer.stop()
        self._sounds = False
        self._views.player.stop()
        super().closeEvent(event)
        self._views.player.choose(**self._heard_before)
