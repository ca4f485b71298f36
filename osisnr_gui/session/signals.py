"""One channel of a sound file at the rate of the analysis, readable anywhere, zero outside the file."""

import math
from types import TracebackType
from typing import Self

import numpy as np

from osisnr_gui.core.types import FloatArray
from osisnr_gui.io.audio import AudioFile, open_audio
from osisnr_gui.io.checks import AudioScanner
from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.io.phrase import Phrase
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
        """Output samples [start, stop) from the input samples that begin at `first` (see `span`)."""
        skip = start - first * self.up // self.down
        out = self._resample(samples, self.up, self.down, window=self._taps)  # type: ignore[call-overload]
        return np.asarray(out[skip : skip + stop - start], dtype=np.float64)


class AudioSignal:
    """Samples of one channel as float64. Use from one thread at a time.

    rate : rate wanted in Hz, None = the file's own. `source.delay` samples are taken from the start; `source.offset` is
    subtracted, then the samples are multiplied by `source.gain`, with the opposite sign for `source.flip`.
    Raises LoadError when the file cannot be opened.
    """

    def __init__(self, source: Source, rate: int | None = None) -> None:
        self.path = source.path
        self._file: AudioFile = open_audio(source.path)
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

    @property
    def first_sample(self) -> int:
        """Index of the first sample the file has, after the delay was taken out: 0, or later for an early file."""
        return max(0, -self._delay)

    @property
    def n_samples(self) -> int:
        """One more than the index of the last sample the file has."""
        return max(0, self._length - self._delay)

    def scanner(self) -> AudioScanner:
        """Checks the whole file, beginning with what is read from now on."""
        return AudioScanner(self._file)

    def read(self, start: int, count: int) -> FloatArray:
        """Samples [start, start + count), float64 (count,), zeros outside the file.

        Raises LoadError when the file holds less than it said: BrokenOffError for damage.
        """
        samples = self._read(start + self._delay, count)
        return samples if self._factor == 1.0 else self._factor * samples

    def _read(self, start: int, count: int) -> FloatArray:
        if self._resampler is None:
            return self._read_own(start, count)
        out = np.zeros(count)
        begin, end = max(start, 0), min(start + count, self._length)
        if begin < end:  # outside the file the filter would ring on
            first, stop = self._resampler.span(begin, end)
            out[begin - start : end - start] = self._resampler.run(
                self._read_own(first, stop - first), first, begin, end
            )
        return out

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
        info = self._file.info
        return self._file.unchanged() and (info.file_size, info.modified_ns) == (size, modified_ns)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
