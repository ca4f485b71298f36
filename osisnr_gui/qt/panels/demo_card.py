"""A card on the welcome page: a title and a sentence, the whole of it a button."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import FONT_PIXELS, Theme, system_font
from osisnr_gui.qt.look.themed import Themed

PADDING = 14
WRAP = Qt.TextFlag.TextWordWrap


class DemoCard(Themed, QAbstractButton):
    """Painted, so that text wraps and the card is one thing to point at and to tab to."""

    def __init__(self, title: str, sentence: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._sentence = theme, sentence
        self.setText(title)
        self.setAccessibleName(f"Demo: {title}")
        self.setAccessibleDescription(sentence)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """For a usual width."""
        return QSize(280, self.heightForWidth(280))

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for a small window."""
        return QSize(180, self.heightForWidth(max(180, self.width())))

    def heightForWidth(self, width: int) -> int:
        """Title and the sentence, wrapped."""
        title, text = QFontMetrics(self._title_font()), QFontMetrics(system_font())
        box = text.boundingRect(QRect(0, 0, max(1, width - 2 * PADDING), 10_000), WRAP, self._sentence)
        return 2 * PADDING + title.height() + 6 + box.height()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A raised plate; the accent colour at its edge under the pointer and with the focus."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.underMouse() or self.hasFocus()
        painter.setPen(QPen(QColor(theme.accent if lit else theme.separator), 1))
        painter.setBrush(QColor(theme.hover if self.isDown() or self.underMouse() else theme.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        inner = self.rect().adjusted(PADDING, PADDING, -PADDING, -PADDING)
        painter.setFont(self._title_font())
        painter.setPen(QColor(theme.text))
        painter.drawText(inner, Qt.TextFlag.TextSingleLine, self.text())
        top = QFontMetrics(painter.font()).height() + 6
        painter.setFont(system_font())
        painter.setPen(QColor(theme.muted))
        painter.drawText(inner.adjusted(0, top, 0, 0), WRAP, self._sentence)
        painter.end()

    @staticmethod
    def _title_font() -> QFont:
        font = QFont(system_font(FONT_PIXELS + 1))
        font.setWeight(QFont.Weight.DemiBold)
        return font
