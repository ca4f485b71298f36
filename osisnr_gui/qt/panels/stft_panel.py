"""How sound is cut into frames, from when on a frame is silent, and what is known of the STFT that masks belong to."""

import math
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from osisnr_gui.core.bad_frames import DEFAULT_SILENCE_DB
from osisnr_gui.core.stft import MAX_N_FFT, WINDOWS, default_hop, default_n_fft, frame_count
from osisnr_gui.core.types import Framing, Representation
from osisnr_gui.io.headers import MAX_RATE
from osisnr_gui.qt.panels.layouts import REST, Ask, Setting, column_of, lay_out_settings, scroll_inside
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, plain_label, set_text
from osisnr_gui.qt.panels.sample_field import DEFAULT_MARK, MarkedBox, NumberField, SampleField
from osisnr_gui.session import edits, words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.masks import n_fft_of
from osisnr_gui.session.session import FramingChoice, MaskGrid, Session
from osisnr_gui.session.tracks import Track
from osisnr_gui.text.catalogue import _, ngettext

LARGEST = 2**20
ZEROS_ONLY = 200.0
REPRESENTATIONS = (Representation.MAGNITUDE, Representation.COMPLEX, Representation.WAVEFORM)
MASK_WORDS = _("A mask has its frames already: one column is one frame.")
NO_GRID_WORDS = _(
    "A mask has its frames already: one column is one frame. With rate and hop they are shown in seconds and Hz."
)
RATES = (0, 8000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000, MAX_RATE)
PLACES = (_("begin at hop·i"), _("centred on hop·i"))


class MaskGridFields(QWidget):
    """Rate, hop, n_fft, place of the frames and window; nothing is filled in that nobody said."""

    def __init__(self, ask: Ask, parent: QWidget) -> None:
        super().__init__(parent)
        self._ask, self._n_bins = ask, 0
        self.rate, self.hop = SampleField(0, MAX_RATE, self, RATES), SampleField(0, MAX_N_FFT, self)
        for field in (self.rate, self.hop):
            field.setSpecialValueText(_("unknown"))
        self.n_fft = SampleField(2, MAX_N_FFT, self)
        self.place, self.window_box = MarkedBox(self), MarkedBox(self)
        self.place.addItems(list(PLACES))
        self.window_box.addItems(list(WINDOWS))
        self.hop_note = plain_label("", "muted", wrap=True, small=True)
        self.n_fft_note = plain_label("", "muted", wrap=True, small=True)
        column_of(lay_out_settings(self._settings())[0], owner=self)
        self.rate.valueChanged.connect(lambda value: self._change(rate=int(value) or None))
        self.hop.valueChanged.connect(lambda value: self._change(hop=int(value) or None))
        self.n_fft.valueChanged.connect(lambda value: self._change(n_fft=int(value)))
        self.place.activated.connect(lambda index: self._change(centred=bool(index)))
        self.window_box.activated.connect(lambda index: self._change(window=WINDOWS[index]))

    def show_grid(self, session: Session, n_bins: int) -> None:
        """Show what is known for masks of so many bins."""
        grid, self._n_bins = session.mask_grid, n_bins
        self.rate.show_value(grid.rate or 0, MAX_RATE)
        self.hop.show_value(grid.hop or 0, MAX_N_FFT)
        self.n_fft.show_value(n_fft_of(grid, n_bins), MAX_N_FFT)
        self.place.setCurrentIndex(int(grid.centred))
        self.window_box.setCurrentIndex(WINDOWS.index(grid.window))
        known = grid.rate is not None and grid.hop is not None
        set_text(self.hop_note, words.milliseconds((grid.hop or 0) / (grid.rate or 1)) if known else _("samples"))
        set_text(self.n_fft_note, f"2·({n_bins} − 1)" if grid.n_fft is None else _("as given"))

    def _settings(self) -> tuple[Setting, ...]:
        rate_tip = _(
            "Sample rate of the sound the masks were made for. With rate and hop the axes are in seconds and Hz. "
            "Double-click the name: unknown."
        )
        hop_tip = _("Samples from one frame to the next. Double-click the name: unknown.")
        n_fft_tip = _("Samples in a frame; from the number of bins unless it is given. Double-click the name for that.")
        place_tip = _(
            "Where frame i lies. Begin at hop·i: an STFT without padding. Centred on hop·i: padded at both ends, as "
            "librosa and torch do by default."
        )
        window_tip = _("Window of the STFT; used where a mask is applied to a mixture.")
        return (
            (_("rate"), self.rate, plain_label("Hz", "muted", small=True), rate_tip, partial(self._change, rate=None)),
            (_("hop"), self.hop, self.hop_note, hop_tip, partial(self._change, hop=None)),
            ("n_fft", self.n_fft, self.n_fft_note, n_fft_tip, partial(self._change, n_fft=None)),
            (_("frames"), self.place, None, place_tip, None),
            (_("window"), self.window_box, None, window_tip, partial(self._change, window=MaskGrid().window)),
        )

    def _change(self, **changes: Any) -> None:
        self._ask(partial(edits.set_mask_grid, n_bins=self._n_bins, **changes), "")


class StftPanel(QWidget):
    """Only settings that can be are ever asked for: fields hold what is typed inside its range."""

    edit_requested = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[object, ...] = ()
        self._choice = FramingChoice()
        self.representation, self.window_box = MarkedBox(self), MarkedBox(self)
        self.n_fft, self.hop = SampleField(2, LARGEST, self), SampleField(1, LARGEST, self)
        self.silence = NumberField(10.0, ZEROS_ONLY, parent=self, singleStep=5.0, most_words=_("zeros"))
        # Small words beside a field, on two lines where the panel is narrow.
        self.n_fft_note, self.hop_note, self._silence_note = (
            plain_label(text, "muted", wrap=True, small=True) for text in ("", "", _("below loudest"))
        )
        self.summary = plain_label("", "muted", wrap=True, small=True, parent=self)
        self.mask_grid = MaskGridFields(self.edit_requested.emit, self)
        usual = Representation.MAGNITUDE, FramingChoice().window  # marked
        for box, names in ((self.representation, REPRESENTATIONS), (self.window_box, WINDOWS)):
            box.addItems([f"{name}{DEFAULT_MARK if name in usual else ''}" for name in names])
        settings = self._settings()
        grid, self._names = lay_out_settings(settings)
        grid.setHorizontalSpacing(GAP // 2)
        rows = [(self._names[name], field, note) for name, field, note, *_rest in settings if field is not self.silence]
        self._sound_only = [part for row in rows for part in row if part is not None]
        line = QFrame()
        line.setProperty("role", "separator")
        line.setFixedHeight(1)
        parts = self.mask_grid, grid, line, self.summary, REST
        # The words beside the fields are whole in the narrowest panel, its scroll bar included.
        scroll_inside(self, column_of(*parts, margins=(MARGIN, GAP, 2, GAP), spacing=GAP))
        # The first one is the default.
        self.representation.activated.connect(lambda i: self._frame(representation=REPRESENTATIONS[i] if i else None))
        self.window_box.activated.connect(lambda i: self._frame(window=WINDOWS[i]))
        self.n_fft.valueChanged.connect(self._take_n_fft)
        self.hop.valueChanged.connect(lambda value: self._frame(hop=int(value)))
        self.silence.valueChanged.connect(self._take_silence)
        self.show_analysis(Analysis(Session()), 0)

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        """Show the framing in force; nothing is done when it is on screen already."""
        session, reference, framing = analysis.session, analysis.reference, analysis.framing
        summary = _frames_words(analysis, selected)
        shown = (session.framing, session.mask_grid, session.silence_db, framing, reference, summary)
        if shown == self._shown:
            return
        self._shown = shown
        self._choice = session.framing
        self.silence.show_value(ZEROS_ONLY if math.isinf(session.silence_db) else session.silence_db)
        # A refused setting leaves no framing in force: the fields stay open, so that it can be put right.
        sound = reference is not None and reference.kind == "audio" and reference.sample_rate
        for control in (self.representation, self.n_fft, self.hop, self.window_box):
            control.setEnabled(bool(sound))
        if sound and reference is not None:
            self._show_framing(framing, reference)
        else:
            for box in (self.representation, self.window_box):
                box.setCurrentIndex(-1)  # greyed words would still be read as what is in force
            for field, note in ((self.n_fft, self.n_fft_note), (self.hop, self.hop_note)):
                field.clear()
                set_text(note, "")
            summary = _("Open a reference to see its frames.")
        mask = None if reference is None else reference.mask
        self.mask_grid.setVisible(mask is not None)
        for part in self._sound_only:
            part.setVisible(mask is None)
        if mask is not None:
            self.mask_grid.show_grid(session, mask.values.shape[0])
            summary = MASK_WORDS if session.mask_grid.is_known else NO_GRID_WORDS
        set_text(self.summary, summary)

    def _show_framing(self, framing: Framing | None, reference: Track) -> None:
        choice, rate = self._choice, reference.sample_rate or 1
        if framing is None:  # what was asked for, or its default, where nothing is in force
            kind = choice.representation if choice.representation in REPRESENTATIONS else Representation.MAGNITUDE
            n_fft, hop = choice.n_fft or default_n_fft(rate), choice.hop or default_hop(rate)
            framing = Framing(kind, n_fft, hop, choice.window)
        self.n_fft.show_value(framing.n_fft, min(LARGEST, max(2, reference.n_samples or LARGEST)))
        self.hop.show_value(framing.hop, framing.n_fft)
        self.representation.setCurrentIndex(REPRESENTATIONS.index(framing.representation))
        self.window_box.setCurrentIndex(WINDOWS.index(framing.window) if framing.window in WINDOWS else -1)
        self.window_box.setEnabled(framing.representation is not Representation.WAVEFORM)
        set_text(self.n_fft_note, _length_words(framing.n_fft / rate, choice.n_fft))
        set_text(self.hop_note, _length_words(framing.hop / rate, choice.hop))

    def _settings(self) -> tuple[Setting, ...]:
        """Every setting, in the order on screen."""
        columns_tip = _(
            "What one frame holds.\n"
            "magnitude: |rfft| of each windowed frame; phase does not count.\n"
            "complex: the same with phase.\n"
            "waveform: the samples of each frame, not windowed."
        )
        n_fft_tip = _("Samples in a frame. Double-click the name for the default, 32 ms.")
        hop_tip = _("Samples from one frame to the next. Double-click the name for the default.")
        window_tip = _("Weight of the samples in a frame; not used for waveform frames.")
        reset_silence = partial(self._take_silence, DEFAULT_SILENCE_DB)
        silence_tip = _(
            "A frame is silent when it is this far or further below the signal's loudest frame; at the largest value "
            "only frames of zeros are. Double-click the name for the default, {level}."
        ).format(level=words.db(DEFAULT_SILENCE_DB, 0))
        return (
            (_("values"), self.representation, None, columns_tip, partial(self._frame, representation=None)),
            ("n_fft", self.n_fft, self.n_fft_note, n_fft_tip, partial(self._frame, n_fft=None, hop=None)),
            (_("hop"), self.hop, self.hop_note, hop_tip, partial(self._frame, hop=None)),
            (_("window"), self.window_box, None, window_tip, partial(self._frame, window=FramingChoice().window)),
            (_("silence"), self.silence, self._silence_note, silence_tip, reset_silence),
        )

    def _take_n_fft(self, value: float) -> None:
        # A hop that no longer fits goes back to a quarter of the frame, its default.
        fits = self._choice.hop is None or self._choice.hop <= value
        self._frame(n_fft=int(value), **({} if fits else {"hop": None}))

    def _take_silence(self, value: float) -> None:
        limit = math.inf if value >= ZEROS_ONLY else value
        self.edit_requested.emit(partial(edits.set_silence, silence_db=limit), "silence")

    def _frame(self, **changes: Any) -> None:
        if self.n_fft.isEnabled():
            self.edit_requested.emit(partial(edits.set_framing, **changes), "")


def _length_words(seconds: float, chosen: int | None) -> str:
    """How long a frame or a hop is, never broken before the unit, and whether that is the default."""
    length = words.milliseconds(seconds).replace(" ", "\u00a0")
    return _("{length} default").format(length=length) if chosen is None else length


def _frames_words(analysis: Analysis, selected: int) -> str:
    """How many frames there are, and how long they are."""
    if analysis.reference is None or analysis.framing is None:
        return ""
    framing, reference = analysis.framing, analysis.reference
    pair = analysis.pair_at(selected)
    if pair is not None and pair.frames is not None:
        n = pair.frames.n_total
        frames = ngettext("{n} frame compared", "{n} frames compared", n)
    else:
        n = frame_count(reference.n_samples or 0, framing.n_fft, framing.hop)
        frames = ngettext("{n} frame in the reference", "{n} frames in the reference", n)
    rate = reference.sample_rate or 1
    length, step = words.milliseconds(framing.n_fft / rate), words.milliseconds(framing.hop / rate)
    template = _("{frames}: {length} long, one every {step}, {n_bins} bins each.")
    return template.format(frames=frames.format(n=words.count(n)), length=length, step=step, n_bins=framing.n_bins)
