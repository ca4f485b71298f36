"""The whole file as one strip coloured by OSI-SNR, with the visible range as a window to drag."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.core.pyramid import Pyramid
from osisnr_gui.core.reduce import is_crowded, lowest_per_stretch, runs_of, summary_per_column
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font, with_alpha
from osisnr_gui.qt.plots.axes import format_time
from osisnr_gui.qt.plots.bands import BandKind, Runs
from osisnr_gui.qt.plots.colours import lookup_table
from osisnr_gui.qt.plots.geometry import LEFT_AXIS_WIDTH, RIGHT_MARGIN, Mapping
from osisnr_gui.qt.plots.painting import fill_plot, hatch_brush
from osisnr_gui.qt.plots.row_mouse import EDGE_PIXELS, NOTCH, ZOOM_PER_NOTCH
from osisnr_gui.qt.plots.row_overlay import column_rect, paint_playhead
from osisnr_gui.qt.plots.safe_arrays import FloatArray, safe_array
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.session.session import Note

HEIGHT = 44
MARGIN = 4  # above and below the strip
TICK_HEIGHT = 5  # of the marks under the strip for bad frames
NOTE_PIXELS = 3.0
FALSE_OPACITY = 0.35  # of false activity between the hatch lines
#: Narrower windows are drawn and grabbed as this wide, or they could not be found.
MIN_WINDOW_PIXELS = 8.0
COLOUR_MAP = "viridis"
LOWEST_DB, HIGHEST_DB = 0.0, 30.0


class _Drag(Enum):
    NONE = auto()
    MOVE = auto()
    START = auto()
    STOP = auto()
    NEW = auto()


class _Strip(NamedTuple):
    """What was rendered for one mapping."""

    mapping: Mapping
    image: QImage
    silent: QBrush
    bad: list[QRectF]
    false: QBrush | None


class Overview(QWidget):
    """The strip. It always shows the whole extent; dragging its window moves the :class:`TimeLink`."""

    def __init__(self, link: TimeLink, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._link, self._theme = link, theme
        self._t0, self._dt = 0.0, 1.0
        self._osi = Pyramid(np.empty(0))
        self._runs = Runs()
        self._strip: _Strip | None = None
        self._notes: tuple[Note, ...] = ()
        self._drag, self._grab = _Drag.NONE, 0.0
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Overview of the whole file")
        self.setToolTip(
            "OSI-SNR of every frame, dark = 0 dB … bright = 30 dB; marks below: bad or missed frames"
            " (hatched: active where the reference is silent); drag the frame to move the view.\n"
            "Each pixel is its worst frame (long files: mean above, worst below); grey hatch: silence.\n"
            "Drag an edge of the frame to resize it, click to go there, double-click to show everything."
        )
        link.extent_changed.connect(self._forget)
        for signal in (link.range_changed, link.selection_changed, link.cursor_changed, link.loop_changed):
            signal.connect(self._repaint)
        link.playhead_changed.connect(self._follow_playhead)
        self._playhead = link.playhead

    @property
    def mapping(self) -> Mapping:
        """Whole extent <-> strip."""
        width = max(self.width() - LEFT_AXIS_WIDTH - RIGHT_MARGIN, 1)
        extent = self._link.extent
        height = self.height() - 2 * MARGIN
        return Mapping(LEFT_AXIS_WIDTH, MARGIN, width, height, *extent, 0.0, 1.0, self.devicePixelRatioF())

    def show_osi(self, t0: float, dt: float, osi_db: npt.ArrayLike) -> None:
        """Colour the strip by the OSI-SNR of each frame; NaN where there is nothing to hear."""
        self._t0, self._dt = t0, dt
        # Brighter than the brightest colour is not needed, and a perfect frame must not make a mean infinite.
        self._osi = Pyramid(np.minimum(safe_array(osi_db, keep_inf=True), HIGHEST_DB))
        self._forget()

    def show_notes(self, notes: Sequence[Note]) -> None:
        """Mark notes along the upper edge."""
        if tuple(notes) != self._notes:
            self._notes = tuple(notes)
            self.update()

    def show_runs(self, runs: Runs) -> None:
        """Hatch silence; mark bad and missed frames under the strip, and false activity with a hatch."""
        if runs is not self._runs:
            self._runs = runs
            self._forget()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self._forget()

    # ---- painting -------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Strip, hatches, marks, then the window over them."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.background))
        m = self.mapping
        self._paint_strip(painter, m)
        self._paint_label(painter, m)
        self._paint_marks(painter, m)
        self._paint_window(painter, m)
        if m.t0 <= self._playhead <= m.t1:
            paint_playhead(painter, m, self._theme, self._playhead)
        painter.end()

    def _paint_strip(self, painter: QPainter, m: Mapping) -> None:
        if self._strip is None or self._strip.mapping != m:
            self._strip = self._render(m)
        _, image, silent, bad, false = self._strip
        theme = self._theme
        painter.fillRect(m.rect, QColor(theme.panel))
        painter.drawImage(m.rect, image)
        fill_plot(painter, m, silent)
        painter.setPen(Qt.PenStyle.NoPen)
        ticks = QRectF(m.left, m.bottom - TICK_HEIGHT, m.width, TICK_HEIGHT)
        if bad or false is not None:
            painter.fillRect(ticks, QColor(theme.background))
        if false is not None:
            painter.fillRect(ticks.adjusted(0, 1, 0, 0), false)
        if bad:
            painter.setBrush(QColor(theme.bad))
            painter.drawRects(bad)

    def _render(self, m: Mapping) -> _Strip:
        """One or two pixel rows of colours, and the rectangles of silence and of bad frames."""
        rows = self._values(m)
        covered = {kind: stretches.coverage(m) > 0 for kind, stretches in self._runs.kinds.items()}
        silent, false = covered[BandKind.SILENT], covered[BandKind.FALSE_ACTIVITY]
        bad = covered[BandKind.BAD] | covered[BandKind.MISSED]
        marks = with_alpha(self._theme.bad, FALSE_OPACITY), QColor(self._theme.bad)
        ground, line = QColor(self._theme.panel), with_alpha(self._theme.silent, 0.45)
        return _Strip(
            mapping=m,
            image=_colour_image(rows, LOWEST_DB, HIGHEST_DB),
            silent=hatch_brush(silent & np.isnan(rows[-1]), ground, line, m.pixel_ratio),
            bad=_rects(bad, m, m.bottom - TICK_HEIGHT + 1, TICK_HEIGHT - 1),
            false=hatch_brush(false, *marks, m.pixel_ratio) if false.any() else None,
        )

    def _values(self, m: Mapping) -> FloatArray:
        """(1, columns): the lowest OSI-SNR of each pixel column; where it is crowded (2, columns), means above."""
        where = (self._t0, self._dt, m.t0, m.t1, m.columns)
        if not is_crowded(*where[1:]):
            return lowest_per_stretch(self._osi.values, *where)[None, :]
        # Among hundreds of frames there is always a bad one: the mean above tells good parts from poor.
        times, lowest, _, means = summary_per_column(self._osi, *where)
        rows = np.full((2, m.columns), np.nan)
        places = np.floor((times - m.t0) * (m.columns / (m.t1 - m.t0))).astype(np.intp)
        inside = (places >= 0) & (places < m.columns)
        rows[:, places[inside]] = means[inside], lowest[inside]
        return rows

    def _paint_label(self, painter: QPainter, m: Mapping) -> None:
        painter.setPen(QColor(self._theme.muted))
        painter.setFont(tabular_font(SMALL_FONT_PIXELS))
        box = QRectF(0, m.top, m.left - 6, m.height)
        length = self._link.extent.length
        text = format_time(length, 0.1 if length < 600 else 1.0, length, self._link.unit)
        unit = " s" if self._link.unit == "s" and length < 60 else ""
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, flags, f"whole file\n{text}{unit}")

    def _paint_marks(self, painter: QPainter, m: Mapping) -> None:
        theme, link = self._theme, self._link
        for note in self._notes:
            x0, x1 = m.x_of(note.start), m.x_of(note.stop)
            painter.fillRect(QRectF(x0, m.top, max(x1 - x0, NOTE_PIXELS), NOTE_PIXELS), QColor(theme.accent))
        if link.selection is not None:
            x0, x1 = (m.x_of(t) for t in link.selection)
            painter.fillRect(QRectF(x0, m.top, max(x1 - x0, 1.0), m.height), with_alpha(theme.accent, 0.35))
        if link.loop is not None:
            x0, x1 = (m.x_of(t) for t in link.loop)
            painter.fillRect(QRectF(x0, m.bottom - 2, max(x1 - x0, 1.0), 2), QColor(theme.text))
            for x in (x0, x1 - 2):
                painter.fillRect(QRectF(round(x), m.top, 2, m.height), QColor(theme.text))
        if link.cursor == link.cursor:
            painter.setPen(QColor(theme.text))
            x = round(m.x_of(link.cursor))
            painter.drawLine(QPointF(x, m.top), QPointF(x, m.bottom))

    def _paint_window(self, painter: QPainter, m: Mapping) -> None:
        theme, window = self._theme, self._window(m)
        shade = with_alpha(theme.background, 0.55)
        painter.fillRect(QRectF(m.left, m.top, window.left() - m.left, m.height), shade)
        painter.fillRect(QRectF(window.right(), m.top, m.right - window.right(), m.height), shade)
        painter.setPen(QColor(theme.text))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(window.adjusted(0, -1, -1, 0))

    def _window(self, m: Mapping) -> QRectF:
        left, right = (round(m.x_of(t)) for t in self._link.visible)
        if right - left < MIN_WINDOW_PIXELS:
            middle = (left + right) / 2
            left, right = middle - MIN_WINDOW_PIXELS / 2, middle + MIN_WINDOW_PIXELS / 2
        return QRectF(left, m.top, right - left, m.height)

    # ---- mouse ----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grab the window or one of its edges; elsewhere, centre it here and drag on."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        m, x = self.mapping, event.position().x()
        self._drag = self._what_is_at(x)
        time, visible = m.time_at(x), self._link.visible
        if self._drag is _Drag.NONE:
            self._link.set_range(time - visible.length / 2, time + visible.length / 2)
            self._drag = _Drag.MOVE
            visible = self._link.visible
        self._grab = time if self._drag is _Drag.NEW else time - visible.start

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move or resize the visible range."""
        m, x = self.mapping, event.position().x()
        time, (start, stop) = m.time_at(x), self._link.visible
        if self._drag is _Drag.MOVE:
            self._link.set_range(time - self._grab, time - self._grab + (stop - start))
        elif self._drag is _Drag.START:
            self._link.set_range(min(time, stop - self._link.min_span), stop)
        elif self._drag is _Drag.STOP:
            self._link.set_range(start, max(time, start + self._link.min_span))
        elif self._drag is _Drag.NEW and abs(m.x_of(self._grab) - x) > EDGE_PIXELS:
            self._link.set_range(self._grab, time, remember=self._link.visible == self._link.extent)
        else:
            self.setCursor(_CURSORS[self._what_is_at(x)])

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self._drag = _Drag.NONE

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Show everything."""
        self._link.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer's time; Shift scrolls, as on the rows."""
        event.accept()
        delta = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._link.pan(-delta / NOTCH / 4)
        else:
            self._link.zoom(ZOOM_PER_NOTCH ** (delta / NOTCH), self.mapping.time_at(event.position().x()))

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(640, HEIGHT)

    def _what_is_at(self, x: float) -> _Drag:
        window = self._window(self.mapping)
        if abs(x - window.left()) <= EDGE_PIXELS and self._link.visible.start > self._link.extent.start:
            return _Drag.START
        if abs(x - window.right()) <= EDGE_PIXELS and self._link.visible.stop < self._link.extent.stop:
            return _Drag.STOP
        if self._link.visible == self._link.extent:
            return _Drag.NEW
        return _Drag.MOVE if window.left() < x < window.right() else _Drag.NONE

    def _forget(self, *_: object) -> None:
        self._strip = None
        self.update()

    def _follow_playhead(self, time: float) -> None:
        m = self.mapping
        if m.x_at(self._playhead) != m.x_at(time):
            for moment in (self._playhead, time):
                if m.t0 <= moment <= m.t1:
                    self.update(column_rect(m, moment))
        self._playhead = time

    def _repaint(self, *_: object) -> None:
        self.update()


_CURSORS = {
    _Drag.NONE: Qt.CursorShape.PointingHandCursor,
    _Drag.MOVE: Qt.CursorShape.OpenHandCursor,
    _Drag.START: Qt.CursorShape.SplitHCursor,
    _Drag.STOP: Qt.CursorShape.SplitHCursor,
    _Drag.NEW: Qt.CursorShape.CrossCursor,
}


def _colour_image(osi_db: FloatArray, lowest: float, highest: float) -> QImage:
    """One pixel per value of a (rows, columns) array; NaN is transparent."""
    with np.errstate(invalid="ignore"):
        codes = np.clip((osi_db - lowest) / (highest - lowest), 0.0, 1.0) * 255
    rgb = lookup_table(COLOUR_MAP)[np.rint(np.nan_to_num(codes)).astype(np.intp)]
    opacity = np.where(np.isnan(osi_db), 0, 255).astype(np.uint8)
    pixels = np.ascontiguousarray(np.dstack((rgb, opacity)))
    height, width = osi_db.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()


def _rects(mask: npt.NDArray[np.bool_], m: Mapping, top: float, height: float) -> list[QRectF]:
    """Rectangles over the runs of marked pixel columns."""
    starts, stops = runs_of(mask)
    pixel = m.width / m.columns
    pairs = zip(starts.tolist(), stops.tolist(), strict=True)
    return [QRectF(m.left + a * pixel, top, max((b - a) * pixel, 1.0), height) for a, b in pairs]
