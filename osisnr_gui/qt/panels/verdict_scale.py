"""The scale beside the verdict: from the chance level to what is hard to tell apart, with a mark for each estimate."""

import math
from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, Themed, tabular_font
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.session import words
from osisnr_gui.session.verdict import LEAST_DB
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.verdict import grade_tip, grade_words

TOP_DB = 38.0  # the last word needs this much room; what is better stands at the end
MARKS, BAR, TICK = 11, 4, 7  # heights in pixels
MARK = {False: 4, True: 6}  # half the width of a mark, and of that of the estimate in view
_FLAGS = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap


class VerdictScale(Themed, QWidget):
    """Exact OSI-SNR in dB with the words of its grades. What is at the chance level or below has no mark."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._chance_db, self._selected = math.nan, 0
        self.marks: dict[int, float] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_medians(self, medians: Mapping[int, float], chance_db: float, selected: int) -> None:
        """Mark the medians of estimates by their places. chance_db : nan where it is not known."""
        self._chance_db, self._selected = chance_db, selected
        self.marks = {place: median for place, median in medians.items() if median > self._lowest}
        known = [f"{estimate_letter(place)} {words.db(median)}" for place, median in self.marks.items()]
        told = _("median exact OSI-SNR above chance: {estimates}").format(estimates=" · ".join(known) or words.MISSING)
        self.setAccessibleName(told)
        self.setToolTip(tooltip(f"{grade_tip()}\n{told}"))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Marks, bar and two lines of words."""
        return QSize(240, self.heightForWidth(240))

    def heightForWidth(self, width: int) -> int:
        """As tall as its words are when they are wrapped between the ticks."""
        metrics = QFontMetrics(tabular_font(SMALL_FONT_PIXELS))
        bounds = (metrics.boundingRect(room, _FLAGS, text) for room, text in self._words(width))
        return max(rect.bottom() for rect in bounds) + 1

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The bar with its ticks, the words under it, the marks over it; that of the estimate in view comes last."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(0, MARKS, self.width(), BAR), QColor(self._theme.separator))
        painter.setFont(tabular_font(SMALL_FONT_PIXELS))
        painter.setPen(QColor(self._theme.muted))
        for room, text in self._words(self.width()):
            painter.fillRect(QRect(room.left(), MARKS, 1, TICK), QColor(self._theme.muted))
            painter.drawText(room, _FLAGS, text)
        painter.setPen(Qt.PenStyle.NoPen)
        for place, median in sorted(self.marks.items(), key=lambda mark: mark[0] == self._selected):
            half = MARK[place == self._selected]
            x = min(max(self._x(median, self.width()), half), self.width() - half)
            corners = QPointF(x - half, MARKS - 2 * half + 1), QPointF(x + half, MARKS - 2 * half + 1)
            painter.setBrush(QColor(self._theme.estimate(place).colour))
            painter.drawPolygon(QPolygonF([*corners, QPointF(x, MARKS + 1)]))
        painter.end()

    def _words(self, width: int) -> list[tuple[QRect, str]]:
        """The words at each tick, and the room they have up to the next one."""
        chance = _("{level} chance").format(level=words.number(self._chance_db, 1))
        first = "0" if math.isnan(self._chance_db) else chance
        named = [(least, f"{least:.0f} {grade_words(grade)}") for grade, least in LEAST_DB.items()]
        ticks = [(self._lowest, first), *sorted(named)]
        lefts = [round(self._x(level, width)) for level, _text in ticks]
        top, ends = MARKS + TICK + 2, [*lefts[1:], width + 3]
        rooms = [QRect(left, top, end - left - 3, 10 * top) for left, end in zip(lefts, ends, strict=True)]
        return [(room, text) for room, (_level, text) in zip(rooms, ticks, strict=True)]

    @property
    def _lowest(self) -> float:
        return 0.0 if math.isnan(self._chance_db) else self._chance_db

    def _x(self, level: float, width: int) -> float:
        share = (level - self._lowest) / (TOP_DB - self._lowest)
        return min(share, 1.0) * width
