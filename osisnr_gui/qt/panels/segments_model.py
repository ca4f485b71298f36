"""Parts of the panel of bad segments: what makes a frame bad, and the table with a row for each segment."""

from functools import partial
from typing import Any, NamedTuple

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget, QWidgetAction

from osisnr_gui.core.bad_frames import DEFAULT_THRESHOLD_DB
from osisnr_gui.core.types import FloatArray, IntArray
from osisnr_gui.qt.look.theme import Theme, tint
from osisnr_gui.qt.panels.layouts import REST, Ask, Setting, column_of, lay_out_settings, row_of, tool_button
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, tooltip
from osisnr_gui.qt.panels.sample_field import NarrowBox, NumberField
from osisnr_gui.qt.panels.table import ROLE, Column, ColumnModel
from osisnr_gui.qt.plots.axes import format_time, time_format_name
from osisnr_gui.session import edits, words
from osisnr_gui.session.scores import PairScore, SegmentTable, set_worst_share
from osisnr_gui.session.segments.bad_segments import other_place, rivals
from osisnr_gui.session.session import BadChoice, Criterion, Session, limits
from osisnr_gui.text import segment_words
from osisnr_gui.text.catalogue import _

#: Words, criterion, and the place of the other estimate where there is one.
Entry = tuple[str, Criterion, int | None]
ABSOLUTE: tuple[Entry, ...] = (
    (_("exact OSI-SNR under"), Criterion.OSI, None),
    (_("fused loss over"), Criterion.LOSS, None),
    (_("sudden drop of at least"), Criterion.DROP, None),
)
SHARES: tuple[Entry, ...] = (
    (_("worst share of the frames"), Criterion.WORST, None),
    (_("share of the loss"), Criterion.SHARE, None),
)
WORST_SHARES = (0.01, 0.05, 0.10)
TIP = _(
    "What makes an active frame bad; missed frames and false activity are bad in their own right.\n"
    "OSI-SNR: the dashed line in its plot, to be dragged. Fused loss: 1/OSI-SNR + γ·MC-MSE of the frame, of the result "
    "that leads.\nSudden drop: under the median of its surroundings, which finds damage in a good passage.\n"
    "Worse than another estimate: under that one's curve.\n"
    "Worst share of the frames: of those that count. Share of the loss: the fewest frames, of any level and length, "
    "that hold this much of 1/OSI-SNR (exact, method 1)."
)
GATE_TIP = _(
    "Frames count when the reference is within this of its loudest frame, false activity when the estimate is within "
    "this of its own loudest one: so pauses do not drown what matters."
)
MS = 1000.0
GATE_OFF = limits(BadChoice, "gate_db")[1]


class CriterionBar(QWidget):
    """What makes a frame bad: criterion, limit, and more in a menu. Every change by hand is one edit of the session."""

    def __init__(self, theme: Theme, ask: Ask, parent: QWidget) -> None:
        super().__init__(parent)
        self._ask = ask
        self.score: PairScore | None = None  # what limits by share of frames are taken from
        self._entries: list[Entry] = []
        self.box = NarrowBox(self, 12, toolTip=tooltip(TIP), accessibleName=_("what makes a frame bad"))
        self.box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.box.activated.connect(self._take_entry)
        default = _("The limit; default {value} for exact OSI-SNR").format(value=words.db(DEFAULT_THRESHOLD_DB))
        self.decibels = NumberField(-20.0, 100.0, parent=self, singleStep=0.5, toolTip=tooltip(default))
        loss_tip = tooltip(_("The limit: fused loss of one frame"))
        self.loss = NumberField(0.0, 1e9, parent=self, singleStep=0.1, unit="", decimals=3, toolTip=loss_tip)
        share_tip = tooltip(_("The share, of the frames that count or of the loss"))
        self.percent = NumberField(0.1, 100.0, parent=self, unit=" %", toolTip=share_tip)
        for field, unit in ((self.decibels, 1.0), (self.loss, 1.0), (self.percent, 0.01)):
            field.setAccessibleName(_("limit"))
            field.valueChanged.connect(lambda x, unit=unit: ask(partial(edits.set_limit, limit=unit * x), "threshold"))
        beyond = _("Set the limit by the share of frames beyond it")
        more = _("Shortest segment, joined gaps, level gate, running median")
        self.presets = tool_button(_("Worst ▾"), beyond, parent=self, menu=QMenu(self), accessibleName=_("Worst ▾"))
        self.more = tool_button("", more, parent=self, menu=QMenu(self), accessibleName=more, iconSize=QSize(16, 16))
        tint(self.more, "settings", theme)
        self._make_options()
        self._fill_presets()
        limit = row_of(self.decibels, self.loss, self.percent, self.presets, REST, self.more, spacing=GAP // 2)
        column_of(self.box, limit, owner=self, spacing=GAP // 2)
        self.show_session(Session(), 0)

    def show_session(self, session: Session, index: int) -> None:
        """Show what is in force for estimate `index`."""
        choice = self._choice = session.bad
        is_against = choice.criterion is Criterion.AGAINST
        places = rivals(session, index) if session.estimates else ()
        against = _("worse than {name} by at least")
        others: list[Entry] = [(against.format(name=words.estimate_letter(k)), Criterion.AGAINST, k) for k in places]
        if is_against and not others:
            others = [(_("worse than another estimate by at least"), Criterion.AGAINST, None)]
        entries = [*ABSOLUTE, *others, *SHARES]
        if entries != self._entries:
            self._entries = entries
            self.box.clear()
            self.box.addItems([text for text, *_rest in entries])
        rival = other_place(session, index) if places and is_against else None
        self.box.setCurrentIndex([entry[1:] for entry in entries].index((choice.criterion, rival)))
        fields, limit = (self.decibels, self.loss, self.percent), edits.limit_of(session)
        kinds = {Criterion.LOSS: self.loss, Criterion.WORST: self.percent, Criterion.SHARE: self.percent}
        for field in fields:
            field.setVisible(field is kinds.get(choice.criterion, self.decibels))
            field.show_value(100 * limit if field is self.percent else limit)
        for name, unit, field, *_rest in self._options:
            value = getattr(choice, name)
            field.show_value(GATE_OFF if value is None else unit * value)

    def _make_options(self) -> None:
        """Shortest segment, joined gaps, level gate, window of the running median."""
        self.minimum, self.join = (
            NumberField(0.0, MS * limits(BadChoice, name)[1], singleStep=8.0, unit=" ms", decimals=0)
            for name in ("minimum_s", "join_s")
        )
        self.gate = NumberField(*limits(BadChoice, "gate_db"), singleStep=5.0, most_words=_("off"))
        self.window_field = NumberField(*limits(BadChoice, "window_s"), singleStep=0.25, unit=" s", decimals=2)
        join_tip = _("Bad frames no further apart than this make one segment.")
        window_tip = _("A sudden drop is one under the median of this time.")
        #: Field of BadChoice, its unit in that of the number field, name and tooltip.
        self._options = (
            ("minimum_s", MS, self.minimum, _("shortest segment"), _("Shorter segments are not listed.")),
            ("join_s", MS, self.join, _("join gaps up to"), join_tip),
            ("gate_db", 1.0, self.gate, _("level gate"), GATE_TIP),
            ("window_s", 1.0, self.window_field, _("running median"), window_tip),
        )
        settings: list[Setting] = []
        for name, unit, field, title, tip in self._options:
            default = unit * getattr(BadChoice(), name)
            reset = _("Double-click the name for the default, {value}.").format(value=field.textFromValue(default))
            settings.append((title, field, None, f"{tip} {reset}", partial(field.valueChanged.emit, default)))
            field.valueChanged.connect(partial(self._take_option, name, unit))
        grid, _names = lay_out_settings(settings)
        grid.setHorizontalSpacing(MARGIN)
        form, entry = QWidget(), QWidgetAction(self.more)
        column_of(grid, owner=form, margins=(MARGIN, GAP, MARGIN, GAP))
        entry.setDefaultWidget(form)
        self.more.menu().addAction(entry)

    def _fill_presets(self) -> None:
        menu = self.presets.menu()
        for share in WORST_SHARES:
            text = _("Worst {share} of the frames that count").format(share=words.percent(share))
            menu.addAction(text, partial(self._set_worst, share))
        half = menu.addAction(_("Frames that hold half of the loss"), partial(self._set_share, loss_share=0.5))
        half.setToolTip(_("The fewest frames with half of 1/OSI-SNR, exact: any level, any length"))
        menu.setToolTipsVisible(True)

    def _take_entry(self, index: int) -> None:
        _text, criterion, place = self._entries[index]
        if criterion is Criterion.SHARE:
            self._set_share()
            return
        changes: dict[str, Any] = {} if place is None else {"against": place}
        if self._choice.criterion is Criterion.SHARE:
            usual = BadChoice()  # what the share of the loss put aside
            changes |= {"minimum_s": usual.minimum_s, "gate_db": usual.gate_db}
        self._ask(partial(edits.set_bad, criterion=criterion, **changes), "")

    def _take_option(self, name: str, unit: float, shown: float) -> None:
        change: dict[str, Any] = {name: None if name == "gate_db" and shown >= GATE_OFF else shown / unit}
        self._ask(partial(edits.set_bad, **change), name)

    def _set_share(self, **changes: Any) -> None:
        """The frames that hold a share of the loss, however quiet or short they are."""
        self._ask(partial(edits.set_bad, criterion=Criterion.SHARE, minimum_s=0.0, gate_db=None, **changes), "")

    def _set_worst(self, share: float) -> None:
        if self.score is not None:
            self._ask(partial(set_worst_share, score=self.score, share=share), "")


class Listed(NamedTuple):
    """The segments of one estimate. notes : by a segment's place; other : letter of what it is held against."""

    estimate: int
    table: SegmentTable
    notes: dict[int, str]
    other: str


RANK_TIP = _(
    "Rank, worst first: how far beyond the limit, times how loud, summed over its bad frames; by sudden drop, that of "
    "its worst frame. Missed frames and false activity are as far beyond as can be, but have no drop."
)
START_TIP = _("Where it begins: half a hop before the centre of its first frame")
LEAST_TIP = _("Lowest exact OSI-SNR of the frames that are bad by the criterion; none for missed frames")
MEAN_TIP = _("Arithmetic mean of the exact OSI-SNR of the frames that are bad by the criterion")
KIND_TIP = _("What most of its bad frames are; the tooltip of a cell has the counts")
SHARE_TIP = _("Share of the whole fused loss (method 1, of the result that leads) that all its frames hold")
WORST_TIP = _("Largest drop, or largest loss, of the frames that are bad by the criterion")
COLUMNS = (
    Column("rank", "#\n", RANK_TIP, widest="000"),
    Column("start", _("start\ns"), START_TIP, widest="000.00"),
    Column("length", _("length\nms"), _("How long it is, joined gaps included"), widest="0000", falling=True),
    Column("min", _("min\ndB"), LEAST_TIP, widest="00.0"),
    Column("mean", _("mean\ndB"), MEAN_TIP, widest="00.0"),
    Column("kind", _("kind\n"), KIND_TIP, widest=_("missed 00/00"), is_text=True),
    Column("share", _("loss\n%"), SHARE_TIP, widest="00.0", falling=True),
    Column("worst", _("drop\ndB"), WORST_TIP, widest="00.0", falling=True),
    Column("estimate", _("est.\n"), _("The estimate"), widest="A", is_text=True),
    Column("note", _("note\n"), _("What was noted there (Ctrl+N)"), widest=_("a few words"), is_text=True),
)


class SegmentsModel(ColumnModel[Column]):
    """Rows are segments of one estimate or of several, by their place in time; worst first until another column is
    chosen. in_view : the estimate that the plots show."""

    def __init__(self) -> None:
        super().__init__(COLUMNS)
        self.lists: list[Listed] = []
        self.in_view = 0
        self._first = np.zeros(1, dtype=np.int64)  # place of the first segment of each estimate, and how many there are
        self._rank = np.empty(0)  # by place

    def show_lists(self, lists: list[Listed]) -> None:
        """Show other segments, sorted as the rows were."""
        with self.resetting():
            self.lists = lists
            self._first = np.cumsum([0, *(len(each.table) for each in lists)])
            worst_first = np.argsort(-self.values("severity"), kind="stable")
            self._rank = np.empty(worst_first.size)
            self._rank[worst_first] = np.arange(1, worst_first.size + 1)

    @property
    def shown(self) -> Listed | None:
        """The segments of the estimate in view."""
        return next((each for each in self.lists if each.estimate == self.in_view), None)

    @property
    def table(self) -> SegmentTable | None:
        """Their figures."""
        return None if self.shown is None else self.shown.table

    def at(self, place: int) -> tuple[Listed, int]:
        """The estimate of a place of the list, and the place in its own table."""
        k = int(np.searchsorted(self._first, place, side="right")) - 1
        return self.lists[k], place - int(self._first[k])

    def place_of(self, place: int | None) -> int | None:
        """The place in the list of one in the table of the estimate in view."""
        return place if place is None or self.shown is None else int(self._first[self.lists.index(self.shown)]) + place

    @property
    def order_words(self) -> str:
        """What the rows are sorted by, for a message."""
        column, rises = self.columns[self.sorted_by], self._direction is Qt.SortOrder.AscendingOrder
        if column.key == "rank":
            return _("worst first") if rises else _("worst last")
        if column.key == "start":
            return _("in order of time") if rises else _("last one first")
        template = _("by {column}, rising") if rises else _("by {column}, falling")
        return template.format(column=column.title.splitlines()[0])

    def n_places(self) -> int:
        """Segments."""
        return int(self._first[-1])

    def text(self, place: int, column: Column) -> str:
        """A cell as it is on screen; of the kinds the commonest, and how many it is of where there are others."""
        if column.key == "rank":
            return words.number(self._rank[place], 0)
        of, place = self.at(place)
        match column.key:
            case "start" if self._in_seconds:
                return format_time(float(of.table.start[place]), 0.01, self._last_start, "s")
            case "length":
                return words.number((1000.0 if self._in_seconds else 1.0) * float(of.table.length[place]), 0)
            case "kind":
                counts = of.table.counts[:, place]
                name = segment_words.kind_name(of.table, place, of.other).removesuffix(" activity")
                return name if counts.max() == counts.sum() else f"{name} {counts.max()}/{counts.sum()}"
            case "share":
                return words.number(100 * of.table.share(place), 1)
            case "estimate":
                return words.estimate_letter(of.estimate)
            case "note":
                return of.notes.get(place, "")
        value = float(_values_of(of, column.key)[place])
        if column.key == "worst" and of.table.bad.choice.criterion is Criterion.LOSS:
            return words.loss(value)
        return words.number(value, 0 if column.key == "start" else 1)

    def values(self, key: str) -> FloatArray:
        """What the rows are sorted by in a column, by place."""
        if key == "rank":
            return self._rank
        return np.concatenate([np.empty(0), *(_values_of(each, key) for each in self.lists)])

    def find_order(self, column: Column, *, falling: bool) -> IntArray:
        """By value: what has none comes last in both directions, equal rows stay in the order of time."""
        values = self.values(column.key)
        return np.argsort(-values if falling else values, kind="stable")

    def cell(self, place: int, column: Column, role: int) -> object:
        """The note, or what the frames of a segment are."""
        if role != ROLE.ToolTipRole:
            return None
        of, place = self.at(place)
        if column.key == "note":
            return tooltip(of.notes.get(place, ""))
        counts = segment_words.count_words(of.table, place, of.other)
        how = _("{counts}.\nClick: select, zoom and loop. Enter or double-click: play it, too.")
        return tooltip(how.format(counts=counts))

    def copied_columns(self) -> list[Column]:
        """Those that are shown."""
        return [column for column in self.columns if self.has(column.key)]

    def has(self, key: str) -> bool:
        """Whether a column has something to say: of several estimates, or of a drop or a loss."""
        if key == "estimate":
            return len(self.lists) > 1
        return key != "worst" or (bool(self.lists) and not self.lists[0].table.bad.choice.criterion.by_osi)

    def title(self, column: Column) -> str:
        """The title, with the unit of what is listed."""
        if column.key == "worst" and self.lists:
            of_loss = self.lists[0].table.bad.choice.criterion is Criterion.LOSS
            return _("loss\nmax") if of_loss else _("drop\ndB")
        if column.key == "start":
            unit = time_format_name(self._last_start, "s" if self._in_seconds else "frames")
            return _("start\n{unit}").format(unit=unit)
        if column.key == "length" and not self._in_seconds:
            return _("length\nframes")
        return column.title

    @property
    def _in_seconds(self) -> bool:
        return not self.lists or self.lists[0].table.bad.facts.frames.grid.seconds

    @property
    def _last_start(self) -> float:
        return max((float(each.table.start[-1]) for each in self.lists if len(each.table)), default=0.0)


def _values_of(of: Listed, key: str) -> FloatArray | IntArray:
    """What the segments of one estimate are sorted by in a column."""
    if key == "share":
        return of.table.shares()
    if key == "estimate":
        return np.full(len(of.table), of.estimate)
    if key == "note":
        return np.where(np.isin(np.arange(len(of.table)), list(of.notes)), 0.0, np.nan)
    found: FloatArray | IntArray = getattr(of.table, f"osi_{key}" if key in ("min", "mean") else key)
    return found
