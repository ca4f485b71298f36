"""Commands that move an estimate in time, and the dialog that shows where it fits best."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMainWindow

from osisnr_gui.qt.dialogs.delay_dialog import DelayDialog
from osisnr_gui.qt.plots.charts.chart import Chart
from osisnr_gui.qt.views import Views
from osisnr_gui.session import edits
from osisnr_gui.session.notices.all_notices import Notice
from osisnr_gui.session.session import Source
from osisnr_gui.text.comparison import MeasuredDelay, measured_delay


class DelayCommands:
    """Moves the estimate in view; one dialog at a time for any estimate."""

    def __init__(self, window: QMainWindow, views: Views, show_menu: Callable[[QPoint, Chart], None]) -> None:
        """`show_menu` : of a right click on a chart, at a place on the screen."""
        self._window, self._views, self._show_menu = window, views, show_menu
        self.dialog: DelayDialog | None = None
        self._source: Source | None = None
        views.banners.details_requested.connect(self._show_details)
        views.sources.delay_requested.connect(self.open)

    @property
    def can_move(self) -> bool:
        """Whether the estimate in view is sound, and on screen."""
        source = self._in_view
        return source is not None and self._is_sound(source)

    @property
    def can_align(self) -> bool:
        """Whether its delay is known for certain, and another than the one that is taken out."""
        source = self._in_view
        if source is None or not self._is_sound(source):
            return False
        shown = self._measured(source)
        return shown is not None and shown.delay.certain and shown.delay.samples != source.delay

    @property
    def is_moved(self) -> bool:
        """Whether a delay is taken out."""
        return self._in_view is not None and self._in_view.delay != 0

    def open(self, source: Source) -> None:
        """Show the dialog for an estimate."""
        if self.dialog is not None and self._source is not None and source.signal != self._source.signal:
            self.dialog.forget()
        self._source = source
        if self.dialog is None:
            self.dialog = dialog = DelayDialog(self._views.themes.theme, self._window)
            dialog.delay_requested.connect(self._set_shown)
            dialog.undo_requested.connect(self._views.store.undo)
            dialog.redo_requested.connect(self._views.store.redo)
            for chart in dialog.plots:
                chart.context_menu_requested.connect(self._show_menu)
        self._show_dialog()
        self.dialog.show()
        self.dialog.activateWindow()

    def _show_details(self, notice: Notice) -> None:
        if notice.code in ("delay", "aligned") and notice.source is not None:
            self.open(notice.source)

    def close(self) -> None:
        """Close the dialog."""
        if self.dialog is not None:
            self.dialog.close()

    @property
    def _in_view(self) -> Source | None:
        estimates, index = self._views.store.session.estimates, self._views.selection.index
        return estimates[index] if index < len(estimates) else None

    def _measured(self, source: Source) -> MeasuredDelay | None:
        store = self._views.store
        return measured_delay(store.session, store.analysis, source)

    def _is_sound(self, source: Source) -> bool:
        return any(p.source.path == source.path and p.sample_rate for p in self._views.store.analysis.pairs)

    def open_in_view(self) -> None:
        """Show the dialog for the estimate in view."""
        if self._in_view is not None:
            self.open(self._in_view)

    def align(self) -> None:
        """Take its measured delay out."""
        source = self._in_view
        shown = None if source is None else self._measured(source)
        if source is not None and shown is not None and shown.delay.certain:
            self._set(source, shown.delay.samples, "")

    def reset(self) -> None:
        """Take no delay out."""
        if self._in_view is not None:
            self._set(self._in_view, 0, "")

    def nudge(self, earlier: int) -> None:
        """Move it by samples; a burst of these is one step for undo."""
        if self._in_view is not None:
            edit = partial(edits.nudge, estimate=self._in_view, earlier=earlier)
            self._views.store.edit(edit, f"delay {self._in_view.signal}")

    def _set(self, source: Source, delay: int, key: str) -> None:
        self._views.store.edit(partial(edits.set_delay, estimate=source, delay=delay), key)

    def _set_shown(self, delay: int) -> None:
        if self._source is not None:
            self._set(self._source, delay, f"delay {self._source.signal}")

    def show_analysis(self, *_: object) -> None:
        """Show what has become known, while the dialog is open."""
        if self.dialog is not None and self.dialog.isVisible():
            self._show_dialog()

    def _show_dialog(self) -> None:
        """What is known now; no dialog without its file."""
        store, shown = self._views.store, self._source
        if self.dialog is None or shown is None:
            return
        source = next((source for source in store.session.estimates if source.signal == shown.signal), None)
        if source is None:
            self.dialog.close()
            return
        previous = store.previous
        # Only what moved this estimate is taken back from here.
        can_undo = previous is not None and edits.set_delay(previous, source, source.delay) == store.session
        self.dialog.show_delay(self._measured(source), source.delay, can_undo=can_undo)
