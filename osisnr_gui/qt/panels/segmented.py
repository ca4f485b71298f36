"""A switch between two or three named choices, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import FONT_PIXELS, SMALL_FONT_PIXELS, system_font
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.session.session import Formula

PADDING = 5
AIR = 6
RADIUS = 4.0
HEIGHT = 28
BETWEEN = 6


#: The two named results, in the order of their switch.
FORMULAS = (Formula.LITERAL, Formula.EXACT)


class Segmented(QWidget):
    """Choices with a name and a few words each, e.g. "literal" / "all frames"; one is always in force."""

    chosen = Signal(int)

    def __init__(self, choices: Sequence[tuple[str, str]], name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices, self._name = tuple(choices), name
        self.current = 0  # index of the choice in force
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(tooltip(tip))
        self._describe()

    def set_current(self, index: int) -> None:
        """Show a choice; nothing is emitted."""
        if index != self.current:
            self.current = index
            self._describe()
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as all need, and some air round each."""
        return self.minimumSizeHint() + QSize(2 * AIR * len(self._choices), 0)

    def minimumSizeHint(self) -> QSize:
        """The widest choice, times the number of choices: they are never cut."""
        widest = max(sum(self._widths(first, second)) for first, second in self._choices)
        return QSize((widest + BETWEEN + 2 * PADDING) * len(self._choices), HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what was clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(int(event.position().x() * len(self._choices) / max(1, self.width())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return goes to the next choice."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose((self.current + 1) % len(self._choices))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One rounded plate, the choice in force raised and edged in the accent colour."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        plate = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1))
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(plate, RADIUS, RADIUS)
        width = plate.width() / len(self._choices)
        for index, (first, second) in enumerate(self._choices):
            box = QRectF(plate.left() + index * width, plate.top(), width, plate.height())
            self._paint_choice(painter, box, first, second, index == self.current)
        painter.end()

    def _paint_choice(self, painter: QPainter, box: QRectF, first: str, second: str, current: bool) -> None:
        palette = self.palette()
        text = palette.color(QPalette.ColorRole.WindowText)
        muted = QColor(text)
        muted.setAlphaF(0.68)
        if current:
            edge = QPen(palette.color(QPalette.ColorRole.Highlight), 2 if self.hasFocus() else 1)
            painter.setPen(edge)
            painter.setBrush(palette.color(QPalette.ColorRole.Button))
            painter.drawRoundedRect(box, RADIUS, RADIUS)
        name, words = self._widths(first, second)
        left = box.left() + 0.5 * (box.width() - name - words - BETWEEN)
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(system_font(FONT_PIXELS))
        painter.setPen(text if current else muted)
        painter.drawText(QRectF(left, box.top(), name + 2, box.height()), middle, first)
        painter.setFont(system_font(SMALL_FONT_PIXELS))
        painter.setPen(muted)
        painter.drawText(QRectF(left + name + BETWEEN, box.top() + 1, words + 2, box.height()), middle, second)

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self._choices) and index != self.current and self.isEnabled():
            self.set_current(index)
            self.chosen.emit(index)

    def _describe(self) -> None:
        self.setAccessibleName(f"{self._name}: {', '.join(self._choices[self.current])}")

    @classmethod
    def of_formulas(cls, name: str, tip: str, parent: QWidget) -> Segmented:
        """A switch between the two named results."""
        return cls((("literal", "all frames"), ("exact", "active frames")), name, tip, parent)

    @staticmethod
    def _widths(first: str, second: str) -> tuple[int, int]:
        """Widths of the name and of the words beside it."""
        fonts = system_font(FONT_PIXELS), system_font(SMALL_FONT_PIXELS)
        name, words = (QFontMetrics(font).horizontalAdvance(t) for font, t in zip(fonts, (first, second), strict=True))
        return name, words
