"""Columns of a source, whatever it is: audio cut and transformed block by block, or a matrix as stored.

Audio is one channel of a file at the rate of the analysis, readable anywhere, zero outside the file. Reading (one
thread, in order) and transforming (any thread) are apart, so that the streaming pass can overlap them. Inside the pass
a frame is a row: (n_frames, n_values) arrays are what the FFT and the dot products read fastest.
"""

import math
import threading

import numpy as np

from osisnr_gui.core.osi_snr import rows_of
from osisnr_gui.core.stft import frame_count, frames_of, least_hop, window
from osisnr_gui.core.types import Columns, ComplexArray, FloatArray, Framing, IntArray, Representation
from osisnr_gui.io.audio import AudioFile, AudioScanner
from osisnr_gui.io.errors import N_, LoadError, Phrase, Reason
from osisnr_gui.io.files import Closing
from osisnr_gui.session.session import Source

KEPT_SAMPLES = 1 << 15  # more than any common frame
#: Largest number in the ratio of two rates, in lowest terms: the filter has 20 taps for each of it. All common rates
#: stay below 1000; two rates near 48 kHz without a common divisor are still resampled.
MOST_RATIO = 1 << 16


def check_ratio(path: str, rate_in: int, rate_out: int) -> None:
    """Raise LoadError BAD_RATE for two rates that would take a filter of minutes and gigabytes to convert."""
    if max(rate_in, rate_out) // math.gcd(rate_in, rate_out) > MOST_RATIO:
        detail = Phrase("{own} Hz to {wanted} Hz is a ratio too uneven to convert", own=rate_in, wanted=rate_out)
        raise LoadError(Reason.BAD_RATE, path, detail, Phrase("resample the file to {rate} Hz first", rate=rate_out))


class Resampler:
    """Polyphase resampling of any stretch of a signal, equal to resampling all of it at once.

    up/down = rate wanted / rate of the file, in lowest terms. Kaiser window (beta 5), 10 zero crossings a side.
    """

    def __init__(self, rate_in: int, rate_out: int) -> None:
        # scipy.signal takes a second to import: only a file at another rate pays for it.
        from scipy import signal

        common = math.gcd(rate_in, rate_out)
        self.up, self.down = rate_out // common, rate_in // common
        widest = max(self.up, self.down)
        half_length = 10 * widest
        self._taps = signal.firwin(2 * half_length + 1, 1.0 / widest, window=("kaiser", 5.0))
        self._resample = signal.resample_poly
        self._context = math.ceil(half_length / self.up) + 2

    def length(self, n_samples: int) -> int:
        """Samples that come of `n_samples`."""
        return -(-n_samples * self.up // self.down)

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """The input samples [a, b) that the output samples [start, stop) need; a is a multiple of `down`."""
        first = (start * self.down // self.up - self._context) // self.down * self.down
        return first, stop * self.down // self.up + self._context + 1

    def run(self, samples: FloatArray, first: int, start: int, stop: int) -> FloatArray:
        """Output samples [start, stop) from the input (…, n) that begins at `first` (see `span`)."""
        skip = start - first * self.up // self.down
        out = self._resample(samples, self.up, self.down, axis=-1, window=self._taps)  # type: ignore[call-overload]
        return np.asarray(out[..., skip : skip + stop - start], dtype=np.float64)


class AudioSignal(Closing):
    """Samples of one channel as float64. Use from one thread at a time.

    rate : rate wanted in Hz, None = the file's own. `source.delay` samples are taken from the start; `source.offset` is
    subtracted, then the samples are multiplied by `source.gain`, with the opposite sign for `source.flip`.
    Raises LoadError when the file cannot be opened.
    """

    def __init__(self, source: Source, rate: int | None = None) -> None:
        self.path = source.path
        self._file = AudioFile(source.path)
        self._channel = 1 if source.channel is None else source.channel
        own = self._file.info.sample_rate
        self.rate = own if rate is None else rate
        try:
            check_ratio(source.path, own, self.rate)
        except LoadError:
            self._file.close()
            raise
        self._resampler = Resampler(own, self.rate) if self.rate != own else None
        self._delay, self._offset = source.delay, source.offset
        self._factor = -source.gain if source.flip else source.gain
        self._kept_start = 0
        self._kept: FloatArray = np.empty(0)
        n_own = self._file.info.n_samples
        self._length = self._resampler.length(n_own) if self._resampler else n_own
        #: Index of the first sample the file has, after the delay was taken out (0, or later for an early file), and
        #: one more than the index of the last one.
        self.first_sample, self.n_samples = max(0, -self._delay), max(0, self._length - self._delay)

    def scanner(self) -> AudioScanner:
        """Checks the whole file, beginning with what is read from now on."""
        return AudioScanner(self._file)

    def read(self, start: int, count: int) -> FloatArray:
        """Samples [start, start + count), float64 (count,), zeros outside the file.

        Raises LoadError when the file holds less than it said: BrokenOffError for damage.
        """
        start += self._delay
        if self._resampler is None:
            samples = self._read_own(start, count)
        else:
            samples, begin, end = np.zeros(count), max(start, 0), min(start + count, self._length)
            if begin < end:  # outside the file the filter would ring on
                first, stop = self._resampler.span(begin, end)
                own = self._read_own(first, stop - first)
                samples[begin - start : end - start] = self._resampler.run(own, first, begin, end)
        return samples if self._factor == 1.0 else self._factor * samples

    def _read_own(self, start: int, count: int) -> FloatArray:
        begin, end = max(start, 0), min(start + count, self._file.info.n_samples)
        part = self._read_inside(begin, end - begin) if begin < end else np.empty(0)
        if len(part) == count:
            return part
        out = np.zeros(count)
        out[begin - start : begin - start + len(part)] = part
        return out

    def _read_inside(self, start: int, count: int) -> FloatArray:
        """Neighbouring reads overlap by a frame: the last samples are kept, so that decoders rarely seek back."""
        old = self._kept[:0]
        if self._kept_start <= start <= self._kept_start + len(self._kept):
            old = self._kept[start - self._kept_start :][:count]
        samples = old.copy()
        if len(old) < count:
            new = self._file.read_channel(start + len(old), count - len(old), self._channel)
            if self._offset:
                new = new - self._offset
            # Zeros in their place would be scored, painted and heard as silence.
            if len(old) + len(new) < count:
                raise self._file.broken_off(start + len(old) + len(new))
            samples = np.concatenate((old, new)) if len(old) else new
            self._kept = samples[-KEPT_SAMPLES:].copy()
            self._kept_start = start + len(samples) - len(self._kept)
        return samples

    def is_at(self, size: int, modified_ns: int) -> bool:
        """Whether the open file has this size and modification time, now as when it was opened."""
        return self._file.unchanged() and self._file.identity()[2:] == (size, modified_ns)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


Raw = np.ndarray[tuple[int, ...], np.dtype[np.generic]]


class _Scratch(threading.local):
    """Work space of each thread: fresh pages for every block would cost more than the FFT itself."""

    def __init__(self) -> None:
        self._arrays: dict[tuple[int, int], tuple[FloatArray, ComplexArray]] = {}

    def of(self, n_frames: int, n_fft: int) -> tuple[FloatArray, ComplexArray]:
        """Arrays for windowed frames (n_frames, n_fft) and their spectra."""
        key = (n_frames, n_fft)
        if key not in self._arrays:
            if len(self._arrays) > 4:
                self._arrays.clear()
            self._arrays[key] = np.empty(key), np.empty((n_frames, n_fft // 2 + 1), dtype=np.complex128)
        return self._arrays[key]


class AudioColumns:
    """Frames of an audio signal. Without padding only frames that lie wholly inside the file are counted.

    Frames are read from one thread at a time; what comes of `read` may be transformed in any thread.
    Raises LoadError where there would be more frames than `core.stft` allows.
    """

    def __init__(self, signal: AudioSignal, framing: Framing) -> None:
        self.signal = signal
        self.framing = framing
        self.n_bins = framing.n_fft // 2 + 1
        n_fft, hop = framing.n_fft, framing.hop
        self.n_frames = frame_count(signal.n_samples, n_fft, hop)
        if hop < (least := least_hop(signal.n_samples, n_fft)):
            raise _too_many_frames(signal, framing, self.n_frames, least)
        self.first_frame = -(-signal.first_sample // framing.hop)
        self._window = window(framing.window, framing.n_fft)
        self._scratch = _Scratch()

    def read(self, first: int, count: int) -> Raw:
        """Samples of the frames [first, first + count)."""
        return self.signal.read(first * self.framing.hop, (count - 1) * self.framing.hop + self.framing.n_fft)

    def rows(self, raw: Raw, frames: slice | IntArray) -> Columns:
        """Some frames of what `read` gave, in the order given: (n, n_values) real or complex, one a row."""
        samples = np.asarray(raw, dtype=np.float64)
        columns = frames_of(samples, self.framing.n_fft, self.framing.hop)[frames]
        if self.framing.representation is Representation.WAVEFORM:
            return np.ascontiguousarray(columns)
        if self.framing.representation is Representation.COMPLEX:
            return np.fft.rfft(columns * self._window, axis=1)
        return self._spectrum_magnitudes(columns)

    def magnitudes(self, rows: Columns) -> FloatArray:
        """Spectrum magnitudes (n, n_bins) of rows in any representation, for the picture."""
        if self.framing.representation is Representation.COMPLEX:
            return np.abs(rows)
        rows = np.asarray(rows, dtype=np.float64)
        return self._spectrum_magnitudes(rows) if self.framing.representation is Representation.WAVEFORM else rows

    def _spectrum_magnitudes(self, frames: FloatArray) -> FloatArray:
        windowed, spectrum = self._scratch.of(len(frames), self.framing.n_fft)
        np.multiply(frames, self._window, out=windowed)
        np.fft.rfft(windowed, axis=1, out=spectrum)
        return np.abs(spectrum)


def _too_many_frames(signal: AudioSignal, framing: Framing, n_frames: int, least: int) -> LoadError:
    """Says which hop, or what else, would make fewer. least : the smallest hop for a signal of this length."""
    n_fft, hop, early = framing.n_fft, framing.hop, signal.first_sample
    template = N_("n_fft {n_fft} and hop {hop} make {n} frames of it, too many to compare")
    detail = Phrase(template, n_fft=n_fft, hop=hop, n=n_frames)
    remedy = Phrase("choose a hop of {hop} or more, or cut the file", hop=least)
    if least > n_fft:
        remedy = Phrase("choose n_fft {n_fft} and hop {hop}, or cut the file", n_fft=least, hop=least)
    if hop >= least_hop(signal.n_samples - early, n_fft):
        detail = Phrase("{detail}, with a delay of {n} samples", detail=detail, n=-early)
        remedy = Phrase("set a delay nearer to 0")
    return LoadError(Reason.TOO_LARGE, signal.path, detail, remedy)


class MaskColumns:
    """Columns of a stored matrix (n_bins, n_frames)."""

    first_frame = 0

    def __init__(self, values: np.ndarray[tuple[int, int], np.dtype[np.generic]]) -> None:
        self._values = values
        self.n_bins, self.n_frames = values.shape

    def read(self, first: int, count: int) -> Raw:
        """Columns [first, first + count), zeros beyond the matrix."""
        part = self._values[:, first : first + count]
        missing = count - part.shape[1]
        return np.pad(part, ((0, 0), (0, missing))) if missing > 0 else part

    def rows(self, raw: Raw, frames: slice | IntArray) -> Columns:
        """Some columns of what `read` gave, as rows of float64 or complex128."""
        return rows_of(raw[:, frames])

    def magnitudes(self, rows: Columns) -> FloatArray:
        """Values as they are; magnitudes of complex ones."""
        return np.abs(rows) if np.iscomplexobj(rows) else np.asarray(rows)


ColumnReader = AudioColumns | MaskColumns  # frames of one source
