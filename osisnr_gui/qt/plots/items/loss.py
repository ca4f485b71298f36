"""The loss of every frame as two stacked areas, the marks over what is cut off, and sketches of long curves."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath

from osisnr_gui.core.alpha_table import AlphaTable
from osisnr_gui.core.loss_curve import DrawnLoss, LossCurve, LossSketch, make_sketch
from osisnr_gui.core.reduce import is_crowded, is_reduced, visible_frames
from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.jobs import Job, Jobs
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font, with_alpha
from osisnr_gui.qt.plots.items import painting
from osisnr_gui.qt.plots.items.painting import PixelItem
from osisnr_gui.qt.plots.items.words import RowWords, paint_tag, tag_width
from osisnr_gui.qt.plots.view_box import PixelViewBox
from osisnr_gui.session import words

NOTHING_DRAWN = DrawnLoss(*4 * (np.empty(0),))
#: Height of the marks at the top edge over values that are cut off.
MARK_PIXELS = 4
#: Shorter curves are drawn from their frames in a few milliseconds.
LONG_FRAMES = 1 << 18
#: Results that lead and silence limits come and go: this many sketches of the files on show are kept.
MOST_KEPT = 12


class LossSketches(Jobs):
    """Gives the sketch of a curve, whatever its alpha and gamma, as soon as there is one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("loss-sketch", parent)
        self._known: list[tuple[LossCurve, LossSketch]] = []  # the last one was wanted last
        self._wanted: LossCurve | None = None
        self.reported.connect(self._take)

    def sketch_of(self, curve: LossCurve) -> LossSketch | None:
        """The sketch of these frames; None where none is needed, or until it is made."""
        for place, (known, sketch) in enumerate(self._known):
            if is_same_frames(known, curve):
                self._known.append(self._known.pop(place))
                return sketch
        under_way = self._wanted is not None and is_same_frames(self._wanted, curve)
        if curve.osi_db.size >= LONG_FRAMES and not under_way:
            self._wanted = curve
            self.start(partial(_make, curve))
        return None

    def keep_only(self, tables: Sequence[AlphaTable]) -> None:
        """Forget the sketches of all frames but these."""
        self._known = [entry for entry in self._known if any(entry[0].table is table for table in tables)]

    def _take(self, result: tuple[LossCurve, LossSketch]) -> None:
        self._known = [*self._known[1 - MOST_KEPT :], result]
        self._wanted = None


def is_same_frames(a: LossCurve, b: LossCurve) -> bool:
    """Whether two curves differ in alpha and gamma at most, without a look at the frames."""
    return a.osi_db is b.osi_db and a.eps == b.eps and a.table is b.table


def _make(curve: LossCurve, job: Job) -> tuple[LossCurve, LossSketch] | None:
    """On the worker thread."""
    sketch = make_sketch(curve.osi_db, curve.eps, curve.table, job.superseded)
    return None if sketch is None else (curve, sketch)


class LossAreas(PixelItem):
    """The two areas and the line on top, as a picture for the last view.

    A few frames per pixel column: the maximum of the lower edge (1/OSI) and of the upper edge (the total).
    The reader looks for the worst frames, so no peak may be lost; and because the total is nowhere below
    1/OSI its maximum is not either, so the bands cannot cross. (Maxima of the two terms added up would show
    a total that no frame has.) Many frames per column: maxima are a block that tells nothing, so the bands
    are means, which add up exactly, and the maximum of the total stays as a veil over them.
    """

    def __init__(self, sketches: LossSketches) -> None:
        super().__init__()
        self.sketches = sketches
        self.curve: LossCurve | None = None
        self._growing = False
        self._t0, self._dt = 0.0, 1.0
        self._drawn_of: tuple[float, ...] = ()
        self._drawn = NOTHING_DRAWN
        self._key: tuple[object, ...] = ()
        self._image = QImage()
        self._line = QPainterPath()

    def show_curve(self, t0: float, dt: float, curve: LossCurve | None, growing: bool) -> bool:
        """Take this curve; False when it is the one shown."""
        self._growing = growing
        old, is_same = self.curve, curve is self.curve
        if curve is not None and old is not None:
            is_same = (curve.alpha, curve.gamma) == (old.alpha, old.gamma) and is_same_frames(curve, old)
        if (t0, dt) == (self._t0, self._dt) and is_same:
            return False
        self._t0, self._dt, self.curve = t0, dt, curve
        self._drawn_of = self._key = ()
        self.update()
        return True

    def name(self) -> str:
        """What the line on top is."""
        return "loss"

    def getData(self) -> tuple[FloatArray, FloatArray]:
        """(times, fused loss) of all frames, as pyqtgraph's curves give them."""
        if self.curve is None:
            return np.empty(0), np.empty(0)
        osi, mc_mse = self.curve.terms()
        return self._t0 + self._dt * np.arange(self.curve.osi_db.size, dtype=np.float64), osi + mc_mse

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the areas, and the line on top."""
        vb = self.pixels(painter)
        theme = vb.theme
        if (*vb.view_key, theme.name) != self._key:
            self._key = (*vb.view_key, theme.name)
            times, osi, total, peak = self.drawn(vb)
            areas = [(total, QColor(theme.loss_mc)), (osi, QColor(theme.loss_osi))]
            if self.is_crowded(vb):
                areas.insert(0, (peak, with_alpha(theme.loss_mc, 0.28)))
            edges = [(painting.edge_per_column(vb, times, values), colour) for values, colour in areas]
            self._image = painting.area_image(vb, edges)
            self._line = painting.line_path(vb.x_of(times), vb.ys_of(total))
        painter.drawImage(vb.rect(), self._image)
        n_frames = 0 if self.curve is None else self.curve.osi_db.size
        reduced = is_reduced(n_frames, self._t0, self._dt, vb.t0, vb.t1, vb.columns)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not reduced)
        painter.setPen(painting.line_pen(theme.loss_total))
        painter.drawPath(self._line)

    def drawn(self, vb: PixelViewBox) -> DrawnLoss:
        """What the picture shows, worked out once for a view."""
        if vb.view_key != self._drawn_of:
            self._drawn_of, self._drawn = vb.view_key, NOTHING_DRAWN
            if self.curve is not None:
                # A curve that grows is another one in a moment: not worth a sketch.
                is_long = not self._growing and self.curve.osi_db.size >= LONG_FRAMES
                sketch = self.sketches.sketch_of(self.curve) if is_long else None
                times, *values = self.curve.draw(self._t0, self._dt, vb.t0, vb.t1, vb.columns, sketch)
                self._drawn = DrawnLoss(times, *map(painting.safe_array, values))
        return self._drawn

    def highest_near(self, time: float, vb: PixelViewBox) -> float:
        """The largest loss in a pixel column that is higher than its neighbours: a number, so not from the picture."""
        assert self.curve is not None, "there is a column"
        pixel = (vb.t1 - vb.t0) / vb.columns
        frames = visible_frames(self.curve.osi_db.size, self._t0, self._dt, time - pixel, time + pixel)
        return self.curve.highest(slice(*frames))

    def is_crowded(self, vb: PixelViewBox) -> bool:
        return is_crowded(self._dt, vb.t0, vb.t1, vb.columns)


def paint_triangles(painter: QPainter, runs: Sequence[tuple[float, float]], theme: Theme) -> None:
    """Triangles at the upper edge, over runs of pixels (first, last)."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.text))
    # One row of pixels after the other, each wider: all triangles in one call, and sharp.
    rows = range(MARK_PIXELS)
    painter.drawRects([QRectF(a - k, k, b - a + 2 * k, 1) for a, b in runs for k in rows])


class CutMarks(PixelItem):
    """At the top edge: a small triangle over every run of pixel columns that are cut off, and the highest value."""

    def __init__(self, areas: LossAreas, title: RowWords) -> None:
        super().__init__(100.0)
        self._areas, self._title = areas, title

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the marks and the number."""
        vb = self.pixels(painter)
        theme = vb.theme
        times, _osi, _total, total = self._areas.drawn(vb)
        runs = painting.column_spans(cut_columns(vb, times, total), vb)
        if not runs:
            return
        paint_triangles(painter, runs, theme)
        inside = np.where((times >= vb.t0) & (times <= vb.t1), total, np.nan)
        if (inside > vb.hi).any():
            time = float(times[int(np.nanargmax(inside))])
            text = words.loss(self._areas.highest_near(time, vb))
            box = self._number_box(vb, vb.x_of(time), text)
            paint_tag(painter, box, text, theme.text, theme)

    def _number_box(self, vb: PixelViewBox, x: float, text: str) -> QRectF:
        """Right or left of the mark, clear of the title; lower down if need be; empty without room."""
        taken = self._title.title_box
        height = QFontMetricsF(tabular_font(SMALL_FONT_PIXELS)).height()
        width, gap = tag_width(text), MARK_PIXELS + 2
        below = taken.bottom() + 2
        for top in (MARK_PIXELS + 1, below):
            for left in (x + gap, x - gap - width):
                box = QRectF(left, top, width, height)
                if vb.rect().contains(box) and not box.intersects(taken):
                    return box
        return QRectF()


def cut_columns(vb: PixelViewBox, times: FloatArray, values: FloatArray) -> npt.NDArray[np.bool_]:
    """The pixel columns in which a line through these points leaves the plot at the top."""
    edge = painting.edge_per_column(vb, times, values)
    with np.errstate(invalid="ignore"):
        cut = edge < 0
        above = values > vb.hi
    # A point itself may lie between the middles of two columns.
    places = np.floor((times[above] - vb.t0) * (vb.columns / (vb.t1 - vb.t0))).astype(np.intp)
    cut[places[(places >= 0) & (places < vb.columns)]] = True
    return cut
