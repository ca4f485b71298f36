"""The table of a list of pairs: a row for each, ten thousand of them without a loop in the window."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from osisnr_gui.batch.files import warnings_of
from osisnr_gui.batch.pair_list import NAME, REMARKS, ListedRow, PairList, State
from osisnr_gui.batch.pairs import BatchPair
from osisnr_gui.batch.runner import BatchRow
from osisnr_gui.core.types import IntArray
from osisnr_gui.export.measures import LISTED, Group, Measure
from osisnr_gui.io.errors import printable
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.panels.table import ROLE, Column, ColumnModel
from osisnr_gui.session import words
from osisnr_gui.text.catalogue import _, translated
from osisnr_gui.text.files import error_words

SPARK = "spark"
NOT_DEFINED = _("not defined")
_LONGEST = 400  # characters of a name or of a sentence in a cell


@dataclass(frozen=True, slots=True)
class PairColumn(Column):
    """A column of a list of pairs. decimals : -1 = a loss. is_literal : where silence leaves no number."""

    decimals: int = 2
    is_literal: bool = field(default=False, kw_only=True)


def _listed(measure: Measure) -> PairColumn:
    assert measure.listed is not None, "only some figures are listed"
    _place, name, tip = measure.listed
    frames = {Group.LITERAL: _("literal, all"), Group.EXACT: _("exact, active")}.get(measure.group, _("whole"))
    title = f"{name}\n{frames}{', ' if measure.unit else ''}{measure.unit}"
    decimals, widest = (2, "000.00") if measure.unit else (-1, "00.000")
    is_literal, falling = measure.group is Group.LITERAL, measure.better < 0
    widest = NOT_DEFINED if is_literal else widest
    return PairColumn(measure.column, title, tip, decimals, widest=widest, falling=falling, is_literal=is_literal)


_SPARK = _(
    "Mean exact OSI-SNR of the active frames in up to 64 equal stretches of the file: height and colour from 0 dB "
    "(dark) to 30 dB (bright), as in the overview strip; gaps: no active frame. Sorted by the median"
)
_BAD = _("Stretches of frames under the threshold or missed, at any level")
_NAME = _("Name of the pair: the path below the folder, or what the list says")
_WHY = _("Why a pair has no numbers, or what was adapted or looks wrong")
COLUMNS = (
    PairColumn(NAME, _("file\n"), _NAME, is_text=True),
    PairColumn(SPARK, _("OSI-SNR over the file\nexact, 0 to 30 dB"), _SPARK, is_text=True),
    *map(_listed, LISTED),
    PairColumn("bad_segments", _("bad seg-\nments"), _BAD, 0, widest="0000", falling=True),
    PairColumn(REMARKS, _("remarks\n"), _WHY, is_text=True),
)


class FolderModel(ColumnModel[PairColumn]):
    """Rows are pairs: worst first until another column is chosen."""

    default_sort = 2
    title_tip = _("{what}.\nClick to sort.")  # the sentences have no full stop

    def __init__(self) -> None:
        super().__init__(COLUMNS)
        self.pairs = PairList()
        self._words, self._only_errors = "", False

    def show_pairs(self, pairs: Sequence[BatchPair]) -> None:
        """Show other pairs, all of them waiting."""
        with self.resetting():
            self.pairs = PairList(pairs)

    def put(self, rows: Iterable[ListedRow]) -> None:
        """Take in what came of some pairs; rows find their places, chosen ones stay chosen."""
        if self._only_errors:
            with self.resetting():
                self.pairs.put(rows)
        else:
            self.pairs.put(rows)
            self.sort(self.sorted_by, self._direction)

    def set_filter(self, text: str, only_errors: bool) -> None:
        """Show only pairs whose name has these words, or only those that were refused."""
        with self.resetting():
            self._words, self._only_errors = text, only_errors

    def n_places(self) -> int:
        """Pairs."""
        return len(self.pairs)

    def find_order(self, column: PairColumn, *, falling: bool) -> IntArray:
        """As the list sorts its pairs, without those that are filtered out; sparks as the medians beside them."""
        key = COLUMNS[self.default_sort].key if column.key == SPARK else column.key
        return self.pairs.places(key, falling=falling, words=self._words, only_errors=self._only_errors)

    def copied_columns(self) -> list[PairColumn]:
        """All that are text or numbers."""
        return [column for column in COLUMNS if column.key != SPARK]

    def cell(self, place: int, column: PairColumn, role: int) -> object:
        """The tooltip of a pair."""
        return tooltip(self._tip(place, column)) if role == ROLE.ToolTipRole else None

    def text(self, place: int, column: PairColumn) -> str:
        """A cell as it is on screen."""
        if column.key == NAME:
            return printable(self.pairs.pairs[place].name, _LONGEST)
        if column.key == REMARKS:
            return self._remarks(place)
        if column.key == SPARK or self.pairs.state(place) is not State.SCORED:
            return ""
        value = self.pairs.number(column.key, place)
        if column.is_literal and not (math.isfinite(value) and value > 0):
            return NOT_DEFINED
        return words.loss(value) if column.decimals < 0 else words.number(value, column.decimals)

    def detail(self, place: int) -> str:
        """All there is to say about a pair, in one line."""
        return printable(" · ".join(_found(self.pairs.rows[place])), 4 * _LONGEST)

    def _remarks(self, place: int) -> str:
        row = self.pairs.rows[place]
        if row is None:
            return _("waiting")
        if row.error is not None:
            return printable(f"{translated(row.error.detail)}; {translated(row.error.remedy)}", _LONGEST)
        return ", ".join(dict.fromkeys(code.replace("_", " ") for code in warnings_of(row, "code")))

    def _tip(self, place: int, column: PairColumn) -> str:
        pair, row = self.pairs.pairs[place], self.pairs.rows[place]
        if column.key == REMARKS and row is not None:
            return "\n".join(printable(line, 4 * _LONGEST) for line in _found(row))
        template = _("reference: {reference}\nestimate: {estimate}")
        paths = template.format(reference=pair.reference or "–", estimate=pair.estimate or "–")
        return _("{paths}\nEnter or double-click opens the pair.").format(paths=printable(paths, 4 * _LONGEST))


def _found(row: BatchRow | None) -> list[str]:
    """Why a pair has no numbers, or else what was adapted or looks wrong."""
    if row is None:
        return []
    return [error_words(row.error)] if row.error is not None else warnings_of(row, "message")
