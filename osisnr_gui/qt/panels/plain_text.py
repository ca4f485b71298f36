"""Labels that show text as it is: file names are never markup, and what does not fit is elided, never cut."""

import html

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS

Elide = Qt.TextElideMode
MARGIN = 12
GAP = 8


def tooltip(text: str) -> str:
    """Text for `setToolTip`: wrapped by Qt, but never read as markup."""
    return text and f"<qt><p style='white-space: pre-wrap; margin: 0'>{html.escape(text)}</p></qt>"


def plain_label(
    text: str = "",
    role: str = "",
    *,
    wrap: bool = False,
    small: bool = False,
    selectable: bool = False,
    steady: bool = False,
    tip: str = "",
    parent: QWidget | None = None,
) -> QLabel:
    """A label for plain text; `role` as in the style sheet ("muted", "heading", "error", "warning").

    steady : wrapped, and it keeps the height it once needed. tip : its tooltip.
    """
    label = SteadyLabel(parent) if steady else QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setToolTip(tooltip(tip))
    if role:
        label.setProperty("role", role)
    if small:
        # A font set by code loses against the size in the application's style sheet.
        label.setStyleSheet(f"font-size: {SMALL_FONT_PIXELS}px")
    if wrap or steady:
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        label.setWordWrap(True)  # its height follows from its width, too
    if selectable:
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


class SteadyLabel(QLabel):
    """Wrapped plain text that keeps the height it once needed, so that what stands below does not jump."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, alignment=Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._needed: dict[int, int] = {}

    def heightForWidth(self, width: int) -> int:
        """The most that any text so far needed at this width."""
        needed = max(super().heightForWidth(width), self._needed.get(width, 0))
        self._needed[width] = needed
        return needed


def set_text(label: QLabel, text: str, *, hides: bool = False) -> None:
    """Change a label only when it differs: a layout is laid out again for every new text. hides : when it is empty."""
    if label.text() != text:
        label.setText(text)
    if hides:
        label.setVisible(bool(text))


class NarrowScroll(QScrollArea):
    """Scrolls up and down only: what is inside is as wide as the panel, and may be as tall as it likes."""

    def __init__(self, body: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent, widgetResizable=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(body)
        self.body = body

    def sizeHint(self) -> QSize:
        """All of the body."""
        return self.body.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Wide enough for the body, a few lines tall."""
        return QSize(self.body.minimumSizeHint().width(), 96)


class ElidedLabel(QWidget):
    """One line of plain text that takes what width there is; the whole text is in the tooltip when it is elided."""

    def __init__(
        self, text: str = "", mode: Elide = Elide.ElideRight, *, muted: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._text, self._tip, self._shorter = "", "", ""
        self.shown_text = ""  # what is on screen, with its ellipsis
        self._mode, self._muted = mode, muted
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    def text(self) -> str:
        """The whole text."""
        return self._text

    def set_text(self, text: str, tip: str = "", shorter: str = "") -> None:
        """Show another text; `tip` is what the tooltip says instead, `shorter` what is elided when it must be."""
        if (text, tip, shorter) == (self._text, self._tip, self._shorter) and self.shown_text:
            return
        self._text, self._tip, self._shorter = text, tip, shorter
        self.setAccessibleName(text)
        self._elide()
        self.update()

    def sizeHint(self) -> QSize:
        """The whole text."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        metrics = self.fontMetrics()
        return QSize(min(metrics.horizontalAdvance("MMMM"), self.sizeHint().width()), metrics.height() + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide for the new width."""
        super().resizeEvent(event)
        self._elide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The text in the palette's colour, or a muted one."""
        self._elide()  # the font may have changed since
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            painter.setOpacity(0.72 if self._muted else 1.0)
            painter.drawText(self.rect(), flags, self.shown_text)

    def _elide(self) -> None:
        metrics = self.fontMetrics()
        text = self._text if metrics.horizontalAdvance(self._text) <= self.width() else self._shorter or self._text
        shown = metrics.elidedText(text, self._mode, self.width())
        tip = tooltip(self._tip or (self._text if shown != self._text else ""))
        self.shown_text = shown
        if tip != self.toolTip():
            self.setToolTip(tip)
