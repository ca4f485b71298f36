"""The table behind the summary: a row for each estimate, a column for each figure of one named result at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont

from osisnr_gui.core.types import IntArray
from osisnr_gui.export.measures import MEASURES, Group, Measure
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.look.themed import Themed
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.panels.table import ROLE, Column, ColumnModel
from osisnr_gui.session import words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.changes import Changed
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.session import Formula
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.catalogue import _

NAME = Column("name", _("estimate\n"), _("The estimate that is compared"), is_text=True)
#: So many cells are told of one by one: Qt paints them alone, but the whole table for a range.
MOST_CELLS = 64
#: What a figure is compared with: it is shown only where that is there.
MIXTURE, RIVAL = "mixture", "rival"

Value = Callable[[PairAnalysis], float]
Mixture = Callable[[PairAnalysis], PairAnalysis | None]


@dataclass(frozen=True, slots=True)
class Figure(Column):
    """A figure of an estimate.

    best : +1 when more is better, -1 when less is, 0 when neither. why : words for a value that is no plain number.
    needs : MIXTURE or RIVAL, where that must be there. depends : what of an analysis its values follow.
    """

    value: Value
    text: Callable[[float], str]
    best: int = 0
    why: Callable[[float, PairAnalysis], str] = lambda _value, _pair: ""
    needs: str = ""
    widest: str = field(default="−00.0", kw_only=True)
    depends: Changed = field(default=Changed.FRAMES, kw_only=True)


def columns_for(
    formula: Formula,
    unprocessed: Mixture = lambda _pair: None,
    wins: Value = lambda _pair: math.nan,
) -> tuple[Figure, ...]:
    """All columns for one result: its losses and averages, how often it is the best, what was gained over the mixture,
    then counts of frames, then the whole signal in time. unprocessed : the mixture against the same reference. wins :
    share of frames, see `BestFrames.win_rate`.
    """
    shown = [measure for measure in MEASURES if measure.title]
    own = [measure for measure in shown if measure.group.formula is formula]
    own.sort(key=lambda measure: (measure.unit != "", measure.key != "fused"))
    frames, whole = ([m for m in shown if m.group is group] for group in (Group.FRAMES, Group.WHOLE))
    gained = [measure for measure in (*own, *whole) if measure.gained]
    gained.sort(key=lambda measure: measure.unit == "")
    return (
        *map(_figure, own),
        _wins_column(wins),
        *(_improvement(measure, unprocessed) for measure in gained),
        *map(_figure, frames),
        *map(_figure, whole),
    )


def _figure(measure: Measure) -> Figure:
    def why(value: float, pair: PairAnalysis) -> str:
        return _why(measure, value, pair)

    key, title, tip, text = measure.key, measure.title, measure.worded(measure.tip), _text(measure)
    depends = _depends(measure)
    return Figure(key, title, tip, measure.of, text, measure.better, why, widest=measure.widest, depends=depends)


def _depends(measure: Measure) -> Changed:
    """What of an analysis a figure follows."""
    return {"fused": Changed.LOSS, "mc_mse": Changed.LOSS, "bad": Changed.BAD}.get(measure.key, Changed.FRAMES)


def _depends_of(column: Column) -> Changed:
    """What of an analysis a column follows."""
    return column.depends if isinstance(column, Figure) else Changed.FILES


def _text(measure: Measure) -> Callable[[float], str]:
    """How a figure is shown."""
    if measure.unit == "frames":
        return lambda value: words.MISSING if math.isnan(value) else words.count(int(value))
    return (lambda value: words.number(value, 1)) if measure.unit else words.loss


def _why(measure: Measure, value: float, pair: PairAnalysis) -> str:
    """Why a figure is no plain number, or none to trust; empty when it is in order."""
    formula, score = measure.group.formula, pair.score
    if score is None or measure.key == "mc_mse" or measure.group is Group.FRAMES:
        return ""
    if formula is not None:
        return (words.why_osi if measure.unit else words.why_loss)(value, score, formula)
    if math.isfinite(value):
        return ""
    if pair.whole is None:
        return _("A mask has no signal in time.") if pair.sample_rate is None else _("Known when the pass is done.")
    return _("Not finite: one of the two signals is silent, or they are the same but for their level.")


def _wins_column(wins: Value) -> Figure:
    def why(value: float, pair: PairAnalysis) -> str:
        if math.isfinite(value) or pair.score is None:
            return ""
        return _("No frame is active in every estimate of this reference, or there is no other one.")

    tip = _(
        "Share of the frames active in every estimate of this reference in which this one has the highest exact "
        "OSI-SNR; a tie is no win. Higher is better."
    )

    def value(pair: PairAnalysis) -> float:
        return 100 * wins(pair)

    title = _("wins % of\nactive frames")
    return Figure("wins", title, tip, value, lambda x: words.number(x, 1), 1, why, RIVAL, widest="000.0")


def _improvement(measure: Measure, unprocessed: Mixture) -> Figure:
    """Estimate minus mixture."""
    assert measure.gained is not None, "only some figures have a column of what was gained"
    name, which = measure.gained
    shown = _text(measure)

    def value(pair: PairAnalysis) -> float:
        mixture = unprocessed(pair)
        return math.nan if mixture is None else measure.of(pair) - measure.of(mixture)

    def text(value: float) -> str:
        return f"{'+' if value > 0 else ''}{shown(value)}"

    def why(value: float, _pair: PairAnalysis) -> str:
        return "" if math.isfinite(value) else _("One of the two has no finite number to subtract.")

    tip = _("{measure} of the estimate minus that of the unprocessed mixture. Below 0 is better.")
    if measure.better > 0:
        tip = _("{measure} of the estimate minus that of the unprocessed mixture. Above 0 is better.")
    title = f"Δ {name}\n{measure.unit}"
    widest = measure.widest if measure.unit else "−00.000"
    key, told, depends = f"delta_{measure.key}", tip.format(measure=measure.worded(which)), _depends(measure)
    return Figure(key, title, told, value, text, measure.better, why, MIXTURE, widest=widest, depends=depends)


class SummaryModel(Themed, ColumnModel[Column]):
    """Rows are estimates, columns `NAME` and the figures of one named result at a time."""

    cell_roles = frozenset((ROLE.ToolTipRole, ROLE.FontRole, ROLE.ForegroundRole))

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, (NAME,))
        self._pairs: tuple[PairAnalysis, ...] = ()
        self.names: list[str] = []  # of the estimates, in the order of the session
        self._places: dict[int, int] = {}  # by identity of the pair
        self._unprocessed: tuple[PairAnalysis, ...] = ()  # by the place of the reference
        self._partners: tuple[int, ...] = ()
        self._wins: tuple[float, ...] = ()
        self._needs: set[str] = set()
        self._columns = {formula: columns_for(formula, self._mixture_of, self._wins_of) for formula in Formula}
        self._best: dict[str, float] = {}
        self.formula = Formula.EXACT
        self._choose_columns()

    def set_formula(self, formula: Formula) -> None:
        """Show the other named result; all columns change."""
        if formula is not self.formula:
            with self.resetting():
                self.formula = formula
                self._choose_columns()
                self._find_best(self.columns)

    def show_pairs(self, analysis: Analysis, names: list[str], wins: tuple[float, ...]) -> None:
        """Show other estimates; rows stay where they are when only numbers changed.

        wins : for each pair the share of frames in which it is the best, nan where that is not known; none where no two
        estimates share a reference.
        """
        pairs, unprocessed, partners = analysis.pairs, analysis.unprocessed, analysis.session.partners
        mixtures = [unprocessed[place] for place in set(partners) if place < len(unprocessed)]
        has_mixture = any(mixture.score is not None for mixture in mixtures)
        needs = {need for need, there in ((MIXTURE, has_mixture), (RIVAL, bool(wins))) if there}
        same_rows = len(pairs) == len(self._pairs) and needs == self._needs
        if not same_rows:
            self.beginResetModel()
        self.names, self._needs, self._wins, self._partners = names, needs, wins, partners
        self._choose_columns()
        if same_rows:
            self.show_scores(Changed.ALL, analysis, 0)
        else:
            self._take_scores(analysis)
            self._find_best(self.columns)
            self.arrange()
            self.endResetModel()

    def show_scores(self, changed: Changed, analysis: Analysis, _selected: int) -> None:
        """Show other numbers of the same estimates; of the columns that depend on something else nothing is done."""
        self._take_scores(analysis)
        sections = [place for place, column in enumerate(self.columns) if _depends_of(column) & changed]
        self._find_best([self.columns[section] for section in sections])
        if self.sorted_by in sections:
            self.sort(self.sorted_by, self._direction)
        n_rows = self.order.size
        if len(sections) * n_rows > MOST_CELLS:
            self.dataChanged.emit(self.index(0, sections[0]), self.index(n_rows - 1, sections[-1]))
            return
        for section in sections:
            for row in range(n_rows):
                cell = self.index(row, section)
                self.dataChanged.emit(cell, cell)

    def _take_scores(self, analysis: Analysis) -> None:
        self._pairs, self._unprocessed = analysis.pairs, analysis.unprocessed
        self._places = {id(pair): place for place, pair in enumerate(analysis.pairs)}

    def _choose_columns(self) -> None:
        """The figures of the result on show, without those there is nothing to compare with for; sorted as before."""
        sorted_by = self.columns[self.sorted_by].key
        figures = (each for each in self._columns[self.formula] if not each.needs or each.needs in self._needs)
        self.columns = NAME, *figures
        self.sorted_by = next((place for place, column in enumerate(self.columns) if column.key == sorted_by), 0)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = ROLE.DisplayRole) -> object:
        """Titles; beside the rows their letters."""
        if orientation is Qt.Orientation.Vertical and role == ROLE.DisplayRole:
            return estimate_letter(self.place(section))
        return super().headerData(section, orientation, role)

    def n_places(self) -> int:
        """Estimates."""
        return len(self._pairs)

    def find_order(self, column: Column, *, falling: bool) -> IntArray:
        """In the order of the session by name, by value otherwise; what is no number comes last either way."""
        values = np.arange(len(self._pairs), dtype=np.float64)
        if isinstance(column, Figure):
            values = np.array([column.value(pair) for pair in self._pairs])
        return np.argsort(-values if falling else values, kind="stable")

    def column_tip(self, column: Column) -> str:
        """Which frames and which average."""
        return column.tip

    def text(self, place: int, column: Column) -> str:
        """A cell as it is on screen."""
        return column.text(column.value(self._pairs[place])) if isinstance(column, Figure) else self.names[place]

    def cell(self, place: int, column: Column, role: int) -> object:
        """What the name or the figure says beside its text."""
        pair = self._pairs[place]
        if isinstance(column, Figure):
            return self._figure_data(column, pair, role)
        if role == ROLE.ToolTipRole:
            return tooltip(str(pair.error) if pair.error is not None else pair.estimate.name)
        if role == ROLE.ForegroundRole and pair.error is not None:
            return QColor(self._theme.error)
        return None

    def table_text(self, rows: Iterable[int]) -> str:
        """Rows as tab-separated text with a header, numbers with all their digits."""
        scores = [pair.score for pair in self._pairs if pair.score is not None]
        name = _("estimate ({frames})").format(frames=self.formula.words)
        if scores:
            method = scores[0].loss.method
            name = _("estimate ({frames}, method {n})").format(frames=self.formula.words, n=method)
        figures = [column for column in self.columns if isinstance(column, Figure)]
        lines = ["\t".join((name, *(figure.name for figure in figures)))]
        for place in map(self.place, rows):
            values = (figure.value(self._pairs[place]) for figure in figures)
            lines.append("\t".join((self.names[place], *(f"{value:.10g}" for value in values))))
        return "\n".join(lines) + "\n"

    def _figure_data(self, column: Figure, pair: PairAnalysis, role: int) -> object:
        value = column.value(pair)
        best = self._best.get(column.key) == value
        if role == ROLE.ToolTipRole:
            why = column.why(value, pair) or (str(pair.error) if pair.error is not None else "")
            return tooltip(why or (_("Best of the estimates in this column") if best else ""))
        if role == ROLE.FontRole and best:
            font = QFont()
            font.setBold(True)
            return font
        if role == ROLE.ForegroundRole and not math.isfinite(value):
            return QColor(self._theme.muted)
        return None

    def _find_best(self, columns: Sequence[Column]) -> None:
        """The best value of each column, where at least two differ. What is not finite cannot be best, nor a literal
        loss that silence has brought to 0 or below."""
        for column in columns:
            if not isinstance(column, Figure) or not column.best:
                continue
            values = {value for value in map(column.value, self._pairs) if math.isfinite(value)}
            if column.key in ("fused", "loss_osi_1", "loss_osi_2"):
                values = {value for value in values if value > 0}
            best = max if column.best > 0 else min
            self._best[column.key] = best(values) if len(values) > 1 else math.nan

    def _mixture_of(self, pair: PairAnalysis) -> PairAnalysis | None:
        place = self._places.get(id(pair))
        partner = len(self._unprocessed) if place is None else self._partners[place]
        return self._unprocessed[partner] if partner < len(self._unprocessed) else None

    def _wins_of(self, pair: PairAnalysis) -> float:
        place = self._places.get(id(pair), -1)
        return self._wins[place] if 0 <= place < len(self._wins) else math.nan
