"""Words over the data of a row: title, keys of its curves, state message, and a colour bar with its labels."""

import itertools
import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, system_font, tabular_font, with_alpha
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.plots.items.painting import PixelItem
from osisnr_gui.qt.plots.scales import HEAT_MAP, colour_map
from osisnr_gui.qt.plots.view_box import PixelViewBox

PAD, SWATCH = 4.0, 14.0
#: A key is a line this long and a name, some way from the one before.
SAMPLE, KEY_GAP = 16.0, 8.0
#: A narrower title is a few letters round an ellipsis and says nothing.
LEAST_TITLE, LEAST_NAME = 24.0, 150.0  # the name with a note behind it: a shorter one stands alone
BAR_WIDTH, BAR_HEIGHT = 96.0, 6.0
BAR_PAD, BAR_GAP, TITLE_GAP = 5.0, 6.0, 8.0
# Below this the title of the row needs the room.
LEAST_PLOT_WIDTH, LEAST_PLOT_HEIGHT = 420.0, 40.0
#: Inside and outside of a small label.
TAG_PAD, TAG_MARGIN = 3.0, 4.0


class Key(NamedTuple):
    """Which line is which: name, and the number of an estimate or the name of a colour in the theme.

    dash, opacity : where they are not those of the estimate.
    """

    text: str
    colour: int | str
    strong: bool = False
    dash: tuple[float, ...] = ()
    opacity: float = 1.0


class _TitleLayout(NamedTuple):
    """The title as it fits, and the widths of the keys that fit after it."""

    text: str
    text_width: float
    key_widths: list[float]
    box: QRectF


class KeptPixels:
    """Pixels of a plate with words, drawn anew when what they depend on changes.

    A pan draws every title and colour bar again, and they hardly ever change: measured, 2 ms of 17 with seven rows.
    """

    def __init__(self) -> None:
        self._drawn_for: tuple[object, ...] = ()
        self._pixmap = QPixmap()

    def paint(
        self, painter: QPainter, vb: PixelViewBox, box: QRectF, key: object, draw: Callable[[QPainter], None]
    ) -> None:
        """Show what `draw` draws into `box` for `key`, theme and resolution; while something is exported, draw it."""
        if vb.still.is_exported:
            draw(painter)
            return
        ratio = vb.pixel_ratio
        left, top = (math.floor(edge * ratio) - 1 for edge in (box.left(), box.top()))
        drawn_for = (key, box, vb.theme, ratio)
        if drawn_for != self._drawn_for:
            self._drawn_for = drawn_for
            self._pixmap = QPixmap(QSize(math.ceil(box.width() * ratio) + 3, math.ceil(box.height() * ratio) + 3))
            self._pixmap.fill(Qt.GlobalColor.transparent)
            self._pixmap.setDevicePixelRatio(ratio)
            pixels = QPainter(self._pixmap)
            pixels.translate(-left / ratio, -top / ratio)
            draw(pixels)
            pixels.end()
        painter.drawPixmap(QPointF(left / ratio, top / ratio), self._pixmap)


class RowWords(PixelItem):
    """Title, keys and state message of a row.

    `note_of` gives what continues the title for a view, e.g. how the data was reduced, and `corner_of` the pixels of
    the title's line that are taken at its right end.
    """

    clicked = Signal()

    def __init__(
        self, title: str, note_of: Callable[[PixelViewBox], str], corner_of: Callable[[PixelViewBox], float]
    ) -> None:
        super().__init__(1000.0)
        self.title = title
        self.title_colour: str | None = None
        self.marked = False  # one of several rows of a kind that is in view: an edge in the accent colour
        self.keys: tuple[Key, ...] = ()  # after the title
        self.message = ""
        self.message_is_error = False
        self.plates: list[QRectF] = []  # under title and message, once painted
        self._note_of, self._corner_of = note_of, corner_of
        self._is_button = False
        self._fit_title = lru_cache(maxsize=1)(fit_title)
        self._title_pixels = KeptPixels()

    def make_button(self, tip: str) -> None:
        """Say `clicked` when the title is; over it appears `tip`."""
        self._is_button = True
        self.setToolTip(tooltip(tip))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def shape(self) -> QPainterPath:
        """The title, if it is a button."""
        path = QPainterPath()
        if self._is_button:
            path.addRect(self.getViewBox().childGroup.mapRectFromParent(self.title_box))
        return path

    def mouseClickEvent(self, event: MouseClickEvent) -> None:
        """Say so."""
        if self._is_button and event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.clicked.emit()

    def draw(self, painter: QPainter, vb: PixelViewBox) -> None:
        """Draw title and message; `plates` are then where they lie."""
        self.plates = []
        if self.marked:
            painter.fillRect(QRectF(0.0, 0.0, 3.0, vb.height()), QColor(vb.theme.accent))
        if (layout := self._lay_title(vb)) is not None:
            self.plates.append(layout.box)
            key = (layout, self.keys, self.title_colour, self.marked)
            self._title_pixels.paint(painter, vb, layout.box, key, lambda p: self._paint_title(p, layout, vb.theme))
        self._paint_message(painter, vb)
        vb.still.words = self.plates

    @property
    def title_box(self) -> QRectF:
        """The plate of the title and the keys; empty when there is none."""
        layout = self._lay_title(self.getViewBox())
        return QRectF() if layout is None else layout.box

    def _lay_title(self, vb: PixelViewBox) -> _TitleLayout | None:
        """Title and keys, shortened to the room that the corner leaves."""
        room = vb.width() - 4 * PAD - self._corner_of(vb)
        return self._fit_title(self.title, self._note_of(vb), self.keys, bool(self.title_colour), room, vb.height())

    def _paint_title(self, painter: QPainter, layout: _TitleLayout, theme: Theme) -> None:
        box, x = layout.box, layout.box.left() + PAD
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
            style = theme.estimate(key.colour) if isinstance(key.colour, int) else None
            colour = getattr(theme, str(key.colour)) if style is None else style.colour
            pen = QPen(with_alpha(colour, key.opacity), 2 if key.strong else 1)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            dash = key.dash or (() if style is None else style.dash)
            if dash:
                # Dashes are counted in line widths.
                pen.setDashPattern([length / pen.widthF() for length in dash])
            painter.setPen(pen)
            sample = x + KEY_GAP
            painter.drawLine(QPointF(sample, round(y)), QPointF(sample + SAMPLE, round(y)))
            painter.setPen(QColor(theme.text if key.strong else theme.muted))
            painter.drawText(QRectF(sample + SAMPLE + PAD, box.top(), width, box.height()), centre, key.text)
            x += width
        if len(layout.key_widths) < len(self.keys) and box.right() - x > KEY_GAP + PAD:
            painter.setPen(QColor(theme.muted))
            painter.drawText(QRectF(x + KEY_GAP, box.top(), box.right() - x, box.height()), centre, "…")

    def _paint_message(self, painter: QPainter, vb: PixelViewBox) -> None:
        if not self.message:
            return
        painter.setFont(system_font())
        flags, text = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.message
        place = vb.rect().adjusted(16, 4, -16, -4)
        box = painter.boundingRect(place, flags, text).adjusted(-10, -5, 10, 5)
        if box.top() < 0.0 or any(box.intersects(plate) for plate in self.plates):
            painter.setFont(system_font(SMALL_FONT_PIXELS))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine
            text, place = self._fit_message(vb)
            box = place
        if box.isEmpty():
            return
        self.plates.append(box)
        paint_plate(painter, box, vb.theme)
        painter.setPen(QColor(vb.theme.error if self.message_is_error else vb.theme.muted))
        painter.drawText(place, flags, text)

    def _fit_message(self, vb: PixelViewBox) -> tuple[str, QRectF]:
        """In a low row, as far as it fits beside the title, or else under it; empty where it has no room."""
        metrics = QFontMetricsF(system_font(SMALL_FONT_PIXELS))
        height = metrics.height() + PAD / 2
        title = self.plates[0] if self.plates else QRectF(0.0, (vb.height() - height) / 2, 0.0, height)
        beside, under = vb.width() - title.right() - 6 * PAD, vb.height() - title.bottom()
        fits = metrics.horizontalAdvance(self.message) <= beside
        if under > metrics.height() + PAD and not fits:
            left, top, width = 2 * PAD, title.bottom() + PAD / 2, vb.width() - 6 * PAD
        else:
            left, top, width = title.right() + 2 * PAD, title.top(), beside
        if width < LEAST_TITLE:
            return "", QRectF()
        text = metrics.elidedText(self.message, Qt.TextElideMode.ElideRight, width)
        return text, QRectF(left, top, metrics.horizontalAdvance(text) + 2 * PAD, height)


def fit_title(
    title: str, note: str, keys: Sequence[Key], has_swatch: bool, room: float, height: float
) -> _TitleLayout | None:
    """A title with a note and keys in so many pixels across, in a plot this high; None without room."""
    metrics, swatch = QFontMetricsF(system_font(SMALL_FONT_PIXELS)), SWATCH if has_swatch else 0.0
    room -= swatch
    if not title or room < LEAST_TITLE:
        return None
    widths = [KEY_GAP + SAMPLE + PAD + metrics.horizontalAdvance(key.text) for key in keys]
    for_title = room - min(sum(widths), 0.6 * room)  # the keys may take so much from the title
    beside = for_title - metrics.horizontalAdvance(note)
    if beside < min(metrics.horizontalAdvance(title), LEAST_NAME):
        note, beside = "", for_title
    text = metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, beside) + note
    text_width = metrics.horizontalAdvance(text)
    left, more, n_keys = room - text_width, KEY_GAP + metrics.horizontalAdvance("…"), len(widths)
    if sum(widths) > left:
        n_keys = sum(end + more <= left for end in itertools.accumulate(widths))
    width = text_width + sum(widths[:n_keys])
    if n_keys < len(widths) and width + more <= text_width + left:
        width += more
    box_height = metrics.height() + 2
    top = min(5.0, max(0.0, (height - box_height) / 2))  # in the middle of a low row
    box = QRectF(5, top, width + 2 * PAD + swatch, box_height)
    return _TitleLayout(text, text_width, widths[:n_keys], box)


def paint_plate(painter: QPainter, box: QRectF, theme: Theme) -> None:
    """A rounded, nearly opaque ground for text that lies over data."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(with_alpha(theme.background, 0.86))
    painter.drawRoundedRect(box, 3, 3)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def tag_box(text: str) -> QRectF:
    """As large as a tag with this text, at (0, 0)."""
    metrics = QFontMetricsF(tabular_font(SMALL_FONT_PIXELS))
    return QRectF(0.0, 0.0, metrics.horizontalAdvance(text) + 2 * TAG_PAD, metrics.height())


def lay_tags(vb: PixelViewBox, tags: Sequence[tuple[float, str]]) -> list[QRectF]:
    """Boxes for labels of level lines, at their right ends, in the order given; empty for lines out of sight.

    A label lies above its line, else below it, else over or under the labels that have their place; never on
    another label, and on another line only where nothing else is left.
    """
    lines = [vb.y_of(value) for value, _ in tags]
    boxes = [QRectF() for _ in tags]
    for k in sorted(range(len(tags)), key=lambda k: lines[k]):
        value, text = tags[k]
        if not vb.lo <= value <= vb.hi:
            continue
        placed, tag = [box for box in boxes if not box.isEmpty()], tag_box(text)
        height = tag.height()
        own = [lines[k] - height - 1, lines[k] + 2]
        tops = own + [box.top() - height for box in placed] + [box.bottom() for box in placed]
        options = [tag.translated(vb.width() - tag.width() - TAG_MARGIN, top) for top in tops]
        free = [
            box
            for box in options
            if box.top() >= 0.0 and box.bottom() <= vb.height() and not any(box.intersects(b) for b in placed)
        ]
        others = [y for i, y in enumerate(lines) if i != k]
        clear = [box for box in free if not any(box.top() <= y <= box.bottom() for y in others)]
        boxes[k] = (clear or free or [QRectF()])[0]
    return boxes


def paint_tag(painter: QPainter, box: QRectF, text: str, colour: str, theme: Theme) -> None:
    """A small label on a plate; nothing in an empty box."""
    if box.isEmpty():
        return
    painter.setFont(tabular_font(SMALL_FONT_PIXELS))
    paint_plate(painter, box, theme)
    painter.setPen(QColor(colour))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class ColourBar(PixelItem):
    """The colours of a map between its ends and unit, in the top-right corner: the row's margins stay equal."""

    def __init__(self) -> None:
        super().__init__(200.0)
        self.hide()
        self._colours, self.labels = "viridis", ("", "")
        self._pixels = KeptPixels()

    def show_map(self, colours: str, low: float, high: float, unit: str) -> None:
        """Show this map for the values low..high."""
        text = format_value(high) if low != -high else f"+{format_value(high)}"
        self._colours, self.labels = colours, (format_value(low), f"{text} {unit}".rstrip())
        self.show()

    def show_heat(self, low: str, high: str) -> None:
        """Show the colours of heat between these words."""
        self._colours, self.labels = HEAT_MAP, (low, high)
        self.show()

    def plate(self, vb: PixelViewBox) -> QRectF:
        """Where it lies, numbers included; empty where the plot is too small for it."""
        if not self.isVisible() or vb.width() < LEAST_PLOT_WIDTH or vb.height() < LEAST_PLOT_HEIGHT:
            return QRectF()
        metrics = QFontMetricsF(tabular_font(SMALL_FONT_PIXELS))
        width = sum(map(metrics.horizontalAdvance, self.labels)) + BAR_WIDTH + 2 * (BAR_GAP + BAR_PAD)
        return QRectF(round(vb.width() - width - 5), 5, width, metrics.height() + 2)

    def room(self, vb: PixelViewBox) -> float:
        """What it takes of the title's line, in pixels."""
        plate = self.plate(vb)
        return 0.0 if plate.isEmpty() else vb.width() - plate.left() + TITLE_GAP

    def draw(self, painter: QPainter, vb: PixelViewBox) -> None:
        """Draw it; nothing where the plot is too small for it."""
        plate = self.plate(vb)
        if not plate.isEmpty():
            key = (self._colours, self.labels)
            self._pixels.paint(painter, vb, plate, key, lambda p: self._paint_bar(p, plate, vb.theme))

    def _paint_bar(self, painter: QPainter, plate: QRectF, theme: Theme) -> None:
        painter.setFont(tabular_font(SMALL_FONT_PIXELS))
        left, right = self.labels
        before = QFontMetricsF(painter.font()).horizontalAdvance(left)
        paint_plate(painter, plate, theme)
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(theme.muted))
        painter.drawText(plate.adjusted(BAR_PAD, 0, 0, 0), centre | Qt.AlignmentFlag.AlignLeft, left)
        painter.drawText(plate.adjusted(0, 0, -BAR_PAD, 0), centre | Qt.AlignmentFlag.AlignRight, right)
        top_left = QPointF(round(plate.left() + BAR_PAD + before + BAR_GAP), round(plate.center().y() - BAR_HEIGHT / 2))
        bar = QRectF(top_left.x(), top_left.y(), BAR_WIDTH, BAR_HEIGHT)
        painter.fillRect(bar, QColor("#202020"))  # what lies under heat is dark in both themes
        painter.fillRect(bar, colour_map(self._colours, theme.background).getGradient(bar.topLeft(), bar.topRight()))
        painter.setPen(QColor(theme.grid))
        painter.drawRect(bar.adjusted(-1, -1, 0, 0))


def format_value(value: float) -> str:
    """A short number with a real minus sign."""
    return f"{round(value, 2) + 0.0:g}".replace("-", "−")
