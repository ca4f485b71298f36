"""What makes a frame bad: the criterion, its limit, limits by share of frames, and the options behind a button."""

from functools import partial
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize
from PySide6.QtWidgets import QGridLayout, QMenu, QSizePolicy, QToolButton, QWidget, QWidgetAction

from osisnr_gui.core.bad_frames import DEFAULT_GATE_DB, DEFAULT_THRESHOLD_DB
from osisnr_gui.core.loss_shares import LossShares
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.look.themed import tint
from osisnr_gui.qt.panels.layouts import REST, Ask, Setting, column_of, lay_out_settings, row_of, tool_button
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, tooltip
from osisnr_gui.qt.panels.sample_field import NarrowBox, NumberField
from osisnr_gui.session import edits, words
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.segments.bad_segments import other_place, rivals
from osisnr_gui.session.segments.segment_table import half_loss_edit, set_worst_share
from osisnr_gui.session.session import BadChoice, Criterion, Session, limits
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.catalogue import _

#: Words, criterion, and the place of the other estimate where there is one.
Entry = tuple[str, Criterion, int | None]
ABSOLUTE: tuple[Entry, ...] = (
    (_("exact OSI-SNR under"), Criterion.OSI, None),
    (_("fused loss over"), Criterion.LOSS, None),
    (_("sudden drop of at least"), Criterion.DROP, None),
)
WORST_SHARES = (0.01, 0.05, 0.10)
TIP = _(
    "What makes an active frame bad; missed frames and false activity are bad in their own right.\n"
    "OSI-SNR: the dashed line in its plot, to be dragged. Fused loss: 1/OSI-SNR + γ·MC-MSE of the frame, of the result "
    "that leads.\nSudden drop: under the median of its surroundings, which finds damage in a good passage.\n"
    "Worse than another estimate: under that one's curve."
)
GATE_TIP = _(
    "Frames count when the reference is within this of its loudest frame, false activity when the estimate is within "
    "this of its own loudest one: so pauses do not drown what matters."
)
MS = 1000.0
GATE_OFF = limits(BadChoice, "gate_db")[1]


class SegmentOptions(QWidget):
    """Shortest segment, joined gaps, level gate, window of the running median."""

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self._ask = ask
        self.minimum, self.join = _milliseconds("minimum_s", self), _milliseconds("join_s", self)
        self.gate = NumberField(*limits(BadChoice, "gate_db"), self, step=5.0, maximum_words=_("off"))
        self.window_field = NumberField(*limits(BadChoice, "window_s"), self, step=0.25, suffix=" s", decimals=2)
        default = BadChoice()
        least, join = default.minimum_s * MS, default.join_s * MS
        least_tip = _("Shorter segments are not listed.")
        join_tip = _("Bad frames no further apart than this make one segment.")
        window_tip = _("A sudden drop is one under the median of this time.")
        settings = (
            _setting(_("shortest segment"), self.minimum, least, least_tip),
            _setting(_("join gaps up to"), self.join, join, join_tip),
            _setting(_("level gate"), self.gate, DEFAULT_GATE_DB, GATE_TIP),
            _setting(_("running median"), self.window_field, default.window_s, window_tip),
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(MARGIN, GAP, MARGIN, GAP)
        lay_out_settings(grid, settings)
        grid.setHorizontalSpacing(MARGIN)
        self.minimum.valueChanged.connect(lambda ms: self._change(minimum_s=ms / MS))
        self.join.valueChanged.connect(lambda ms: self._change(join_s=ms / MS))
        self.gate.valueChanged.connect(lambda db: self._change(gate_db=None if db >= GATE_OFF else db))
        self.window_field.valueChanged.connect(lambda seconds: self._change(window_s=seconds))
        self.show_choice(default)

    def show_choice(self, choice: BadChoice) -> None:
        """Show what is in force; nothing is emitted."""
        self.minimum.show_value(choice.minimum_s * MS)
        self.join.show_value(choice.join_s * MS)
        self.gate.show_value(GATE_OFF if choice.gate_db is None else choice.gate_db)
        self.window_field.show_value(choice.window_s)

    def _change(self, **changes: Any) -> None:
        self._ask(partial(edits.set_bad, **changes), "_".join(changes))


def _setting(name: str, field: NumberField, default: float, tip: str) -> Setting:
    """default : in the unit of the field."""
    reset = _("Double-click the name for the default, {value}.").format(value=field.textFromValue(default))
    return name, field, None, f"{tip} {reset}", partial(field.valueChanged.emit, default)


def _milliseconds(name: str, parent: QWidget) -> NumberField:
    low, high = limits(BadChoice, name)
    return NumberField(low * MS, high * MS, parent, step=8.0, suffix=" ms", decimals=0)


class CriterionBar(QWidget):
    """Says nothing while something is shown; every change is one edit of the session."""

    def __init__(self, theme: Theme, ask: Ask, parent: QWidget) -> None:
        super().__init__(parent)
        self._ask = ask
        self._score: PairScore | None = None
        self._shares: LossShares | None = None
        self._shown: tuple[object, ...] = ()
        self._entries: list[Entry] = []
        self.box = NarrowBox(self, 12)
        self.box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.box.setToolTip(tooltip(TIP))
        self.box.setAccessibleName(_("what makes a frame bad"))
        self.box.activated.connect(self._take_entry)
        self.decibels = NumberField(-20.0, 100.0, self, step=0.5)
        self.loss = NumberField(0.0, 1e9, self, step=0.1, suffix="", decimals=3)
        default = words.db(DEFAULT_THRESHOLD_DB)
        self.decibels.setToolTip(tooltip(_("The limit; default {value} for exact OSI-SNR").format(value=default)))
        self.loss.setToolTip(tooltip(_("The limit: fused loss of one frame")))
        for field in (self.decibels, self.loss):
            field.setAccessibleName(_("limit"))
            field.valueChanged.connect(lambda value: ask(partial(edits.set_limit, limit=value), "threshold"))
        self.presets = _menu_button(_("Worst ▾"), _("Set the limit by the share of frames beyond it"), self)
        self.more = _menu_button("", _("Shortest segment, joined gaps, level gate, running median"), self)
        self.more.setIconSize(QSize(16, 16))
        tint(self.more, "settings", theme)
        self.options = SegmentOptions(ask)
        self._fill_menus()
        limit = row_of(self.decibels, self.loss, self.presets, REST, self.more, spacing=GAP // 2)
        column_of(self.box, limit, owner=self, spacing=GAP // 2)
        self.show_session(Session(), 0)

    def show_session(self, session: Session, index: int) -> None:
        """Show what is in force for estimate `index`."""
        choice = session.bad
        shown = (choice, session.threshold_db, session.pairing, len(session.references), len(session.estimates), index)
        if shown == self._shown:
            return
        self._shown = shown
        is_against = choice.criterion is Criterion.AGAINST
        places = rivals(session, index) if session.estimates else ()
        against = _("worse than {name} by at least")
        others: list[Entry] = [
            (against.format(name=estimate_letter(place)), Criterion.AGAINST, place) for place in places
        ]
        if is_against and not others:
            others = [(_("worse than another estimate by at least"), Criterion.AGAINST, None)]
        entries = [*ABSOLUTE, *others]
        with QSignalBlocker(self.box):
            if entries != self._entries:
                self._entries = entries
                self.box.clear()
                self.box.addItems([text for text, *_rest in entries])
            rival = other_place(session, index) if places and is_against else None
            self.box.setCurrentIndex([entry[1:] for entry in entries].index((choice.criterion, rival)))
        is_loss = choice.criterion is Criterion.LOSS
        self.decibels.setVisible(not is_loss)
        self.loss.setVisible(is_loss)
        (self.loss if is_loss else self.decibels).show_value(edits.limit_of(session))
        self.options.show_choice(choice)

    def show_score(self, score: PairScore | None, shares: LossShares | None) -> None:
        """What limits by share of frames are taken from."""
        self._score, self._shares = score, shares
        self.presets.setEnabled(score is not None)

    def _fill_menus(self) -> None:
        menu = self.presets.menu()
        for share in WORST_SHARES:
            text = _("Worst {share} of the frames that count").format(share=words.percent(share))
            menu.addAction(text, partial(self._set_worst, share))
        half = menu.addAction(_("Frames that hold half of the loss"), self._set_half)
        half.setToolTip(_("The fewest frames with half of 1/OSI-SNR, exact: any level, any length"))
        menu.setToolTipsVisible(True)
        form = QWidgetAction(self.more)
        form.setDefaultWidget(self.options)
        self.more.menu().addAction(form)

    def _take_entry(self, index: int) -> None:
        _text, criterion, place = self._entries[index]
        changes: dict[str, Any] = {} if place is None else {"against": place}
        self._ask(partial(edits.set_bad, criterion=criterion, **changes), "")

    def _set_worst(self, share: float) -> None:
        if self._score is not None:
            self._ask(partial(set_worst_share, score=self._score, share=share), "")

    def _set_half(self) -> None:
        if self._shares is not None:
            self._ask(half_loss_edit(self._shares), "")


def _menu_button(text: str, tip: str, parent: QWidget) -> QToolButton:
    button = tool_button(text, tip, parent=parent, name=text or tip)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(QMenu(button))
    return button
