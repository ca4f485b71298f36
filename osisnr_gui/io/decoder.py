"""An open sound file, read in blocks as float64."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from .errors import BrokenOffError, LoadError, LoadWarning, OverwrittenError, Reason
from .headers import REMEDY, Header, check_channels_and_rate, corrupt, damaged, truncated
from .info import AudioInfo
from .mp3_frames import find_frames, read_mp3
from .ogg_pages import read_ogg
from .open_decoder import DECODER_ERRORS, Decoder, open_decoder
from .other_headers import read_aiff, read_au, read_caf, read_flac
from .quiet import quiet_stderr
from .sniff import AUDIO, is_misnamed, sniff_content, unknown_format
from .source import Remembered, Source
from .trail import STEP, WIDTH, Trail
from .wav_header import read_riff, read_w64

FloatArray = npt.NDArray[np.float64]
BLOCK = 65_536
_SMALL_BLOCK = 256
# Overlapping blocks and bits borrowed from earlier frames: after a seek these codings give other samples for
# a while than when read from the start. So many samples are decoded and dropped first.
_RUN_UP = {"VORBIS": 8192, "MPEG_LAYER_III": 11520, "MPEG_LAYER_II": 4608, "MPEG_LAYER_I": 4608}
_WANTED = "an audio file: WAV, FLAC, OGG, Opus, MP3, AIFF, CAF or AU"


def _read_mp3(source: Source) -> Header:
    found = find_frames(source)
    if found is None:
        raise unknown_format(source.path, _WANTED)
    return read_mp3(source, *found)


_READERS: dict[str, Callable[[Source], Header]] = {
    "WAV": read_riff, "W64": read_w64, "AIFF": read_aiff, "CAF": read_caf, "AU": read_au,
    "FLAC": read_flac, "OGG": read_ogg, "MP3": _read_mp3,
}  # fmt: skip


def _read_header(source: Source) -> Header:
    content = sniff_content(source)
    if content == "UNKNOWN":
        raise unknown_format(source.path, _WANTED)
    if content not in AUDIO:
        detail = "this is a matrix or data file, not sound"
        raise LoadError(Reason.UNKNOWN_FORMAT, source.path, detail, f"choose {_WANTED}")
    header = _READERS[content](source)
    if is_misnamed(source.path, content):
        message = f"the content is {header.container}, whatever the name says"
        header.warnings.append(LoadWarning("EXTENSION", message))
    return header


# Samples per channel found by decoding a file to where it ends or breaks, and whether it breaks inside.
_counts: Remembered[tuple[int, bool]] = Remembered()
_trails: Remembered[Trail] = Remembered()


def _told(warnings: list[LoadWarning]) -> bool:
    return any(warning.code in ("TRUNCATED", "DAMAGED") for warning in warnings)


class AudioFile:
    """An open sound file, made by `open_audio`; close it or use `with`.

    Use from one thread; several objects may read one path at the same time. `info` tells what it is.
    Samples come as float64, integer codings scaled to ±1. `listener(start, block)` is told of all that is read.
    """

    info: AudioInfo
    listener: Callable[[int, FloatArray], None] | None = None

    def __init__(self, source: Source) -> None:
        self._source = source
        self._header = _read_header(source)
        self._quiet = self._header.container == "MP3"
        self._decoder = self._open_decoder()
        self._position, self._straight, self._length = 0, True, 0
        # Where byte counts alone say where a sample is, a seek cannot miss it.
        self._trail = None if self._header.exact else _trails.get(source) or Trail()
        if self._trail is not None:
            _trails.put(source, self._trail)
        try:
            self._check_decoder()
            length, warnings = self._measure()
        except BaseException:
            self._decoder.close()
            raise
        self._length = length
        self.info = AudioInfo(
            path=source.path,
            container=self._header.container,
            coding=self._header.coding,
            sample_rate=int(self._decoder.samplerate),
            channels=self._channels,
            n_samples=length,
            file_size=source.size,
            modified_ns=source.status.st_mtime_ns,
            warnings=warnings,
        )

    def _silence(self) -> AbstractContextManager[None]:
        return quiet_stderr() if self._quiet else nullcontext()

    def _open_decoder(self) -> Decoder:
        with self._silence():
            return open_decoder(self._source, self._header)

    def _check_decoder(self) -> None:
        decoder = self._decoder
        check_channels_and_rate(self._source, decoder.channels, decoder.samplerate)
        self._channels = int(decoder.channels)

    def _measure(self) -> tuple[int, tuple[LoadWarning, ...]]:
        """The readable samples per channel, and what the user must know of them."""
        header, frames = self._header, int(self._decoder.frames)
        warnings = list(header.warnings)
        promised = header.promised
        known = _counts.get(self._source)
        if known is not None:
            length, broken = known
            if broken:
                warnings.append(damaged(length, promised))
        elif header.exact:
            length = min(header.present or 0, frames)
        elif header.container == "OGG" and frames > 0:
            length = frames
        elif header.container == "FLAC" and promised and self._has_sample(promised - 1):
            length = promised
        else:
            length = self._count_by_decoding()
        if header.most is not None:
            length = min(length, header.most)
        if header.container == "MP3" and promised is None and 0 < frames < 1 << 60:
            promised = frames
        if promised is not None and length < promised and not _told(warnings):
            warnings.append(truncated(length, promised))
        if length <= 0:
            if promised or _told(warnings):
                raise corrupt(self._source, "none of its samples can be read")
            raise LoadError(Reason.NO_FRAMES, self._source.path, "there are no samples inside", REMEDY)
        if self._channels > 1:
            message = f"{self._channels} channels: one is used unless you choose otherwise"
            warnings.append(LoadWarning("MULTICHANNEL", message))
        return length, tuple(warnings)

    def _has_sample(self, index: int) -> bool:
        """Whether the sample at `index` can be decoded."""
        self._position = -1
        with self._silence():
            try:
                self._decoder.seek(index)
                return len(self._decoder.read(1)) == 1
            except DECODER_ERRORS:
                return False

    def _count_by_decoding(self) -> int:
        """Decode to the end, or to where the file breaks off."""
        block = np.empty((max(1, BLOCK // self._channels), self._channels))
        total = 0
        while got := self._fill(total, block):
            total += got
            if got < len(block):
                break
        _counts.put(self._source, (total, False))
        return total

    def _fill(self, start: int, out: FloatArray) -> int:
        """Decode from `start` into `out` (n, channels); the count of samples that came.

        Fewer only where reading straight on from the start of the file gives no more either.
        """
        with self._silence():
            try:
                if start != self._position:
                    self._move(start)
                got = self._decode(start, out, BLOCK)
                certain = got == len(out) or self._straight or self._trail is None
            except DECODER_ERRORS:
                certain = False
            if not certain:
                got = self._fill_to_break(start, out)
        self._position = start + got if got == len(out) else -1
        return got

    def _decode(self, start: int, out: FloatArray, step: int) -> int:
        """Fill `out` with what follows in the decoder, which stands at `start`; the count of samples that came."""
        got = 0
        while got < len(out) and (part := len(self._decoder.read(out=out[got : got + step]))):
            got += part
        if self._straight and self._trail is not None:
            self._trail.record(start, out[:got])
        return got

    def _move(self, start: int) -> None:
        """Bring the decoder to sample `start`, where it gives what reading straight on gives."""
        trail, here = self._trail, self._position
        self._position = -1
        if trail is None:
            self._decoder.seek(start)
        elif 0 <= here <= start and start - here <= self._reach(trail):
            self._skip(here, start)
        elif start <= STEP or not self._seek(trail, start):
            self._restart(start)

    def _reach(self, trail: Trail) -> int:
        """Up to how many samples are rather decoded than passed over by a seek."""
        if self._straight:
            return STEP if trail.seekable else self._length
        return self._run_up()

    def _run_up(self) -> int:
        return _RUN_UP.get(self._header.coding, 0)

    def _seek(self, trail: Trail, start: int) -> bool:
        """Move to `start` by a seek; False when it did not arrive.

        Where the file was read straight on before, every seek is compared. Beyond, it is believed if one near the
        start arrived.
        """
        known = start <= trail.stop
        if not known and not trail.mark_before(trail.stop):
            self._restart(min(2 * STEP, start))
            while trail.stop < start and not trail.mark_before(trail.stop):
                self._skip(trail.stop, min(trail.stop + STEP, start))
        if known or not trail.tried:
            mark = trail.mark_before(min(start, trail.stop))
            if mark == 0 or not trail.seekable or not self._seek_mark(trail, mark):
                return False
            if known:
                self._skip(mark + WIDTH, start)
        if trail.seekable and not known:
            self._straight = False
            self._skip(self._seek_back(start), start)
        return trail.seekable

    def _seek_mark(self, trail: Trail, mark: int) -> bool:
        """Move to the end of a mark; whether it was found in its place."""
        self._straight = False
        try:
            self._skip(self._seek_back(mark), mark)
            found = np.empty((WIDTH, self._channels))
            self._straight = self._decode(mark, found, BLOCK) == WIDTH and trail.fits(mark, found)
        except DECODER_ERRORS:
            pass
        trail.seekable = trail.seekable and self._straight
        return self._straight

    def _seek_back(self, start: int) -> int:
        """Seek so far before `start` that it is decoded exactly; where the decoder is."""
        origin = max(0, start - self._run_up())
        if self._header.last_seek is not None:
            origin = min(origin, self._header.last_seek)
        self._decoder.seek(origin)
        return origin

    def _restart(self, start: int) -> None:
        """Move to `start` by decoding all before it, after which nothing can be wrong."""
        self._decoder.close()
        self._decoder = self._open_decoder()
        if self._trail is None:
            self._decoder.seek(start)
            return
        self._straight = True
        self._skip(0, start)

    def _skip(self, here: int, start: int) -> None:
        """Decode from `here` to `start`. Raises ValueError when the samples end before."""
        block = np.empty((min(BLOCK, start - here), self._channels))
        while here < start:
            got = self._decode(here, block[: start - here], BLOCK)
            if got < min(len(block), start - here):
                raise ValueError("the samples end")
            here += got

    def _fill_to_break(self, start: int, out: FloatArray) -> int:
        """As `_fill`, straight on from the start: after a seek that failed, or an error that threw away a whole block.

        In small steps, up to the damage.
        """
        got = 0
        try:
            self._restart(start)
            while got < len(out):
                part = self._decode(start + got, out[got : got + _SMALL_BLOCK], _SMALL_BLOCK)
                if part == 0:
                    break
                got += part
        except (*DECODER_ERRORS, LoadError):
            pass
        return got

    def read(self, start: int, count: int) -> FloatArray:
        """Samples `start` to `start + count` as float64 of shape (n, channels).

        n < count only at the end, or where the file breaks off. Reading on from where the last call ended
        does not seek. Raises ValueError for a negative start or count.
        """
        if start < 0 or count < 0:
            raise ValueError(f"start and count must not be negative: {start}, {count}")
        out = np.empty((max(0, min(count, self._length - start)), self._channels))
        if len(out) == 0:
            return out
        out = out[: self._fill(start, out)]
        if self.listener is not None:
            self.listener(start, out)
        return out

    def read_channel(self, start: int, count: int, channel: int) -> FloatArray:
        """As `read`, one channel as a 1-D array: 1 is the first channel, 0 the mean of all.

        Raises ValueError when there is no such channel.
        """
        if not 0 <= channel <= self._channels:
            raise ValueError(f"channel {channel} of a file with {self._channels}")
        block = self.read(start, count)
        if self._channels == 1:
            return block[:, 0]
        if channel == 0:
            return np.asarray(block.mean(axis=1))
        return np.ascontiguousarray(block[:, channel - 1])

    def unchanged(self) -> bool:
        """Whether the file still has the size and time it had when it was opened."""
        now = os.fstat(self._source.fd)
        before = self._source.status
        return (now.st_size, now.st_mtime_ns) == (before.st_size, before.st_mtime_ns)

    def broken_off(self, n_samples: int) -> LoadError:
        """What to raise when nothing more than `n_samples` came; later opens of the same content know."""
        if not self.unchanged():
            detail, remedy = "the file changed while it was read", "wait until it is complete and open it again"
            return OverwrittenError(Reason.CORRUPT, self.info.path, detail, remedy)
        self.remember_length(n_samples)
        message = damaged(n_samples, self.info.n_samples).message
        return BrokenOffError(Reason.CORRUPT, self.info.path, message, REMEDY)

    def remember_length(self, n_samples: int) -> None:
        """Let later opens of the same content know that reading breaks off after `n_samples`."""
        _counts.put(self._source, (n_samples, True))

    def close(self) -> None:
        """Close the file; may be called twice."""
        with self._silence():
            self._decoder.close()
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
