"""libsndfile made to read a file as its header says, or nothing; samples from anywhere, as read from the start.

And sound made into FLAC.
"""

import io
import os
from collections.abc import Iterable
from contextlib import nullcontext, suppress

import numpy as np
import soundfile

from osisnr_gui.core.types import FloatArray

from .errors import LoadError, Phrase, corrupt
from .files import OpenFile
from .headers import WIDTHS, Header
from .streams import quiet_stderr

DECODER_ERRORS = (soundfile.SoundFileError, RuntimeError, OSError, TypeError, ValueError, OverflowError)
BLOCK = 65_536
_STEPS = (BLOCK, 256, 1)  # an error throws away all that was read at once: the last stretch is read anew
_NEAR = 1 << 14  # so many samples are rather decoded than passed over by a seek
# Overlapping blocks and bits borrowed from earlier frames: after a seek these codings give other samples for
# a while than when read from the start. So many samples are decoded and dropped first.
_RUN_UP = {"VORBIS": 8192, "OPUS": 16384, "MPEG_LAYER_III": 11520, "MPEG_LAYER_II": 4608, "MPEG_LAYER_I": 4608}


class Decoder(soundfile.SoundFile):  # type: ignore[misc]
    """A SoundFile that never seeks on its own.

    The stock `read` seeks to where it already is after every block, which makes compressed formats decode
    their last block anew each time; it does not when it believes it cannot seek. `seek` works all the same.
    """

    def seekable(self) -> bool:
        """Always False, see the class."""
        return False


class PatchedView:
    """`prefix`, then the bytes `start` to `end` of descriptor `fd` with `patches` (file offset to bytes) over them.

    The decoder calls these methods from C, where an exception cannot travel: a disk error reads as the end.
    """

    def __init__(
        self, fd: int, end: int, patches: dict[int, bytes] | None = None, start: int = 0, prefix: bytes = b""
    ) -> None:
        self._fd = fd
        self._start = start - len(prefix)  # the file offset that position 0 would have
        self._prefix = prefix
        self._size = max(0, end - self._start)
        self._patches = {self._start: prefix, **(patches or {})}
        self._position = 0

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move; returns the new position in bytes."""
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, origin + offset)
        return self._position

    def tell(self) -> int:
        """The position in bytes."""
        return self._position

    def read(self, count: int = -1) -> bytes:
        """Up to `count` bytes from the position; fewer only at the end."""
        room = max(0, self._size - self._position)
        count = room if count < 0 else min(count, room)
        first, inside = self._start + self._position, min(count, max(0, len(self._prefix) - self._position))
        data = bytearray(inside)  # the prefix itself is laid over as a patch
        with suppress(OSError):
            os.lseek(self._fd, first + inside, os.SEEK_SET)
            while len(data) < count and (part := os.read(self._fd, count - len(data))):
                data += part
        for offset, patch in self._patches.items():
            for index, byte in enumerate(patch, offset - first):
                if 0 <= index < len(data):
                    data[index] = byte
        self._position += len(data)
        return bytes(data)


def open_decoder(source: OpenFile, header: Header) -> Decoder:
    """A decoder that agrees with the header; where it does not, samples without packing are read without it.

    libsndfile takes some headers for another coding than they name, and would give numbers all the same.
    Raises LoadError CORRUPT.
    """
    plain = header.plain if header.present else None
    try:
        decoder = _open_whole(source, header)
    except LoadError:
        if plain is None:
            raise
    else:
        agrees = plain is None or (decoder.channels == plain.channels and abs(decoder.samplerate - plain.rate) < 1)
        if decoder.subtype == header.coding and agrees:
            return decoder
        found = decoder.subtype
        decoder.close()
        if plain is None:
            detail = Phrase("the header says {said}, the sound inside is {found}", said=header.coding, found=found)
            raise corrupt(source.path, detail)
    # The samples where the header says they are, its words hidden from the decoder.
    end = plain.start + (header.present or 0) * plain.channels * WIDTHS[header.coding]
    view, order = PatchedView(source.fd, end, start=plain.start), "BIG" if plain.big_endian else "LITTLE"
    return Decoder(view, "r", round(plain.rate), plain.channels, header.coding, order, "RAW", closefd=False)


def _open_whole(source: OpenFile, header: Header) -> Decoder:
    os.lseek(source.fd, 0, os.SEEK_SET)
    target: int | PatchedView = source.fd
    if header.patches or header.prefix or header.start or header.end is not None or os.name == "nt":
        # On Windows the decoder has another C runtime, to which our descriptor means nothing.
        end = source.size if header.end is None else header.end
        target = PatchedView(source.fd, end, header.patches, header.start, header.prefix)
    try:
        return Decoder(target, closefd=False)
    except DECODER_ERRORS:
        detail = Phrase("the {format} header or data is damaged", format=header.container)
        raise corrupt(source.path, detail) from None


class BlockReader:
    """A decoder and the place where it stands. Use from one thread.

    rate, channels, frames : as the decoder says. seekable : set it to False for a file that turned out to be damaged;
    all before the place that is wanted is decoded then. stop : samples per channel up to where decoding breaks off,
    None while nothing is known of it.
    """

    def __init__(self, source: OpenFile, header: Header) -> None:
        self._source, self._header = source, header
        self._silence = quiet_stderr if header.container == "MP3" else nullcontext
        self._decoder = self._open()
        self.rate, self.channels = int(self._decoder.samplerate), int(self._decoder.channels)
        self.frames = int(self._decoder.frames)
        self.seekable = header.seekable
        self.stop: int | None = None
        self._position = 0  # -1: not known
        self._sought = False  # so that what comes may end before it should

    def _open(self) -> Decoder:
        with self._silence():
            return open_decoder(self._source, self._header)

    def close(self) -> None:
        """Close the decoder; may be called twice."""
        with self._silence():
            self._decoder.close()

    def fill(self, start: int, out: FloatArray) -> int:
        """Decode from `start` into `out` (n, channels); the count of samples that came.

        Fewer only where reading straight on from the start of the file gives no more either.
        """
        try:
            with self._silence():
                if start != self._position:
                    self._move(start)
                got = self._decode(out)
            missed = self._sought and got < len(out)
        except DECODER_ERRORS:
            missed = True
        if missed:
            got = self._fill_to_break(start, out)
        self._position = start + got if got == len(out) else -1
        return got

    def _decode(self, out: FloatArray) -> int:
        """Fill `out` with what follows; the count of samples that came."""
        got = 0
        while got < len(out) and (part := len(self._decoder.read(out=out[got : got + BLOCK]))):
            got += part
        return got

    def _move(self, start: int) -> None:
        """Bring the decoder to sample `start`."""
        here, self._position = self._position, -1
        if self._header.exact:
            self._decoder.seek(start)
        elif 0 <= here <= start and (start - here <= _NEAR or not self.seekable):
            self._skip(here, start)
        elif start <= _NEAR or not self.seekable:
            self._restart(start)
        else:
            origin = max(0, start - _RUN_UP.get(self._header.coding, 0))
            if self._header.last_seek is not None:
                origin = min(origin, int(self._header.last_seek * self.rate))
            if self._header.coding == "VORBIS":  # once it has decoded something, some seeks miss by part of a block
                self._restart(0)
            self._sought = True
            self._decoder.seek(origin)
            self._skip(origin, start)

    def _restart(self, start: int) -> None:
        """Move to `start` by decoding all before it."""
        self.close()
        self._decoder = self._open()
        self._sought = False
        self._skip(0, start)

    def _skip(self, here: int, start: int) -> None:
        """Decode from `here` to `start`. Raises ValueError when the samples end before."""
        block = np.empty((min(BLOCK, start - here), self.channels))
        while here < start:
            part = block[: start - here]
            if self._decode(part) < len(part):
                raise ValueError("the samples end")
            here += len(part)

    def find_end(self, limit: int) -> int:
        """Samples per channel, at most `limit`, that come when all is decoded from the start."""
        end = 0
        for step in _STEPS:
            block = np.empty((step, self.channels))
            try:
                with self._silence():
                    self._restart(end)
                    while end < limit and (got := self._decode(block[: limit - end])):
                        end += got
            except (*DECODER_ERRORS, LoadError):
                self.stop = end
            else:
                break
        self._position = -1
        return end

    def _fill_to_break(self, start: int, out: FloatArray) -> int:
        """As `fill`, after a seek that failed or an error that threw a block away."""
        end = self.find_end(start + len(out)) if self.stop is None else self.stop
        try:
            with self._silence():
                self._restart(start)
                return self._decode(out[: max(0, end - start)])
        except (*DECODER_ERRORS, LoadError):
            return 0


def flac_files(blocks: Iterable[FloatArray], n_sounds: int, rate: int) -> list[bytes]:
    """One FLAC file for each of several sounds of the same length.

    blocks : (n_sounds, n) samples, one after the other; what is beyond full scale (1) is cut off. rate : Hz, up to
    655 350.
    """
    buffers = [io.BytesIO() for _ in range(n_sounds)]
    files = [soundfile.SoundFile(b, "w", rate, 1, format="FLAC", subtype="PCM_16") for b in buffers]
    for block in blocks:
        for file, row in zip(files, np.clip(block, -1.0, 1.0 - 2.0**-15), strict=True):
            file.write(row)
    for file in files:
        file.close()
    return [buffer.getvalue() for buffer in buffers]
