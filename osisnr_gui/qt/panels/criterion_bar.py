"""What makes a frame bad: the criterion, its limit, limits by share of frames, and the options behind a button."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QGridLayout, QMenu, QSizePolicy, QToolButton, QWidget, QWidgetAction

from osisnr_gui.core.bad_frames import DEFAULT_GATE_DB, DEFAULT_THRESHOLD_DB
from osisnr_gui.core.loss_shares import LossShares
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.look.themed import tint
from osisnr_gui.qt.panels.layouts import REST, Setting, column_of, lay_out_settings, row_of, tool_button
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, tooltip
from osisnr_gui.qt.panels.sample_field import DecibelField, NarrowBox
from osisnr_gui.session import edits, words
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.segments.bad_segments import other_place, rivals
from osisnr_gui.session.segments.segment_table import half_loss_edit, set_worst_share
from osisnr_gui.session.session import BadChoice, Criterion, Session, limits
from osisnr_gui.session.words import estimate_letter

ABSOLUTE = (
    (Criterion.OSI, "exact OSI-SNR under"),
    (Criterion.LOSS, "fused loss over"),
    (Criterion.DROP, "sudden drop of at least"),
)
WORST_SHARES = (0.01, 0.05, 0.10)
TIP = (
    "What makes an active frame bad; missed frames and false activity are bad in their own right.\n"
    "OSI-SNR: the dashed line in its plot, to be dragged. Fused loss: 1/OSI-SNR + γ·MC-MSE of the frame, of the result "
    "that leads.\nSudden drop: under the median of its surroundings, which finds damage in a good passage.\n"
    "Worse than another estimate: under that one's curve."
)
MS = 1000.0
GATE_OFF = limits(BadChoice, "gate_db")[1]


class SegmentOptions(QWidget):
    """Shortest segment, joined gaps, level gate, window of the running median."""

    edit_requested = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.minimum = _milliseconds("minimum_s", self)
        self.join = _milliseconds("join_s", self)
        self.gate = DecibelField(*limits(BadChoice, "gate_db"), 5.0, self)
        self.gate.setSpecialMaximum("off")
        self.window_field = DecibelField(*limits(BadChoice, "window_s"), 0.25, self, suffix=" s", decimals=2)
        self._lay_out()
        self._connect()
        self.show_choice(BadChoice())

    def show_choice(self, choice: BadChoice) -> None:
        """Show what is in force; nothing is emitted."""
        self.minimum.show_value(choice.minimum_s * MS)
        self.join.show_value(choice.join_s * MS)
        self.gate.show_value(GATE_OFF if choice.gate_db is None else choice.gate_db)
        self.window_field.show_value(choice.window_s)

    def _settings(self) -> tuple[Setting, ...]:
        default = BadChoice()
        least, join, window = default.minimum_s * MS, default.join_s * MS, default.window_s
        window_tip = "A sudden drop is one under the median of this time."
        gate_tip = (
            "Frames count when the reference is within this of its loudest frame, false activity when the estimate is "
            "within this of its own loudest one: so pauses do not drown what matters."
        )
        return (
            _setting("shortest segment", self.minimum, least, "Shorter segments are not listed."),
            _setting("join gaps up to", self.join, join, "Bad frames no further apart than this make one segment."),
            _setting("level gate", self.gate, DEFAULT_GATE_DB, gate_tip),
            _setting("running median", self.window_field, window, window_tip),
        )

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(MARGIN, GAP, MARGIN, GAP)
        lay_out_settings(grid, self._settings(), GAP)
        grid.setHorizontalSpacing(MARGIN)

    def _connect(self) -> None:
        self.minimum.valueChanged.connect(lambda ms: self._change(minimum_s=ms / MS))
        self.join.valueChanged.connect(lambda ms: self._change(join_s=ms / MS))
        self.gate.valueChanged.connect(lambda db: self._change(gate_db=None if db >= GATE_OFF else db))
        self.window_field.valueChanged.connect(lambda seconds: self._change(window_s=seconds))

    def _change(self, **changes: object) -> None:
        self.edit_requested.emit(partial(edits.set_bad, **changes), "_".join(changes))


def _setting(name: str, field: DecibelField, default: float, tip: str) -> Setting:
    """default : in the unit of the field."""
    whole_tip = f"{tip} Double-click the name for the default, {field.textFromValue(default)}."
    return name, field, None, whole_tip, partial(field.valueChanged.emit, default)


def _milliseconds(name: str, parent: QWidget) -> DecibelField:
    low, high = limits(BadChoice, name)
    return DecibelField(low * MS, high * MS, 8.0, parent, suffix=" ms", decimals=0)


class CriterionBar(QWidget):
    """Says nothing while something is shown; every change is one edit of the session."""

    edit_requested = Signal(object, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._score: PairScore | None = None
        self._shares: LossShares | None = None
        self._shown: tuple[object, ...] = ()
        self._choice: BadChoice | None = None
        self._entries: list[tuple[Criterion, int | None]] = []
        self.box = NarrowBox(self, 12)
        self.box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.box.setToolTip(tooltip(TIP))
        self.box.setAccessibleName("what makes a frame bad")
        self.decibels = DecibelField(-20.0, 100.0, 0.5, self)
        self.loss = DecibelField(0.0, 1e9, 0.1, self, suffix="", decimals=3)
        self.decibels.setToolTip(tooltip(f"The limit; default {words.db(DEFAULT_THRESHOLD_DB)} for exact OSI-SNR"))
        self.loss.setToolTip(tooltip("The limit: fused loss of one frame"))
        for field in (self.decibels, self.loss):
            field.setAccessibleName("limit")
        self.presets = _button("Worst ▾", "Set the limit by the share of frames beyond it", self)
        self.more = _button("", "Shortest segment, joined gaps, level gate, running median", self)
        tint(self.more, "settings", theme)
        self.options = SegmentOptions()
        self._lay_out()
        self._connect()
        self.show_session(Session(), 0)

    def show_session(self, session: Session, index: int) -> None:
        """Show what is in force for estimate `index`."""
        choice = session.bad
        shown = (choice, session.threshold_db, session.pairing, len(session.references), len(session.estimates), index)
        if shown == self._shown:
            return
        self._shown = shown
        others = [(Criterion.AGAINST, place) for place in rivals(session, index)] if session.estimates else []
        entries = [*((criterion, None) for criterion, _ in ABSOLUTE), *others]
        if not others and choice.criterion is Criterion.AGAINST:
            entries.append((Criterion.AGAINST, None))
        blocked = self.box.blockSignals(True)
        if entries != self._entries:
            self._entries = entries
            self.box.clear()
            names = [text for _, text in ABSOLUTE] + [_against_words(place) for _, place in entries[len(ABSOLUTE) :]]
            self.box.addItems(names)
        against = other_place(session, index) if others and choice.criterion is Criterion.AGAINST else None
        self.box.setCurrentIndex(entries.index((choice.criterion, against)))
        self.box.blockSignals(blocked)
        is_loss = choice.criterion is Criterion.LOSS
        self.decibels.setVisible(not is_loss)
        self.loss.setVisible(is_loss)
        (self.loss if is_loss else self.decibels).show_value(edits.limit_of(session))
        if choice != self._choice:
            self._choice = choice
            self.options.show_choice(choice)

    def show_score(self, score: PairScore | None, shares: LossShares | None) -> None:
        """What limits by share of frames are taken from."""
        self._score, self._shares = score, shares
        self.presets.setEnabled(score is not None)

    def _lay_out(self) -> None:
        for share in WORST_SHARES:
            action = self.presets.menu().addAction(f"Worst {words.percent(share)} of the frames that count")
            action.triggered.connect(partial(self._set_worst, share))
        half = self.presets.menu().addAction("Frames that hold half of the loss")
        half.setToolTip("The fewest frames with half of 1/OSI-SNR, exact: any level, any length")
        half.triggered.connect(self._set_half)
        self.presets.menu().setToolTipsVisible(True)
        form = QWidgetAction(self.more)
        form.setDefaultWidget(self.options)
        self.more.menu().addAction(form)
        self.more.setIconSize(QSize(16, 16))
        limit = row_of(self.decibels, self.loss, self.presets, REST, self.more, spacing=GAP // 2)
        column_of(self.box, limit, owner=self, spacing=GAP // 2)

    def _connect(self) -> None:
        self.box.activated.connect(self._take_entry)
        for field in (self.decibels, self.loss):
            field.valueChanged.connect(
                lambda value: self.edit_requested.emit(partial(edits.set_limit, limit=value), "threshold")
            )
        self.options.edit_requested.connect(self.edit_requested)

    def _take_entry(self, index: int) -> None:
        criterion, place = self._entries[index]
        changes: dict[str, object] = {"criterion": criterion}
        if place is not None:
            changes["against"] = place
        self.edit_requested.emit(partial(edits.set_bad, **changes), "")

    def _set_worst(self, share: float) -> None:
        if self._score is not None:
            self.edit_requested.emit(partial(set_worst_share, score=self._score, share=share), "")

    def _set_half(self) -> None:
        if self._shares is not None:
            self.edit_requested.emit(half_loss_edit(self._shares), "")


def _against_words(place: int | None) -> str:
    other = "another estimate" if place is None else estimate_letter(place)
    return f"worse than {other} by at least"


def _button(text: str, tip: str, parent: QWidget) -> QToolButton:
    button = tool_button(text, tip, parent=parent, name=text or tip)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(QMenu(button))
    return button
