"""The empty window: where to drop files, what to try, three things worth knowing."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from osisnr_gui.qt.look.icons import icon, pixmap
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.panels.demo_card import DemoCard
from osisnr_gui.qt.panels.plain_text import GAP, NarrowScroll, plain_label, tooltip
from osisnr_gui.session.demos import DEMOS

WIDTH = 940
COLUMN = 280
TIPS = (
    "Names tell the roles: clean, ref, target · est, enh, out · mix, noisy. One click changes them.",
    "N walks through the bad segments, W goes to the worst frame. F1 shows every key.",
    "α and γ move the fused loss live. Double-click a slider for its default.",
)


class DropZone(QWidget):
    """A dashed plate that says where files may go: here, or anywhere in the window."""

    open_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._active = theme, False
        self._sign = QLabel(self)
        self._sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title, text = plain_label("Drop a reference and its estimates here"), plain_label("", "muted", wrap=True)
        title.setStyleSheet("font-size: 16px")
        text.setText(
            "Two or more sound files (WAV, FLAC, OGG, MP3 …) or masks (NPY, NPZ, MAT, CSV); or two folders, to score "
            "all their pairs"
        )
        for label in (title, text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.open_button = QPushButton("Open files…", self)
        self.open_button.setDefault(True)
        self.open_button.setToolTip(tooltip("Open a reference and estimates: sound or masks (Ctrl+O)"))
        self.open_button.clicked.connect(self.open_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(GAP)
        for part in (self._sign, title, text):
            column.addWidget(part)
        column.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignCenter)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self._sign.setPixmap(pixmap("open", theme.accent, 32))
        self.open_button.setIcon(icon("open", theme.on_accent))
        self.open_button.setIconSize(QSize(16, 16))
        self.update()

    def set_active(self, active: bool) -> None:
        """Light up while files hang over the window."""
        self._active = active
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The plate."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(theme.accent if self._active else theme.faint), 1.5)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.setBrush(QColor(theme.hover if self._active else theme.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        painter.end()


class Welcome(QWidget):
    """The page of an empty window."""

    open_requested = Signal()
    demo_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.drop = DropZone(theme, self)
        self.drop.open_requested.connect(self.open_requested)
        self.cards = [DemoCard(demo.title, demo.look_for, theme, self) for demo in DEMOS]
        for card, demo in zip(self.cards, DEMOS, strict=True):
            card.clicked.connect(partial(self._ask, demo.name))
        self._signs: list[QLabel] = []
        self._columns = 0
        self._page = QWidget()
        self._page.setMaximumWidth(WIDTH)
        self._grid = QGridLayout()
        self._grid.setSpacing(GAP)
        self._lay_out()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self.drop.set_theme(theme)
        for card in self.cards:
            card.set_theme(theme)
        for sign in self._signs:
            sign.setPixmap(pixmap("info", theme.muted, 16))
        self.update()

    def set_drop_active(self, active: bool) -> None:
        """Light the drop zone up while files hang over the window."""
        self.drop.set_active(active)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The plots' background: the page stands where they will be."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.background))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two columns of cards where there is room."""
        super().resizeEvent(event)
        self._arrange()

    def _lay_out(self) -> None:
        title = plain_label("How good is the separation, and where does it fail?", wrap=True)
        title.setStyleSheet("font-size: 22px")
        intro = plain_label(
            "Compare estimates with a reference: spectrograms, OSI-SNR of every frame, and a fused loss that follows "
            "your hand.",
            "muted",
            wrap=True,
        )
        column = QVBoxLayout(self._page)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(GAP)
        column.addWidget(title)
        column.addWidget(intro)
        column.addSpacing(GAP)
        column.addWidget(self.drop)
        column.addSpacing(GAP)
        column.addWidget(plain_label("Or look at an example", "heading"))
        column.addLayout(self._grid)
        column.addSpacing(GAP)
        for tip in TIPS:
            column.addLayout(self._tip_row(tip))
        centred = QWidget()
        middle = QHBoxLayout(centred)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addStretch(1)
        middle.addWidget(self._page, 100, Qt.AlignmentFlag.AlignVCenter)
        middle.addStretch(1)
        scroll = NarrowScroll(centred, self)
        # The page stands where the plots will be, on their background.
        for part in (scroll.viewport(), centred):
            part.setAutoFillBackground(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self._arrange()

    def _tip_row(self, tip: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP)
        sign = QLabel(self._page)
        self._signs.append(sign)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(plain_label(tip, "muted", wrap=True), 1)
        return row

    def _arrange(self) -> None:
        columns = min(3, max(1, (min(self.width(), WIDTH) - 48) // COLUMN))
        if columns == self._columns:
            return
        self._columns = columns
        for index, card in enumerate(self.cards):
            # The last card takes what is left of its row.
            column = index % columns
            span = columns - column if index == len(self.cards) - 1 else 1
            self._grid.addWidget(card, index // columns, column, 1, span)
        for column in range(3):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def _ask(self, name: str, _checked: bool = False) -> None:
        self.demo_requested.emit(name)
