"""The loss of every frame as two stacked areas, the marks over what is cut off, and sketches of long curves."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from osisnr_gui.core.alpha_table import AlphaTable
from osisnr_gui.core.loss_curve import DrawnLoss, LossCurve, LossSketch, make_sketch
from osisnr_gui.core.reduce import is_crowded, is_reduced, visible_frames
from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.jobs import Job, Jobs
from osisnr_gui.qt.look.theme import Theme, with_alpha
from osisnr_gui.qt.plots.items import painting
from osisnr_gui.qt.plots.items.painting import PixelItem
from osisnr_gui.qt.plots.items.words import RowWords, paint_tag, tag_box
from osisnr_gui.qt.plots.view_box import PixelViewBox
from osisnr_gui.session import words

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


def paint_triangles(painter: QPainter, runs: Sequence[tuple[float, float]], theme: Theme) -> None:
    """Triangles at the upper edge, over runs of pixels (first, last)."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.text))
    # One row of pixels after the other, each wider: all triangles in one call, and sharp.
    rows = range(MARK_PIXELS)
    painter.drawRects([QRectF(a - k, k, b - a + 2 * k, 1) for a, b in runs for k in rows])


class LossAreas(PixelItem):
    """The two areas and the line on top, as a picture for the last view, and marks over what is cut off.

    A few frames per pixel column: the maximum of the lower edge (1/OSI) and of the upper edge (the total).
    The reader looks for the worst frames, so no peak may be lost; and because the total is nowhere below
    1/OSI its maximum is not either, so the bands cannot cross. (Maxima of the two terms added up would show
    a total that no frame has.) Many frames per column: maxima are a block that tells nothing, so the bands
    are means, which add up exactly, and the maximum of the total stays as a veil over them.

    At the top edge there is a small triangle over every run of pixel columns that are cut off, and the highest value.
    """

    def __init__(self, sketches: LossSketches, title: RowWords) -> None:
        super().__init__()
        self.sketches, self._title = sketches, title
        self.curve: LossCurve | None = None
        self._growing = False
        self._t0, self._dt = 0.0, 1.0
        self._key: tuple[object, ...] = ()
        self._image, self._line = QImage(), QPainterPath()
        self._cuts: list[tuple[float, float]] = []  # first and last pixel of runs
        self._peak: tuple[float, str] | None = None  # time and words of the highest value that is cut off

    def show_curve(self, t0: float, dt: float, curve: LossCurve | None, growing: bool) -> bool:
        """Take this curve; False when it is the one shown."""
        self._growing = growing
        old, is_same = self.curve, curve is self.curve
        if curve is not None and old is not None:
            is_same = (curve.alpha, curve.gamma) == (old.alpha, old.gamma) and is_same_frames(curve, old)
        if (t0, dt) == (self._t0, self._dt) and is_same:
            return False
        self._t0, self._dt, self.curve = t0, dt, curve
        self._key = ()
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

    def draw(self, painter: QPainter, vb: PixelViewBox) -> None:
        """Draw the areas, the line on top, and the marks."""
        if self.curve is None:
            return
        theme = vb.theme
        if (*vb.view_key, theme.name) != self._key:
            self._key = (*vb.view_key, theme.name)
            self._prepare(self.curve, vb)
        painter.drawImage(vb.rect(), self._image)
        reduced = is_reduced(self.curve.osi_db.size, self._t0, self._dt, vb.t0, vb.t1, vb.columns)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not reduced)
        painter.setPen(painting.line_pen(theme.loss_total))
        painter.drawPath(self._line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self._cuts:
            paint_triangles(painter, self._cuts, theme)
        if self._peak is not None:
            time, text = self._peak
            paint_tag(painter, self._number_box(vb, vb.x_of(time), text), text, theme.text, theme)

    def drawn(self, curve: LossCurve, vb: PixelViewBox) -> DrawnLoss:
        """What the picture of a curve shows."""
        # A curve that grows is another one in a moment: not worth a sketch.
        is_long = not self._growing and curve.osi_db.size >= LONG_FRAMES
        sketch = self.sketches.sketch_of(curve) if is_long else None
        times, *values = curve.draw(self._t0, self._dt, vb.t0, vb.t1, vb.columns, sketch)
        return DrawnLoss(times, *map(painting.safe_array, values))

    def _prepare(self, curve: LossCurve, vb: PixelViewBox) -> None:
        """Work out what is drawn for a view."""
        times, osi, total, peak = self.drawn(curve, vb)
        areas = [(total, QColor(vb.theme.loss_mc)), (osi, QColor(vb.theme.loss_osi))]
        if self.is_crowded(vb):
            areas.insert(0, (peak, with_alpha(vb.theme.loss_mc, 0.28)))
        edges = [(painting.edge_per_column(vb, times, values), colour) for values, colour in areas]
        self._image = painting.area_image(vb.rows, edges)
        self._line = painting.line_path(vb.x_of(times), vb.ys_of(total))
        self._cuts, self._peak = painting.column_spans(cut_columns(vb, times, peak), vb), None
        inside = np.where((times >= vb.t0) & (times <= vb.t1), peak, np.nan)
        if self._cuts and (inside > vb.hi).any():
            time, pixel = float(times[int(np.nanargmax(inside))]), (vb.t1 - vb.t0) / vb.columns
            # A column that is higher than its neighbours; a number, so not from the picture.
            frames = visible_frames(curve.osi_db.size, self._t0, self._dt, time - pixel, time + pixel)
            self._peak = time, words.loss(curve.highest(slice(*frames)))

    def is_crowded(self, vb: PixelViewBox) -> bool:
        return is_crowded(self._dt, vb.t0, vb.t1, vb.columns)

    def _number_box(self, vb: PixelViewBox, x: float, text: str) -> QRectF:
        """Right or left of the mark, clear of the title; lower down if need be; empty without room."""
        taken, tag, gap = self._title.title_box, tag_box(text), MARK_PIXELS + 2
        below = taken.bottom() + 2
        for top in (MARK_PIXELS + 1, below):
            for left in (x + gap, x - gap - tag.width()):
                box = tag.translated(left, top)
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
