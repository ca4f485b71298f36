"""The values of the masks in view: a histogram of both, their ranges, what kind of mask each is, and how they compare
as sound."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel, QWidget

from osisnr_gui.core.types import IntArray
from osisnr_gui.io.masks import Mask
from osisnr_gui.qt.jobs import Job, Jobs
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.look.themed import Themed
from osisnr_gui.qt.panels.layouts import REST, column_of, scroll_inside
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, SteadyLabel, plain_label, set_text
from osisnr_gui.qt.panels.segmented import Segmented
from osisnr_gui.qt.plots.charts.histogram_chart import HistogramChart, Outline
from osisnr_gui.session import words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.masks.mask_values import ValueBins, count_values
from osisnr_gui.session.session import Session
from osisnr_gui.session.sound.listening import Recipe, find_recipe
from osisnr_gui.session.sound.masked_score import MaskedResult, compare_masked
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.sound_words import mask_sentence, masked_sentences

NOTHING = "Open masks (matrices instead of sound) to see their values."
COUNTING = "Counting cells…"
POINT = "Point at a bar for its values and counts."
COMPARING = "As sound, on the mixture: comparing…"
HOW = (
    "To hear the masks and compare them as sound, add the mixture they are applied to, and set rate and hop under "
    "Frames (or take what the banner offers)."
)


class MaskedSound(QObject):
    """Works out the comparison on a thread of its own while `label` is to be seen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.label: QLabel = plain_label("", wrap=True, small=True, selectable=True)
        self._analysis = Analysis(Session())
        self._selected = 0
        self._asked: tuple[Recipe, int, float] | None = None
        self._results: list[MaskedResult] = []
        self._problem = ""
        self._jobs = Jobs("masked-sound", self)
        self._jobs.reported.connect(self._take)
        self._jobs.failed.connect(self._fail)

    def show_analysis(self, analysis: Analysis, selected: int, in_sight: bool) -> None:
        """Follow the estimate in view; alpha and gamma cost nothing, other sounds are compared anew."""
        self._analysis, self._selected = analysis, selected
        if not in_sight:
            return
        recipe = find_recipe(analysis)
        asked = (recipe, selected, analysis.session.silence_db) if recipe.masks else None
        if asked != self._asked:
            self._asked, self._results, self._problem = asked, [], ""
            self._jobs.cancel()
            if asked is not None:
                self._jobs.start(lambda job: compare_masked(*asked, job.superseded))
        self._say()

    def is_final(self) -> bool:
        """Whether nothing is under way."""
        return not self._jobs.is_busy

    def _take(self, results: list[MaskedResult]) -> None:
        self._results = results
        self._say()

    def _fail(self, problem: str, _details: str) -> None:
        self._problem = problem
        self._say()

    def _say(self) -> None:
        analysis = self._analysis
        has_masks = analysis.reference is not None and analysis.reference.mask is not None
        if self._asked is None or analysis.mixture is None:
            set_text(self.label, HOW if has_masks else "")
        elif self._problem:
            set_text(self.label, f"As sound, on the mixture: {self._problem}")
        elif self._results:
            set_text(self.label, masked_sentences(self._results, analysis.session.loss, analysis.mixture.name))
        else:
            set_text(self.label, COMPARING if self._jobs.is_busy else "")
        self.label.setVisible(bool(self.label.text()))


@dataclass(frozen=True, eq=False)
class ShownMask:
    """A mask in view. index : the estimate's place, None for the reference."""

    name: str
    mask: Mask
    index: int | None


@dataclass(frozen=True, eq=False)
class Counted:
    """What a job found: cells of a mask in each bin."""

    mask: Mask
    bins: ValueBins
    counts: IntArray


class MaskValuesPanel(Themed, QWidget):
    """Counts cells on a thread of its own, and only while it is to be seen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._shown: tuple[ShownMask, ...] = ()
        self._bins = ValueBins(0.0, 1.0)
        self._counted: list[Counted] = []
        self._in_sight = False
        self._job = Jobs("mask-values", self)
        self._job.reported.connect(self._take)
        self._job.failed.connect(lambda message, _details: set_text(self.point, f"Not counted: {message}"))
        self._job.idle.connect(self._draw)
        self.scale = Segmented(
            (("log", "counts"), ("linear", "counts")),
            "axis of counts",
            "log: bins with a few cells can be seen beside bins with very many.\nlinear: heights as the counts are.",
            self,
        )
        self.plot = HistogramChart(theme, self)
        self.point: QLabel = SteadyLabel("muted", small=True, parent=self)
        self.about: QLabel = plain_label("", wrap=True, small=True, selectable=True, parent=self)
        self.sound = MaskedSound(self)
        self._analysis = Analysis(Session())
        self._selected = 0
        self.scale.chosen.connect(lambda index: self.plot.set_log(index == 0))
        self.plot.bin_hovered.connect(self._say_bin)
        self._lay_out()
        self.show_analysis(self._analysis, 0)

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        """The reference's mask and that of the estimate in view; bins are common to all masks there are."""
        self._analysis, self._selected = analysis, selected
        self.sound.show_analysis(analysis, selected, self._in_sight)
        shown = tuple(masks_in_view(analysis, selected))
        if [s.mask for s in shown] == [s.mask for s in self._shown] and (shown or self.about.text()):
            return
        self._shown = shown
        masks = [track.mask for track in analysis.tracks if track.mask is not None]
        self._bins = ValueBins.of(masks)
        self._counted = [c for c in self._counted if any(c.mask is mask for mask in masks) and c.bins == self._bins]
        lines = [f"{s.name}\n{mask_sentence(s.mask)}" for s in shown]
        set_text(self.about, "\n\n".join(lines) if lines else NOTHING)
        for part in (self.scale, self.plot, self.point):
            part.setVisible(bool(shown))
        self._count()
        self._draw()

    def set_in_sight(self, seen: bool) -> None:
        """Count what is missing once it can be seen."""
        self._in_sight = seen
        self.sound.show_analysis(self._analysis, self._selected, seen)
        self._count()
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Apply `theme` to the outlines too."""
        super().set_theme(theme)
        self._draw()

    def is_final(self) -> bool:
        """Whether nothing is left to count for what can be seen."""
        return not self._job.is_busy and self.sound.is_final()

    def _missing(self) -> list[Mask]:
        return [s.mask for s in self._shown if self._counts_of(s.mask) is None]

    def _counts_of(self, mask: Mask) -> IntArray | None:
        return next((c.counts for c in self._counted if c.mask is mask), None)

    def _count(self) -> None:
        missing, bins = self._missing(), self._bins
        if not missing or not self._in_sight:
            return

        def work(job: Job) -> None:
            for mask in missing:
                counts = count_values(mask, bins, job.superseded)
                if counts is None:
                    return
                job.report(Counted(mask, bins, counts))

        self._job.start(work)

    def _take(self, counted: Counted) -> None:
        if counted.bins == self._bins and self._counts_of(counted.mask) is None:
            self._counted.append(counted)
            self._draw()

    def _draw(self) -> None:
        outlines = []
        for shown in self._shown:
            counts = self._counts_of(shown.mask)
            if counts is not None:
                style = None if shown.index is None else self._theme.estimate(shown.index)
                look = (self._theme.text, ()) if style is None else (style.colour, style.dash)
                name = "reference" if shown.index is None else estimate_letter(shown.index)
                outlines.append(Outline(name, counts, shown.mask.minimum, shown.mask.maximum, *look))
        self.plot.show_outlines(self._bins.low, self._bins.high, outlines)
        self._say_bin(-1)

    def _say_bin(self, index: int) -> None:
        """The bin under the pointer in numbers."""
        if index < 0 or self._missing():
            set_text(self.point, COUNTING if self._missing() else POINT)
            return
        low, high = (words.cell(value, 3) for value in self._bins.edges(index))
        parts = []
        for shown in self._shown:
            counts = self._counts_of(shown.mask)
            if counts is not None:
                name = "reference" if shown.index is None else estimate_letter(shown.index)
                share = words.percent(counts[index] / max(1, shown.mask.values.size), 2)
                parts.append(f"{name} {words.counted(int(counts[index]), 'cell')} ({share})")
        set_text(self.point, f"{low} to {high}: {', '.join(parts)}")

    def _lay_out(self) -> None:
        parts = self.scale, self.plot, self.point, self.about, self.sound.label, REST
        scroll_inside(self, column_of(*parts, margins=(MARGIN, GAP, GAP, GAP), spacing=GAP))


def masks_in_view(analysis: Analysis, selected: int) -> list[ShownMask]:
    """The masks of the estimate in view and of its reference, those that are there."""
    pair = analysis.pair_at(selected)
    reference = analysis.reference if pair is None else pair.reference
    found = []
    if reference is not None and reference.mask is not None:
        found.append(ShownMask(f"Reference · {reference.name}", reference.mask, None))
    if pair is not None and pair.estimate.mask is not None:
        name = f"{estimate_letter(selected)} · {pair.estimate.name}"
        found.append(ShownMask(name, pair.estimate.mask, selected))
    return found
