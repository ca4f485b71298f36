"""A decoder of libsndfile that reads a file as its header says, or nothing."""

import os

import soundfile

from .errors import LoadError, Reason
from .headers import REMEDY, WIDTHS, Header, Plain, corrupt
from .source import Source
from .view import PatchedView

DECODER_ERRORS = (soundfile.SoundFileError, RuntimeError, OSError, TypeError, ValueError, OverflowError)


class Decoder(soundfile.SoundFile):  # type: ignore[misc]
    """A SoundFile that never seeks on its own.

    The stock `read` seeks to where it already is after every block, which makes compressed formats decode
    their last block anew each time; it does not when it believes it cannot seek. `seek` works all the same.
    """

    def seekable(self) -> bool:
        """Always False, see the class."""
        return False


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
        raise corrupt(source, f"the header says {header.coding}, the sound inside is {found}")
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
        detail = f"the {header.container} header or data is damaged"
        raise LoadError(Reason.CORRUPT, source.path, detail, REMEDY) from None
