"""Everything a window is made of, in one place, and which estimate is in view."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow

from osisnr_gui.qt.docks import Docks
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


class Views:
    """State and views of one window, in the theme in force."""

    def __init__(self, store: Store, themes: ThemeManager, settings: Settings, window: QMainWindow) -> None:
        theme = themes.theme
        self.store, self.themes, self.settings = store, themes, settings
        self.selection, self.curves = Selection(), ShownCurves()
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
        bar.scale_changed.connect(plots.set_scale)
        bar.colours_changed.connect(plots.set_colours)
        bar.levels_changed.connect(plots.set_levels)
        bar.whole_range_changed.connect(plots.set_whole_range)
        link.cursor_changed.connect(self.inspector.show_time)
        for panel in (self.segments, self.inspector):
            link.selection_changed.connect(panel.show_selection)
        docks = self.docks
        self.sources.values_requested.connect(docks["mask_values"].toggle)
        self.notes.typing_started.connect(docks["notes"].bring)
        # What nobody sees is not worked out.
        docks["inspector"].visibilityChanged.connect(self.inspector.set_in_sight)
        docks["mask_values"].visibilityChanged.connect(self.mask_values.set_in_sight)
        docks["bad_segments"].visibilityChanged.connect(self.segments.set_seen)

    @property
    def count(self) -> int:
        """Number of estimates."""
        return len(self.store.session.estimates)
