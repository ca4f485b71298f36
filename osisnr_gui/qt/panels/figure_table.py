"""Words and figures painted at places that never move: an estimate's name, a small table, the line of the crosshair,
and the scale beside the verdict: from the chance level to what is hard to tell apart, with a mark for each estimate."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QFontMetricsF, QPainter, QPaintEvent, QPalette, QPolygonF
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, Themed, show_line, tabular_font
from osisnr_gui.qt.panels.layouts import row_of
from osisnr_gui.qt.panels.plain_text import ElidedLabel, tooltip
from osisnr_gui.session import words
from osisnr_gui.session.verdict import LEAST_DB
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.sentences import grade_tip, grade_words


class EstimateMark(Themed, QWidget):
    """Line sample and name in a row."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.sample, self.name = QLabel(self), ElidedLabel("", Qt.TextElideMode.ElideMiddle, parent=self)
        row_of(self.sample, (self.name, 1), owner=self, spacing=8)

    def show_estimate(self, index: int | None, name: str) -> None:
        """Show an estimate by its place and name; None shows an empty row."""
        show_line(self.sample, index, self._theme)
        self.name.set_text(name)


LINE = 17


class FigureTable(Themed, QWidget):
    """Rows of text cells: the first row names the columns, the first column the rows, all other cells are numbers.

    shares : the columns' parts of the width. n_rows : room kept before there is anything to show.
    """

    def __init__(
        self, theme: Theme, shares: Sequence[float], tip: str, *, n_rows: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent)
        self._edges = [sum(shares[:k]) / sum(shares) for k in range(len(shares) + 1)]
        self._rows: tuple[tuple[str, ...], ...] = ()
        self.setMinimumWidth(60)
        self.setFixedHeight(LINE * n_rows)
        self.setToolTip(tooltip(tip))

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show other cells."""
        shown = tuple(tuple(row) for row in rows)
        if shown != self._rows:
            self._rows = shown
            self.setFixedHeight(LINE * len(shown))
            self.setAccessibleName("; ".join(" ".join(filter(None, row)) for row in shown))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Cell by cell; a name too long for its column loses its end, a number is never cut."""
        with QPainter(self) as painter:
            painter.setFont(tabular_font(SMALL_FONT_PIXELS + 1))
            metrics = QFontMetricsF(painter.font())
            edges = [self.width() * edge for edge in self._edges]
            for line, row in enumerate(self._rows):
                for k, text in enumerate(row):
                    box = QRectF(edges[k], line * LINE, edges[k + 1] - edges[k], LINE)
                    painter.setPen(QColor(self._theme.text if line and k else self._theme.muted))
                    side = Qt.AlignmentFlag.AlignRight
                    if k == 0:
                        side = Qt.AlignmentFlag.AlignLeft
                        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
                    painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, text)


class Field(NamedTuple):
    """A field: its name, the widest value it makes room for, and how soon it goes when room is short (1 = first).

    optional : room is made for it only while there is something to say.
    """

    key: str
    widest: str
    goes: int
    optional: bool = False


FIELDS = (
    Field("name", "A", 7),
    Field("time", "t 00000.000 s", 8),
    Field("frame", _("frame {n}").format(n="0 000 000"), 3),
    Field("kind", _("false activity"), 5, optional=True),
    Field("frequency", "00.00 kHz", 2),
    Field("reference", _("ref {level}").format(level="−000.0 dB"), 1),
    Field("estimate", _("est {level}").format(level="−000.0 dB"), 1),
    Field("third", _("residual {level}").format(level="−000.0 dB"), 1),
    Field("blame", _("{density}× its share").format(density="00.0"), 4, optional=True),
    Field("band", "0.00–00.0 kHz −00.0 dB", 2, optional=True),
    Field("gain", _("gain {level} (−)").format(level="−00.0 dB"), 3, optional=True),
    Field("delta", "A−mix −00.0 dB", 4, optional=True),
    Field("pairing", _("fits ref {lead}").format(lead="0 +00.0 dB"), 4, optional=True),
    Field("best", _("best {lead}").format(lead="A +00.0 dB"), 4, optional=True),
    Field("osi", "OSI −00.0 dB", 6),
    Field("ghost", "was −00.0 dB (+00.0 dB)", 5, optional=True),
    Field("loss", _("loss {value}").format(value="00.000"), 5),
    Field("formula", _("literal"), 4),
)
GAP = "00"  # as wide as what is free between two fields
TIP = _(
    "Under the pointer, or at the cursor: time, frame, frequency, level of reference and estimate there, OSI-SNR and "
    "loss of the frame, literal or exact as said at the end. While they are shown: how many times its even share of "
    "the loss the bin carries; exact OSI-SNR of the band; gain of the frame, (−) where its polarity is "
    "turned; the difference of two estimates, as in its row; the reference it fits best and the best estimate of the "
    "frame, by exact OSI-SNR, each with its lead over the next."
)


class Readout(QWidget):
    """ "t 2.345 s · frame 293 · 1.25 kHz · ref −32.1 dB · est −40.2 dB · OSI 4.2 dB · loss 0.31"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: dict[str, str] = {}
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setToolTip(tooltip(TIP))

    @property
    def text(self) -> str:
        """Everything there is to say, whether there is room for it or not."""
        return " · ".join(self._values[field.key] for field in FIELDS if self._values.get(field.key))

    def clear(self) -> None:
        """Nothing is under the pointer."""
        self._show({})

    def show_point(
        self,
        *,
        time: float,
        frame: int,
        unit: str = "s",
        frequency: float | None = None,
        frequency_unit: str = "Hz",
        plain: bool = False,
        levels: tuple[float | None, float | None] = (None, None),
        osi_db: float | None = None,
        loss: float | None = None,
        formula: str = "",
        name: str = "",
        third: tuple[str, float] | None = None,
        more: Mapping[str, str] | None = None,
    ) -> None:
        """Show a point. unit : "s", or "frames" for a mask without a grid, whose time and frame are the same.

        levels : reference and estimate at the frequency, dB; `plain` : values of masks instead.
        formula : "literal" or "exact": which OSI-SNR and loss these are. name : letter of the estimate they are of.
        third : name ("difference", "residual") and value of the third picture there.
        more : optional fields in words, "" where there is nothing to say but room is to be kept.
        """
        values = {"frame": _("frame {n}").format(n=words.count(frame)), "formula": formula, "name": name}
        if unit == "s":
            values["time"] = f"t {words.seconds(time)}"
        if frequency is not None and math.isfinite(frequency):
            is_bin = frequency_unit != "Hz"
            values["frequency"] = _("bin {k}").format(k=round(frequency)) if is_bin else words.hertz(frequency)
        values |= _level_words(levels, third, plain)
        if osi_db == -math.inf:  # a silent frame by the literal formula: its kind says so
            osi_db = loss = math.nan
        if osi_db is not None:
            values["osi"] = f"OSI {words.db(osi_db)}"
        if loss is not None:
            values["loss"] = _("loss {value}").format(value=words.loss(loss))
        self._show({**values, **(more or {})})

    def shown_fields(self) -> list[str]:
        """Keys of the fields there is room for, in their order."""
        widths = self._widths()
        kept = [field for field in FIELDS if field.key in widths]
        while len(kept) > 1 and sum(widths[field.key] for field in kept) > self.width():
            first = min(field.goes for field in kept)
            kept = [field for field in kept if field.goes > first]
        return [field.key for field in kept]

    def sizeHint(self) -> QSize:
        """All fields; no room at all while there is nothing to say, so that the sentence beside it has it."""
        width = math.ceil(sum(self._widths().values())) if self._values else 0
        return QSize(width, math.ceil(QFontMetricsF(tabular_font()).height()) + 4)

    def minimumSizeHint(self) -> QSize:
        """The time alone."""
        return QSize(math.ceil(self._widths()["time"]) if self._values else 0, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Each field at its own place, whatever the others say."""
        with QPainter(self) as painter:
            painter.setFont(tabular_font())
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            metrics, widths = QFontMetricsF(painter.font()), self._widths()
            keys = self.shown_fields()
            x = self.width() - sum(widths[key] for key in keys)
            baseline = (self.height() + metrics.capHeight()) / 2
            gap = metrics.horizontalAdvance(GAP)
            for key in keys:
                shown = metrics.elidedText(self._values.get(key, ""), Qt.TextElideMode.ElideRight, widths[key] - gap)
                painter.drawText(QPointF(x, baseline), shown)
                x += widths[key]

    def _show(self, values: dict[str, str]) -> None:
        if values != self._values:
            before, self._values = self._values, values
            if values.keys() != before.keys():  # it has room for all that a field may say
                self.updateGeometry()
            self.setAccessibleName(self.text or _("nothing under the pointer"))
            self.update()

    def _widths(self) -> dict[str, float]:
        """Of the fields that have a place of their own."""
        metrics = QFontMetricsF(tabular_font())
        kept = [field for field in FIELDS if not field.optional or field.key in self._values]
        return {field.key: metrics.horizontalAdvance(field.widest) + metrics.horizontalAdvance(GAP) for field in kept}


def _level_words(
    levels: tuple[float | None, float | None], third: tuple[str, float] | None, plain: bool
) -> dict[str, str]:
    """What the pictures show at a point, by field; see `Readout.show_point`."""
    name, third_level = third or ("", None)
    third_template = _("diff {level}") if name == "difference" else _("residual {level}")
    templates = {"reference": _("ref {level}"), "estimate": _("est {level}"), "third": third_template}
    return {
        key: template.format(level=words.number(level, 3) if plain else words.db(level))
        for (key, template), level in zip(templates.items(), (*levels, third_level), strict=True)
        if level is not None
    }


TOP_DB = 38.0  # the last word needs this much room; what is better stands at the end
MARKS, BAR, TICK = 11, 4, 7  # heights in pixels
MARK = {False: 4, True: 6}  # half the width of a mark, and of that of the estimate in view
_WRAPPED = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap


class VerdictScale(Themed, QWidget):
    """Exact OSI-SNR in dB with the words of its grades. The mark of what is at chance or below is hollow, at the left.

    marks : median of each estimate above chance, by its place. at_chance : places of the others.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._chance_db, self._lowest, self._selected = math.nan, 0.0, 0
        self.marks: dict[int, float] = {}
        self.at_chance: list[int] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_medians(self, medians: Mapping[int, float], chance_db: float, selected: int) -> None:
        """Mark the medians of estimates by their places. chance_db : nan where it is not known."""
        self._chance_db, self._selected = chance_db, selected
        self._lowest = 0.0 if math.isnan(chance_db) else chance_db
        self.marks = {place: median for place, median in medians.items() if median > self._lowest}
        self.at_chance = [place for place, median in medians.items() if median <= self._lowest]
        known = {place: f"{words.estimate_letter(place)} {words.db(median)}" for place, median in medians.items()}
        above, below = (" · ".join(map(known.__getitem__, part)) for part in (self.marks, self.at_chance))
        told = _("median exact OSI-SNR above chance: {above}; not above: {below}")
        told = told.format(above=above or words.MISSING, below=below or words.MISSING)
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
        bounds = (metrics.boundingRect(room, _WRAPPED, text) for room, text in self._words(width))
        return max(rect.bottom() for rect in bounds) + 1

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The bar with its ticks, the words under it, the marks over it; that of the estimate in view comes last."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(QRectF(0, MARKS, self.width(), BAR), QColor(self._theme.separator))
            painter.setFont(tabular_font(SMALL_FONT_PIXELS))
            painter.setPen(QColor(self._theme.muted))
            for room, text in self._words(self.width()):
                painter.fillRect(QRect(room.left(), MARKS, 1, TICK), QColor(self._theme.muted))
                painter.drawText(room, _WRAPPED, text)
            marks = {**self.marks, **dict.fromkeys(self.at_chance, self._lowest)}
            for place, median in sorted(marks.items(), key=lambda mark: mark[0] == self._selected):
                half = MARK[place == self._selected]
                x = min(max(self._x(median, self.width()), half), self.width() - half)
                corners = QPointF(x - half, MARKS - 2 * half + 1), QPointF(x + half, MARKS - 2 * half + 1)
                colour = QColor(self._theme.estimate(place).colour)
                painter.setPen(colour)
                painter.setBrush(colour if place in self.marks else QColor(self._theme.panel))
                painter.drawPolygon(QPolygonF([*corners, QPointF(x, MARKS + 1)]))

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

    def _x(self, level: float, width: int) -> float:
        return min((level - self._lowest) / (TOP_DB - self._lowest), 1.0) * width
