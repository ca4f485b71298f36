"""Words over the data of a row: title, keys of its curves, state message."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, system_font, with_alpha
from osisnr_gui.qt.plots.geometry import Mapping

PAD = 4.0
SWATCH = 14.0
#: A key is a line this long and a name.
SAMPLE = 16.0
KEY_GAP = 8.0
#: The keys may take this share of the room from the title.
KEY_SHARE = 0.4
#: A narrower title is a few letters round an ellipsis and says nothing.
LEAST_TITLE = 24.0
MARK_WIDTH = 3.0


class Key(NamedTuple):
    """Which line is which: name and colour index of an estimate. dash, opacity : where they are not its own."""

    text: str
    colour: int
    strong: bool = False
    dash: tuple[float, ...] = ()
    opacity: float = 1.0


class _TitleLayout(NamedTuple):
    """The title as it fits, and the widths of the keys that fit after it."""

    text: str
    text_width: float
    key_widths: list[float]
    box: QRectF


@dataclass
class RowOverlay:
    """State of one row's overlay and its painting. Plain data: the row says when to repaint."""

    title: str = ""
    note: str = ""  # continues the title, e.g. how the data was reduced
    title_colour: str | None = None
    marked: bool = False  # one of several rows of a kind that is in view: an edge in the accent colour
    keys: tuple[Key, ...] = ()  # after the title
    corner: float = 0.0  # pixels of the title's line that are taken at its right end
    message: str = ""
    message_is_error: bool = False
    plates: list[QRectF] = field(default_factory=list)  # under title and message, once painted

    def paint_words(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        """Title and message; the painter is clipped to the plot. ``plates`` are then where they lie."""
        self.plates = []
        if self.marked:
            painter.fillRect(QRectF(m.left, m.top, MARK_WIDTH, m.height), QColor(theme.accent))
        self._paint_title(painter, m, theme)
        self._paint_message(painter, m, theme)

    def title_box(self, m: Mapping) -> QRectF:
        """The plate of the title and the keys; empty when there is none."""
        layout = self._lay_title(m)
        return QRectF() if layout is None else layout.box

    def _lay_title(self, m: Mapping) -> _TitleLayout | None:
        """Title and keys, shortened to the room that the corner leaves."""
        metrics = QFontMetricsF(system_font(SMALL_FONT_PIXELS))
        swatch = SWATCH if self.title_colour else 0.0
        room = m.width - 4 * PAD - self.corner - swatch
        if not self.title or room < LEAST_TITLE:
            return None
        widths = [KEY_GAP + SAMPLE + PAD + metrics.horizontalAdvance(key.text) for key in self.keys]
        for_title = room - min(sum(widths), KEY_SHARE * room)
        text = metrics.elidedText(self.title + self.note, Qt.TextElideMode.ElideMiddle, for_title)
        text_width = metrics.horizontalAdvance(text)
        left, more = room - text_width, KEY_GAP + metrics.horizontalAdvance("…")
        n_keys = len(widths)
        if sum(widths) > left:
            n_keys = sum(end + more <= left for end in itertools.accumulate(widths))
        width = text_width + sum(widths[:n_keys])
        if n_keys < len(widths) and width + more <= text_width + left:
            width += more
        height = metrics.height() + 2
        top = m.top + min(5.0, max(0.0, (m.height - height) / 2))  # in the middle of a low row
        box = QRectF(m.left + 5, top, width + 2 * PAD + swatch, height)
        return _TitleLayout(text, text_width, widths[:n_keys], box)

    def _paint_title(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        layout = self._lay_title(m)
        if layout is None:
            return
        box, x = layout.box, layout.box.left() + PAD
        self.plates.append(box)
        painter.setFont(system_font(SMALL_FONT_PIXELS))
        paint_plate(painter, box, theme)
        y = box.center().y()
        if self.title_colour:
            painter.setPen(QPen(QColor(self.title_colour), 3))
            painter.drawLine(QPointF(x, y), QPointF(x + 9, y))
            x += SWATCH
        centre = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.setPen(QColor(theme.text if self.marked else theme.muted))
        painter.drawText(QRectF(x, box.top(), box.right() - x, box.height()), centre, layout.text)
        x += layout.text_width
        for key, width in zip(self.keys, layout.key_widths, strict=False):
            style = theme.estimate(key.colour)
            pen = QPen(with_alpha(style.colour, key.opacity), 2 if key.strong else 1)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if key.dash or style.dash:
                # Dashes are counted in line widths.
                pen.setDashPattern([length / pen.widthF() for length in key.dash or style.dash])
            painter.setPen(pen)
            sample = x + KEY_GAP
            painter.drawLine(QPointF(sample, round(y)), QPointF(sample + SAMPLE, round(y)))
            painter.setPen(QColor(theme.text if key.strong else theme.muted))
            painter.drawText(QRectF(sample + SAMPLE + PAD, box.top(), width, box.height()), centre, key.text)
            x += width
        if len(layout.key_widths) < len(self.keys) and box.right() - x > KEY_GAP + PAD:
            painter.setPen(QColor(theme.muted))
            painter.drawText(QRectF(x + KEY_GAP, box.top(), box.right() - x, box.height()), centre, "…")

    def _paint_message(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        if not self.message:
            return
        colour = QColor(theme.error if self.message_is_error else theme.muted)
        painter.setFont(system_font())
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        room = m.rect.adjusted(16, 4, -16, -4)
        box = painter.boundingRect(room, flags, self.message).adjusted(-10, -5, 10, 5)
        if box.top() < m.top or any(box.intersects(plate) for plate in self.plates):
            self._paint_message_line(painter, m, theme, colour)
            return
        self.plates.append(box)
        paint_plate(painter, box, theme)
        painter.setPen(colour)
        painter.drawText(room, flags, self.message)

    def _paint_message_line(self, painter: QPainter, m: Mapping, theme: Theme, colour: QColor) -> None:
        """In a low row, as far as it fits beside the title, or else under it."""
        font = system_font(SMALL_FONT_PIXELS)
        metrics = QFontMetricsF(font)
        height = metrics.height() + PAD / 2
        title = self.plates[0] if self.plates else QRectF(m.left, m.top + (m.height - height) / 2, 0.0, height)
        beside, under = m.right - title.right() - 6 * PAD, m.bottom - title.bottom()
        fits = metrics.horizontalAdvance(self.message) <= beside
        if under > metrics.height() + PAD and not fits:
            left, top, width = m.left + 2 * PAD, title.bottom() + PAD / 2, m.width - 6 * PAD
        else:
            left, top, width = title.right() + 2 * PAD, title.top(), beside
        if width < LEAST_TITLE:
            return
        text = metrics.elidedText(self.message, Qt.TextElideMode.ElideRight, width)
        box = QRectF(left, top, metrics.horizontalAdvance(text) + 2 * PAD, height)
        self.plates.append(box)
        paint_plate(painter, box, theme)
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine, text)


def paint_plate(painter: QPainter, box: QRectF, theme: Theme) -> None:
    """A rounded, nearly opaque ground for text that lies over data."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(with_alpha(theme.background, 0.86))
    painter.drawRoundedRect(box, 3, 3)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_playhead(painter: QPainter, m: Mapping, theme: Theme, time: float) -> None:
    """A broad line between two of the other lightness: seen on any colour map, and told from the cursor."""
    x = round(m.x_of(time))
    painter.fillRect(QRectF(x - 2, m.top, 5, m.height), with_alpha(theme.background, 0.85))
    painter.fillRect(QRectF(x - 1, m.top, 3, m.height), QColor(theme.text))


def column_rect(m: Mapping, time: float) -> QRect:
    """The strip a vertical line at ``time`` covers, with a pixel to spare on both sides."""
    x = min(max(m.x_of(time), m.left - 4), m.right + 4)
    return QRect(round(x) - 2, int(m.top), 5, math.ceil(m.height) + 1)
