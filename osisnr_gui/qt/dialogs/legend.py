# ruff: noqa: E501 - a table reads better with one row a line
"""What the signs in the plots mean, each beside an example that is drawn by the plots' own items."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from pyqtgraph import GraphicsObject
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGridLayout, QWidget

from osisnr_gui.core.several import BestOf
from osisnr_gui.qt.dialogs.close_dialog import CloseDialog
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.panels.layouts import REST, column_of
from osisnr_gui.qt.panels.plain_text import GAP, NarrowScroll, plain_label
from osisnr_gui.qt.plots.items.lines import CurveItem, LevelLine, LevelTags
from osisnr_gui.qt.plots.items.loss import paint_triangles
from osisnr_gui.qt.plots.items.maps import Ribbon, RibbonItem
from osisnr_gui.qt.plots.items.painting import PixelItem, line_pen
from osisnr_gui.qt.plots.items.shading import BandKind, ClipMarks, NoteMarks, Runs, Shading, Stretches
from osisnr_gui.qt.plots.time_plot import PlotWidget
from osisnr_gui.qt.plots.view_box import PixelViewBox
from osisnr_gui.session.session import Note
from osisnr_gui.text.catalogue import _

N_COLUMNS = 2

#: Makes the items of an example in a theme.
Draw = Callable[[Theme], Sequence[GraphicsObject]]


class Sample(PlotWidget):
    """A small plot from 0 to 1, both ways, with what `draw` makes."""

    SIZE = (132, 44)

    def __init__(self, theme: Theme, draw: Draw, parent: QWidget | None = None) -> None:
        self._draw, box = draw, PixelViewBox(theme)
        super().__init__(box, parent=parent)
        box.setRange(xRange=(0.0, 1.0), yRange=(0.0, 1.0), padding=0.0)
        self.setFixedSize(*self.SIZE)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.set_theme(theme)

    def _dress(self) -> None:
        self.plotItem.clear()
        self.add(*self._draw(self.theme))


def _shading(kind: BandKind, *, over: bool = False) -> list[PixelItem]:
    """A run of frames of this kind, over a picture or under a curve."""
    shading = Shading(over=over)
    shading.show_runs(Runs({kind: Stretches.of([0.3], [0.7])}))
    return [shading]


def _curve(theme: Theme, *values: float) -> list[CurveItem]:
    """A value per frame, of the first estimate; infinite ones as bars."""
    curve, style = CurveItem(dots=True), theme.estimate(0)
    curve.set_pens(line_pen(style.colour, style.dash), strong=True)
    curve.setData(0.5 / len(values), 1 / len(values), np.array(values))
    curve.cap = 0
    return [curve]


class _Cut(PixelItem):
    """Two of the triangles over what a plot cuts off."""

    def draw(self, painter: QPainter, box: PixelViewBox) -> None:
        paint_triangles(painter, [(box.x_of(place), box.x_of(place) + 2) for place in (0.25, 0.7)], box.theme)


def _ribbon(_theme: Theme) -> list[PixelItem]:
    best, item = BestOf(np.repeat(np.array([0, 1, 2, 0], np.int16), 5), 2), RibbonItem()
    item.ribbon = Ribbon(best, 0.025, 0.05, ("A", "B"), lambda theme: [theme.estimate(k).colour for k in (0, 1)])
    return [item]


def _level(theme: Theme, line: LevelLine) -> list[GraphicsObject]:
    """A line at a value with its words."""
    line.set_theme(theme)
    line.level = 0.3
    line.setValue(line.level)
    line.show()
    return [line, LevelTags([line], QRectF)]


def _clips(_theme: Theme) -> list[PixelItem]:
    marks = ClipMarks()
    marks.stretches = Stretches.of([0.2, 0.5, 0.6], [0.21, 0.51, 0.61])
    return [marks]


def _note(_theme: Theme) -> list[PixelItem]:
    marks = NoteMarks(texts=True)
    marks.show_notes((Note(0.2, 0.7, _("a note")),))
    return [marks]


#: What draws the example, the name of the sign, and what it means.
SIGNS: tuple[tuple[Draw, str, str], ...] = (
    (lambda _theme: _shading(BandKind.BAD), _("Orange"), _("Bad frames, by the rule of the list; paler where they are few. Under the overview: marks, in long files as high as their share.")),
    (lambda _theme: _shading(BandKind.BAD, over=True), _("Orange stripe"), _("The same on a picture, along its lower edge.")),
    (lambda _theme: _shading(BandKind.MISSED), _("Dotted edges"), _("Missed: the reference is active, the estimate silent.")),
    (lambda _theme: _shading(BandKind.FALSE_ACTIVITY), _("Orange hatch"), _("False activity: the estimate is active, the reference silent.")),
    (lambda _theme: _shading(BandKind.SILENT), _("Grey hatch"), _("Silence: nothing is measured here.")),
    (lambda theme: _level(theme, LevelLine("bad", lambda _box: _("bad under 3.0 dB"), digits=lambda _box: 1)), _("Dashed line"), _("The threshold of bad frames; it can be dragged.")),
    (lambda theme: _level(theme, LevelLine("faint", lambda _box: _("chance 4.2 dB"), words_ink="muted")), _("Chance line"), _("What two unrelated signals reach.")),
    (lambda theme: _curve(theme, 0.3, 0.5, 0.4, 0.7, 0.2, 0.5), _("Dots"), _("Every dot is a frame. Without dots there are many; with a veil the line is their mean.")),
    (lambda theme: _curve(theme, 0.4, 0.6, math.inf, math.inf, 0.7, 0.5), _("Bar along the top"), _("Perfect frames: their OSI-SNR is infinite.")),
    (lambda _theme: [_Cut()], _("Triangles"), _("The loss goes on above the plot; the number is its highest value.")),
    (_ribbon, _("Letters and ="), _("The best estimate, or the reference that fits best, in every frame; = where two are equal.")),
    (_clips, _("Marks along the top"), _("The reference is clipped here.")),
    (_note, _("Bar and plate"), _("A note of yours on this stretch of time.")),
)  # fmt: skip


class LegendDialog(CloseDialog):
    """All signs in the theme in force."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(_("Legend"), parent)
        self.resize(960, 540)
        body = QWidget()
        grid = QGridLayout(body)
        grid.setHorizontalSpacing(2 * GAP)
        for place, (draw, name, meaning) in enumerate(SIGNS):
            column, row = divmod(place, -(-len(SIGNS) // N_COLUMNS))
            texts = plain_label(name, parent=body), plain_label(meaning, "muted", wrap=True, parent=body)
            grid.addWidget(Sample(theme, draw, body), row, 2 * column)
            grid.addLayout(column_of(REST, *texts, REST, spacing=0), row, 2 * column + 1)
            grid.setColumnStretch(2 * column + 1, 1)
        self.lay_out((NarrowScroll(body, self), 1), margins=None, spacing=GAP)
