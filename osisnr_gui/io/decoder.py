"""An open sound file, read in blocks as float64."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import soundfile

from .errors import LoadError, LoadWarning, Reason
from .headers import REMEDY, WIDTHS, Header, Plain, check_channels_and_rate, corrupt, damaged, truncated
from .info import AudioInfo
from .mp3_frames import find_frames, read_mp3
from .ogg_pages import read_ogg
from .other_headers import read_aiff, read_au, read_caf, read_flac
from .quiet import quiet_stderr
from .sniff import AUDIO, is_misnamed, sniff_content, unknown_format
from .source import Remembered, Source
from .view import PatchedView
from .wav_header import read_riff, read_w64

FloatArray = npt.NDArray[np.float64]
BLOCK = 65_536
_SMALL_BLOCK = 256
# Overlapping blocks and bits borrowed from earlier frames: after a seek these codings give other samples for
# a while than when read from the start. So many samples are decoded and dropped first.
_RUN_UP = {"VORBIS": 8192, "MPEG_LAYER_III": 11520, "MPEG_LAYER_II": 4608, "MPEG_LAYER_I": 4608}
_WANTED = "an audio file: WAV, FLAC, OGG, Opus, MP3, AIFF, CAF or AU"
_DECODER_ERRORS = (soundfile.SoundFileError, RuntimeError, OSError, TypeError, ValueError, OverflowError)


class _Decoder(soundfile.SoundFile):  # type: ignore[misc]
    """A SoundFile that never seeks on its own.

    The stock `read` seeks to where it already is after every block, which makes compressed formats decode
    their last block anew each time; it does not when it believes it cannot seek. `seek` works all the same.
    """

    def seekable(self) -> bool:
        """Always False, see the class."""
        return False


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
        self._position = 0
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

    def _open_decoder(self) -> _Decoder:
        """A decoder that agrees with the header; where it does not, samples without packing are read without it.

        The decoder takes some headers for another coding than they name, and would give numbers all the same.
        """
        header = self._header
        try:
            decoder = self._open_whole()
        except LoadError:
            if header.plain is None or not header.present:
                raise
            return self._open_plain(header.plain, header.present)
        plain = header.plain
        if decoder.subtype == header.coding and (
            plain is None or (decoder.channels == plain.channels and abs(decoder.samplerate - plain.rate) < 1)
        ):
            return decoder
        found = decoder.subtype
        decoder.close()
        if plain is not None and header.present:
            return self._open_plain(plain, header.present)
        raise corrupt(self._source, f"the header says {header.coding}, the sound inside is {found}")

    def _open_plain(self, plain: Plain, count: int) -> _Decoder:
        """`count` samples per channel where the header says they are, its words hidden from the decoder."""
        header = self._header
        end = plain.start + count * plain.channels * WIDTHS[header.coding]
        view = PatchedView(self._source.fd, end, start=plain.start)
        order = "BIG" if plain.big_endian else "LITTLE"
        return _Decoder(view, "r", round(plain.rate), plain.channels, header.coding, order, "RAW", closefd=False)

    def _open_whole(self) -> _Decoder:
        source, header = self._source, self._header
        os.lseek(source.fd, 0, os.SEEK_SET)
        target: int | PatchedView = source.fd
        if not header.as_it_is or os.name == "nt":
            # On Windows the decoder has another C runtime, to which our descriptor means nothing.
            end = source.size if header.end is None else header.end
            target = PatchedView(source.fd, end, header.patches, header.start, header.prefix)
        try:
            with self._silence():
                return _Decoder(target, closefd=False)
        except _DECODER_ERRORS:
            raise LoadError(
                Reason.CORRUPT, source.path, f"the {header.container} header or data is damaged", REMEDY
            ) from None

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
        return self._fill(index, np.empty((1, self._channels))) == 1

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
        """Decode from `start` into `out` (n, channels); the count of samples that came."""
        got = 0
        with self._silence():
            try:
                if start != self._position:
                    self._move(start)
                while got < len(out):
                    part = len(self._decoder.read(out=out[got:]))
                    if part == 0:
                        break
                    got += part
            except _DECODER_ERRORS:
                got = self._fill_to_break(start, out)
        self._position = start + got if got == len(out) else -1
        return got

    def _move(self, start: int) -> None:
        """Bring the decoder to sample `start`, far enough from before it to decode it exactly."""
        origin = max(0, start - _RUN_UP.get(self._header.coding, 0))
        here, self._position = self._position, -1
        if not origin <= here <= start:
            self._decoder.seek(origin)
            here = origin
        if here < start:
            self._decoder.read(out=np.empty((start - here, self._channels)))

    def _fill_to_break(self, start: int, out: FloatArray) -> int:
        """As `_fill`, after an error that threw away a whole block: small steps up to the damage."""
        got = 0
        try:
            self._decoder.close()
            self._decoder = self._open_decoder()
            self._position = 0
            self._move(start)
            while got < len(out):
                part = len(self._decoder.read(out=out[got : got + _SMALL_BLOCK]))
                if part == 0:
                    break
                got += part
        except (*_DECODER_ERRORS, LoadError):
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
