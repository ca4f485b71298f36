"""The fused loss of the selected estimate and what moves it: alpha, gamma, method, and which result leads."""

import math
from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetrics, QFontMetricsF, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from osisnr_gui.core.mc_mse import DEFAULT_ALPHA
from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.look.theme import FONT_PIXELS, SMALL_FONT_PIXELS, Theme, Themed, contrast_ratio, tabular_font
from osisnr_gui.qt.panels.figure_table import EstimateMark, VerdictScale
from osisnr_gui.qt.panels.layouts import REST, Segmented, column_of, scroll_inside
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, ElidedLabel, plain_label, set_text, tooltip
from osisnr_gui.qt.panels.value_slider import ALPHA, GAMMA, ValueSlider
from osisnr_gui.qt.plots.charts.panel_charts import AlphaChart
from osisnr_gui.session import edits, words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.changes import Changed, Part
from osisnr_gui.session.comparison.difference import Effects
from osisnr_gui.session.comparison.speakers import find_ranking
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.segments.bad_segments import Facts
from osisnr_gui.session.session import Formula, Session
from osisnr_gui.session.verdict import Verdict, chance_floor_db
from osisnr_gui.text import sentences
from osisnr_gui.text.catalogue import _, translated
from osisnr_gui.text.comparison import effect_sentence

#: The two named results, in the order of their switch, and what it calls them.
FORMULAS = {Formula.EXACT: _("exact · active frames"), Formula.LITERAL: _("literal · all frames")}
PLOT_HEIGHT = 132
SENTENCE_LINES = 3
REST_MS = 80
#: Pixels of the big number and of the bar under it, the gap below that, and the colours beside its names.
BIG, BAR, BAR_GAP, SWATCH = 24, 16, 6, 8
ALPHAS = np.linspace(0.01, 1.0, 60)
METHOD_TIP = _("How L_OSI averages over frames: method 1 is the mean of 1/OSI-SNR, method 2 is 1 / (mean OSI-SNR).")
FORMULA_TIP = _(
    "exact, active frames: without the constants, silent frames left out; what you can trust.\nliteral, all frames: "
    "the definition with its constants, what a training script prints; silence counts as perfect."
)
#: Looked up once: these are asked for at every tick of a slider.
HEADLINE_TIP = _("{number}. Lower is better.")
LITERAL_TIP = _("Literal, all frames: {number}.")
MARKS_TIP = _("Ticks above: here two estimates swap ranks.")
#: A curve over ALPHAS, and what it was computed for.
AlphaCurve = tuple[Facts, Formula, FloatArray]


def share_widths(first: float, second: float) -> tuple[float, float] | None:
    """Shares of the bar for two terms, adding up to 1; None when they cannot be shares of a whole.

    A term that is infinite takes all; negative terms and those that are no numbers leave nothing to share.
    """
    if not (first >= 0 and second >= 0):
        return None
    if math.isinf(first) or math.isinf(second):
        first, second = float(math.isinf(first)), float(math.isinf(second))
    total = first + second
    return (first / total, second / total) if 0 < total < math.inf else None


class Headline(Themed, QWidget):
    """ "fused loss L = 0.602" over "literal, all 822 frames, method 1"; painted, so that a new digit moves nothing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._parts = (_("fused loss L"), "–", "")
        self._warned = False
        self.setMinimumWidth(160)
        self._first, second = (QFontMetrics(tabular_font(pixels)).height() for pixels in (BIG, FONT_PIXELS))
        self.setFixedHeight(self._first + second)

    @property
    def text(self) -> str:
        """Everything on screen in one line."""
        name, number, which = self._parts
        return f"{name} = {number} ({which})" if which else f"{name} = {number}"

    def show_number(self, number: str, which: str, why: str = "", also: str = "") -> None:
        """Show a number; `which` says which one it is; in the tooltip, `why` what is the matter with it, and `also`."""
        parts = (self._parts[0], number, which)
        if parts != self._parts or bool(why) != self._warned:
            self._parts, self._warned = parts, bool(why)
            self.setAccessibleName(self.text)
            self.update()
        tip = tooltip(" ".join(filter(None, (HEADLINE_TIP.format(number=self.text), why, also))))
        if tip != self.toolTip():
            self.setToolTip(tip)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Name and number on one baseline, then which."""
        with QPainter(self) as painter:
            name, number, which = self._parts
            baseline = QFontMetricsF(tabular_font(BIG)).ascent()
            self._draw(painter, QPointF(0, baseline), f"{name} =", FONT_PIXELS, self._theme.muted)
            beside = QFontMetricsF(painter.font()).horizontalAdvance(f"{name} = ")
            self._draw(painter, QPointF(beside, baseline), number, BIG, self._theme.text)
            fits = QFontMetrics(tabular_font()).horizontalAdvance(which) <= self.width()
            pixels = FONT_PIXELS if fits else SMALL_FONT_PIXELS
            colour = self._theme.warning if self._warned else self._theme.muted
            second = self._first + QFontMetricsF(tabular_font(pixels)).ascent()
            self._draw(painter, QPointF(0, second), which, pixels, colour)

    @staticmethod
    def _draw(painter: QPainter, at: QPointF, text: str, pixels: int, colour: str) -> None:
        painter.setFont(tabular_font(pixels))
        painter.setPen(QColor(colour))
        painter.drawText(at, text)


class ShareBar(Themed, QWidget):
    """L_OSI against γ·MC-MSE: a bar, and under it each name with its number."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._terms = (math.nan, math.nan)
        self.setFixedHeight(BAR + BAR_GAP + QFontMetrics(tabular_font()).height())
        tip = _("The two terms of the fused loss L = L_OSI + γ·MC-MSE. L_OSI is 1/OSI-SNR averaged over frames.")
        self.setToolTip(tooltip(tip))

    @property
    def shares(self) -> tuple[float, float] | None:
        """What part of the bar each term has; None when there is nothing to draw."""
        return share_widths(*self._terms)

    def show_terms(self, loss_osi: float, mc_term: float) -> None:
        """Show two terms of a loss; any float will do."""
        if (loss_osi, mc_term) != self._terms:
            self._terms = (loss_osi, mc_term)
            self.setAccessibleName(f"L_OSI {words.loss(loss_osi)}, γ·MC-MSE {words.loss(mc_term)}")
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bar above, names and numbers below."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            colours = self._theme.loss_osi, self._theme.loss_mc
            self._paint_bar(painter, colours)
            self._paint_legend(painter, colours)

    def _paint_bar(self, painter: QPainter, colours: tuple[str, str]) -> None:
        bar = QRectF(0, 0, self.width(), BAR)
        outline = QPainterPath()
        outline.addRoundedRect(bar, 3, 3)
        painter.setClipPath(outline)
        painter.fillRect(bar, QColor(self._theme.hover))
        shares, left = self.shares, 0.0
        painter.setFont(tabular_font(SMALL_FONT_PIXELS))
        if shares is None and min(self._terms) < 0 and not any(map(math.isnan, self._terms)):
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(bar, Qt.AlignmentFlag.AlignCenter, _("a term below 0 has no share"))
        for share, colour in zip(shares or (), colours, strict=False):
            part = QRectF(left, 0, share * bar.width(), BAR)
            painter.fillRect(part, QColor(colour))
            left = part.right()
            text = words.percent(share)
            if painter.fontMetrics().horizontalAdvance(text) + 8 <= part.width():
                # The readable one of the theme's two extremes.
                inks = self._theme.text, self._theme.background
                painter.setPen(QColor(max(inks, key=partial(contrast_ratio, colour))))
                painter.drawText(part, Qt.AlignmentFlag.AlignCenter, text)
        painter.setClipping(False)

    def _paint_legend(self, painter: QPainter, colours: tuple[str, str]) -> None:
        top = BAR + BAR_GAP
        height = self.height() - top
        lefts = (0.0, self.width() * 0.46)
        for left, name, colour, term in zip(lefts, ("L_OSI", "γ·MC-MSE"), colours, self._terms, strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(left, top + (height - SWATCH) / 2, SWATCH, SWATCH), 2, 2)
            painter.setFont(tabular_font(FONT_PIXELS))
            baseline = top + (height + painter.fontMetrics().capHeight()) / 2
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(QPointF(left + SWATCH + 4, baseline), name)
            x = left + SWATCH + 10 + painter.fontMetrics().horizontalAdvance(name)
            painter.setPen(QColor(self._theme.text))
            painter.drawText(QPointF(x, baseline), words.loss(term))


class LossPanel(QWidget):
    """Number, shares, sliders, switches and MC-MSE(α); follows every tick of a slider."""

    edit_requested = Signal(object, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves: dict[int, AlphaCurve] = {}
        self._said_for: tuple[object, ...] = ()
        self._said = "", ""  # which number the headline shows, and what is the matter with it
        self._judged = Analysis(Session()), 0  # what the sentence is about once the threshold rests
        self._undefined = self._in_place = ""  # why there is no literal number, and the words where it would stand
        self.mark = EstimateMark(theme, self)
        self.verdict = ElidedLabel(parent=self)
        self.scale = VerdictScale(theme, self)
        self.headline = Headline(theme, self)
        self.bar = ShareBar(theme, self)
        self.sentence = plain_label("", "muted", wrap=True, parent=self)
        # What became of the estimate since its file changed, and what moves its loss.
        self.change, self.effect = (plain_label("", wrap=True, parent=self) for _each in range(2))
        self.change.hide()
        self.effects = Effects()
        self.alpha = ValueSlider(ALPHA, self)
        self.gamma = ValueSlider(GAMMA, self)
        self.order = plain_label("", "muted", wrap=True, small=True, parent=self)
        methods = f"1 · {_('mean of inverses')}", f"2 · {_('inverse of mean')}"
        self.method = Segmented(methods, _("loss_osi method"), METHOD_TIP, self)
        self.formula = Segmented(tuple(FORMULAS.values()), _("result that leads"), FORMULA_TIP, self)
        self.plot = AlphaChart(theme, self)
        self.plot_title = ElidedLabel("", muted=True, parent=self)
        # The worst place takes milliseconds to find in an hour: too long for every step of a drag.
        self.rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._lay_out()
        self._connect()
        files = Changed.FILES | Changed.FRAMES | Changed.VIEW
        self.parts: tuple[Part, ...] = (
            (self._show_choice, Changed.LEADING | Changed.LOSS),
            (self._show_names, files | Changed.NOTICES),
            (self._follow_threshold, Changed.BAD),
            (lambda analysis, _selected: self.effects.take(analysis), Changed.FILES | Changed.FRAMES),
            (self._show_effect, files | Changed.LEADING | Changed.LOSS),
            (self._show_score, files | Changed.LEADING | Changed.LOSS),
            (self._show_curves, files | Changed.LEADING),
        )
        for show, _changed in self.parts:
            show(Analysis(Session()), 0)

    def _lay_out(self) -> None:
        self.plot.setFixedHeight(PLOT_HEIGHT)
        # Its length differs from estimate to estimate, and nothing below it may move.
        self.sentence.setMinimumHeight(SENTENCE_LINES * self.sentence.fontMetrics().lineSpacing())
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        verdict = self.mark, self.verdict, self.scale, self.sentence, self.effect
        loss = self.headline, self.bar, self.alpha, self.gamma, self.order, self.method, self.formula
        parts = *verdict, *loss, self.plot_title, self.plot, self.change, REST
        scroll_inside(self, column_of(*parts, margins=(MARGIN, GAP, MARGIN, GAP), spacing=GAP - 2))

    def _connect(self) -> None:
        ask = self.edit_requested.emit
        self.alpha.value_changed.connect(lambda v: ask(partial(edits.set_alpha, alpha=v), "alpha"))
        self.plot.alpha_requested.connect(lambda v: ask(partial(edits.set_alpha, alpha=ALPHA.clamp(v)), "alpha"))
        self.gamma.value_changed.connect(lambda v: ask(partial(edits.set_gamma, gamma=v), "gamma"))
        self.method.chosen.connect(lambda i: ask(partial(edits.set_method, method=i + 1), ""))
        self.rest.timeout.connect(lambda: self._show_names(*self._judged))
        self.formula.chosen.connect(lambda i: ask(partial(edits.set_formula, formula=tuple(FORMULAS)[i]), ""))

    def _show_choice(self, analysis: Analysis, _selected: int) -> None:
        loss = analysis.session.loss
        self.alpha.set_value(loss.alpha)
        self.gamma.set_value(loss.gamma)
        self.plot.move_to(loss.alpha)
        self.method.set_current(loss.method - 1)
        self.formula.set_current(tuple(FORMULAS).index(loss.formula))

    def _follow_threshold(self, analysis: Analysis, selected: int) -> None:
        self._judged = analysis, selected
        self.rest.start()

    def _show_names(self, analysis: Analysis, selected: int) -> None:
        """Whose loss it is, how good that estimate is in a word, and in a sentence."""
        self._judged = analysis, selected
        pair = analysis.pair_at(selected)
        name = sentences.estimate_names(analysis)[selected] if pair else ""
        self.mark.show_estimate(selected if pair else None, name)
        if pair is None or pair.score is None:
            self.verdict.set_text("")
            self.scale.hide()
            set_text(self.sentence, sentences.status_sentence(analysis, selected))
            return
        chance_db = chance_floor_db(analysis, pair)
        scores = {place: each.score for place, each in enumerate(analysis.pairs)}
        medians = {place: score.exact.osi_db_median for place, score in scores.items() if score is not None}
        self.scale.show_medians(medians, chance_db, selected)
        self.scale.show()
        verdict = Verdict(pair, chance_db)
        line = sentences.verdict_line(verdict)
        self.verdict.set_text(line, tip=f"{line}\n{sentences.grade_tip()}", shorter=line.rpartition(" (")[0])
        unit = "s" if pair.score.facts.frames.grid.seconds else "frames"
        also = sentences.level_polarity_delay(analysis, pair)
        set_text(self.sentence, sentences.verdict_sentence(verdict, unit, *also))

    def _show_effect(self, analysis: Analysis, selected: int) -> None:
        effect = self.effects.find(selected, analysis.session.loss)
        set_text(self.effect, "" if effect is None else effect_sentence(effect), hides=True)

    def _show_score(self, analysis: Analysis, selected: int) -> None:
        pair = analysis.pair_at(selected)
        score = pair.score if pair else None
        if score is None:
            refused = pair is not None and pair.error is not None
            self.headline.show_number("–", _("cannot be compared") if refused else _("nothing to compare yet"))
            self.bar.show_terms(float("nan"), float("nan"))
        else:
            fused = score.leading.fused
            key = score.facts, score.loss.method, score.loss.formula, 0.0 if math.isfinite(fused) else fused
            if key != self._said_for:
                self._said_for = key
                undefined = sentences.fused_not_defined(score)
                self._in_place = _("not defined") if undefined and score.loss.formula is Formula.LITERAL else ""
                self._said = sentences.result_words(score), sentences.why_loss(fused, score, score.loss.formula)
                self._undefined = undefined
            also = LITERAL_TIP.format(number=self._undefined or words.loss(score.literal.fused))
            self.headline.show_number(self._in_place or words.loss(fused), *self._said, also)
            first, second = score.shares
            self.bar.show_terms(math.nan if self._in_place else first, second)
        # Where two estimates swap ranks, and how far the present order holds.
        ranking = find_ranking(analysis, selected)
        self.gamma.set_marks(tuple(crossing.gamma for crossing in ranking.crossings), MARKS_TIP)
        set_text(self.order, translated(ranking.sentence), hides=True)

    def _show_curves(self, analysis: Analysis, _selected: int) -> None:
        loss = analysis.session.loss
        scores = [(index, pair.score) for index, pair in enumerate(analysis.pairs) if pair.score is not None]
        self._curves = {index: self._curve(index, score) for index, score in scores}
        curves = [(values, index) for index, (_, _, values) in self._curves.items()]
        self.plot.show_alpha(ALPHAS, curves, loss.alpha, DEFAULT_ALPHA)
        self.plot_title.set_text(f"MC-MSE(α) · {translated(loss.formula.words)}")

    def _curve(self, index: int, score: PairScore) -> AlphaCurve:
        """The curve of an estimate, computed when its frames or the leading result changed."""
        old, formula = self._curves.get(index), score.loss.formula
        if old is not None and old[0] is score.facts and old[1] is formula:
            return old
        return score.facts, formula, np.array([score.mc_mse_at(alpha) for alpha in ALPHAS])
