"""The one owner of the visible time range, the selection and the pointer's time for all rows."""

import math
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QElapsedTimer, QObject, Qt, Signal

#: Wheel turns closer together than this are one entry in the zoom history.
MERGE_MS = 600


class TimeSpan(NamedTuple):
    """A stretch of time, in seconds (or frames where there is no sample rate)."""

    start: float
    stop: float

    @property
    def length(self) -> float:
        """``stop - start``."""
        return self.stop - self.start


class Hover(NamedTuple):
    """Where the pointer is: time, value on the y axis of the row under it, and that row's id."""

    time: float
    value: float
    row_id: str


NO_HOVER = Hover(math.nan, math.nan, "")


class TimeLink(QObject):
    """Visible range, zoom history, selection, pointer, cursor, playhead and loop, shared by all plot rows.

    Read ``extent``, ``visible``, ``band`` (the part of the pictures' frequency axis in sight), ``selection``,
    ``hover``, ``cursor``, ``playhead`` (what is heard now, NaN when nothing is), ``loop`` (None when off),
    ``min_span``, ``unit`` and ``has_crosshair`` freely; change them through the methods only. While
    ``holds_values`` is set nothing but the user changes the value range of a row. State changes at once;
    ``range_changed`` follows once per turn of the event loop, after all input that waits and before the next
    repaint, so a burst of wheel events repaints once. Rows only listen, so nothing loops.
    """

    extent_changed = Signal(float, float)
    range_changed = Signal(float, float)
    selection_changed = Signal(object)  # TimeSpan | None
    hover_changed = Signal(float, float, str)  # time or NaN, value, row id
    cursor_changed = Signal(float)
    seek_requested = Signal(float)
    playhead_changed = Signal(float)
    loop_changed = Signal(object)  # TimeSpan | None
    band_requested = Signal(float, float)  # the part of the frequency axis that is to be shown again
    _range_due = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.extent = TimeSpan(0.0, 1.0)
        self.visible = self.extent
        self.selection: TimeSpan | None = None
        self.hover = NO_HOVER
        self.cursor = math.nan
        self.playhead = math.nan
        self.loop: TimeSpan | None = None
        self.min_span = 1e-3
        self.unit = "s"
        self.band = (0.0, 1.0)
        self.has_crosshair = True
        self.holds_values = False  # after files were read again, so that what is on screen can be compared
        self._history: list[tuple[TimeSpan, tuple[float, float]]] = []
        self._last_zoom = QElapsedTimer()
        self._announced = self.visible
        self._is_due = False
        # Posted like repaints, but ahead of them: a timer would run only after a repaint asked for meanwhile.
        self._range_due.connect(self.flush, Qt.ConnectionType.QueuedConnection)

    @property
    def here(self) -> float:
        """What is heard, else the cursor, else the beginning of the view."""
        return next((time for time in (self.playhead, self.cursor) if math.isfinite(time)), self.visible.start)

    def set_extent(self, start: float, stop: float, *, min_span: float = 1e-3, unit: str = "s") -> None:
        """Say how long everything is; a view that showed all of it goes on showing all of it."""
        if not (math.isfinite(start) and math.isfinite(stop) and stop > start):
            start, stop = 0.0, 1.0
        showed_all = self.visible == self.extent or unit != self.unit
        self.extent, self.unit = TimeSpan(start, stop), unit
        self.min_span = min(max(min_span, 1e-9), stop - start)
        if showed_all:
            self._history.clear()
        self._history = [(self._clamped(*span), band) for span, band in self._history]
        self.extent_changed.emit(start, stop)
        self._show(self.extent if showed_all else self._clamped(*self.visible))
        if self.selection is not None:
            self.select(*self.selection)
        if self.loop is not None:
            self.set_loop(*self.loop)

    def set_range(self, start: float, stop: float, *, remember: bool = False) -> None:
        """Show this range, clamped; ``remember`` puts the present one into the zoom history."""
        if not (math.isfinite(start) and math.isfinite(stop)):
            return
        if remember:
            self.remember()
        self._show(self._clamped(min(start, stop), max(start, stop)))

    def zoom(self, factor: float, at: float | None = None) -> None:
        """Multiply the visible length by ``factor``; the time ``at`` stays where it is on screen."""
        span = self.visible
        pivot = (span.start + span.stop) / 2 if at is None or not math.isfinite(at) else at
        length = min(max(span.length * factor, self.min_span), self.extent.length)
        start = pivot - (pivot - span.start) * length / span.length
        target = self._clamped(start, start + length)
        if target == span:
            return
        self.remember_once()
        self._show(target)

    def pan(self, fraction: float) -> None:
        """Move the view by a fraction of its length (positive = later)."""
        step = self.visible.length * fraction
        self.set_range(self.visible.start + step, self.visible.stop + step)

    def fit(self) -> None:
        """Show everything."""
        self.set_range(*self.extent, remember=True)

    def zoom_to_selection(self) -> None:
        """Show the selection, if there is one."""
        if self.selection is not None:
            self.set_range(*self.selection, remember=True)

    def zoom_back(self) -> None:
        """Back to the times and frequencies before the last zoom."""
        self._last_zoom.invalidate()
        while self._history:
            span, band = self._history.pop()
            if (span, band) != (self.visible, self.band):
                self._show(span)
                self.band_requested.emit(*band)
                return

    def select(self, start: float, stop: float) -> None:
        """Select a time range, in either order, clamped to the extent."""
        if math.isfinite(start) and math.isfinite(stop):
            self._set("selection", self._inside(start, stop))

    def clear_selection(self) -> None:
        """Select nothing."""
        self._set("selection", None)

    def set_hover(self, time: float, value: float = math.nan, row_id: str = "") -> None:
        """The pointer is here; NaN when it left the rows."""
        hover = Hover(time, value, row_id) if math.isfinite(time) else NO_HOVER
        if hover != self.hover and not (hover is NO_HOVER and self.hover is NO_HOVER):
            self.hover = hover
            self.hover_changed.emit(*hover)

    def set_crosshair(self, on: bool) -> None:
        """Show or hide the crosshair on all rows."""
        self.has_crosshair = on
        self.hover_changed.emit(*self.hover)

    def set_cursor(self, time: float) -> None:
        """Put the cursor here; NaN hides it."""
        self._set("cursor", time)

    def set_playhead(self, time: float) -> None:
        """This is heard now; NaN: nothing is."""
        self._set("playhead", time)

    def set_loop(self, start: float, stop: float) -> None:
        """Play from ``start`` to ``stop`` over and over, in either order, clamped to the extent."""
        if math.isfinite(start) and math.isfinite(stop):
            self._set("loop", self._inside(start, stop))

    def clear_loop(self) -> None:
        """Play on to the end."""
        self._set("loop", None)

    def request_seek(self, time: float) -> None:
        """The user pointed at a time to go to; whoever plays decides what to do."""
        self.seek_requested.emit(min(max(time, self.extent.start), self.extent.stop))

    def keep(self) -> Callable[[], None]:
        """What makes view, zoom history, selection, cursor and loop again what they are now."""
        marks = {name: getattr(self, name) for name in ("selection", "cursor", "loop")}
        visible, history = self.visible, list(self._history)

        def put_back() -> None:
            for name, value in marks.items():
                self._set(name, value)
            self._show(self._clamped(*visible))
            self._history = history

        return put_back

    def flush(self) -> None:
        """Announce a pending range change now instead of at the end of this event-loop turn."""
        self._is_due = False
        if self.visible != self._announced:
            self._announced = self.visible
            self.range_changed.emit(*self.visible)

    def _set(self, name: str, value: TimeSpan | float | None) -> None:
        """Change what has this name, and say so; NaN for NaN is no change."""
        before = getattr(self, name)
        if value != before and not (value != value and before != before):
            setattr(self, name, value)
            getattr(self, f"{name}_changed").emit(value)

    def _inside(self, start: float, stop: float) -> TimeSpan | None:
        """The part inside the extent, or None."""
        lo, hi = (min(max(t, self.extent.start), self.extent.stop) for t in sorted((start, stop)))
        return TimeSpan(lo, hi) if hi > lo else None

    def remember(self) -> None:
        """Put what is in sight into the zoom history."""
        self._last_zoom.invalidate()
        if not self._history or self._history[-1] != (self.visible, self.band):
            self._history.append((self.visible, self.band))
            del self._history[:-100]

    def remember_once(self) -> None:
        """The same at the first of several turns of the wheel."""
        if not self._last_zoom.isValid() or self._last_zoom.elapsed() > MERGE_MS:
            self.remember()
        self._last_zoom.start()

    def _clamped(self, start: float, stop: float) -> TimeSpan:
        """The nearest allowed range: not shorter than ``min_span``, inside the extent."""
        length = stop - start
        if length < self.min_span:
            start, length = (start + stop - self.min_span) / 2, self.min_span
        if length >= self.extent.length:
            return self.extent
        start = min(max(start, self.extent.start), self.extent.stop - length)
        return TimeSpan(start, start + length)

    def _show(self, span: TimeSpan) -> None:
        self.visible = span
        if span != self._announced and not self._is_due:
            self._is_due = True
            self._range_due.emit()
