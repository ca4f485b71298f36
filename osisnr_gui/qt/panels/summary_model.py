"""The table behind the summary: a row for each estimate, a column for each figure of one named result at a time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont

from osisnr_gui.core.types import IntArray
from osisnr_gui.export.measures import MEASURES, Group, Measure
from osisnr_gui.qt.look.theme import Theme, Themed, line_sample
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.panels.table import ROLE, Column, ColumnModel
from osisnr_gui.session import words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.changes import Changed
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.session import Formula
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.files import error_words
from osisnr_gui.text.sentences import fused_not_defined, not_defined, why_loss, why_osi

NAME = Column("name", _("estimate\n"), _("The estimate that is compared"), is_text=True)
NOT_DEFINED = _("not defined")
#: So many cells are told of one by one: Qt paints them alone, but the whole table for a range.
MOST_CELLS = 64
#: What is looked at first, in sight beside the name however narrow the table is.
FIRST_FIGURES = "osi_db_median", "fused", "wins", "si_snr_db"
#: What of an analysis the figures with these keys follow; all others follow its frames.
DEPENDS = {"fused": Changed.LOSS, "mc_mse": Changed.LOSS, **dict.fromkeys(("bad", "missed", "false"), Changed.BAD)}
FIGURE_ROLES = frozenset((ROLE.ToolTipRole, ROLE.FontRole, ROLE.ForegroundRole))
#: What a figure is compared with: it is shown only where that is there.
MIXTURE, RIVAL = "mixture", "rival"


class Row(NamedTuple):
    """An estimate, and the unprocessed mixture against the same reference. wins : see `BestFrames.win_rate`, or nan."""

    pair: PairAnalysis
    name: str
    mixture: PairAnalysis | None
    wins: float


_WINS_TIP = _(
    "Share of the frames active in every estimate of this reference in which this one has the highest exact "
    "OSI-SNR; a tie is no win. Higher is better."
)
WINS = Measure(
    group=Group.EXACT, key="wins", unit="%", better=1, title=_("wins %\nactive"), tip=_WINS_TIP, widest="000.0"
)


@dataclass(frozen=True, slots=True)
class Figure(Column):
    """A measure of an estimate. needs : MIXTURE for what was gained over it, RIVAL for how often it is the best."""

    measure: Measure
    needs: str = ""
    roles: frozenset[int] | None = field(default=FIGURE_ROLES, kw_only=True)

    @property
    def depends(self) -> Changed:
        """What of an analysis its values follow."""
        return DEPENDS.get(self.measure.key, Changed.FRAMES)

    def value(self, row: Row) -> float:
        """The number; nan where there is none."""
        if self.needs == RIVAL:
            return 100 * row.wins
        value = self.measure.of(row.pair)
        if self.needs == MIXTURE:
            return math.nan if row.mixture is None else value - self.measure.of(row.mixture)
        return value

    def text(self, value: float) -> str:
        """How a number is shown."""
        if self.measure.unit == "frames":
            return words.MISSING if math.isnan(value) else words.count(int(value))
        shown = words.number(value, 1) if self.measure.unit else words.loss(value)
        if self.needs != MIXTURE:
            return shown
        return f"{'+' if value > 0 else ''}{shown}" if math.isfinite(value) else words.MISSING

    def undefined(self, row: Row) -> str:
        """Why a literal figure is none, though the formula gives something; empty where it is one."""
        measure, score = self.measure, row.pair.score
        if score is None or self.needs or measure.group is not Group.LITERAL or measure.key == "mc_mse":
            return ""
        return fused_not_defined(score) if measure.key == "fused" else not_defined(score.facts, self.value(row))

    def why(self, value: float, row: Row) -> str:
        """Why a number is no plain one, or none to trust; empty when it is in order."""
        measure, pair = self.measure, row.pair
        if self.needs == MIXTURE:
            return "" if math.isfinite(value) else _("One of the two has no finite number to subtract.")
        if pair.score is None or measure.key == "mc_mse" or measure.group is Group.FRAMES:
            return ""
        if measure.group.formula is not None and not self.needs:
            return (why_osi if measure.unit else why_loss)(value, pair.score, measure.group.formula)
        if math.isfinite(value):
            return ""
        if self.needs == RIVAL:
            return _("No frame is active in every estimate of this reference, or there is no other one.")
        if pair.whole is None:
            return _("A mask has no signal in time.") if pair.sample_rate is None else _("Known when the pass is done.")
        return _("Not finite: one of the two signals is silent, or they are the same but for their level.")


@cache
def columns_for(formula: Formula) -> tuple[Figure, ...]:
    """All columns for one result: what is looked at first, its other losses and averages, what was gained over the
    mixture, counts of frames, then the whole signal in time.
    """
    shown = [measure for measure in MEASURES if measure.title]
    own = [measure for measure in shown if measure.group.formula is formula]
    frames, whole = ([m for m in shown if m.group is group] for group in (Group.FRAMES, Group.WHOLE))
    gained = [measure for measure in (*own, *whole) if measure.gained]
    gained.sort(key=lambda measure: measure.unit == "")
    figures = *map(_figure, own), _figure(WINS, RIVAL), *map(_gain, gained), *map(_figure, (*frames, *whole))
    found = {each.key: each for each in figures}
    first = [found.pop(key) for key in FIRST_FIGURES]
    return (*first, *found.values())


def _figure(measure: Measure, needs: str = "") -> Figure:
    widest = NOT_DEFINED if measure.group is Group.LITERAL and measure.key != "mc_mse" else measure.widest
    return Figure(measure.key, measure.title, measure.worded(measure.tip), measure, needs, widest=widest)


def _gain(measure: Measure) -> Figure:
    """Estimate minus mixture."""
    assert measure.gained is not None, "only some figures have a column of what was gained"
    name, which = measure.gained
    tip = _("{measure} of the estimate minus that of the unprocessed mixture. Below 0 is better.")
    if measure.better > 0:
        tip = _("{measure} of the estimate minus that of the unprocessed mixture. Above 0 is better.")
    title, tip = f"Δ {name}\n{measure.unit}", tip.format(measure=measure.worded(which))
    widest = measure.widest if measure.unit else "−00.000"
    return Figure(f"delta_{measure.key}", title, tip, measure, MIXTURE, widest=widest)


LITERAL_FIGURES = {m.key: _figure(m) for m in MEASURES if m.group is Group.LITERAL}


class SummaryModel(Themed, ColumnModel[Column]):
    """Rows are estimates, columns `NAME` and the figures of one named result at a time."""

    title_tip = "{what}"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, (NAME,))
        self.rows: list[Row] = []  # in the order of the session
        self._needs: set[str] = set()
        self._best: dict[str, float] = {}
        self.formula = Formula.EXACT
        self._choose_columns()

    def show_pairs(self, analysis: Analysis, names: list[str], wins: tuple[float, ...]) -> None:
        """Show other estimates, or the other named result; rows stay where they are when only numbers changed.

        wins : for each pair the share of frames in which it is the best, nan where that is not known; none where no two
        estimates share a reference.
        """
        mixtures = map(analysis.unprocessed_for, range(len(names)))
        places = zip(analysis.pairs, names, mixtures, wins or [math.nan] * len(names), strict=False)
        rows = [Row(*place) for place in places]
        has_mixture = any(row.mixture is not None and row.mixture.score is not None for row in rows)
        needs = {need for need, there in ((MIXTURE, has_mixture), (RIVAL, bool(wins))) if there}
        formula = analysis.session.loss.formula
        if (len(rows), needs, formula) == (len(self.rows), self._needs, self.formula):
            self.rows = rows
            self.show_scores(Changed.ALL, analysis, 0)
            return
        with self.resetting():
            self.rows, self._needs, self.formula = rows, needs, formula
            self._choose_columns()
            self._find_best(self.columns)

    def show_scores(self, changed: Changed, analysis: Analysis, _selected: int) -> None:
        """Show other numbers of the same estimates; of the columns that depend on something else nothing is done."""
        places = enumerate(zip(self.rows, analysis.pairs, strict=False))
        self.rows = [row._replace(pair=pair, mixture=analysis.unprocessed_for(k)) for k, (row, pair) in places]
        follows = [column.depends if isinstance(column, Figure) else Changed.FILES for column in self.columns]
        sections = [place for place, depends in enumerate(follows) if depends & changed]
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

    def _choose_columns(self) -> None:
        """The figures of the result on show, without those there is nothing to compare with for; sorted as before."""
        sorted_by = self.columns[self.sorted_by].key
        figures = (each for each in columns_for(self.formula) if not each.needs or each.needs in self._needs)
        self.columns = NAME, *figures
        self.sorted_by = next((place for place, column in enumerate(self.columns) if column.key == sorted_by), 0)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = ROLE.DisplayRole) -> object:
        """Titles; beside the rows their letters."""
        if orientation is Qt.Orientation.Vertical and role == ROLE.DisplayRole:
            return words.estimate_letter(self.place(section))
        return super().headerData(section, orientation, role)

    def n_places(self) -> int:
        """Estimates."""
        return len(self.rows)

    def find_order(self, column: Column, *, falling: bool) -> IntArray:
        """In the order of the session by name, by value otherwise; what is no number comes last either way."""
        values = np.arange(len(self.rows), dtype=np.float64)
        if isinstance(column, Figure):
            values = np.array([column.value(row) for row in self.rows])
        return np.argsort(-values if falling else values, kind="stable")

    def text(self, place: int, column: Column) -> str:
        """A cell as it is on screen."""
        row = self.rows[place]
        if not isinstance(column, Figure):
            return row.name
        return NOT_DEFINED if column.undefined(row) else column.text(column.value(row))

    def cell(self, place: int, column: Column, role: int) -> object:
        """What the name or the figure says beside its text."""
        if isinstance(column, Figure):
            return self._figure_data(column, self.rows[place], role)
        pair = self.rows[place].pair
        if role == ROLE.DecorationRole:
            return line_sample(self._theme.estimate(place))
        if role == ROLE.ToolTipRole:
            return tooltip(error_words(pair.error) if pair.error is not None else pair.estimate.name)
        if role == ROLE.ForegroundRole and pair.error is not None:
            return QColor(self._theme.error)
        return None

    def copied(self, place: int | None, column: Column) -> str:
        """Numbers with all their digits, and over the names which result they are of."""
        if place is not None:
            row = self.rows[place]
            return f"{column.value(row):.10g}" if isinstance(column, Figure) else row.name
        if isinstance(column, Figure):
            return column.name
        methods = [row.pair.score.loss.method for row in self.rows if row.pair.score is not None]
        name = _("estimate ({frames}, method {n})") if methods else _("estimate ({frames})")
        return name.format(frames=self.formula.words, n=methods[0] if methods else 0)

    def _figure_data(self, column: Figure, row: Row, role: int) -> object:
        value = column.value(row)
        best = self._best.get(column.key) == value
        if role == ROLE.ToolTipRole:
            why = column.why(value, row) or (error_words(row.pair.error) if row.pair.error is not None else "")
            told = why or (_("Best of the estimates in this column") if best else "")
            return tooltip("\n".join(filter(None, (column.undefined(row), told, self._literal_words(column, row)))))
        if role == ROLE.FontRole and best:
            font = QFont()
            font.setBold(True)
            return font
        if role == ROLE.ForegroundRole and (not math.isfinite(value) or column.undefined(row)):
            return QColor(self._theme.muted)
        return None

    def _literal_words(self, column: Figure, row: Row) -> str:
        """The literal figure beside an exact one; empty for a figure that is the same in both."""
        beside = LITERAL_FIGURES.get(column.key)
        if self.formula is Formula.LITERAL or beside is None or row.pair.score is None or column.needs:
            return ""
        number = beside.undefined(row) or beside.text(beside.value(row))
        return _("Literal, all frames: {number}").format(number=number)

    def _find_best(self, columns: Sequence[Column]) -> None:
        """The best value of each column, where at least two differ; what is not finite or not defined cannot be."""
        for column in columns:
            if not isinstance(column, Figure) or not column.measure.better:
                continue
            values = {column.value(row) for row in self.rows if not column.undefined(row)}
            values = {value for value in values if math.isfinite(value)}
            best = max if column.measure.better > 0 else min
            self._best[column.key] = best(values) if len(values) > 1 else math.nan
