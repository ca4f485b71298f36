"""Two tours: of the worst places, shown, named in plain words and heard in every source; and of the window."""

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QShortcut
from PySide6.QtWidgets import QFrame, QMainWindow, QToolButton, QWidget

from osisnr_gui.io.errors import LoadError
from osisnr_gui.qt.commands.presentation import Presentation
from osisnr_gui.qt.focus import FocusMark
from osisnr_gui.qt.jobs import Job, Jobs
from osisnr_gui.qt.panels.layouts import REST, column_of, push_button, row_of, tool_button
from osisnr_gui.qt.panels.plain_text import GAP, plain_label
from osisnr_gui.qt.playback.transport_bar import TransportBar
from osisnr_gui.qt.plots.overview import Overview
from osisnr_gui.qt.plots.time_link import TimeSpan
from osisnr_gui.qt.views import Views
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.changes import Changed
from osisnr_gui.session.inspection.faults import OTHER, Fault, look_at
from osisnr_gui.session.segments.bad_segments import rivals
from osisnr_gui.session.session import Note
from osisnr_gui.session.sound.listening import Match, Sound, SoundKind
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.catalogue import _, ngettext
from osisnr_gui.text.segment_words import FIRST_STEPS, caption, heard_words, summary_words

MOST_PLACES = 5
#: What is played of a place at most, what is played before and after it, and shown beyond that: seconds.
LONGEST, AROUND, SHOWN_AROUND = 4.0, 0.4, 0.6
FRAMES_PER_SECOND = 125.0  # of a time axis in frames
#: Time to read a caption, from one sound to the next, and to look where there is nothing to hear: ms.
READ_MS, PAUSE_MS, LOOK_MS = 3000, 700, 2500
WIDTH = 340  # of a note of the tour of the window, in pixels


def find_places(analysis: Analysis, index: int, longest: float) -> list[Note]:
    """The notes, in the order of time; else the worst segments of an estimate, the worst one first. No long ones."""
    places, score = sorted(analysis.session.notes, key=lambda note: note.start), analysis.pairs[index].score
    if not places and score is not None:
        figures = score.bad.figures
        places = [Note(*figures.span(place)) for place in figures.worst_first[:MOST_PLACES].tolist()]
    return [replace(place, stop=min(place.stop, place.start + longest)) for place in places]


def look_at_all(analysis: Analysis, index: int, places: list[Note], job: Job) -> list[Fault] | None:
    """What is wrong at every place, on a thread; nothing in particular where a file cannot be read any more."""
    faults = []
    for place in places:
        if job.superseded():
            return None
        faults.append(OTHER)
        with suppress(LoadError):
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
        self._jobs.failed.connect(self._begin_anyway)
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

    def _begin_anyway(self, *_why: str) -> None:
        self._begin([OTHER] * len(self.places))

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


class FirstTour(QFrame):
    """What is clicked or typed beside it goes to the window as ever; that may close it with Escape."""

    def __init__(self, views: Views, bar: QWidget | None, window: QMainWindow) -> None:
        """bar : that of playback. Parts out of sight are left out; one tour at a time."""
        for other in window.findChildren(FirstTour):
            other.close()
        super().__init__(window)
        views.settings.put("shown_round", True)
        plots = views.plots
        shown = plots.findChildren(Overview)[0], plots.spectrograms[0], plots.stack.row("osi")
        parts: tuple[QWidget, ...] = views.sources, *shown, views.loss, bar or window
        self._steps = [step for step in zip(parts, FIRST_STEPS, strict=True) if step[0].isVisible()]
        greeting = ngettext("New here? {n} short note.", "New here? {n} short notes.", len(self._steps))
        self._greeting = greeting.format(n=len(self._steps))
        self._at, self._window, self._mark = -1, window, FocusMark(window)
        self.setProperty("role", "bubble")
        self.setFixedWidth(WIDTH)
        self.words, self._count = plain_label(wrap=True), plain_label("", "muted")
        self.next, self.skip = push_button("", run=self.go_on), push_button(_("Skip"), run=self.close)
        below = row_of(self._count, REST, self.skip, self.next, spacing=GAP)
        column_of(self.words, below, owner=self, margins=(16, 12, 16, 12), spacing=GAP)
        window.installEventFilter(self)
        self.go_on()

    def go_on(self) -> None:
        """The next step; after the last one it is over."""
        self._at += 1
        self._steps[self._at :] = [step for step in self._steps[self._at :] if step[0].isVisible()]
        if self._at >= len(self._steps):
            self.close()
            return
        self.words.setText(" ".join(filter(None, (self._greeting, self._steps[self._at][1]))))
        self._greeting = ""
        self._count.setText(_("{n} of {all}").format(n=self._at + 1, all=len(self._steps)))
        self.next.setText(_("Next") if self._at + 1 < len(self._steps) else _("Done"))
        self._steps[self._at][0].installEventFilter(self)
        self._place()
        self.show()

    def _place(self) -> None:
        """Beside the part, or at its lower end where it is as wide as the window."""
        part, margin = self._steps[self._at][0], QPoint(GAP, GAP)
        self._mark.lie_over(part)
        self._mark.show()
        self.resize(WIDTH, self.heightForWidth(WIDTH))
        around = QRect(part.mapTo(self._window, QPoint()), part.size())
        right, left = around.topRight(), around.topLeft() - QPoint(WIDTH + 2 * GAP, 0)
        under, over = around.bottomLeft(), around.topLeft() - QPoint(0, self.height() + 2 * GAP)
        places = [QRect(corner + margin, self.size()) for corner in (right, left, under, over)]
        inside = QRect(around.bottomRight() - QPoint(self.width(), self.height()) - margin, self.size())
        self.setGeometry(next((place for place in places if self._window.rect().contains(place)), inside))
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window and the part; leave with the part."""
        about = self._steps[self._at][0] if self._at < len(self._steps) else None
        if about is not None and event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        elif watched is about and event.type() == QEvent.Type.Hide and not event.spontaneous():
            self.close()
        return False

    def closeEvent(self, _event: QCloseEvent) -> None:
        """Leave nothing behind."""
        for part in (self._mark, self):
            part.hide()
            part.setParent(None)  # it is not found any more
            part.deleteLater()
