"""Samples of an open decoder from anywhere, as decoding from the start gives them."""

from contextlib import AbstractContextManager, nullcontext

import numpy as np

from osisnr_gui.core.types import FloatArray

from .errors import LoadError
from .headers import Header
from .open_decoder import DECODER_ERRORS, Decoder, open_decoder
from .source import Source
from .streams import quiet_stderr

BLOCK = 65_536
_STEPS = (BLOCK, 256, 1)  # an error throws away all that was read at once: the last stretch is read anew
_NEAR = 1 << 14  # so many samples are rather decoded than passed over by a seek
# Overlapping blocks and bits borrowed from earlier frames: after a seek these codings give other samples for
# a while than when read from the start. So many samples are decoded and dropped first.
_RUN_UP = {"VORBIS": 8192, "OPUS": 16384, "MPEG_LAYER_III": 11520, "MPEG_LAYER_II": 4608, "MPEG_LAYER_I": 4608}


class BlockReader:
    """A decoder and the place where it stands. Use from one thread.

    rate, channels, frames : as the decoder says. seekable : set it to False for a file that turned out to be damaged;
    all before the place that is wanted is decoded then. stop : samples per channel up to where decoding breaks off,
    None while nothing is known of it.
    """

    def __init__(self, source: Source, header: Header) -> None:
        self._source, self._header = source, header
        self._decoder = self._open()
        self.rate, self.channels = int(self._decoder.samplerate), int(self._decoder.channels)
        self.frames = int(self._decoder.frames)
        self.seekable = header.seekable
        self.stop: int | None = None
        self._position = 0  # -1: not known
        self._sought = False  # so that what comes may end before it should

    def _silence(self) -> AbstractContextManager[None]:
        return quiet_stderr() if self._header.container == "MP3" else nullcontext()

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
