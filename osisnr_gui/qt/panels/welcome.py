"""The empty window: where to drop files, what to try, three things worth knowing."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QCommandLinkButton, QFrame, QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import Theme, Themed, tint
from osisnr_gui.qt.panels.layouts import REST, Part, Run, column_of, push_button, row_of, scroll_inside
from osisnr_gui.qt.panels.plain_text import GAP, plain_label
from osisnr_gui.qt.settings import Recent
from osisnr_gui.session.demos import DEMOS
from osisnr_gui.text.catalogue import _, translated

WIDTH = 940
MOST_RECENT = 4
PAGE_MARGINS = (24, 16, 24, 16)
TIPS = (
    _("Names tell the roles: clean, ref, target · est, enh, out · mix, noisy. One click changes them."),
    _("N walks through the bad segments, W goes to the worst single frame. F1 shows every key."),
    _("α and γ move the fused loss live. Double-click a slider for its default."),
)


class DropZone(QFrame):
    """A dashed plate that says where files may go: here, or anywhere in the window."""

    def __init__(self, theme: Theme, choose_files: Run, parent: QWidget) -> None:
        super().__init__(parent)
        sign = QLabel(self)
        tint(sign, "open", theme, "accent", 32)
        what = _(
            "Two or more sound files (WAV, FLAC, OGG, MP3 …) or masks (NPY, NPZ, MAT, CSV); or two folders, to score "
            "all their pairs"
        )
        title, text = plain_label(_("Drop a reference and its estimates here")), plain_label(what, "muted", wrap=True)
        title.setStyleSheet("font-size: 16px")
        for label in (sign, title, text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        tip = _("Open a reference and estimates: sound or masks (Ctrl+O)")
        self.open_button = push_button(_("Open files…"), tip, choose_files, parent=self)
        self.open_button.setDefault(True)
        parts = column_of(sign, title, text, self.open_button, owner=self, margins=PAGE_MARGINS, spacing=GAP)
        parts.setAlignment(self.open_button, Qt.AlignmentFlag.AlignCenter)
        tint(self.open_button, "open", theme, "on_accent")
        self.open_button.setIconSize(QSize(16, 16))
        self.set_active(False)

    def set_active(self, active: bool) -> None:
        """Light up while files hang over the window."""
        line, plate = ("highlight", "light") if active else ("placeholder-text", "window")
        plate = f"background: palette({plate})"
        self.setStyleSheet(f"DropZone {{ border: 2px dashed palette({line}); border-radius: 8px; {plate} }}")


class Welcome(Themed, QWidget):
    """The page of an empty window."""

    open_requested = Signal()
    demo_requested = Signal(str)
    session_requested = Signal(str)
    tour_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        #: Gives what was open before, the latest first; asked whenever the page is shown.
        self.recent: Callable[[], list[Recent]] = list
        self.recent_buttons: list[QPushButton] = []
        self._recent_title, self._recent_grid = plain_label(_("Go on where you were"), "heading"), QGridLayout()
        self._recent_grid.setSpacing(GAP // 2)
        self.drop = DropZone(theme, self.open_requested.emit, self)
        self.cards = [QCommandLinkButton(translated(demo.title), translated(demo.look_for), self) for demo in DEMOS]
        for card, demo in zip(self.cards, DEMOS, strict=True):
            card.setAccessibleName(_("Demo: {title}").format(title=card.text()))
            tint(card, "play", theme, "accent", 20)
            policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            card.setSizePolicy(policy)
            card.clicked.connect(lambda _on=False, name=demo.name: self.demo_requested.emit(name))
        # The plots' background: the page stands where they will be.
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._columns = 0
        self._page = QWidget()
        self._page.setMaximumWidth(WIDTH)
        self._grid = QGridLayout()
        self._grid.setSpacing(GAP)
        self._lay_out()

    def showEvent(self, event: QShowEvent) -> None:
        """With what was open last."""
        super().showEvent(event)
        while self.recent_buttons:
            self.recent_buttons.pop().deleteLater()
        for index, recent in enumerate(shown := self.recent()[:MOST_RECENT]):
            ask = partial(self.session_requested.emit, recent.path)
            button = push_button("", recent.folder, ask, parent=self._page)
            room = (WIDTH - 2 * PAGE_MARGINS[0]) // min(2, len(shown)) - 4 * GAP
            text = button.fontMetrics().elidedText(recent.name, Qt.TextElideMode.ElideMiddle, room)
            button.setText(text.replace("&", "&&"))
            button.setAccessibleName(recent.name)
            self.recent_buttons.append(button)
            self._recent_grid.addWidget(button, index // 2, index % 2)
        self._recent_title.setVisible(bool(self.recent_buttons))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two columns of cards where there is room."""
        super().resizeEvent(event)
        columns = min(3, max(1, (min(self.width(), WIDTH) - 48) // 280))
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

    def _lay_out(self) -> None:
        title = plain_label(_("How good is the separation, and where does it fail?"), wrap=True)
        title.setStyleSheet("font-size: 22px")
        what = _(
            "Compare estimates with a reference: spectrograms, OSI-SNR of every frame, and a fused loss that follows "
            "your hand."
        )
        intro, tip = plain_label(what, "muted", wrap=True), _("The worst places of “Find the damage”, seen and heard")
        tour = push_button(_("Watch the tour"), tip, self.tour_requested.emit)
        example = row_of((plain_label(_("Or look at an example"), "heading"), 1), tour)
        recent = self._recent_title, self._recent_grid
        tips = []
        for tip in TIPS:
            sign = QLabel(self._page)
            tint(sign, "info", self._theme, "muted")
            tips.append(row_of(sign, (plain_label(tip, "muted", wrap=True), 1), spacing=GAP))
            tips[-1].setAlignment(sign, Qt.AlignmentFlag.AlignTop)
        parts: tuple[Part, ...] = (title, intro, GAP, self.drop, GAP, *recent, example, self._grid, GAP, *tips)
        column_of(*parts, owner=self._page, margins=PAGE_MARGINS, spacing=GAP)
        middle = row_of(REST, (self._page, 100), REST)
        middle.setAlignment(self._page, Qt.AlignmentFlag.AlignVCenter)
        scroll = scroll_inside(self, middle)
        # The page stands where the plots will be, on their background.
        for part in (scroll.viewport(), scroll.body):
            part.setAutoFillBackground(False)
