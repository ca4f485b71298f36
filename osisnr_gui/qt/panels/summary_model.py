"""The table behind the summary: a row for each estimate."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont

from osisnr_gui.core.types import IntArray
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.look.themed import Themed
from osisnr_gui.qt.panels.column_model import ROLE, Column, ColumnModel
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.panels.summary_columns import Figure, Need, columns_for
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.session import Formula
from osisnr_gui.session.words import estimate_letter

NAME = Column("name", "estimate\n", "The estimate that is compared", is_text=True)


class SummaryModel(Themed, ColumnModel):
    """Rows are estimates, columns `NAME` and the figures of one named result at a time."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._pairs: tuple[PairAnalysis, ...] = ()
        self.names: list[str] = []  # of the estimates, in the order of the session
        self._unprocessed: dict[int, PairAnalysis] = {}  # by the place of the estimate
        self._wins: tuple[float, ...] = ()
        self._needs: set[Need] = set()
        self._columns = {formula: columns_for(formula, self._mixture_of, self._wins_of) for formula in Formula}
        self._best: dict[str, float] = {}
        self.formula = Formula.LITERAL
        self._choose_columns()

    def set_formula(self, formula: Formula) -> None:
        """Show the other named result; all columns change."""
        if formula is not self.formula:
            with self.resetting():
                self.formula = formula
                self._choose_columns()
                self._find_best()

    def set_pairs(
        self,
        pairs: tuple[PairAnalysis, ...],
        names: list[str],
        unprocessed: tuple[PairAnalysis | None, ...] = (),
        wins: tuple[float, ...] = (),
    ) -> None:
        """Show other results; rows stay where they are when only numbers changed.

        unprocessed : for each pair the mixture against the same reference. wins : for each pair the share of frames in
        which it is the best, nan where that is not known; none where no two estimates share a reference.
        """
        mixtures = {place: pair for place, pair in enumerate(unprocessed) if pair is not None and pair.score}
        needs = {need for need, there in ((Need.MIXTURE, mixtures), (Need.RIVAL, wins)) if there}
        same_rows = len(pairs) == len(self._pairs) and needs == self._needs
        if not same_rows:
            self.beginResetModel()
        self._pairs, self.names, self._unprocessed, self._needs, self._wins = pairs, names, mixtures, needs, wins
        self._choose_columns()
        self._find_best()
        if not same_rows:
            self.arrange()
            self.endResetModel()
        elif pairs:
            self.sort(self._sorted_by, self._direction)
            self.dataChanged.emit(self.index(0, 0), self.index(len(pairs) - 1, self.columnCount() - 1))

    def _choose_columns(self) -> None:
        """The figures of the result on show, without those there is nothing to compare with for."""
        self._sorted_by = 0 if self._sorted_by >= len(self._columns[self.formula]) else self._sorted_by
        figures = (each for each in self._columns[self.formula] if each.needs is None or each.needs in self._needs)
        self.columns = NAME, *figures

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
        if role not in (ROLE.ToolTipRole, ROLE.FontRole, ROLE.ForegroundRole):
            return None
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

    def _find_best(self) -> None:
        """The best value of each column, where at least two differ. What is not finite cannot be best, nor a literal
        loss that silence has brought to 0 or below."""
        self._best = {}
        for column in self.columns[1:]:
            if not column.best:
                continue
            values = [column.value(pair) for pair in self._pairs]
            values = [value for value in values if math.isfinite(value)]
            if column.key in ("fused", "loss_osi_1", "loss_osi_2"):
                values = [value for value in values if value > 0]
            if len(set(values)) > 1:
                self._best[column.key] = max(values) if column.best > 0 else min(values)

    def _mixture_of(self, pair: PairAnalysis) -> PairAnalysis | None:
        return self._unprocessed.get(self._place_of(pair))

    def _wins_of(self, pair: PairAnalysis) -> float:
        place = self._place_of(pair)
        return self._wins[place] if 0 <= place < len(self._wins) else math.nan

    def _place_of(self, pair: PairAnalysis) -> int:
        return next((place for place, other in enumerate(self._pairs) if other is pair), -1)
