"""Everything that can be found by its name: actions, remedies of the present notices, settings; and what opens that.

And `FirstTour`, the tour of the window for who is new.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QFrame,
    QLineEdit,
    QMainWindow,
    QSlider,
    QWidget,
)

from osisnr_gui.qt.commands import action_table as table
from osisnr_gui.qt.commands.actions import ToolbarWords
from osisnr_gui.qt.dialogs.palette import Entry, Palette
from osisnr_gui.qt.dialogs.preferences import CachePart, Preference, PreferencesDialog
from osisnr_gui.qt.focus import FocusMark, complete_sentences
from osisnr_gui.qt.panels.layouts import REST, column_of, push_button, row_of, tool_button
from osisnr_gui.qt.panels.plain_text import GAP, NarrowScroll, plain_label
from osisnr_gui.qt.plots.overview import Overview
from osisnr_gui.qt.views import PanelDock, Views
from osisnr_gui.session.notices.all_notices import gather
from osisnr_gui.text.catalogue import _, ngettext, translated
from osisnr_gui.text.segment_words import FIRST_STEPS

if TYPE_CHECKING:
    from osisnr_gui.qt.commands.commands import Commands

#: Panels and notices come and go in bursts: sentences are made once they rest.
REST_MS = 100
LEGEND_PIXELS = 14  # of the sign on the button at the left of the overview
#: Preferences by heading: ids of switches, and groups of the action table with the name of what is chosen.
PREFERENCES = {
    _("Look"): {"theme": _("Theme"), "colours": _("Colour map"), "toolbar_words": "", "crosshair": "", "overview": ""},
    _("Playback"): {"match": _("Loudness"), "residual": _("Residual"), "transport": "", "autoplay": "", "follow": ""},
    _("Files"): {"reload_changed": ""},
}
#: What a notice of something that was done says was done, by the button that did it; its first remedy undoes that.
APPLIED = {"level_matched": _("Match level"), "aligned": _("Align"), "flipped": _("Flip")}
CONTROLS = (QAbstractSpinBox, QComboBox, QSlider, QLineEdit, QAbstractButton)


class FindCommands:
    """Opens the palette, the page of keys, the legend and the preferences."""

    def __init__(self, window: QMainWindow, commands: "Commands") -> None:
        self._window, self._commands = window, commands
        self.rest = QTimer(window, singleShot=True, interval=REST_MS)
        self.rest.timeout.connect(partial(complete_sentences, window))

    def take_window(self, words: ToolbarWords) -> None:
        """Once it is built: words on its toolbar, a frame for its plots, the button of the legend."""
        commands, actions = self._commands, self._commands.actions.by_id
        self.words: ToolbarWords = words
        mark, overview = FocusMark(self._window), commands.plots.findChildren(Overview)[0]
        tip = _("{plot}: arrows move the cursor, Up and Down zoom, S selects, Space plays")
        commands.plots.stack.for_each_row(lambda row: mark.watch(row, tip.format(plot=row.accessibleName())))
        mark.watch(overview, tip.format(plot=overview.accessibleName()))
        commands.views.inspector.setStatusTip(actions["inspector"].statusTip())
        legend, side = actions["legend"], LEGEND_PIXELS + 4
        button = tool_button(parent=overview, styleSheet="padding: 0", accessibleName=legend.text())
        button.setDefaultAction(legend)
        button.setIconSize(QSize(LEGEND_PIXELS, LEGEND_PIXELS))
        button.setGeometry(0, overview.height() - side - 4, side, side)
        # Nothing is chosen before the first Tab: neither a demo that Return would open, nor a plot with a frame.
        self._window.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_palette(self) -> None:
        """Everything that can be run or set now."""
        entries = (*self._remedies(), *map(self._entry, table.ACTIONS), *self._settings())
        settings = self._commands.views.settings
        Palette(_("Find a command"), entries, self._window, settings).open()

    def show_preferences(self) -> None:
        """What is remembered from one start to the next."""
        cache, settings = self._commands.store.cache, self._commands.views.settings
        part = None if cache is None else CachePart(cache, settings)
        sections = {heading: [*map(self._preference, keys, keys.values())] for heading, keys in PREFERENCES.items()}
        PreferencesDialog(sections, part, self._window).open()

    def show_round(self) -> None:
        """Begin a tour of the window."""
        FirstTour(self._commands.views, self._commands.playback.bar, self._window)

    def key_entries(self) -> Iterator[Entry]:
        """All actions with a key, then what is done by hand."""
        yield from (self._entry(spec) for spec in table.ACTIONS if spec.keys)
        for group, text, keys in table.MOUSE_ROWS:
            yield Entry(f"mouse {text}", text, group, keys)

    def _entry(self, spec: table.Action) -> Entry:
        action = self._commands.actions.by_id[spec.id]
        keys = ", ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in spec.keys)
        why = "" if action.isEnabled() else self._why(spec)
        place = " › ".join(dict.fromkeys(table.MENUS[path] for path in (spec.menu.partition("/")[0], spec.menu)))
        return Entry(spec.id, table.full_name(spec), place, keys, spec.tip, why, action.trigger)

    def _why(self, spec: table.Action) -> str:
        """What hinders an action that cannot be run."""
        reason = spec.enabled.why if isinstance(spec.enabled, table.Condition) else ""
        if self._commands.folders.shows_list and reason != table.NO_LIST:
            return self._why_no_panels()
        return reason or self._why_no_panels() or _("there is nothing to do it with")

    def _why_no_panels(self) -> str:
        """What hides the plots and the panels; "" while they are on screen."""
        if self._commands.folders.shows_list:
            return _("the list of pairs is on screen")
        return table.NO_FILES if self._commands.store.session.is_empty else ""

    def _remedies(self) -> Iterator[Entry]:
        """The buttons of the notices."""
        store = self._commands.store
        for notice in gather(store.analysis.notices):
            for remedy in notice.remedies:
                text = translated(remedy.label)
                if notice.code in APPLIED and remedy is notice.remedies[0]:
                    text = _("{done} is applied · {undo}").format(done=APPLIED[notice.code], undo=text)
                if notice.source is not None:
                    text = _("{remedy}: {file}").format(remedy=text, file=PurePath(notice.source.path).stem)
                key, tip = f"remedy {notice.code} {remedy.label}", translated(notice.message)
                yield Entry(key, text, _("Notice"), tip=tip, run=partial(store.edit, remedy.edit))

    def _preference(self, key: str, name: str) -> Preference:
        """A switch of the action table, or a group of it."""
        group = [spec for spec in table.ACTIONS if spec.group == key]
        rows = group or [spec for spec in table.ACTIONS if spec.id == key]
        actions = [self._commands.actions.by_id[spec.id] for spec in rows]
        default = [spec.default for spec in rows].index(True) if group else int(rows[0].default)
        return Preference(name or rows[0].text, actions, default)

    def _settings(self) -> Iterator[Entry]:
        """Every slider, field and switch that is to be seen, or is behind a tab; choosing one goes there."""
        views = self._commands.views
        panels = [(dock.widget(), dock.windowTitle()) for dock in views.docks.values()]
        player = self._commands.playback.bar  # its buttons are actions
        bars = (views.view_bar, _("Toolbar")), (player, _("Playback"))
        for panel, place in (*panels, *bars):
            for control in panel.findChildren(QWidget):
                name = control.accessibleName()
                pushed = isinstance(control, QAbstractButton) and (panel is player or not control.isCheckable())
                if not isinstance(control, CONTROLS) or pushed or not name or not control.isVisibleTo(panel):
                    continue
                why = "" if panel is views.view_bar else self._why_no_panels()
                if panel is player and not player.isVisible():
                    why = why or _("the playback bar is hidden")
                tip, run = control.statusTip(), partial(_go_to, control)
                yield Entry(f"setting {place} {name}", name, place, "", tip, why, run)


def _go_to(control: QWidget) -> None:
    """Give a control the focus, its panel in front and scrolled to it."""
    around = control.parentWidget()
    while around is not None:
        if isinstance(around, NarrowScroll):
            around.ensureWidgetVisible(control)
        if isinstance(around, PanelDock):
            around.bring()
        around = around.parentWidget()
    control.setFocus(Qt.FocusReason.ShortcutFocusReason)


WIDTH = 340  # of a note on a part of the window, in pixels


class FirstTour(QFrame):
    """Short notes on the parts of the window, one after the other.

    What is clicked or typed beside it goes to the window as ever; that may close it with Escape.
    """

    def __init__(self, views: Views, bar: QWidget, window: QMainWindow) -> None:
        """bar : that of playback. Parts out of sight are left out; one tour at a time."""
        for other in window.findChildren(FirstTour):
            other.close()
        super().__init__(window)
        views.settings.put("shown_round", True)
        plots = views.plots
        shown = plots.findChildren(Overview)[0], plots.spectrograms[0], plots.stack.row("osi")
        parts: tuple[QWidget, ...] = views.sources, *shown, views.loss, bar
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
