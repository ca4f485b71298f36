"""Everything a window is made of, in one place, and which estimate is in view; the panels around the plots.

Where they stand, how much room they have, which of them are hidden.
"""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QByteArray, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar, QWidget

from osisnr_gui.qt.look.theme import ThemeManager
from osisnr_gui.qt.panels.bad_segments_panel import BadSegmentsPanel
from osisnr_gui.qt.panels.banners import Banners
from osisnr_gui.qt.panels.figure_table import Readout
from osisnr_gui.qt.panels.folder_panel import FolderPanel, FolderStrip
from osisnr_gui.qt.panels.frame_inspector import FrameInspector
from osisnr_gui.qt.panels.loss_panel import LossPanel
from osisnr_gui.qt.panels.mask_values_panel import MaskValuesPanel
from osisnr_gui.qt.panels.notes_panel import NotesPanel
from osisnr_gui.qt.panels.plain_text import ElidedLabel
from osisnr_gui.qt.panels.sources_panel import SourcesPanel
from osisnr_gui.qt.panels.stft_panel import StftPanel
from osisnr_gui.qt.panels.summary_panel import SummaryPanel
from osisnr_gui.qt.panels.welcome import Welcome
from osisnr_gui.qt.playback.player import Player
from osisnr_gui.qt.plot_area import PlotArea
from osisnr_gui.qt.plots.spectrogram_plot import SpectrogramPlot
from osisnr_gui.qt.settings import Settings
from osisnr_gui.qt.store import Store
from osisnr_gui.qt.view_bar import ViewBar
from osisnr_gui.session.session import Source
from osisnr_gui.text.catalogue import _

LEFT, RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
#: Widths of the columns left and right, the first whose window, in pixels, is as wide.
WIDTHS = ((1900, (320, 440)), (1200, (256, 340)), (0, (232, 280)))
LOSS_HEIGHT, SEGMENTS_HEIGHT = 520, 460
SOURCES_HEIGHT, FRAMES_HEIGHT = 400, 230
SUMMARY_SHARE = 0.3  # of the window's height, at most
TALL_WINDOW, VERY_TALL_WINDOW = 850, 1150
#: Titles by name.
TITLES = {
    "sources": _("Sources"),
    "frames": _("Frames"),
    "notes": _("Notes"),
    "loss": _("Loss"),
    "bad_segments": _("Bad segments"),
    "summary": _("Summary"),
    "inspector": _("Inspector"),
    "mask_values": _("Masks"),
}
#: Hidden until they are asked for, by commands of their own.
ON_DEMAND = ("inspector", "mask_values")
#: The key that brings a panel to the front, or hides it.
PANEL_KEYS = {name: f"Ctrl+{place}" for place, name in enumerate(TITLES, 1) if name not in ON_DEMAND}
#: The panels that stand one above the other, and those that share a place, the first of them in front.
COLUMNS = {LEFT: (("sources",), ("frames", "notes")), RIGHT: (("loss", "bad_segments", *ON_DEMAND, "summary"),)}


class Selection(QObject):
    """Which estimate is in view, and which one was before it. View state: not part of undo."""

    changed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.index, self.before = 0, 0
        self._source: Source | None = None

    def select(self, index: int, count: int) -> None:
        """Bring estimate `index` of `count` into view."""
        if 0 <= index < count and index != self.index:
            self.before, self.index = self.index, index
            self._source = None
            self.changed.emit(index)

    def reset(self) -> None:
        """The first one again, for a new set of files."""
        self.index = self.before = 0
        self._source = None

    def follow(self, sources: tuple[Source, ...]) -> None:
        """The same file stays in view when others come and go."""
        if self._source in sources:
            self.index = sources.index(self._source)
        self.index = min(self.index, max(0, len(sources) - 1))
        self._source = sources[self.index] if sources else None


class PanelDock(QDockWidget):
    """A dock that comes to the front or goes away. `wanted` says whether it is to be seen while files are open."""

    wanted_changed = Signal(bool)
    resized = Signal()

    def __init__(self, name: str, panel: QWidget, window: QMainWindow) -> None:
        super().__init__(TITLES[name], window)  # a dock without a parent at birth may be deleted twice
        self.setObjectName(f"dock_{name}")
        self.setWidget(panel)
        self.wanted = name not in ON_DEMAND
        self.is_in_front = False  # to be seen: neither hidden nor behind another tab
        self.visibilityChanged.connect(partial(setattr, self, "is_in_front"))

    def bring(self) -> None:
        """To the front."""
        self.want(True)
        self.show()
        self.raise_()

    def toggle(self) -> None:
        """To the front, ready for the arrow keys; away when it is there already."""
        if self.is_in_front:
            self.close()
        else:
            self.bring()
            self.widget().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def want(self, wanted: bool) -> None:
        """Whether it is to be seen."""
        self.wanted = wanted
        self.wanted_changed.emit(wanted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """By the user, or by what stands beside it."""
        super().resizeEvent(event)
        self.resized.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Its own button: not wanted any more."""
        self.want(False)
        super().closeEvent(event)


class Docks(dict[str, PanelDock]):
    """The docks of one window by name. They are on screen while `shown`.

    summary_height : the height in which the rows of the summary are in sight.
    """

    def __init__(self, panels: Mapping[str, QWidget], summary_height: Callable[[], int], window: QMainWindow) -> None:
        super().__init__((name, PanelDock(name, panel, window)) for name, panel in panels.items())
        self._summary_height, self._window = summary_height, window
        window.setCorner(Qt.Corner.BottomLeftCorner, LEFT)
        window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)
        #: Widths of the columns as they were chosen, by the user or by `_share_room`.
        self._widths: dict[Qt.DockWidgetArea, int] = {}
        self.squeezed = QTimer(window, singleShot=True, interval=0)
        self.squeezed.timeout.connect(self._give_back)
        for dock in self.values():
            dock.resized.connect(partial(self._take_width, dock))
        self.shown, self._restored = True, False
        self._front: list[PanelDock] = []

    def restore(self, state: QByteArray) -> None:
        """Take a layout from `QMainWindow.saveState`."""
        before = self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        self._restored = self._window.restoreState(state)
        if self._restored:
            for tabs in before:
                tabs.hide()  # Qt makes others, and these would stay over a panel
            for dock in self.values():
                dock.want(not dock.isHidden())

    def show(self, shown: bool) -> None:
        """The panels that are wanted, those in front that were, or none."""
        if shown == self.shown:
            return
        if self.shown:
            self._front = [dock for dock in self.values() if dock.is_in_front]
        self.shown = shown
        for dock in self.values():
            dock.setVisible(shown and dock.wanted)
        for dock in self._front if shown else ():
            dock.raise_()
        if shown and not self._restored:
            # Hidden docks have no size to share: once they are laid out.
            self._restored = True
            QTimer.singleShot(0, self._window, self._share_room)

    def reset(self) -> None:
        """Places, widths and heights as at the first start."""
        for dock in self.values():
            dock.setFloating(False)
            self._window.removeDockWidget(dock)
        self.place()
        for name, dock in self.items():
            dock.want(name not in ON_DEMAND)
            dock.setVisible(self.shown and dock.wanted)
        self._share_room()

    def place(self) -> None:
        """Stand around the plots."""
        for area, places in COLUMNS.items():
            for first, *behind in places:
                self._window.addDockWidget(area, self[first])
                for name in behind:
                    self._window.addDockWidget(area, self[name])
                    self._window.tabifyDockWidget(self[first], self[name])
                self[first].raise_()
        for name in ON_DEMAND:
            self[name].hide()

    def _take_width(self, dock: PanelDock) -> None:
        if QGuiApplication.mouseButtons():
            self._widths[self._window.dockWidgetArea(dock)] = dock.width()
        else:
            self.squeezed.start()

    def _give_back(self) -> None:
        """To columns that were squeezed, by a small window or by what stood between them, the width they had."""
        seen = [dock for dock in self.values() if dock.is_in_front and not dock.isFloating()]
        narrow = {dock: self._widths.get(self._window.dockWidgetArea(dock), 0) for dock in seen}
        narrow = {dock: width for dock, width in narrow.items() if dock.width() < width}
        self._window.resizeDocks([*narrow], [*narrow.values()], Qt.Orientation.Horizontal)

    def _share_room(self) -> None:
        """Widths and heights of the panels where the user has not chosen them."""
        window, loss, summary, segments = self._window, self["loss"], self["summary"], self["bad_segments"]
        vertical, horizontal = Qt.Orientation.Vertical, Qt.Orientation.Horizontal
        if window.height() >= TALL_WINDOW:
            # Room for the whole table under the plots; in a low window it shares the place of the loss.
            window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, summary)
            height = min(self._summary_height(), round(SUMMARY_SHARE * window.height()))
            window.resizeDocks([summary], [height], vertical)
        if window.height() >= VERY_TALL_WINDOW:
            # Room for both: the list moves while a slider does.
            window.addDockWidget(RIGHT, segments)
            window.resizeDocks([loss, segments], [LOSS_HEIGHT, SEGMENTS_HEIGHT], vertical)
        widths = next(widths for least, widths in WIDTHS if window.width() >= least)
        self._widths = dict(zip((LEFT, RIGHT), widths, strict=True))
        window.resizeDocks([self["sources"], loss], widths, horizontal)
        window.resizeDocks([self["sources"], self["frames"]], [SOURCES_HEIGHT, FRAMES_HEIGHT], vertical)
        for name in ("frames", "loss"):
            self[name].raise_()


class Views:
    """State and views of one window, in the theme in force."""

    def __init__(self, store: Store, themes: ThemeManager, settings: Settings, window: QMainWindow) -> None:
        theme = themes.theme
        self.store, self.themes, self.settings = store, themes, settings
        self.selection = Selection()
        self.plots = PlotArea(theme)
        self.player = Player(self.plots.link)
        self.banners, self.welcome = Banners(theme), Welcome(theme)
        self.sources, self.stft, self.notes = SourcesPanel(theme), StftPanel(), NotesPanel()
        self.loss, self.summary, self.segments = LossPanel(theme), SummaryPanel(theme), BadSegmentsPanel(theme)
        self.inspector, self.mask_values = FrameInspector(theme), MaskValuesPanel(theme)
        left = {"sources": self.sources, "frames": self.stft, "notes": self.notes}
        right = {"loss": self.loss, "bad_segments": self.segments, "summary": self.summary}
        on_demand = {"inspector": self.inspector, "mask_values": self.mask_values}
        panels = {**left, **right, **on_demand}
        self.docks = Docks(panels, lambda: self.summary.wanted_height(store.session), window)  # files are open by then
        self.folders, self.folder_strip = FolderPanel(theme), FolderStrip()
        self.view_bar, self.readout, self.sentence = ViewBar(), Readout(), ElidedLabel()
        self._connect()

    def _connect(self) -> None:
        """What one view shows of what is chosen or pointed at in another."""
        link, bar, plots = self.plots.link, self.view_bar, self.plots
        bar.scale_changed.connect(partial(plots.dress_pictures, SpectrogramPlot.set_scale))
        bar.colours_changed.connect(partial(plots.dress_pictures, SpectrogramPlot.set_colours))
        bar.levels_changed.connect(partial(plots.dress_pictures, SpectrogramPlot.set_unit_levels, "dB"))
        bar.whole_range_changed.connect(plots.set_whole_range)
        link.cursor_changed.connect(self.inspector.show_time)
        for panel in (self.segments, self.inspector):
            link.selection_changed.connect(panel.show_selection)
        docks = self.docks
        self.sources.values_requested.connect(docks["mask_values"].toggle)
        # What nobody sees is not worked out.
        docks["inspector"].visibilityChanged.connect(self.inspector.set_in_sight)
        docks["mask_values"].visibilityChanged.connect(self.mask_values.set_in_sight)
        docks["bad_segments"].visibilityChanged.connect(self.segments.set_seen)

    @property
    def count(self) -> int:
        """Number of estimates."""
        return len(self.store.session.estimates)
