"""A decoder of libsndfile that reads a file as its header says, or nothing."""

import contextlib
import os

import soundfile

from .errors import LoadError, corrupt
from .headers import WIDTHS, Header, Plain
from .source import Source

DECODER_ERRORS = (soundfile.SoundFileError, RuntimeError, OSError, TypeError, ValueError, OverflowError)


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
        self._patches = patches or {}
        if prefix:
            self._patches = {**self._patches, self._start: prefix}
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
        data = self._raw(self._position, room if count < 0 else min(count, room))
        first = self._start + self._position
        for offset, patch in self._patches.items():
            for index, byte in enumerate(patch, offset - first):
                if 0 <= index < len(data):
                    data[index] = byte
        self._position += len(data)
        return bytes(data)

    def _raw(self, position: int, count: int) -> bytearray:
        inside = min(count, max(0, len(self._prefix) - position))
        data = bytearray(inside)  # the prefix itself is laid over as a patch
        with contextlib.suppress(OSError):
            os.lseek(self._fd, self._start + position + inside, os.SEEK_SET)
            while len(data) < count and (part := os.read(self._fd, count - len(data))):
                data += part
        return data


def open_decoder(source: Source, header: Header) -> Decoder:
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
        return _open_plain(source, header.coding, plain, header.present or 0)
    agrees = plain is None or (decoder.channels == plain.channels and abs(decoder.samplerate - plain.rate) < 1)
    if decoder.subtype == header.coding and agrees:
        return decoder
    found = decoder.subtype
    decoder.close()
    if plain is None:
        raise corrupt(source.path, f"the header says {header.coding}, the sound inside is {found}")
    return _open_plain(source, header.coding, plain, header.present or 0)


def _open_plain(source: Source, coding: str, plain: Plain, count: int) -> Decoder:
    """`count` samples per channel where the header says they are, its words hidden from the decoder."""
    view = PatchedView(source.fd, plain.start + count * plain.channels * WIDTHS[coding], start=plain.start)
    order = "BIG" if plain.big_endian else "LITTLE"
    return Decoder(view, "r", round(plain.rate), plain.channels, coding, order, "RAW", closefd=False)


def _open_whole(source: Source, header: Header) -> Decoder:
    os.lseek(source.fd, 0, os.SEEK_SET)
    target: int | PatchedView = source.fd
    if not header.as_it_is or os.name == "nt":
        # On Windows the decoder has another C runtime, to which our descriptor means nothing.
        end = source.size if header.end is None else header.end
        target = PatchedView(source.fd, end, header.patches, header.start, header.prefix)
    try:
        return Decoder(target, closefd=False)
    except DECODER_ERRORS:
        raise corrupt(source.path, f"the {header.container} header or data is damaged") from None
