"""The mouse on a row: wheel, selection, box zoom, panning, seeking, handles.

One object per row turns Qt's events into calls on the :class:`TimeLink` and the row. Times come from the
link's present range and not from what was painted last, so fast wheel turns do not drift.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from osisnr_gui.qt.plots.geometry import Mapping
from osisnr_gui.qt.plots.row_marks import RowMarks
from osisnr_gui.qt.plots.time_link import TimeLink

CLICK_PIXELS = 4.0
EDGE_PIXELS = 4.0
ZOOM_PER_NOTCH = 0.8
PAN_PER_NOTCH = 0.1
NOTCH = 120.0


class DragHandle(Protocol):
    """Something on a row that can be grabbed, e.g. the threshold line."""

    cursor: Qt.CursorShape

    def hit(self, m: Mapping, pos: QPointF) -> bool:
        """True when the pointer is near enough to grab it."""
        ...

    def drag(self, m: Mapping, pos: QPointF) -> None:
        """The pointer moved while it was held."""
        ...

    def release(self) -> None:
        """The button was let go."""
        ...


class MouseRow(Protocol):
    """What the mouse needs of its row."""

    link: TimeLink
    row_id: str
    marks: RowMarks
    y_by_hand: bool
    context_menu_requested: object
    handle_held: object

    @property
    def mapping(self) -> Mapping:
        """Data <-> pixels now."""
        ...

    def setCursor(self, shape: Qt.CursorShape) -> None:
        """Show this pointer."""
        ...

    def zoom_y(self, factor: float, at: float) -> None:
        """Zoom the values."""
        ...

    def pan_y(self, fraction: float) -> None:
        """Move the values."""
        ...

    def set_y_range(self, lo: float, hi: float) -> None:
        """Show these values."""
        ...


class _Drag(Enum):
    NONE = auto()
    PRESSED = auto()  # a click until it moves
    SELECT = auto()
    BOX = auto()
    PAN = auto()
    HANDLE = auto()


class RowMouse:
    """Mouse behaviour of one row."""

    def __init__(self, row: MouseRow) -> None:
        self._row = row
        self._drag = _Drag.NONE
        self._start = QPointF()
        self._last = QPointF()
        self._anchor = 0.0  # the fixed end of the selection being dragged
        self._handle: DragHandle | None = None
        self.handles: list[DragHandle] = []

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom time at the pointer; Shift scrolls; Ctrl (or over the axis) zooms the values."""
        event.accept()
        m, pos, delta = self._row.mapping, event.position(), event.angleDelta()
        vertical, sideways = delta.y() / NOTCH, delta.x() / NOTCH
        modifiers = event.modifiers()
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            # Some systems already turn Shift+wheel into a sideways wheel.
            self._row.link.pan(-(vertical or sideways) * PAN_PER_NOTCH)
        elif sideways and not vertical:
            self._row.link.pan(-sideways * PAN_PER_NOTCH)
        elif modifiers & Qt.KeyboardModifier.ControlModifier or pos.x() < m.left:
            self._row.zoom_y(ZOOM_PER_NOTCH**vertical, m.value_at(pos.y()))
        else:
            self._row.link.zoom(ZOOM_PER_NOTCH**vertical, m.time_at(pos.x()))

    def press(self, event: QMouseEvent) -> None:
        """Begin whatever this button starts here."""
        m, pos = self._row.mapping, event.position()
        self._start = self._last = pos
        if event.button() == Qt.MouseButton.RightButton:
            self._row.context_menu_requested.emit(
                event.globalPosition().toPoint(), m.time_at(pos.x()), m.value_at(pos.y())
            )
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._drag = _Drag.PAN
        elif event.button() == Qt.MouseButton.LeftButton and m.rect.contains(pos):
            self._press_left(m, pos, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def move(self, event: QMouseEvent) -> None:
        """Go on with the drag, or just hover."""
        m, pos = self._row.mapping, event.position()
        if self._drag is _Drag.PRESSED and abs(pos.x() - self._start.x()) > CLICK_PIXELS:
            self._drag, self._anchor = _Drag.SELECT, m.time_at(self._start.x())
        if self._drag is _Drag.SELECT:
            self._row.link.select(self._anchor, m.time_at(pos.x()))
        elif self._drag is _Drag.BOX:
            self._show_box(QRectF(self._start, pos).normalized())
        elif self._drag is _Drag.PAN:
            self._row.link.pan((self._last.x() - pos.x()) / m.width)
            self._row.pan_y((pos.y() - self._last.y()) / m.height)
        elif self._drag is _Drag.HANDLE and self._handle is not None:
            self._handle.drag(m, pos)
        elif self._drag is _Drag.NONE:
            self._row.setCursor(self._cursor_at(m, pos))
        self._last = pos
        self._hover(pos)

    def release(self, event: QMouseEvent) -> None:
        """End the drag; a left press that never moved is a seek."""
        m, pos, drag = self._row.mapping, event.position(), self._drag
        self._drag = _Drag.NONE
        if drag is _Drag.PRESSED:
            self._row.link.request_seek(m.time_at(pos.x()))
        elif drag is _Drag.BOX:
            self._show_box(None)
            self._zoom_to_box(m, QRectF(self._start, pos).normalized())
        elif drag is _Drag.HANDLE and self._handle is not None:
            self._handle.release()
            self._handle = None
            self._row.handle_held.emit(False)

    def leave(self) -> None:
        """The pointer left the row."""
        self._row.link.set_hover(float("nan"))

    def _press_left(self, m: Mapping, pos: QPointF, shift: bool) -> None:
        if shift:
            self._drag = _Drag.BOX
            return
        self._handle = next((h for h in self.handles if h.hit(m, pos)), None)
        edge = self._other_edge(m, pos)
        if self._handle is not None:
            self._drag = _Drag.HANDLE
            self._row.handle_held.emit(True)
        elif edge is not None:
            self._drag, self._anchor = _Drag.SELECT, edge
        else:
            self._drag = _Drag.PRESSED

    def _other_edge(self, m: Mapping, pos: QPointF) -> float | None:
        """When the pointer is on an edge of the selection: the time of the opposite edge."""
        selection = self._row.link.selection
        if selection is None:
            return None
        if abs(m.x_of(selection.start) - pos.x()) <= EDGE_PIXELS:
            return selection.stop
        return selection.start if abs(m.x_of(selection.stop) - pos.x()) <= EDGE_PIXELS else None

    def _cursor_at(self, m: Mapping, pos: QPointF) -> Qt.CursorShape:
        if not m.rect.contains(pos):
            return Qt.CursorShape.ArrowCursor
        handle = next((h for h in self.handles if h.hit(m, pos)), None)
        if handle is not None:
            return handle.cursor
        on_edge = self._other_edge(m, pos) is not None
        return Qt.CursorShape.SplitHCursor if on_edge else Qt.CursorShape.CrossCursor

    def _hover(self, pos: QPointF) -> None:
        m = self._row.mapping
        if m.rect.contains(pos):
            self._row.link.set_hover(m.time_at(pos.x()), m.value_at(pos.y()), self._row.row_id)
        else:
            self.leave()

    def _show_box(self, box: QRectF | None) -> None:
        self._row.marks.show_box(box)

    def _zoom_to_box(self, m: Mapping, box: QRectF) -> None:
        if box.width() > CLICK_PIXELS:
            self._row.link.set_range(m.time_at(box.left()), m.time_at(box.right()), remember=True)
        if box.height() > 3 * CLICK_PIXELS:  # a nearly flat box means time only
            self._row.y_by_hand = True
            self._row.set_y_range(m.value_at(box.bottom()), m.value_at(box.top()))
