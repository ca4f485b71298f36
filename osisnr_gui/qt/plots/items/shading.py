"""Stretches of time, shaded (bad, missed, silent, falsely active) or marked at an edge (runs, notes, clipping)."""

import math
from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen

from osisnr_gui.core.reduce import is_crowded, runs_of
from osisnr_gui.core.types import BoolArray, FloatArray
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, tabular_font, with_alpha
from osisnr_gui.qt.plots.items.painting import PixelItem, column_brush, column_spans, hatch_brush, safe_array
from osisnr_gui.qt.plots.items.words import TAG_MARGIN, paint_tag, tag_box
from osisnr_gui.qt.plots.view_box import PixelViewBox
from osisnr_gui.session.session import Note
from osisnr_gui.session.tracks import Track, clip_places

#: Strength of a column that bad frames barely touch, as a share of the full one.
FAINTEST = 0.35
#: The same where many frames share every column, and how much stronger than elsewhere one is that is bad throughout.
CROWDED_FAINTEST, CROWDED_STRENGTH = 0.2, 2.5
#: Height of the stripe, and of marks: those of clipping are higher than the bars of notes, which lie over them.
STRIPE_PIXELS, MARK_PIXELS, BAR_PIXELS, CLIP_PIXELS = 5.0, 4.0, 3.0, 6.0
#: More notes than this in sight are bars only: texts would hide the picture.
MOST_TEXTS = 40
#: A run lasts a millisecond: this many columns to each side make it a mark that is seen.
WIDER_COLUMNS = 2


class Stretches:
    """Sorted and disjoint: ``starts[i]..stops[i]``, float64 (n,)."""

    def __init__(self, starts: FloatArray, stops: FloatArray) -> None:
        self.starts, self.stops = starts, stops
        self._times = np.column_stack((starts, stops)).ravel()
        lengths = stops - starts
        covered = np.cumsum(lengths)
        self._covered = np.column_stack((covered - lengths, covered)).ravel()

    @classmethod
    def of(cls, starts: npt.ArrayLike = (), stops: npt.ArrayLike = ()) -> "Stretches":
        """From ``starts[i]..stops[i]`` in any order, overlaps included; what is not finite or empty is left out."""
        begin, end = safe_array(starts), safe_array(stops)
        usable = end > begin  # false where either is NaN
        order = np.argsort(begin[usable], kind="stable")
        begin, end = begin[usable][order], np.maximum.accumulate(end[usable][order])
        begin[1:] = np.maximum(begin[1:], end[:-1])
        return cls(begin, end)

    @classmethod
    def of_frames(cls, flags: BoolArray, t0: float, dt: float) -> "Stretches":
        """The frames where ``flags`` is True; frame ``i`` is the stretch ``dt`` around ``t0 + i * dt``."""
        first, stop = (ends.astype(np.float64) for ends in runs_of(flags))
        return cls(t0 + dt * (first - 0.5), t0 + dt * (stop - 0.5))

    def coverage(self, vb: PixelViewBox) -> FloatArray:
        """Covered share, 0 to 1, of each pixel column."""
        if not self.starts.size:
            return np.zeros(vb.columns)
        edges = np.linspace(vb.t0, vb.t1, vb.columns + 1)
        share = np.diff(np.interp(edges, self._times, self._covered)) * (vb.columns / (vb.t1 - vb.t0))
        return np.clip(share, 0.0, 1.0)


NOWHERE = Stretches.of()


class BandKind(IntEnum):
    """Why a run of frames is shaded."""

    BAD = 0
    MISSED = 1
    SILENT = 2
    FALSE_ACTIVITY = 3  # the estimate is active where the reference is silent


#: What is painted for one view: brushes over the full height, brushes of the stripe, and the pixels of dotted edges.
Brushes = tuple[list[QBrush], list[QBrush], list[float]]


class Runs:
    """Runs of frames to shade, by kind; kinds that are missing have none.

    One object serves all rows; what it works out for one of them it keeps for the next.
    step : of the frames; unknown, they are never too many for the columns.
    """

    def __init__(self, kinds: Mapping[BandKind, Stretches] = MappingProxyType({}), step: float = math.inf) -> None:
        self._step = step
        self.kinds = {kind: kinds.get(kind, NOWHERE) for kind in BandKind}
        self._key: object = None
        self._share: dict[BandKind, FloatArray] = {}
        self._brushes: dict[bool, Brushes] = {}

    def brushes(self, vb: PixelViewBox, *, over: bool) -> Brushes:
        """What to paint on a row with curves, or ``over`` a picture; its height does not matter."""
        key = (vb.t0, vb.t1, vb.width(), vb.pixel_ratio, vb.theme.name)
        if key != self._key:
            self._key, self._brushes = key, {}
            self._share = {each: runs.coverage(vb) for each, runs in self.kinds.items()}
        if over not in self._brushes:
            self._brushes[over] = self._shade(vb, over)
        return self._brushes[over]

    def _shade(self, vb: PixelViewBox, over: bool) -> Brushes:
        share, theme = self._share, vb.theme
        bad = np.minimum(share[BandKind.BAD] + share[BandKind.MISSED], 1.0)
        silent, least, crowding = share[BandKind.SILENT] >= 0.5, 0.0, 1.0
        # A single bad frame in an hour must still be seen: any coverage starts at a visible step.
        if is_crowded(self._step, vb.t0, vb.t1, vb.columns):
            # Something is bad in every column then: squares and a higher end make those stand out that mostly are.
            strength, crowding = CROWDED_FAINTEST + (1 - CROWDED_FAINTEST) * bad**2, CROWDED_STRENGTH
            least = min(2 * float(np.median(share[BandKind.FALSE_ACTIVITY])), 0.5)
        else:
            strength = FAINTEST + (1 - FAINTEST) * bad
        strength, false = np.where(bad > 0, strength, 0.0), share[BandKind.FALSE_ACTIVITY] > least
        weight = 1 / 3 if over else 1.0  # more would change the colours of a picture that are to be read
        quiet, loud = weight * theme.silent_opacity, weight * theme.bad_opacity
        full = [
            *_hatching(silent, theme.silent, (quiet / 2, 2.5 * quiet), vb),
            *_hatching(false, theme.bad, (loud / 2, 3 * loud), vb),
            *_columns(theme.bad, crowding * loud * strength, vb),
        ]
        stripe: list[QBrush] = []
        if over:
            stripe += _columns(theme.background, (silent | false | (bad > 0)).astype(np.float64), vb)
            stripe += _hatching(silent, theme.silent, (0.0, 1.0), vb)
            stripe += _hatching(false, theme.bad, (FAINTEST, 1.0), vb)
            stripe += _columns(theme.bad, strength, vb)
        runs = self.kinds[BandKind.MISSED]
        # Narrower runs have no edges: two dotted lines in three pixels are noise.
        wide = (runs.stops - runs.starts) * vb.width() >= 4 * (vb.t1 - vb.t0)
        xs = vb.x_of(np.concatenate((runs.starts[wide], runs.stops[wide])))
        return full, stripe, np.unique(np.round(xs[(xs > -1) & (xs < vb.width() + 1)])).tolist()


class Shading(PixelItem):
    """Shades runs of time across the full height of a row.

    Runs are reduced to one value per pixel column. Where several bad runs share a column, its strength says how much
    of it they cover, so that a whole hour is not one block. `over` : for rows that show a picture: a stripe along its
    lower edge in full strength, and hardly any shading above. Curves are drawn over their shading instead.
    """

    def __init__(self, *, over: bool = False) -> None:
        super().__init__(100.0 if over else -10.0)
        self._over = over
        self._runs = Runs()

    def show_runs(self, runs: Runs) -> None:
        """Shade these."""
        if runs is not self._runs:
            self._runs = runs
            self.update()

    def draw(self, painter: QPainter, vb: PixelViewBox) -> None:
        """Draw a few fills and the dotted edges: as many calls however many runs there are."""
        full, stripe, edges = self._runs.brushes(vb, over=self._over)
        for brush in full:
            painter.fillRect(vb.rect(), brush)
        height = min(STRIPE_PIXELS, vb.height())
        for brush in stripe:
            painter.fillRect(QRectF(0.0, vb.height() - height, vb.width(), height), brush)
        if edges:
            painter.setPen(QPen(with_alpha(vb.theme.bad, 0.9), 1, Qt.PenStyle.DotLine))
            painter.drawLines([QLineF(x, 0.0, x, vb.height()) for x in edges])


def _hatching(mask: BoolArray, colour: str, opacities: tuple[float, float], vb: PixelViewBox) -> list[QBrush]:
    """Hatch with a ground and lines of these opacities; nothing where there is nothing to hatch."""
    ground, line = (with_alpha(colour, opacity) for opacity in opacities)
    return [hatch_brush(mask, ground, line, vb.pixel_ratio)] if mask.any() else []


def _columns(colour: str, opacity: FloatArray, vb: PixelViewBox) -> list[QBrush]:
    return [column_brush(QColor(colour), opacity, vb.pixel_ratio)] if opacity.any() else []


class RunMarks(PixelItem):
    """Bars at the lower edge, or the upper one, in `ink`, the name of a colour in a theme or the colour itself.

    `words` : what the bars mean, at the right end beside them.
    """

    def __init__(self, ink: str = "", *, upper: bool = False, words: str = "") -> None:
        super().__init__(200.0)
        self._ink, self._upper, self._words = ink, upper, words
        self._runs = NOWHERE

    def show_runs(self, runs: Stretches, ink: str = "") -> None:
        """Mark these, in another colour if one is given."""
        self._runs, self._ink = runs, ink or self._ink
        self.update()

    def draw(self, painter: QPainter, vb: PixelViewBox) -> None:
        """Draw all bars at once."""
        top = 0.0 if self._upper else vb.height() - MARK_PIXELS
        spans = column_spans(self._runs.coverage(vb) > 0, vb)
        if not spans:
            return
        ink = getattr(vb.theme, self._ink, self._ink)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ink))
        painter.drawRects([QRectF(a, top, max(b - a, 1.0), MARK_PIXELS) for a, b in spans])
        if self._words:
            tag = tag_box(self._words)
            box = tag.translated(vb.width() - tag.width() - TAG_MARGIN, top - tag.height() - 1)
            paint_tag(painter, box, self._words, ink, vb.theme)


class NoteMarks(PixelItem):
    """The notes on one row. `texts` : this row shows their texts."""

    def __init__(self, *, texts: bool = False) -> None:
        super().__init__(205.0)
        self.texts = texts
        self._notes: tuple[Note, ...] = ()
        self.hide()

    def show_notes(self, notes: tuple[Note, ...]) -> None:
        """Mark these."""
        if notes != self._notes:
            self._notes = notes
            self.setVisible(bool(notes))
            self.update()

    def draw(self, painter: QPainter, vb: PixelViewBox) -> None:
        """Draw bars, and texts where they do not meet."""
        seen = [note for note in self._notes if note.stop >= vb.t0 and note.start <= vb.t1]
        free, metrics = 0.0, QFontMetricsF(tabular_font(SMALL_FONT_PIXELS))
        for note in seen:
            left, right = max(vb.x_of(note.start), 0.0), min(vb.x_of(note.stop), vb.width())
            painter.fillRect(QRectF(left, 0.0, max(right - left, BAR_PIXELS), BAR_PIXELS), QColor(vb.theme.accent))
            if self.texts and note.text and len(seen) <= MOST_TEXTS and left >= free:
                room, words = min(160.0, vb.width() - left), note.text.replace("\n", " ")
                shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
                box = tag_box(shown).translated(left, 24.0)  # under the title of the row
                fits = box.right() <= vb.width() and box.bottom() <= vb.height()
                free = (box.right() if fits else left) + 4.0
                if fits:
                    paint_tag(painter, box, shown, vb.theme.accent, vb.theme)


class ClipMarks(PixelItem):
    """The clipped runs of the file on one row."""

    def __init__(self) -> None:
        super().__init__(200.0)
        self._shown: tuple[Track | None, int | None] = (None, None)
        self.stretches = NOWHERE

    def show_clips(self, track: Track | None, reference: Track | None) -> None:
        """Mark those of a file that is compared with `reference` (or is it); None: nothing."""
        rate = None if reference is None else reference.sample_rate
        if track is not self._shown[0] or rate != self._shown[1]:
            self._shown = track, rate
            places = clip_places(track, rate) if track is not None else np.empty((0, 2))
            self.stretches = Stretches.of(*places.T) if len(places) else NOWHERE
            self.update()

    def draw(self, painter: QPainter, vb: PixelViewBox) -> None:
        """Draw a strip of the ground's colour with the marks in it."""
        clipped = self.stretches.coverage(vb) > 0
        if not clipped.any():
            return
        strip = QRectF(0.0, 0.0, vb.width(), CLIP_PIXELS)
        for colour, wider in ((vb.theme.background, WIDER_COLUMNS + 1), (vb.theme.warning, WIDER_COLUMNS)):
            columns = np.convolve(clipped, np.ones(2 * wider + 1), "same") > 0
            painter.fillRect(strip, column_brush(QColor(colour), columns.astype(np.float64), vb.pixel_ratio))
