"""What is known of the STFT that masks belong to: with rate and hop, frames have seconds and bins have Hz."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from osisnr_gui.core.stft import MAX_N_FFT, WINDOWS
from osisnr_gui.io.headers import MAX_RATE
from osisnr_gui.qt.panels.layouts import Setting, lay_out_settings
from osisnr_gui.qt.panels.plain_text import GAP, plain_label, set_text
from osisnr_gui.qt.panels.sample_field import MarkedBox, SampleField
from osisnr_gui.session import edits, words
from osisnr_gui.session.masks.mask_grids import n_fft_of
from osisnr_gui.session.session import MaskGrid, Session

UNKNOWN = "unknown"
RATES = (0, 8000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000, MAX_RATE)
PLACES = ("begin at hop·i", "centred on hop·i")


class _OptionalField(SampleField):
    """A count of samples that may be unknown, which is 0."""

    def __init__(self, most: int, parent: QWidget | None = None) -> None:
        super().__init__(0, most, parent)
        self.setSpecialValueText(UNKNOWN)


class _RateField(_OptionalField):
    """A sample rate; arrows go to the next one in use."""

    def stepBy(self, steps: int) -> None:
        """To the next usual rate."""
        value = self.value()
        for _ in range(abs(steps)):
            higher, lower = [r for r in RATES if r > value], [r for r in RATES if r < value]
            value = (min(higher, default=MAX_RATE)) if steps > 0 else max(lower, default=0)
        self.setValue(value)


class MaskGridFields(QWidget):
    """Rate, hop, n_fft, place of the frames and window; nothing is filled in that nobody said."""

    edit_requested = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._n_bins = 0
        self.rate, self.hop = _RateField(MAX_RATE, self), _OptionalField(MAX_N_FFT, self)
        self.n_fft = SampleField(2, MAX_N_FFT, self)
        self.place, self.window_box = MarkedBox(self), MarkedBox(self)
        self.place.addItems(list(PLACES))
        self.window_box.addItems(list(WINDOWS))
        self.hop_note, self.n_fft_note = (plain_label("", "muted", wrap=True, small=True) for _ in range(2))
        self._lay_out()
        self._connect()

    def show_grid(self, session: Session, n_bins: int) -> None:
        """Show what is known for masks of so many bins."""
        grid, self._n_bins = session.mask_grid, n_bins
        n_fft = n_fft_of(grid, n_bins)
        self.rate.show_value(grid.rate or 0, MAX_RATE)
        self.hop.show_value(grid.hop or 0, MAX_N_FFT)
        self.n_fft.show_value(n_fft, MAX_N_FFT)
        self.place.setCurrentIndex(int(grid.centred))
        self.window_box.setCurrentIndex(WINDOWS.index(grid.window))
        known = grid.rate is not None and grid.hop is not None
        set_text(self.hop_note, words.milliseconds((grid.hop or 0) / (grid.rate or 1)) if known else "samples")
        set_text(self.n_fft_note, f"2·({n_bins} − 1)" if grid.n_fft is None else "as given")

    def _settings(self) -> tuple[Setting, ...]:
        unknown = f"Double-click the name: {UNKNOWN}."
        rate_tip = (
            f"Sample rate of the sound the masks were made for. With rate and hop the axes are in seconds and Hz. "
            f"{unknown}"
        )
        hop_tip = f"Samples from one frame to the next. {unknown}"
        n_fft_tip = "Samples in a frame; from the number of bins unless it is given. Double-click the name for that."
        place_tip = (
            "Where frame i lies. Begin at hop·i: an STFT without padding. Centred on hop·i: padded at both ends, as "
            "librosa and torch do by default."
        )
        window_tip = "Window of the STFT; used where a mask is applied to a mixture."
        hertz = plain_label("Hz", "muted", small=True)
        return (
            ("rate", self.rate, hertz, rate_tip, partial(self._change, rate=None)),
            ("hop", self.hop, self.hop_note, hop_tip, partial(self._change, hop=None)),
            ("n_fft", self.n_fft, self.n_fft_note, n_fft_tip, partial(self._change, n_fft=None)),
            ("frames", self.place, None, place_tip, None),
            ("window", self.window_box, None, window_tip, partial(self._change, window=MaskGrid().window)),
        )

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        lay_out_settings(grid, self._settings(), GAP)

    def _connect(self) -> None:
        self.rate.chosen.connect(lambda value: self._change(rate=value or None))
        self.hop.chosen.connect(lambda value: self._change(hop=value or None))
        self.n_fft.chosen.connect(lambda value: self._change(n_fft=value))
        self.place.activated.connect(lambda index: self._change(centred=bool(index)))
        self.window_box.activated.connect(lambda index: self._change(window=WINDOWS[index]))

    def _change(self, **changes: object) -> None:
        self.edit_requested.emit(partial(edits.set_mask_grid, n_bins=self._n_bins, **changes), "")
