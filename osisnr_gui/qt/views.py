"""Everything a window is made of, in one place, and which estimate is in view."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

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
from osisnr_gui.qt.presenters.shown_curves import ShownCurves
from osisnr_gui.qt.settings import Settings
from osisnr_gui.qt.store import Store
from osisnr_gui.qt.view_bar import ViewBar
from osisnr_gui.session.session import Source
from osisnr_gui.text.catalogue import _


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

    def flip(self, count: int) -> None:
        """Back to the estimate before."""
        self.select(self.before, count)

    def reset(self) -> None:
        """The first one again, for a new set of files."""
        self.index = self.before = 0
        self._source = None

    def follow(self, sources: tuple[Source, ...]) -> int:
        """The index now: the same file stays in view when others come and go."""
        if self._source in sources:
            self.index = sources.index(self._source)
        self.index = min(self.index, max(0, len(sources) - 1))
        self._source = sources[self.index] if sources else None
        return self.index


class OnDemandDock(QDockWidget):
    """A dock that comes to the front or goes away. `wanted` says whether it is to be seen while files are open."""

    wanted_changed = Signal(bool)

    def __init__(self, title: str, name: str, panel: QWidget) -> None:
        super().__init__(title)
        self.setObjectName(name)
        self.setWidget(panel)
        self.wanted = False
        self.is_in_front = False  # to be seen: neither hidden nor behind another tab
        self.visibilityChanged.connect(self._take_visibility)

    def place(self, window: QMainWindow, beside: QDockWidget) -> None:
        """As a tab behind another dock, hidden."""
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self)
        window.tabifyDockWidget(beside, self)
        self.hide()

    def toggle(self) -> None:
        """To the front, ready for the arrow keys; away when it is there already."""
        self._want(not self.is_in_front)
        if self.wanted:
            self.show()
            self.raise_()
            self.widget().setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.hide()

    def restore(self) -> None:
        """After the window's layout came back: as it was left."""
        self._want(not self.isHidden())

    def show_if_wanted(self, possible: bool) -> None:
        """In its place while files are open."""
        self.setVisible(possible and self.wanted)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Its own button: not wanted any more."""
        self._want(False)
        super().closeEvent(event)

    def _take_visibility(self, visible: bool) -> None:
        self.is_in_front = visible

    def _want(self, wanted: bool) -> None:
        self.wanted = wanted
        self.wanted_changed.emit(wanted)


class Views:
    """State and views of one window, in the theme in force."""

    def __init__(self, store: Store, themes: ThemeManager, settings: Settings) -> None:
        theme = themes.theme
        self.store, self.themes, self.settings = store, themes, settings
        self.selection, self.curves = Selection(), ShownCurves()
        self.plots = PlotArea(theme)
        self.player = Player(self.plots.link)
        self.banners, self.welcome = Banners(theme), Welcome(theme)
        self.sources, self.stft, self.notes = SourcesPanel(theme), StftPanel(), NotesPanel()
        self.loss, self.summary, self.segments = LossPanel(theme), SummaryPanel(theme), BadSegmentsPanel(theme)
        self.inspector, self.mask_values = FrameInspector(theme), MaskValuesPanel(theme)
        self.inspector_dock = OnDemandDock(_("Inspector"), "dock_inspector", self.inspector)
        self.mask_dock = OnDemandDock(_("Masks"), "dock_mask_values", self.mask_values)
        self.folders, self.folder_strip = FolderPanel(theme), FolderStrip()
        self.view_bar, self.readout, self.sentence = ViewBar(), Readout(), ElidedLabel()
        self._connect()

    def _connect(self) -> None:
        """What one view shows of what is chosen or pointed at in another."""
        link, bar, plots = self.plots.link, self.view_bar, self.plots
        bar.scale_changed.connect(plots.set_scale)
        bar.colours_changed.connect(plots.set_colours)
        bar.levels_changed.connect(plots.set_levels)
        bar.whole_range_changed.connect(plots.set_whole_range)
        link.cursor_changed.connect(self.inspector.show_time)
        for panel in (self.segments, self.inspector):
            link.selection_changed.connect(panel.show_selection)
        self.sources.values_requested.connect(self.mask_dock.toggle)
        # What nobody sees is not worked out.
        self.inspector_dock.visibilityChanged.connect(self.inspector.set_in_sight)
        self.mask_dock.visibilityChanged.connect(self.mask_values.set_in_sight)

    @property
    def count(self) -> int:
        """Number of estimates."""
        return len(self.store.session.estimates)
