"""The fused loss of the selected estimate and what moves it: alpha, gamma, method, and which result leads."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from osisnr_gui.core.mc_mse import DEFAULT_ALPHA
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.panels.estimate_mark import EstimateMark
from osisnr_gui.qt.panels.layouts import REST, column_of, scroll_inside
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, ElidedLabel, plain_label, set_text, tooltip
from osisnr_gui.qt.panels.segmented import FORMULAS, Segmented
from osisnr_gui.qt.panels.share_bar import Headline, ShareBar
from osisnr_gui.qt.panels.value_slider import ALPHA, GAMMA, ValueSlider
from osisnr_gui.qt.plots.charts.alpha_chart import AlphaChart
from osisnr_gui.session import edits, words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.changes import Changed, Part
from osisnr_gui.session.comparison.ranking import find_ranking
from osisnr_gui.session.facts import Facts
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.session import Formula, Session
from osisnr_gui.session.verdict import chance_floor_db, find_verdict
from osisnr_gui.text import sentences
from osisnr_gui.text.verdict import grade_tip, verdict_line, verdict_sentence

PLOT_HEIGHT = 132
ALPHAS = np.linspace(0.01, 1.0, 60)


class LossPanel(QWidget):
    """Number, shares, sliders, switches and MC-MSE(α); follows every tick of a slider."""

    edit_requested = Signal(object, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves: dict[int, tuple[Facts, Formula, np.ndarray]] = {}
        self._result: tuple[int, Formula] | None = None  # method, and which leads
        self._said_for: tuple[object, ...] = ()
        self._alpha = DEFAULT_ALPHA
        self._said = "", ""  # which number the headline shows, and what is the matter with it
        self.mark = EstimateMark(theme, self)
        self.verdict = ElidedLabel(parent=self)
        self.headline = Headline(theme, self)
        self.bar = ShareBar(theme, self)
        self.sentence: QLabel = plain_label("", "muted", wrap=True, parent=self)
        self.change: QLabel = plain_label("", wrap=True, parent=self)
        self.change.hide()
        self.alpha = ValueSlider(ALPHA, self)
        self.gamma = ValueSlider(GAMMA, self)
        self.order: QLabel = plain_label("", "muted", wrap=True, small=True, parent=self)
        self.method = Segmented(
            (("1", sentences.method_words(1)), ("2", sentences.method_words(2))),
            "loss_osi method",
            "How L_OSI averages over frames: method 1 is the mean of 1/OSI-SNR, method 2 is 1 / (mean OSI-SNR).",
            self,
        )
        self.formula = Segmented.of_formulas(
            "result that leads",
            "exact, active frames: without the constants, silent frames left out; what you can trust.\nliteral, all "
            "frames: the definition with its constants, what a training script prints; silence counts as perfect.",
            self,
        )
        self.plot = AlphaChart(theme, self)
        self.plot_title = ElidedLabel("", muted=True, parent=self)
        self._lay_out()
        self._connect()
        files = Changed.FILES | Changed.FRAMES | Changed.VIEW
        self.parts: tuple[Part, ...] = (
            (self._show_choice, Changed.LEADING | Changed.LOSS),
            (self._show_names, files | Changed.BAD | Changed.NOTICES),
            (self._show_score, files | Changed.LEADING | Changed.LOSS),
            (self._show_curves, files | Changed.LEADING),
        )
        for show, _ in self.parts:
            show(Analysis(Session()), 0)

    def show_change(self, sentence: str) -> None:
        """What became of the estimate since its file changed; empty when there is nothing to say."""
        set_text(self.change, sentence)
        self.change.setVisible(bool(sentence))

    def _lay_out(self) -> None:
        self.plot.setFixedHeight(PLOT_HEIGHT)
        # The sentence comes last: its length differs from estimate to estimate, and nothing above it may move.
        body = column_of(
            self.mark,
            self.verdict,
            self.headline,
            self.bar,
            self.alpha,
            self.gamma,
            self.order,
            self.method,
            self.formula,
            self.plot_title,
            self.plot,
            self.sentence,
            self.change,
            REST,
            margins=(MARGIN, GAP, MARGIN, GAP),
            spacing=GAP - 2,
        )
        scroll_inside(self, body)

    def _connect(self) -> None:
        self.alpha.value_changed.connect(lambda v: self.edit_requested.emit(partial(edits.set_alpha, alpha=v), "alpha"))
        self.plot.alpha_requested.connect(
            lambda v: self.edit_requested.emit(partial(edits.set_alpha, alpha=ALPHA.clamp(v)), "alpha")
        )
        self.gamma.value_changed.connect(lambda v: self.edit_requested.emit(partial(edits.set_gamma, gamma=v), "gamma"))
        self.method.chosen.connect(lambda i: self.edit_requested.emit(partial(edits.set_method, method=i + 1), ""))
        self.formula.chosen.connect(
            lambda i: self.edit_requested.emit(partial(edits.set_formula, formula=FORMULAS[i]), "")
        )

    def _show_choice(self, analysis: Analysis, _selected: int) -> None:
        loss = analysis.session.loss
        self.alpha.set_value(loss.alpha)
        self.gamma.set_value(loss.gamma)
        if loss.alpha != self._alpha:
            self._alpha = loss.alpha
            self.plot.move_to(loss.alpha)
        if (loss.method, loss.formula) != self._result:
            self._result = loss.method, loss.formula
            self.method.set_current(0 if loss.method == 1 else 1)
            self.formula.set_current(FORMULAS.index(loss.formula))

    def _show_names(self, analysis: Analysis, selected: int) -> None:
        """Whose loss it is, how good that estimate is in a word, and in a sentence."""
        pair = analysis.pair_at(selected)
        name = sentences.estimate_names(analysis)[selected] if pair else ""
        self.mark.show_estimate(selected if pair else None, name)
        if pair is None or pair.score is None:
            self.verdict.set_text("")
            set_text(self.sentence, sentences.status_sentence(analysis, selected))
            return
        verdict = find_verdict(pair, chance_floor_db(analysis, pair))
        self.verdict.set_text(verdict_line(verdict))
        self.verdict.setToolTip(tooltip(grade_tip()))
        unit = "s" if pair.score.facts.frames.grid.seconds else "frames"
        set_text(self.sentence, verdict_sentence(verdict, unit, *sentences.level_and_polarity(analysis, pair)))

    def _show_score(self, analysis: Analysis, selected: int) -> None:
        pair = analysis.pair_at(selected)
        score = pair.score if pair else None
        if score is None:
            refused = pair is not None and pair.error is not None
            self.headline.show_number("–", "cannot be compared" if refused else "nothing to compare yet")
            self.bar.show_terms(float("nan"), float("nan"))
        else:
            fused = score.leading.fused
            key = score.facts, score.loss.method, score.loss.formula, 0.0 if math.isfinite(fused) else fused
            if key != self._said_for:
                self._said_for = key
                self._said = sentences.result_words(score), sentences.why_loss(fused, score, score.loss.formula)
            self.headline.show_number(words.loss(fused), *self._said)
            self.bar.show_terms(*score.shares)
        self._show_ranking(analysis, selected)

    def _show_ranking(self, analysis: Analysis, selected: int) -> None:
        """Where two estimates swap ranks, and how far the present order holds."""
        ranking = find_ranking(analysis, selected)
        gammas = tuple(crossing.gamma for crossing in ranking.crossings)
        self.gamma.set_marks(gammas, "Ticks above: here two estimates swap ranks.")
        set_text(self.order, ranking.sentence)
        self.order.setVisible(bool(self.order.text()))

    def _show_curves(self, analysis: Analysis, _selected: int) -> None:
        loss = analysis.session.loss
        scores = [(index, pair.score) for index, pair in enumerate(analysis.pairs) if pair.score is not None]
        self._curves = {index: self._curve(index, score) for index, score in scores}
        curves = [(values, index) for index, (_, _, values) in self._curves.items()]
        self.plot.show_alpha(ALPHAS, curves, loss.alpha, DEFAULT_ALPHA)
        self.plot_title.set_text(f"MC-MSE(α) · {loss.formula.words}")

    def _curve(self, index: int, score: PairScore) -> tuple[Facts, Formula, np.ndarray]:
        """The curve of an estimate, computed when its frames or the leading result changed."""
        old, formula = self._curves.get(index), score.loss.formula
        if old is not None and old[0] is score.facts and old[1] is formula:
            return old
        return score.facts, formula, np.array([score.mc_mse_at(alpha) for alpha in ALPHAS])
