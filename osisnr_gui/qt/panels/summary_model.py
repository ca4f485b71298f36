"""The table behind the summary: a row for each estimate."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont

from osisnr_gui.core.types import IntArray
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.look.themed import Themed
from osisnr_gui.qt.panels.column_model import ROLE, Column, ColumnModel
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.panels.summary_columns import Figure, Need, columns_for
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.changes import Changed
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.session import Formula
from osisnr_gui.session.words import estimate_letter

NAME = Column("name", "estimate\n", "The estimate that is compared", is_text=True)
#: So many cells are told of one by one: Qt paints them alone, but the whole table for a range.
MOST_CELLS = 64


class SummaryModel(Themed, ColumnModel):
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
        self._needs: set[Need] = set()
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
        needs = {need for need, there in ((Need.MIXTURE, has_mixture), (Need.RIVAL, bool(wins))) if there}
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
        columns = enumerate(self.columns)
        sections = [
            place for place, column in columns if (Changed.FILES if column is NAME else column.depends) & changed
        ]
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
        figures = (each for each in self._columns[self.formula] if each.needs is None or each.needs in self._needs)
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
        values = np.arange(len(self._pairs)) if column is NAME else np.array([column.value(p) for p in self._pairs])
        return np.argsort(-values if falling else values, kind="stable")

    def column_tip(self, column: Column) -> str:
        """Which frames and which average."""
        return column.tip

    def text(self, place: int, column: Column) -> str:
        """A cell as it is on screen."""
        return self.names[place] if column is NAME else column.text(column.value(self._pairs[place]))

    def value(self, place: int, column: Figure) -> float:
        """A figure with all its digits."""
        return column.value(self._pairs[place])

    def cell(self, place: int, column: Column, role: int) -> object:
        """What the name or the figure says beside its text."""
        pair = self._pairs[place]
        return self._name_data(place, pair, role) if column is NAME else self._figure_data(column, pair, role)

    def table_text(self, rows: list[int]) -> str:
        """Rows as tab-separated text with a header, numbers with all their digits."""
        scores = [pair.score for pair in self._pairs if pair.score is not None]
        method = f", method {scores[0].loss.method}" if scores else ""
        lines = ["\t".join((f"estimate ({self.formula.words}{method})", *(figure.name for figure in self.columns[1:])))]
        for place in map(self.place, rows):
            values = (figure.value(self._pairs[place]) for figure in self.columns[1:])
            lines.append("\t".join((self.names[place], *(f"{value:.10g}" for value in values))))
        return "\n".join(lines) + "\n"

    def _name_data(self, row: int, pair: PairAnalysis, role: int) -> object:
        if role == ROLE.ToolTipRole:
            return tooltip(str(pair.error) if pair.error is not None else pair.estimate.name)
        if role == ROLE.ForegroundRole and pair.error is not None:
            return QColor(self._theme.error)
        return None

    def _figure_data(self, column: Figure, pair: PairAnalysis, role: int) -> object:
        value = column.value(pair)
        best = self._best.get(column.key) == value
        if role == ROLE.ToolTipRole:
            why = column.why(value, pair) or (str(pair.error) if pair.error is not None else "")
            return tooltip(why or ("Best of the estimates in this column" if best else ""))
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
            if column is NAME or not column.best:
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
