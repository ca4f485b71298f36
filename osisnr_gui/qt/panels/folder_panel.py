"""The page of a list of pairs: what is being scored, how far it is, the table and its cells, and how to go on."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QItemSelectionModel, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QProgressBar, QStyledItemDelegate, QStyleOptionViewItem, QToolButton, QWidget

from osisnr_gui.batch import pair_list
from osisnr_gui.batch.pair_list import NAME, REMARKS, ListedRow, Phase, State
from osisnr_gui.qt.focus import UP_DOWN, Does, own_keys
from osisnr_gui.qt.look.theme import Theme, Themed, tint
from osisnr_gui.qt.panels.folder_model import COLUMNS, SPARK, FolderModel
from osisnr_gui.qt.panels.layouts import Part, column_of, push_button, row_of, tool_button
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, ElidedLabel, plain_label, set_text, tooltip
from osisnr_gui.qt.panels.table import CopyTable, Index
from osisnr_gui.qt.plots.items.maps import COLOUR_MAP, HIGHEST_DB, LOWEST_DB
from osisnr_gui.qt.plots.scales import pixel_table
from osisnr_gui.text.catalogue import _

CELL_PADDING = 20
NAME_SHARE = 0.6  # of the room that the figures leave to names and remarks
#: Of a spark: the lowest bar, what is free beside it, and how wide it is: one sees where in the file something is.
LEAST_HEIGHT, SPARK_MARGIN, SPARK_WIDTH = 2.0, 4.0, 152


class CellDelegate(Themed, QStyledItemDelegate):
    """Text: red where the pair was refused, faint where it waits; names lose their middle, all else its end.

    Or the spark of a row: heights and colours from LOWEST_DB to HIGHEST_DB, nothing where no frame counts.
    """

    def __init__(self, theme: Theme, model: FolderModel, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self._model = model
        self._colours = [QColor(pixel) for pixel in pixel_table(COLOUR_MAP).tolist()]

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """As the style has it, but for colour and ellipsis."""
        super().initStyleOption(option, index)
        is_name = COLUMNS[index.column()].key == NAME
        option.textElideMode = Qt.TextElideMode.ElideMiddle if is_name else Qt.TextElideMode.ElideRight
        state = self._model.pairs.state(self._model.place(index.row()))
        if state != State.SCORED:
            colour = QColor(self._theme.error if state == State.REFUSED else self._theme.faint)
            for role in (QPalette.ColorRole.Text, QPalette.ColorRole.HighlightedText):
                option.palette.setColor(role, colour)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The text, or the row's background and then the bars on a plate of their own."""
        super().paint(painter, option, index)
        row = self._model.pairs.rows[self._model.place(index.row())]
        values = () if row is None or COLUMNS[index.column()].key != SPARK else row.spark
        if not values:
            return
        area = QRectF(option.rect).adjusted(SPARK_MARGIN, 3.0, -SPARK_MARGIN, -3.0)
        painter.fillRect(area, QColor(self._theme.panel))
        width = area.width() / len(values)
        for place, value in enumerate(values):
            if value is not None:
                share = min(max((value - LOWEST_DB) / (HIGHEST_DB - LOWEST_DB), 0.0), 1.0)
                height = max(LEAST_HEIGHT, share * area.height())
                bar = QRectF(area.left() + place * width, area.bottom() - height, width, height)
                painter.fillRect(bar, self._colours[round(255 * share)])


class FolderStrip(QWidget):
    """A line over the plots while a pair of a list is open: back, previous, next, and the place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        arrows = Qt.ArrowType
        buttons = (
            (_("Back to the list"), _("Back to the list of pairs (Ctrl+L)"), arrows.LeftArrow),
            (_("Previous pair"), _("Open the pair before it in the list (Ctrl+PgUp)"), arrows.UpArrow),
            (_("Next pair"), _("Open the next pair of the list, in its order (Ctrl+PgDown)"), arrows.DownArrow),
        )
        self.back, self.previous, self.next = (
            tool_button(name, tip, parent=self, accessibleName=name, statusTip=tip, arrowType=arrow)
            for name, tip, arrow in buttons
        )
        self.back.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.place = ElidedLabel(parent=self)
        parts = self.back, (self.place, 1), self.previous, self.next
        row_of(*parts, owner=self, margins=(MARGIN, 2, MARGIN, 2), spacing=GAP)
        self.hide()


class FolderPanel(QWidget):
    """Shows what it is told and says what is asked for; places are those of the list, not rows."""

    pair_activated = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = FolderModel()
        self.title = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle, parent=self)
        self.state = plain_label(parent=self)
        self.bar = QProgressBar(self, textVisible=False)
        self.bar.setFixedWidth(220)
        self._make_buttons()
        self.filter = QLineEdit(self, placeholderText=_("Filter by name (Ctrl+F)"), clearButtonEnabled=True)
        self.filter.setAccessibleName(_("Filter by name"))
        self.filter.setToolTip(tooltip(_("Only pairs whose name has all these words, in any letters (Ctrl+F)")))
        self.filter.setFixedWidth(260)
        does: Does = {Qt.Key.Key_Up: partial(self._walk, -1), Qt.Key.Key_Down: partial(self._walk, 1)}
        own_keys(self.filter, UP_DOWN, does)
        self.filter.textChanged.connect(self._set_filter)
        self.filter.returnPressed.connect(self.focus_table)
        self.medians = ElidedLabel(muted=True, parent=self)
        self.table = CopyTable(self.model, _("Pairs"), self)
        self.nothing = plain_label("", "muted", wrap=True, parent=self)
        self.settings = ElidedLabel(muted=True, parent=self)
        self.detail = ElidedLabel(parent=self)
        self.keys = ElidedLabel(pair_list.KEYS, muted=True, parent=self)
        self.table.setItemDelegate(CellDelegate(theme, self.model, self))
        self.phase, self._wrong, self._rate = Phase.DONE, "", 0.0
        self._set_up_table()
        self._lay_out()
        for button, name in ((self.export, "export"), (self.choose, "open"), (self.close_list, "close")):
            tint(button, name, theme)

    def show_phase(self, phase: Phase, rate: float = 0.0, wrong: str = "") -> None:
        """How far it is. rate : pairs a second; wrong : why there is no list."""
        self.phase, self._rate, self._wrong = phase, rate, wrong
        self._refresh()

    def put(self, rows: Sequence[ListedRow]) -> None:
        """Take in what came of some pairs; the keyboard stays at the worst one until a row was chosen."""
        self.model.put(rows)
        if not self.table.selectionModel().hasSelection():
            flags = QItemSelectionModel.SelectionFlag
            self.table.selectionModel().setCurrentIndex(self.model.index(0, 0), flags.NoUpdate)
            self.table.scrollToTop()

    @property
    def current_place(self) -> int | None:
        """The pair of the chosen row; None while none was chosen."""
        row = self.table.chosen_row
        return self.model.place(row) if row >= 0 else None

    def set_current(self, place: int | None) -> None:
        """Make the row of a pair the current one, if it is on show."""
        row = self.model.row(place)
        if row >= 0:
            self.table.choose_row(row)

    def step(self, direction: int) -> int | None:
        """The pair after (before) the current one, which becomes current; None at the ends."""
        n_rows, chosen = self.model.rowCount(), self.table.chosen_row
        row = chosen + direction if chosen >= 0 else 0 if direction > 0 else n_rows - 1
        if not 0 <= row < n_rows:
            return None
        self.table.choose_row(row)
        return self.model.place(row)

    def focus_table(self) -> None:
        """Ready for the arrow keys."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _walk(self, direction: int) -> None:
        """From the filter field to a row of the table."""
        self.step(direction)
        self.focus_table()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names and remarks share what the figures leave."""
        super().resizeEvent(event)
        header = self.table.horizontalHeader()
        figures = sum(header.sectionSize(k) for k, column in enumerate(COLUMNS) if column.key not in (NAME, REMARKS))
        free = self.width() - figures - 2 * MARGIN
        header.resizeSection(self.model.section(NAME), max(150, int(NAME_SHARE * free)))

    def _refresh(self) -> None:
        pairs, phase = self.model.pairs, self.phase
        refused = pairs.count(State.REFUSED)
        done = len(pairs) - pairs.count(State.WAITING)
        set_text(self.state, self._wrong or pair_list.state_sentence(pairs, phase, self._rate))
        self.state.setProperty("role", "error" if self._wrong else "")
        self.state.style().polish(self.state)
        self.state.setToolTip(tooltip(self._wrong))
        works = phase in (Phase.FINDING, Phase.RUNNING)
        self.bar.setVisible(works)
        self.cancel.setVisible(works)
        self.bar.setRange(0, 0 if phase is Phase.FINDING else max(1, len(pairs)))
        self.bar.setValue(done)
        self.go_on.setVisible(phase is Phase.STOPPED or (phase is Phase.DONE and bool(refused)))
        self.go_on.setText(_("Go on") if phase is Phase.STOPPED else _("Try the refused ones again"))
        self.only_errors.setText(_("Only errors ({n})").format(n=refused))
        self.only_errors.setEnabled(bool(refused) or self.only_errors.isChecked())
        self.export.setEnabled(done > 0)
        self.medians.set_text(pair_list.median_sentence(pairs))
        set_text(self.nothing, pair_list.nothing_sentence(pairs, phase, self.filter.text(), bool(self._wrong)))
        self._show_detail()
        is_empty = not self.model.rowCount()
        self.nothing.setVisible(is_empty)
        self.table.setVisible(not is_empty)

    def _show_detail(self) -> None:
        """The whole remark about the chosen row: its cell has room for a few words."""
        place = self.current_place
        self.detail.set_text("" if place is None else self.model.detail(place))

    def _set_filter(self) -> None:
        place = self.current_place
        self.model.set_filter(self.filter.text(), self.only_errors.isChecked())
        self.set_current(place)
        self._refresh()

    def _make_buttons(self) -> None:
        go_on = _("Score what has no numbers yet; what is scored stays (Ctrl+R: look at all files)")
        export = _("Save the table as CSV or JSON, as `osisnr batch` does")
        choose = _("Choose other folders, or a list of pairs (Ctrl+Shift+O)")
        leave = _("Leave the list; what was scored is kept for the next time")
        rescore = _("The window has other settings now than this list was scored with")
        self.go_on = push_button(_("Go on"), go_on, parent=self)
        self.cancel = push_button(_("Cancel"), _("Stop; what is scored stays, and it can go on from there (Escape)"))
        self.rescore = push_button(_("Score again with the settings of the window"), rescore, parent=self)
        self.only_errors = tool_button("", _("Only pairs that were refused, with the reason"), checkable=True)
        self.only_errors.toggled.connect(self._set_filter)
        beside, at_once = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, QToolButton.ToolButtonPopupMode.InstantPopup
        self.export = tool_button(_("Export"), export, parent=self, popupMode=at_once, toolButtonStyle=beside)
        self.choose = tool_button(_("Other folders…"), choose, parent=self, toolButtonStyle=beside)
        self.close_list = tool_button(_("Close the list"), leave, parent=self, toolButtonStyle=beside)

    def _set_up_table(self) -> None:
        table, spark = self.table, self.model.section(SPARK)
        header = table.horizontalHeader()
        header.setMinimumSectionSize(40)
        header.setStretchLastSection(True)
        table.fit_columns(CELL_PADDING)
        header.resizeSection(spark, max(SPARK_WIDTH, header.sectionSize(spark)))
        table.activated.connect(lambda index: self.pair_activated.emit(self.model.place(index.row())))
        table.selectionModel().selectionChanged.connect(lambda *_rows: self._show_detail())
        table.add_copy_menu()

    def _lay_out(self) -> None:
        self.title.setStyleSheet("font-size: 16px")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        above = (
            row_of((self.title, 1), self.export, self.choose, self.close_list, spacing=GAP),
            row_of((self.state, 1), self.bar, self.cancel, self.go_on, spacing=GAP),
            row_of(self.filter, self.only_errors, (self.medians, 1), spacing=GAP),
        )
        below = self.detail, row_of((self.settings, 1), self.rescore, spacing=GAP), self.keys
        parts: tuple[Part, ...] = *above, (self.table, 1), (self.nothing, 1), *below
        column_of(*parts, owner=self, margins=(MARGIN, GAP, MARGIN, GAP), spacing=GAP)
