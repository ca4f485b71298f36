"""What the rows of the action table work on, and what drops and menus share with them."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMenu

from osisnr_gui.io.formats import Format, extensions_of
from osisnr_gui.io.png_text import PNG_ENDING
from osisnr_gui.qt.commands.action_table import has_pair
from osisnr_gui.qt.commands.actions import Actions
from osisnr_gui.qt.commands.export_jobs import ExportJobs
from osisnr_gui.qt.commands.file_commands import DelayCommands, FileCommands, GhostCommands
from osisnr_gui.qt.commands.finding import FindCommands, FirstTour
from osisnr_gui.qt.commands.folder_mode import FolderMode
from osisnr_gui.qt.commands.plot_commands import PlaybackCommands, PlotCommands, SegmentCommands
from osisnr_gui.qt.commands.presentation import Presentation
from osisnr_gui.qt.commands.session_files import SessionFiles
from osisnr_gui.qt.dialogs.close_dialog import ErrorDialog
from osisnr_gui.qt.dialogs.file_dialogs import RolesDialog
from osisnr_gui.qt.jobs import close_jobs
from osisnr_gui.qt.playback.player import Player
from osisnr_gui.qt.playback.transport_bar import TransportBar
from osisnr_gui.qt.plot_area import DIFFERENCE, REFERENCE, PlotArea
from osisnr_gui.qt.plots.charts.chart import Chart
from osisnr_gui.qt.plots.rows import ROWS
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.qt.presenters.estimate_rows import ESTIMATE
from osisnr_gui.qt.store import Store
from osisnr_gui.qt.views import Views
from osisnr_gui.session import edits
from osisnr_gui.session.codec import ENDING, is_session_file
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.guess import Role
from osisnr_gui.session.notices.all_notices import Notice
from osisnr_gui.session.session import LossChoice, Session
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.catalogue import _, translated
from osisnr_gui.text.segment_words import frame_kind
from osisnr_gui.text.session_words import change_words

FILE_FILTER = _("Sound, masks and sessions ({patterns});;All files (*)").format(
    patterns=" ".join(f"*{extension}" for extension in (*extensions_of(Format), ENDING, PNG_ENDING))
)


class Commands:
    """The parts of one window that its actions work on, and what is done with several of them."""

    def __init__(self, window: QMainWindow, views: Views) -> None:
        self.window: QMainWindow = window
        self.views: Views = views
        self.asks = False  # whether somebody sits before the window who can be asked
        self.store: Store = views.store
        self.plots: PlotArea = views.plots
        self.link: TimeLink = views.plots.link
        self.player: Player = views.player
        self.exports: ExportJobs = ExportJobs(window, views, lambda: self.session_files.view())
        anew = self._start_anew
        self.session_files: SessionFiles = SessionFiles(window, views, self.exports, anew, lambda: self.asks)
        self.segments: SegmentCommands = SegmentCommands(views, self.exports)
        self.playback: PlaybackCommands = PlaybackCommands(views, self.set_residual, self._is_on)
        self.folders: FolderMode = FolderMode(window, views, self.exports, anew)
        self.shown: PlotCommands = PlotCommands(views)
        self.delays: DelayCommands = DelayCommands(window, views, self.show_context_menu)
        self.files: FileCommands = FileCommands(window, views)
        self.ghosts: GhostCommands = GhostCommands(window, views)
        self.actions = Actions(window, self)
        self.finding: FindCommands = FindCommands(window, self)
        self.playback.bar = self.make_transport_bar()
        self._there = (False, False)  # selection, loop
        self.presentation: Presentation | None = None  # while there is one
        self.due = ""  # the action that is run once everything is compared
        self._connect()
        self._follow_states()

    def _connect(self) -> None:
        """Do what views ask for, and show what they point at."""
        views, plots, link = self.views, self.plots, self.link
        views.welcome.open_requested.connect(partial(self.ask, add=False))
        views.welcome.demo_requested.connect(self.open_demo)
        views.welcome.tour_requested.connect(partial(self.open_demo, "damaged", "tour"))  # it has most to show
        views.welcome.recent = self.session_files.recent
        views.welcome.session_requested.connect(self.session_files.open)
        views.sources.add_requested.connect(partial(self.ask, add=True))
        views.view_bar.residual_changed.connect(self.set_residual)
        views.banners.details_requested.connect(self._show_details)
        views.banners.progress.cancel_requested.connect(self.cancel)
        views.segments.segment_shown.connect(self.playback.autoplay)
        views.segments.segment_activated.connect(self.player.play_range)
        self.store.failed.connect(lambda sentence, details: ErrorDialog.show_once(sentence, details, self.window))
        plots.stack.for_each_row(self._take_row)
        plots.limit_requested.connect(lambda limit: self.store.edit(partial(edits.set_limit, limit=limit), "threshold"))
        link.hover_changed.connect(self.show_readout)
        link.cursor_changed.connect(lambda _time: self.show_readout())
        for changed in (plots.differences.changed, self.ghosts.changed):
            changed.connect(self.follow_readout)

    def _take_row(self, row: TimePlot) -> None:
        row.context_menu_requested.connect(self.show_context_menu)
        row.box.double_clicked.connect(self.segments.go_to_shading)
        row.handle_held.connect(self.store.hold)

    def _show_details(self, notice: Notice) -> None:
        if notice.code == "assignment":
            self.shown.show_speakers()
        else:  # a delay
            self.delays.open(notice.source)

    def _follow_states(self) -> None:
        """Update actions with what they depend on beside the analysis, and fill the menus that change."""
        actions, views = self.actions, self.views
        actions.menu("edit").aboutToShow.connect(self._name_undo)
        actions.menu("analysis/difference").addSeparator()
        actions.keep_filled("analysis/difference", self.shown.list_partners)
        self.plots.differences.row.button.setMenu(actions.menu("analysis/difference"))
        actions.keep_filled("playback/device", self.playback.list_devices)
        actions.keep_filled("file/recent", self.session_files.list_recent, checks=False)
        actions.menu("file").insertMenu(actions.menu("file/demos").menuAction(), actions.menu("file/recent"))
        for name in ("export_list_csv", "export_list_json"):
            views.folders.export.addAction(actions.by_id[name])
        for moved in (self.link.selection_changed, self.link.loop_changed):
            moved.connect(self._follow_stretch)
        for changed in (
            *(p.changed for p in (self.player, self.folders, self.ghosts, self.files, views.themes)),
            views.view_bar.colours_changed,
            self.plots.stack.rows_fitted,
            *(dock.wanted_changed for dock in views.docks.values()),
            views.docks["inspector"].visibilityChanged,
        ):
            changed.connect(self.actions.update)

    def show_session(self, session: Session) -> None:
        """What depends on the session itself, perhaps before its analysis is there."""
        self.link.holds_values = False
        self.delays.show_analysis()
        self.folders.follow(session)
        self.actions.update()

    def _follow_stretch(self, *_: object) -> None:
        """A selection that is dragged changes no state of an action: only its beginning and end do."""
        there = self.link.selection is not None, self.link.loop is not None
        if there != self._there:
            self._there = there
            self.actions.update()

    def ask(self, *, add: bool) -> None:
        """Ask for files and open them, or for further estimates."""
        title = _("Add estimates") if add else _("Open a reference and estimates")
        folder = self.views.settings.last_folder()
        self.take_files(QFileDialog.getOpenFileNames(self.window, title, folder, FILE_FILTER)[0], add=add)

    def open_demo(self, name: str, due: str = "") -> None:
        """Open one of the demos. due : the action that is run once all is compared; else a newcomer is shown round."""
        if self._start_anew():
            self.store.open(demo_session(name))
            is_new = self.asks and not self.views.settings.flag("shown_round", False)
            self.due = due or ("first_tour" if is_new else "")

    def run_due(self) -> None:
        """What is due, once all is there; else say what hinders it."""
        due = self.actions.by_id.get(self.due)
        if due is None or self.store.session.is_empty or self.store.is_busy:
            return
        self.due = ""
        due.trigger() if due.isEnabled() else self.exports.say(f"{due.text()}: {has_pair.why}")

    def take_files(self, paths: list[str], *, add: bool) -> None:
        """Open or add files, however they came. A reference alone waits for an estimate; a session replaces all."""
        if not paths or self.folders.take(paths):
            return
        sessions = [path for path in paths if is_session_file(path)]
        if sessions:
            self.session_files.open(sessions[0])
            return
        self.views.settings.put("last_folder", paths[-1].rpartition("/")[0])
        self.compare(paths, add=add and not self.store.session.is_empty)

    def compare(self, paths: list[str], *, add: bool) -> None:
        """Open or add sound and masks; where the names do not tell the roles, ask first, if there is someone to ask."""
        beside = self.store.session if add else Session()
        reading = edits.read_added(beside, paths)
        if reading.sure or not self.asks:
            self._compare(paths, add)
            return
        dialog = RolesDialog(edits.unknown_files(beside, paths), reading, self.window)
        dialog.accepted.connect(lambda: self._compare(paths, add, dialog.roles))
        dialog.open()

    def _compare(self, paths: list[str], add: bool, roles: Sequence[Role] | None = None) -> None:
        session = self.store.session
        # What was typed for one comparison, alpha say, is no part of the next one.
        anew = replace(session, loss=LossChoice())
        session = edits.add_files(session, paths, roles) if add else edits.open_files(anew, paths, roles)
        if self.folders.take_many(session):
            return
        if add:
            self.store.edit(lambda _session: session)
        elif self._start_anew():
            self.store.open(session)

    def set_residual(self, residual: bool) -> None:
        """Third picture: residual or difference."""
        self.views.plots.set_residual(residual)
        self.views.view_bar.set_residual(residual)
        self.actions.update()

    def cancel(self) -> None:
        """Stop comparing; say how to go on."""
        self.due = ""
        self.store.cancel()
        if not self.store.analysis.complete:
            self.exports.say(_("Stopped. What is there can be used; Ctrl+R compares the rest."))

    def show_context_menu(self, position: QPoint, plot: TimePlot | Chart) -> None:
        """The short menu of a right click on a row or a chart."""
        menu = QMenu(plot)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # Under the names that pyqtgraph gives them.
        menu.addAction(_("View all"), plot.view_all if isinstance(plot, Chart) else self.shown.fit)
        menu.addAction(_("Export…"), partial(self.exports.save_plot, plot))
        if isinstance(plot, TimePlot):
            menu.addSeparator()
            shown = ("zoom_selection", "zoom_back", "crosshair", "all_estimates", "next_blame", "inspector")
            for action_id in (*shown, "copy_figure", "export_png"):
                menu.addAction(self.actions.by_id[action_id])
        menu.popup(position)

    def follow_readout(self, *_: object) -> None:
        """The numbers at the pointer or the cursor, where there is one."""
        self.show_readout(*self.link.hover)

    def show_readout(self, time: float = math.nan, value: float = math.nan, row_id: str = "") -> None:
        """Everything known of the point under the pointer, or of the cursor."""
        plots, readout = self.views.plots, self.views.readout
        if not math.isfinite(time):
            time, value, row_id = plots.link.cursor, math.nan, ""
        place, estimate = plots.estimates.under(row_id)
        pair = self.views.store.analysis.pair_at(place)
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
        levels: tuple[float | None, float | None] = (None, None)
        third = None
        if frequency is not None and math.isfinite(frequency):
            is_its = pair.reference is plots.reference
            levels = reference.value_at(time, frequency) if is_its else None, estimate.value_at(time, frequency)
            third = plots.third_value_at(time, frequency) if estimate is in_view else None
        score = pair.score
        more = {
            "kind": "" if score.bad is None else frame_kind(score.bad, index),
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
            formula=translated(score.loss.formula.word),
            name=estimate_letter(place),
            third=third,
            # What the other rows say is of the estimate in view.
            more=more if estimate is in_view else dict.fromkeys(more, ""),
        )

    def close(self) -> None:
        """Cancel what runs beside the window, and wait for it."""
        self.files.stop()
        if self.delays.dialog is not None:
            self.delays.dialog.close()
        self.folders.halt()
        close_jobs(self.window)
        self.session_files.close()

    def reset_layout(self) -> None:
        """Panels, rows, their heights, and bars as at the first start; no map."""
        self.plots.stack.reset_heights()
        self.plots.stack.set_rows_wanted({row.id: row.shown for row in ROWS})
        self.plots.set_blame(None)
        self.views.docks.reset()
        for bar in (self.actions.by_id["overview"], self.actions.by_id["transport"]):
            if not bar.isChecked():
                bar.trigger()

    def _is_on(self, action_id: str) -> bool:
        return self.actions.by_id[action_id].isChecked()

    def zoom(self, factor: float) -> None:
        """Zoom in time at the pointer, else at the cursor."""
        link = self.views.plots.link
        link.zoom(factor, link.hover.time if math.isfinite(link.hover.time) else link.cursor)

    def close_files(self) -> None:
        """Close all files."""
        if self._start_anew():
            self.views.store.edit(lambda _session: Session())

    def _start_anew(self) -> bool:
        """Other files: what was zoomed to or selected in the old ones means nothing in them.

        False when the user would rather stay with notes that are not saved.
        """
        if self.presentation is not None:
            self.presentation.close()
        if not self.session_files.leave():
            return False
        self.due = ""
        self.views.selection.reset()
        self.playback.forget()
        self.link.clear_selection()
        self.link.set_cursor(math.nan)
        self.link.fit()
        self.plots.fit_values()
        return True

    def travel(self, *, back: bool) -> None:
        """Take the last change back, or make it again, and say which it was."""
        before, after = self._changes()
        words = _("Undone: {change}").format(change=before) if back else _("Made again: {change}").format(change=after)
        self.store.undo() if back else self.store.redo()
        self.exports.say(words)

    def _changes(self) -> tuple[str, str]:
        """What Undo would take back and Redo would make again; "" where there is nothing."""
        session, history = self.store.session, self.store.history
        return change_words(history.previous or session, session), change_words(session, history.following or session)

    def _name_undo(self) -> None:
        """What Undo and Redo would do, in the menu that is about to be shown."""
        before, after = self._changes()
        undo = _("Undo: {change}").format(change=before) if before else _("Undo")
        redo = _("Redo: {change}").format(change=after) if after else _("Redo")
        self.actions.by_id["undo"].setText(undo.replace("&", "&&"))
        self.actions.by_id["redo"].setText(redo.replace("&", "&&"))

    def show_full_screen(self, on: bool) -> None:
        """The whole screen for the window, or not."""
        full, state = Qt.WindowState.WindowFullScreen, self.window.windowState()
        # Not `showNormal`: a window that was maximized is so again.
        self.window.setWindowState(state | full if on else state & ~full)

    def make_transport_bar(self, *, plain: bool = False, has_keys: bool = True) -> TransportBar:
        """A bar that says what to play."""
        actions, hear, theme = self.actions, self.playback.hear_estimate, self.views.themes.theme
        return TransportBar(self.player, actions.by_id, actions.menu, hear, theme, plain=plain, has_keys=has_keys)

    def present(self, kind: type[Presentation] = Presentation) -> None:
        """Show an audience what is compared, or leave that again."""
        if self.presentation is not None:
            self.presentation.close()
            return
        bar = self.make_transport_bar(plain=True, has_keys=kind.has_keys)
        self.presentation = kind(self.views, self.actions.by_id, bar, self.window)
        self.presentation.left.connect(partial(setattr, self, "presentation", None))
        self.presentation.show()

    def clear(self) -> None:
        """Stop what runs; else take away the selection, else the cursor."""
        if (first_tour := self.window.findChild(FirstTour)) is not None:
            first_tour.close()
        elif self.folders.shows_list:
            self.folders.stop()
        elif self.store.is_busy:
            self.cancel()
        elif self.playback.escape():
            pass
        elif self.link.selection is not None:
            self.link.clear_selection()
        else:
            self.link.set_cursor(math.nan)
