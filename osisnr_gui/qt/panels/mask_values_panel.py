"""The values of the masks in view: a histogram of both, their ranges, what kind of mask each is, and how they compare
as sound."""

from functools import cached_property, partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from osisnr_gui.core.types import IntArray
from osisnr_gui.io.masks import Mask
from osisnr_gui.qt.jobs import Job, Jobs
from osisnr_gui.qt.look.theme import Theme, Themed
from osisnr_gui.qt.panels.layouts import REST, Segmented, column_of, scroll_inside
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, plain_label, set_text
from osisnr_gui.qt.plots.charts.panel_charts import HistogramChart, Outline
from osisnr_gui.session import words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.masks import ValueBins, count_values
from osisnr_gui.session.session import Session
from osisnr_gui.session.sound.listening import Recipe, find_recipe
from osisnr_gui.session.sound.sound_feed import MaskedResult, compare_masked
from osisnr_gui.text.catalogue import _, ngettext
from osisnr_gui.text.sound_words import mask_sentence, masked_sentences

HOW = _(
    "To hear the masks and compare them as sound, add the mixture they are applied to, and set rate and hop under "
    "Frames (or take what the banner offers)."
)
SCALE_TIP = _("log: bins with a few cells can be seen beside bins with very many.\nlinear: heights as the counts are.")


#: A mask in view, the place of its estimate (None for the reference), its name, and that of the file.
ShownMask = tuple[Mask, int | None, str, str]


class MaskValuesPanel(Themed, QWidget):
    """Counts cells, and compares the masks as sound, on threads of their own and only while it is to be seen."""

    page_made = Signal(QWidget)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._analysis: tuple[Analysis, int] = (Analysis(Session()), 0)
        self._shown: list[ShownMask] = []
        self._bins = ValueBins(0.0, 1.0)
        self._counts: dict[Mask, IntArray] = {}  # cells in each of the bins
        self._in_sight = False
        self._job = Jobs("mask-values", self)
        self._job.reported.connect(self._take)
        self.scale = Segmented((_("log · counts"), _("linear · counts")), _("axis of counts"), SCALE_TIP, self)
        self.point = plain_label("", "muted", small=True, steady=True, parent=self)
        not_counted = _("Not counted: {reason}")
        self._job.failed.connect(lambda why, _details: set_text(self.point, not_counted.format(reason=why)))
        self.about = plain_label("", wrap=True, small=True, selectable=True, parent=self)
        self.sound = plain_label("", wrap=True, small=True, selectable=True, parent=self)
        self._asked: tuple[Recipe, int, float] | None = None  # what was compared last, or is being compared
        self._found: list[MaskedResult] | str = []  # what came of it, or why nothing did
        self._comparing = Jobs("masked-sound", self)
        self._comparing.reported.connect(self._take_results)
        self._comparing.failed.connect(lambda problem, _details: self._take_results(problem))
        self.scale.chosen.connect(lambda index: self.plot.set_log(index == 0))
        parts = self.scale, self.point, self.about, self.sound, REST
        self._body = column_of(*parts, margins=(MARGIN, GAP, GAP, GAP), spacing=GAP)
        scroll_inside(self, self._body)
        self.show_analysis(*self._analysis)

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        """The reference's mask and that of the estimate in view; bins are common to all masks there are."""
        self._analysis = analysis, selected
        shown = masks_in_view(analysis, selected)
        now, before = ([mask for mask, *_names in each] for each in (shown, self._shown))
        if now != before or not (shown or self.about.text()):
            self._shown = shown
            masks = [track.mask for track in analysis.tracks if track.mask is not None]
            bins = ValueBins.of(masks)
            self._counts = {m: counts for m, counts in self._counts.items() if m in masks and bins == self._bins}
            self._bins = bins
            lines = [f"{title}\n{mask_sentence(mask)}" for mask, _place, _name, title in shown]
            set_text(self.about, "\n\n".join(lines) or _("Open masks (matrices instead of sound) to see their values."))
            parts: list[QWidget] = [self.scale, self.point, *self.findChildren(HistogramChart)]
            for part in parts:
                part.setVisible(bool(shown))
            self._draw()
        self._work()

    @cached_property
    def plot(self) -> HistogramChart:
        """Made when there are masks: no window waits for it to appear."""
        plot = HistogramChart(self._theme, self)
        plot.bin_hovered.connect(self._say_bin)
        self._body.insertWidget(1, plot)
        self.page_made.emit(self)
        return plot

    def set_in_sight(self, seen: bool) -> None:
        """Count what is missing once it can be seen."""
        self._in_sight = seen
        self._work()

    def set_theme(self, theme: Theme) -> None:
        """Apply `theme` to the outlines too."""
        super().set_theme(theme)
        self._draw()

    def _missing(self) -> list[Mask]:
        return [mask for mask, *_names in self._shown if mask not in self._counts]

    def _work(self) -> None:
        """Count and compare what is missing of what can be seen; for alpha and gamma nothing is compared anew."""
        if not self._in_sight:
            return
        analysis, selected = self._analysis
        recipe = find_recipe(analysis)
        asked = (recipe, selected, analysis.session.silence_db) if recipe.masks else None
        if asked != self._asked:
            self._asked, self._found = asked, []
            self._comparing.cancel()
            if asked is not None:
                self._comparing.start(lambda job: compare_masked(*asked, job.superseded))
        self._say_sound()
        self._job.start(*(partial(_count, mask, self._bins) for mask in self._missing()))

    def _take_results(self, found: list[MaskedResult] | str) -> None:
        self._found = found
        self._say_sound()

    def _say_sound(self) -> None:
        (analysis, _selected), text = self._analysis, ""
        if self._asked is None or analysis.mixture is None:
            text = HOW if analysis.reference is not None and analysis.reference.mask is not None else ""
        elif isinstance(self._found, str):
            text = _("As sound, on the mixture: {problem}").format(problem=self._found)
        elif self._found:
            text = masked_sentences(self._found, analysis.session.loss, analysis.mixture.name)
        elif self._comparing.is_busy:
            text = _("As sound, on the mixture: comparing…")
        set_text(self.sound, text, hides=True)

    def _take(self, counted: tuple[Mask, ValueBins, IntArray]) -> None:
        mask, bins, counts = counted
        if bins == self._bins and mask in self._missing():
            self._counts[mask] = counts
            self._draw()

    def _draw(self) -> None:
        if not self._shown:
            return
        outlines = []
        for mask, place, name, _title in self._shown:
            if mask in self._counts:
                style = None if place is None else self._theme.estimate(place)
                look = (self._theme.text, ()) if style is None else (style.colour, style.dash)
                outlines.append(Outline(name, self._counts[mask], mask.minimum, mask.maximum, *look))
        self.plot.show_outlines(self._bins.low, self._bins.high, outlines)
        self._say_bin(-1)

    def _say_bin(self, index: int) -> None:
        """The bin under the pointer in numbers."""
        if self._missing():
            set_text(self.point, _("Counting cells…"))
            return
        if index < 0:
            set_text(self.point, _("Point at a bar for its values and counts."))
            return
        low, high = (words.cell(value, 3) for value in self._bins.edges(index))
        parts = []
        for mask, _place, name, _title in self._shown:
            n = int(self._counts[mask][index])
            share = words.percent(n / max(1, mask.values.size), 2)
            part = ngettext("{name} {n} cell ({share})", "{name} {n} cells ({share})", n)
            parts.append(part.format(name=name, n=words.count(n), share=share))
        set_text(self.point, _("{low} to {high}: {counts}").format(low=low, high=high, counts=", ".join(parts)))


def _count(mask: Mask, bins: ValueBins, job: Job) -> tuple[Mask, ValueBins, IntArray] | None:
    counts = count_values(mask, bins, job.superseded)
    return None if counts is None else (mask, bins, counts)


def masks_in_view(analysis: Analysis, selected: int) -> list[ShownMask]:
    """The masks of the estimate in view and of its reference, those that are there."""
    pair = analysis.pair_at(selected)
    reference = analysis.reference if pair is None else pair.reference
    found: list[ShownMask] = []
    if reference is not None and reference.mask is not None:
        found.append((reference.mask, None, _("reference"), _("Reference · {name}").format(name=reference.name)))
    if pair is not None and pair.estimate.mask is not None:
        letter = words.estimate_letter(selected)
        found.append((pair.estimate.mask, selected, letter, f"{letter} · {pair.estimate.name}"))
    return found
