"""The window: views around one store. It shows what the store says and hands edits to it, nothing else."""

import math
from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QMouseEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QMainWindow, QSizePolicy, QStackedWidget, QToolBar, QWidget

from osisnr_gui.qt.commands.action_table import ACTIONS
from osisnr_gui.qt.commands.actions import ToolbarWords
from osisnr_gui.qt.commands.commands import Commands
from osisnr_gui.qt.focus import finish_typing
from osisnr_gui.qt.jobs import is_busy
from osisnr_gui.qt.look.theme import Theme, ThemeManager, icon, set_theme_inside, tint
from osisnr_gui.qt.panels.layouts import column_of, tool_button
from osisnr_gui.qt.panels.plain_text import MARGIN
from osisnr_gui.qt.playback.transport_bar import HIGHEST_DB, LOWEST_DB
from osisnr_gui.qt.plots.charts.chart import Chart
from osisnr_gui.qt.settings import APPLICATION, Settings
from osisnr_gui.qt.store import Store
from osisnr_gui.qt.views import PanelDock, Views
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.changes import Changed, Part, Show
from osisnr_gui.session.guess import Role, name_role
from osisnr_gui.session.session import Session
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.sentences import selection_sentence, status_sentence
from osisnr_gui.text.session_words import pair_words

DEFAULT_SIZE = (1440, 900)
READOUT_SHARE = 0.55  # of the status bar, at most: the rest is for sentences
ICON_PIXELS = 18


class MainWindow(QMainWindow):
    """Toolbar and banners above, sources left, plots in the middle, loss and summary right.

    remembers : False leaves the settings of earlier starts alone, neither read nor written.
    """

    def __init__(self, store: Store, themes: ThemeManager, settings: Settings, *, remembers: bool = True) -> None:
        super().__init__()
        self.views = Views(store, themes, settings, self)
        self._remembers, self._selected = remembers, 0
        self._session_state: tuple[object, ...] = ()
        docks = self.views.docks
        #: What follows no slider out of sight.
        self._if_seen: dict[PanelDock, Show] = {
            docks["bad_segments"]: self.views.segments.show_analysis,
            docks["inspector"]: self.views.inspector.show_analysis,
            docks["mask_values"]: self.views.mask_values.show_analysis,
        }
        self.commands = Commands(self, self.views)
        self.actions_by_id = self.commands.actions
        self._build_centre()
        self.views.docks.place()
        self._build_bars()
        self.commands.finding.take_window(ToolbarWords(self.toolbar, self.views.view_bar))
        self._connect()
        self.setAcceptDrops(True)
        self.resize(*DEFAULT_SIZE)
        if remembers:
            self.commands.session_files.keep_copy()
            self.restore()
        else:
            self.commands.actions.restore(None)
        self._dress_actions(themes.theme)
        self._parts = self._find_parts()
        store.analysis_changed.connect(self.show_analysis)
        self.show_analysis(store.analysis, Changed.ALL)
        if (layout := self.layout()) is not None:
            layout.activate()  # else panels that are hidden by now still ask for their width

    def show_analysis(self, analysis: Analysis, changed: Changed) -> None:
        """Tell every view that depends on what changed."""
        selection = self.views.selection
        if changed & (Changed.FILES | Changed.VIEW):
            selection.follow(tuple(pair.source for pair in analysis.pairs))
        if selection.index != self._selected:
            self._selected, changed = selection.index, changed | Changed.VIEW
        for show, depends in self._parts:
            if depends & changed:
                show(analysis, self._selected)

    def _find_parts(self) -> tuple[Part, ...]:
        """Every view and what of an analysis it depends on, in the order in which they are told."""
        views, commands = self.views, self.commands
        files = Changed.FILES | Changed.FRAMES | Changed.VIEW
        return (
            (commands.delays.show_analysis, Changed.FILES | Changed.FRAMES),
            (commands.files.show_analysis, Changed.FILES | Changed.FRAMES),
            (commands.ghosts.show_analysis, Changed.FILES | Changed.FRAMES),
            (commands.ghosts.show_sentence, files),
            (self._show_page, Changed.FILES | Changed.FRAMES),
            *views.plots.parts,
            (views.sources.show_analysis, files),
            (views.stft.show_analysis, files),
            *views.loss.parts,
            *views.summary.parts,
            (views.notes.show_analysis, Changed.NOTES | Changed.FILES | Changed.FRAMES),
            (views.banners.show_analysis, Changed.NOTICES),
            (views.segments.show_analysis, files | Changed.LEADING | Changed.BAD | Changed.NOTES),
            (views.inspector.show_analysis, files | Changed.LEADING | Changed.BAD),
            (views.mask_values.show_analysis, files),
            (views.player.show_analysis, files),
            (self.commands.playback.bar.show_analysis, files),
            (self._show_sentence, files | Changed.BAD | Changed.NOTICES),
            (self._show_title, files),
            (commands.actions.update, files | Changed.LEADING | Changed.NOTES),
            (commands.follow_readout, files),
            (self._follow_losses, Changed.LEADING | Changed.LOSS),
            (commands.session_files.show_analysis, Changed.FILES | Changed.FRAMES),
            (lambda *_: QTimer.singleShot(0, self, commands.run_due), Changed.FRAMES),
            (lambda *_: commands.finding.rest.start(), Changed.FILES | Changed.NOTICES),  # they have other controls
        )

    def _show_page(self, *_: object) -> None:
        """The list of pairs, or what belongs to the files that are open."""
        empty = self.views.store.session.is_empty
        page, focus = self.views.welcome if empty else self.views.plots, self.focusWidget()
        if page is not self.centre.currentWidget() and focus is not None and self.centre.isAncestorOf(focus):
            # Qt would give the focus to the next control, as Tab does, and a plot would be framed.
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.centre.setCurrentWidget(page)
        shows_list = self.commands.folders.shows_list
        self.pages.setCurrentWidget(self.views.folders if shows_list else self.holder)
        self.views.docks.show(not shows_list and not empty)

    def _take_session(self, session: Session) -> None:
        """Tell the commands of it, unless it differs in what is seen in the analysis alone: alpha, a limit, a note."""
        store, commands = self.views.store, self.commands
        parts = session.references, session.estimates, session.mixture, session.pairing, session.hidden
        state = store.history.previous is None, store.history.following is None, session.loss.formula, *parts
        self.setWindowModified(bool(commands.session_files.path) and commands.session_files.saved != session)
        asked = commands.folders.inputs is not None or commands.delays.dialog is not None or commands.link.holds_values
        if state != self._session_state or asked:
            self._session_state = state
            commands.show_session(session)

    def _follow_losses(self, analysis: Analysis, selected: int) -> None:
        """Panels in sight, the numbers of the selection, and those at the pointer or the cursor, if there are any."""
        for dock, show in self._if_seen.items():
            if dock.is_in_front:
                show(analysis, selected)
        link = self.views.plots.link
        if link.selection is not None:
            self._show_sentence()
        if math.isfinite(link.hover.time) or math.isfinite(link.cursor):
            self.commands.follow_readout()

    def is_final(self) -> bool:
        """Whether everything on screen is as it will stay."""
        views = self.views
        if self.commands.folders.shows_list:
            return not self.commands.folders.is_busy
        busy = (
            views.store.is_busy
            or views.loss.rest.isActive()
            or self.commands.files.hashing.is_busy
            or is_busy(views.inspector)
            or is_busy(views.mask_values)
        )
        return not busy and (views.store.session.is_empty or views.plots.is_final())

    def restore(self) -> None:
        """Geometry, panels and view as they were left."""
        settings = self.views.settings
        self.restoreGeometry(settings.state("geometry"))
        self.views.docks.restore(settings.state("docks"))
        self.commands.shown.restore(settings)
        self.views.player.device_id = settings.text("sound_device", "")
        self.views.player.choose(level_db=settings.number("output_level", 0.0, LOWEST_DB, HIGHEST_DB))
        self.commands.actions.restore(settings)
        self.views.plots.stack.restore_heights(bytes(settings.state("heights").data()))
        low, high = settings.number("floor_db", -90, -130, 10), settings.number("ceiling_db", -10, -120, 20)
        self.views.view_bar.set_view(settings.text("scale", "linear"), settings.text("colours", "viridis"), low, high)

    def remember(self) -> None:
        """Keep geometry, panels and view for the next start."""
        settings = self.views.settings
        settings.put("geometry", self.saveGeometry())
        self.commands.shown.remember(settings)
        settings.put("sound_device", self.views.player.device_id)
        settings.put("output_level", self.views.player.level_db)
        self.commands.actions.remember(settings)
        if self.views.docks.shown:
            settings.put("docks", self.saveState())
            settings.put("heights", self.views.plots.stack.save_heights())
        bar, (low, high) = self.views.view_bar, self.views.view_bar.levels
        kept = {"floor_db": low, "ceiling_db": high, "scale": bar.scale, "colours": bar.colours}
        for key, value in {**kept, "theme": self.views.themes.mode}.items():
            settings.put(key, value)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the status bar."""
        super().resizeEvent(event)
        self.views.docks.squeezed.start()
        self.views.readout.setMaximumWidth(round(READOUT_SHARE * self.width()))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files can be dropped anywhere."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self.views.welcome.drop.set_active(True)

    def dragLeaveEvent(self, event: QEvent) -> None:
        """The files went elsewhere."""
        self.views.welcome.drop.set_active(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped to what is open; a new reference among it (or Alt held) starts anew."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        anew = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        anew = anew or (len(paths) > 1 and any(name_role(path) is Role.REFERENCE for path in paths))
        event.acceptProposedAction()
        self.views.welcome.drop.set_active(False)
        self.commands.take_files(paths, add=not anew)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses the button that has the focus: the space bar plays, wherever the focus is."""
        button = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(button, QAbstractButton):
            button.click()
        elif event.key() == Qt.Key.Key_Space and not self.views.player.has_sound:
            self.views.player.play()  # which says why there is nothing to hear
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a place that takes no focus ends typing, as one anywhere else does."""
        finish_typing(self.focusWidget())
        super().mousePressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout, stop all threads, then go."""
        if not (self.commands.exports.may_close() and self.commands.session_files.may_close()):
            event.ignore()
            return
        if self.commands.presentation is not None:
            self.commands.presentation.close()  # what it changed for its time is not remembered
        if self._remembers:
            self.remember()
        self.commands.close()
        self.views.player.close()
        self.views.store.close()
        self.views.plots.close_files()
        self.views.inspector.close_files()
        event.accept()

    def _build_centre(self) -> None:
        self.centre = QStackedWidget()
        self.centre.addWidget(self.views.welcome)
        self.centre.addWidget(self.views.plots)
        self.holder, self.pages = QWidget(), QStackedWidget()
        parts = self.views.folder_strip, self.views.banners, (self.centre, 1), self.commands.playback.bar
        column_of(*parts, owner=self.holder, spacing=0)
        for page in (self.holder, self.views.folders):
            self.pages.addWidget(page)
        self.setCentralWidget(self.pages)

    def _build_bars(self) -> None:
        toolbar = QToolBar(_("Toolbar"))
        toolbar.setObjectName("toolbar")
        toolbar.setMovable(False)
        self.addToolBar(toolbar)
        self.actions_by_id.fill_toolbar(toolbar)
        toolbar.addSeparator()
        toolbar.addWidget(self.views.view_bar)
        gap = QWidget()
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        toolbar.addWidget(gap)
        for name, menu, tip in (
            ("demo", "file/demos", _("Demos: open an example")),
            ("export", "file/export", _("Export numbers or the figure")),
            ("theme-system", "view/theme", _("Light or dark")),
        ):
            opens = self.actions_by_id.menu(menu)
            button = tool_button("", tip, menu=opens, objectName=f"button_{name}", statusTip=tip, accessibleName=tip)
            tint(button, name, self.views.themes.theme)
            toolbar.addWidget(button)
        toolbar.setIconSize(QSize(ICON_PIXELS, ICON_PIXELS))
        self.toolbar = toolbar
        bar = self.statusBar()
        bar.setContentsMargins(MARGIN, 0, 0, 0)
        bar.addWidget(self.views.sentence, 1)
        bar.addPermanentWidget(self.views.readout)

    def _connect(self) -> None:
        views, store, commands, link = self.views, self.views.store, self.commands, self.views.plots.link
        link.range_changed.connect(store.foreground.claim)
        link.seek_requested.connect(views.player.point)
        link.selection_changed.connect(self._show_sentence)
        for panel in (views.sources, views.stft, views.loss, views.segments, views.notes, views.banners):
            panel.edit_requested.connect(store.edit)
        # A drag is one step of undo, however long the pointer rests in it.
        for slider in (views.loss.alpha.slider, views.loss.gamma.slider):
            slider.sliderPressed.connect(store.hold)
            slider.sliderReleased.connect(partial(store.hold, False))
        others = (panel.chosen for panel in (views.sources, views.plots.estimates, views.segments))
        for choice in (views.summary.selected_changed, *others):
            choice.connect(lambda index: views.selection.select(index, views.count))
        views.selection.changed.connect(lambda _index: self.show_analysis(store.analysis, Changed.VIEW))
        self._take_charts(self)
        for made in (views.inspector.page_made, views.mask_values.page_made):
            made.connect(self._take_charts)
        store.session_changed.connect(self._take_session)
        store.progress_changed.connect(views.banners.progress.set_progress)
        for dock, show in self._if_seen.items():
            dock.visibilityChanged.connect(lambda seen, show=show: seen and show(store.analysis, self._selected))
        views.player.said.connect(lambda sentence: self.statusBar().showMessage(sentence, 8000))
        commands.session_files.renamed.connect(self._show_title)
        commands.folders.page_changed.connect(self._show_page)
        for changed in (commands.folders.page_changed, commands.ghosts.changed):
            changed.connect(self._show_sentence)
        views.themes.changed.connect(self._dress)
        for index in range(9):
            QShortcut(str(index + 1), self, partial(commands.playback.hear_estimate, index))

    def _take_charts(self, whole: QWidget) -> None:
        self.commands.finding.rest.start()  # there may be controls that have no sentence yet
        for chart in whole.findChildren(Chart):
            chart.context_menu_requested.connect(self.commands.show_context_menu)

    def _dress(self, theme: Theme) -> None:
        self._dress_actions(theme)
        set_theme_inside(self, theme)  # last: a view may choose another icon for an action

    def _dress_actions(self, theme: Theme) -> None:
        for spec in ACTIONS:
            if spec.icon:
                self.actions_by_id.by_id[spec.id].setIcon(icon(spec.icon, theme.text))

    def _show_title(self, *_: object) -> None:
        self.views.view_bar.show_masks(self.views.plots.shows_masks)
        pair, reference = self.views.plots.pair, self.views.plots.reference
        names = [track.name for track in (None if pair is None else pair.estimate, reference) if track is not None]
        parts = self.commands.session_files.name, pair_words(names), APPLICATION
        self.setWindowTitle(" · ".join(filter(None, parts)))
        self.setWindowModified(self.commands.session_files.is_changed)

    def _show_sentence(self, *_: object) -> None:
        """The state in one sentence, or the numbers of the selection while there is one."""
        views = self.views
        pair, span = views.plots.pair, views.plots.link.selection
        words = ""
        if span is not None and pair is not None:
            words = selection_sentence(pair, span.start, span.stop)
        state = status_sentence(views.store.analysis, views.selection.index)
        words = words or " ".join(filter(None, (self.commands.ghosts.sentence(), state)))
        views.sentence.set_text("" if self.commands.folders.shows_list else words)
