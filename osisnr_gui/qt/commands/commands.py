"""What the commands do: one handler for every row of the action table, and what drops and menus share with them."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMenu

from osisnr_gui.io.formats import Format, extensions_of
from osisnr_gui.qt.commands.actions import ACTIONS, Actions, CommandGroup, Handler, key_rows
from osisnr_gui.qt.commands.delay_commands import ACTIONS_OF_DELAY, DelayCommands
from osisnr_gui.qt.commands.difference_commands import DifferenceCommands
from osisnr_gui.qt.commands.estimate_commands import EstimateCommands
from osisnr_gui.qt.commands.export_jobs import ExportJobs
from osisnr_gui.qt.commands.file_commands import FileCommands
from osisnr_gui.qt.commands.ghost_commands import GhostCommands
from osisnr_gui.qt.commands.masked_sounds import MaskedSounds
from osisnr_gui.qt.commands.note_commands import NoteCommands
from osisnr_gui.qt.commands.row_commands import RowCommands
from osisnr_gui.qt.commands.segment_commands import SegmentCommands
from osisnr_gui.qt.commands.session_files import SessionFiles
from osisnr_gui.qt.dialogs.about import AboutDialog
from osisnr_gui.qt.dialogs.cache_page import CacheDialog
from osisnr_gui.qt.dialogs.error_dialog import ErrorDialog
from osisnr_gui.qt.dialogs.help_page import HelpDialog
from osisnr_gui.qt.dialogs.keys_page import KeysDialog
from osisnr_gui.qt.folders.folder_mode import FolderMode
from osisnr_gui.qt.playback.commands import NEED_SOUND, PlaybackCommands
from osisnr_gui.qt.plot_area import DIFFERENCE, ESTIMATE, REFERENCE
from osisnr_gui.qt.plots.charts.chart import Chart
from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.qt.presenters.cursor import CursorCommands
from osisnr_gui.qt.settings import Settings
from osisnr_gui.qt.views import Views
from osisnr_gui.session import edits
from osisnr_gui.session.codec import is_session_file
from osisnr_gui.session.demos import DEMOS, demo_session
from osisnr_gui.session.session import Formula, Session
from osisnr_gui.session.words import estimate_letter

FILE_FILTER = f"Sound, masks and sessions (*{' *'.join((*extensions_of(Format), '.osisnr'))});;All files (*)"
NEEDS_PAIR = (
    *("export_csv", "export_json", "export_segments", "export_png", "copy_numbers", "copy_figure"),
    *("fit", "zoom_selection", "zoom_back", "zoom_in", "zoom_out"),
    *("swap", "previous_bad", "next_bad", "worst", "add_note"),
)

# What would change plots that are not on show; everything else there needs a pair.
BEHIND_THE_LIST = ("play_once", "loop_selection", "hear_reference", "hear_mixture", "flip", *ACTIONS_OF_DELAY)


class Commands(CommandGroup):
    """Handlers by action id. Holds no state of its own; works on the window's store and views."""

    def __init__(self, window: QMainWindow, views: Views) -> None:
        self._window, self._views = window, views
        self._exports = ExportJobs(window, views)
        self.session_files = SessionFiles(window, views, self._start_anew)
        self.notes = NoteCommands(views)
        self.segments = SegmentCommands(views, self._say, self._exports.save_bytes)
        self.playback = PlaybackCommands(views)
        self.folders = FolderMode(window, views, self._exports, self._start_anew)
        self.cursor = CursorCommands(views.plots, self._say)
        self.masked = MaskedSounds(window, views, self._exports)
        self.rows = RowCommands(views.plots)
        self.estimates = EstimateCommands(views)
        self.delays = DelayCommands(window, views, self.show_context_menu)
        self.differences = DifferenceCommands(views.plots, self.rows)
        self.files = FileCommands(window, views)
        self.ghosts = GhostCommands(window, views)
        rows = self.rows, self.estimates, self.differences
        self._groups: tuple[CommandGroup, ...] = (*rows, self.files, self.delays, self.ghosts, self.folders)

    def attach(self, actions: Actions) -> None:
        """The actions whose check marks and states follow the session."""
        super().attach(actions)
        for group in self._groups:
            group.attach(actions)
        self.playback.attach(actions, self.set_residual)

    def handlers(self) -> dict[str, Handler]:
        """A function for every id of the action table."""
        views, link, store = self._views, self._views.plots.link, self._views.store
        table: dict[str, Handler] = {
            "open": self.open,
            "add": self.add,
            "reload": self._reload,
            "export_csv": self._exports.save_csv,
            "export_json": self._exports.save_json,
            "export_png": self._exports.save_figure,
            "export_sound": self._exports.save_sound,
            "compare_masked": self.masked.compare,
            "quit": self._window.close,
            "undo": store.undo,
            "redo": store.redo,
            "copy_numbers": views.summary.copy_all,
            "copy_figure": self._exports.copy_figure,
            "result_cache": self._show_cache,
            "fit": self._fit,
            "zoom_selection": link.zoom_to_selection,
            "zoom_back": link.zoom_back,
            "zoom_in": partial(self._zoom, 0.5),
            "zoom_out": partial(self._zoom, 2.0),
            "crosshair": lambda: views.plots.stack.set_crosshair(self._is_on("crosshair")),
            "overview": lambda: views.plots.stack.set_overview_visible(self._is_on("overview")),
            "inspector": views.inspector_dock.toggle,
            "mask_values": views.mask_dock.toggle,
            "copy_frame": views.inspector.copy_numbers,
            "residual": lambda: self.set_residual(self._is_on("residual")),
            "next_map": views.view_bar.next_colours,
            "theme_system": partial(views.themes.set_mode, "system"),
            "theme_light": partial(views.themes.set_mode, "light"),
            "theme_dark": partial(views.themes.set_mode, "dark"),
            "full_screen": self._full_screen,
            "reset_layout": self._reset_layout,
            "swap": self._swap,
            "close_files": self._close_files,
            "literal": lambda: store.edit(partial(edits.set_formula, formula=Formula.LITERAL)),
            "exact": lambda: store.edit(partial(edits.set_formula, formula=Formula.EXACT)),
            "clear": self._clear,
            "keys": lambda: KeysDialog(key_rows(), self._window).open(),
            "numbers": lambda: HelpDialog("numbers", self._window).open(),
            "first_steps": lambda: HelpDialog("first_steps", self._window).open(),
            "about": lambda: AboutDialog(self._window).open(),
            **{f"demo_{demo.name}": partial(self.open_demo, demo.name) for demo in DEMOS},
            "add_note": self.notes.add,
        }
        for group in (*self._groups, self.cursor, self.segments, self.session_files, self.playback):
            table |= group.handlers()
        missing = {spec.id for spec in ACTIONS} ^ set(table)
        assert not missing, f"the action table and the handlers disagree about {missing}"
        return table

    def open(self) -> None:
        """Ask for files and open them."""
        self.take_files(self._ask("Open a reference and estimates"), add=False)

    def add(self) -> None:
        """Ask for further estimates."""
        self.take_files(self._ask("Add estimates"), add=True)

    def open_demo(self, name: str) -> None:
        """Open one of the demos."""
        session = demo_session(name)
        present = self._views.store.session
        if self._start_anew():
            self._views.store.edit(lambda _old: replace(session, loss=present.loss))

    def take_files(self, paths: list[str], *, add: bool) -> None:
        """Open or add files, however they came. A reference alone waits for an estimate; a session replaces all."""
        if not paths or self.folders.take(paths):
            return
        views = self._views
        sessions = [path for path in paths if is_session_file(path)]
        if sessions:
            self.session_files.open(sessions[0])
            return
        views.settings.put("last_folder", paths[-1].rpartition("/")[0])
        if add and not views.store.session.is_empty:
            views.store.edit(partial(edits.add_files, paths=paths))
        elif self._start_anew():
            views.store.edit(partial(edits.open_files, paths=paths))

    def set_limit(self, limit: float) -> None:
        """The line of the threshold, or of the loss, was dragged."""
        self._views.store.edit(partial(edits.set_limit, limit=limit), "threshold")

    def set_residual(self, residual: bool) -> None:
        """Third picture: residual or difference."""
        self._views.plots.set_residual(residual)
        self._views.view_bar.set_residual(residual)
        self._check("residual", residual)

    def show_failure(self, sentence: str, details: str) -> None:
        """Something unexpected went wrong on the worker."""
        ErrorDialog.show_once(sentence, details, self._window)

    def cancel(self) -> None:
        """Stop comparing; say how to go on."""
        self._views.store.cancel()
        if not self._views.store.analysis.complete:
            self._say("Stopped. What is there can be used; Ctrl+R compares the rest.")

    def show_context_menu(self, position: QPoint, plot: TimePlot | Chart) -> None:
        """The short menu of a right click on a row or a chart."""
        menu = QMenu(plot)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # Under the names that pyqtgraph gives them.
        menu.addAction("View all", plot.view_all if isinstance(plot, Chart) else self._fit)
        menu.addAction("Export…", partial(self._exports.save_plot, plot))
        if isinstance(plot, TimePlot) and self._actions is not None:
            menu.addSeparator()
            shown = ("zoom_selection", "zoom_back", "crosshair", "all_estimates", "next_blame", "inspector")
            for action_id in (*shown, "copy_figure", "export_png"):
                menu.addAction(self._actions.by_id[action_id])
        menu.popup(position)

    def refresh(self) -> None:
        """Which commands make sense now, and check marks."""
        store = self._views.store
        for group in self._groups:
            group.refresh()
        has_pair = any(pair.score is not None for pair in store.analysis.pairs)
        shows_list = self.folders.shows_list
        self._enable(has_pair and not store.session.is_empty and not shows_list, *NEEDS_PAIR)
        self._enable(shows_list or not store.session.is_empty, "reload")
        self._enable(not store.session.is_empty, "add", "close_files", "save_session", "save_session_as")
        self._enable(store.can_undo, "undo")
        self._enable(store.cache is not None, "result_cache")
        self._enable(store.can_redo, "redo")
        self.playback.refresh()
        if shows_list:
            self._enable(False, *NEED_SOUND, *BEHIND_THE_LIST)
        self._check(store.session.loss.formula.value, True)
        self._enable(self.masked.is_possible and not shows_list, "compare_masked")

    def restore(self, settings: Settings) -> None:
        """Every group as it was left."""
        for group in self._groups:
            group.restore(settings)

    def remember(self, settings: Settings) -> None:
        """Keep every group's state for the next start."""
        for group in self._groups:
            group.remember(settings)

    def show_readout(self, time: float = math.nan, value: float = math.nan, row_id: str = "") -> None:
        """Everything known of the point under the pointer, or of the cursor."""
        plots, readout, pairs = self._views.plots, self._views.readout, self._views.store.analysis.pairs
        if not math.isfinite(time):
            time, value, row_id = plots.link.cursor, math.nan, ""
        place, estimate = plots.estimates.under(row_id)
        pair = pairs[place] if place < len(pairs) else None
        if pair is None or pair.frames is None or pair.score is None or not math.isfinite(time):
            readout.clear()
            return
        frames = pair.frames
        index = round((time - frames.first_time) / frames.grid.step)
        if not 0 <= index < frames.n_frames:
            readout.clear()
            return
        reference, in_view = plots.spectrograms
        on_picture = row_id in (REFERENCE, ESTIMATE, DIFFERENCE) or estimate is not in_view
        frequency = reference.frequency_at(value) if on_picture else None
        levels = (None, None)
        third = None
        if frequency is not None and math.isfinite(frequency):
            is_its = pair.reference is plots.reference
            levels = reference.value_at(time, frequency) if is_its else None, estimate.value_at(time, frequency)
            third = plots.third_value_at(time, frequency) if estimate is in_view else None
        score = pair.score
        more = {
            **plots.maps.readout(time, value, row_id, frequency),
            **plots.differences.readout(time),
            **plots.ribbons.readout(time),
            **self.ghosts.readout(time),
        }
        readout.show_point(
            time=time,
            unit=plots.link.unit,
            frame=frames.first_frame + index,
            frequency=frequency,
            frequency_unit="bin" if frames.grid.bin_hz is None else "Hz",
            plain=plots.shows_masks,
            levels=levels,
            osi_db=float(score.osi_db[index]),
            loss=float(score.frame_loss(slice(index, index + 1))[0]),
            formula=score.loss.formula.value,
            name=estimate_letter(place),
            third=third,
            # What the other rows say is of the estimate in view.
            more=more if estimate is in_view else dict.fromkeys(more, ""),
        )

    def close(self) -> None:
        """Wait for exports under way, and stop the list."""
        for group in self._groups:
            group.close()
        self._exports.close()
        self.session_files.close()

    def _ask(self, title: str) -> list[str]:
        folder = self._views.settings.last_folder()
        paths, _ = QFileDialog.getOpenFileNames(self._window, title, folder, FILE_FILTER)
        return list(paths)

    def _say(self, text: str) -> None:
        self._window.statusBar().showMessage(text, 5000)

    def _fit(self) -> None:
        self._views.plots.link.fit()
        self._views.plots.fit_values()

    def _zoom(self, factor: float) -> None:
        link = self._views.plots.link
        link.zoom(factor, link.hover.time if math.isfinite(link.hover.time) else link.cursor)

    def _swap(self) -> None:
        pair = self._views.plots.pair
        if pair is not None:
            self._views.store.edit(partial(edits.swap, estimate=pair.source))

    def _close_files(self) -> None:
        if self._start_anew():
            self._views.store.edit(lambda _session: Session())

    def _start_anew(self) -> bool:
        """Other files: what was zoomed to or selected in the old ones means nothing in them.

        False when the user would rather stay with notes that are not saved.
        """
        if not self.session_files.leave():
            return False
        self._views.selection.reset()
        link = self._views.plots.link
        self.playback.forget()
        link.clear_selection()
        link.set_cursor(math.nan)
        link.fit()
        return True

    def _reload(self) -> None:
        self.folders.look_again() if self.folders.shows_list else self.files.reload(thoroughly=True)

    def _show_cache(self) -> None:
        cache = self._views.store.cache
        if cache is not None:
            CacheDialog(cache, self._views.settings, self._window).open()

    def _full_screen(self) -> None:
        full, state = Qt.WindowState.WindowFullScreen, self._window.windowState()
        # Not `showNormal`: a window that was maximized is so again.
        self._window.setWindowState(state | full if self._is_on("full_screen") else state & ~full)

    def _reset_layout(self) -> None:
        self._views.plots.stack.reset_heights()
        self.rows.reset()

    def _clear(self) -> None:
        store, link = self._views.store, self._views.plots.link
        if self.folders.shows_list:
            self.folders.stop()
        elif store.is_busy:
            self.cancel()
        elif self.playback.escape():
            pass
        elif link.selection is not None:
            link.clear_selection()
        else:
            link.set_cursor(math.nan)
