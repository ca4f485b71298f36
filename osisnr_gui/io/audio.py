"""Opening and scanning sound files: WAV, RF64, W64, FLAC, Ogg Vorbis and Opus, MP3, AIFF, CAF, AU."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from .block_reader import BLOCK
from .checks import AudioScan, SampleChecks
from .decoder import AudioFile
from .errors import Cancelled, LoadError, Reason
from .headers import REMEDY, AudioInfo
from .source import Source

__all__ = ["AudioFile", "AudioInfo", "AudioScan", "AudioScanner", "SampleChecks", "open_audio", "scan_audio"]


def open_audio(path: str) -> AudioFile:
    """Open a sound file after checking what its header claims against the bytes that are there.

    Raises LoadError: NOT_FOUND, NOT_A_FILE, NO_PERMISSION, EMPTY_FILE, UNKNOWN_FORMAT, CORRUPT, NO_FRAMES,
    BAD_CHANNELS, BAD_RATE, TOO_LARGE.
    """
    source = Source(path)
    try:
        return AudioFile(source)
    except BaseException as error:
        source.close()
        if isinstance(error, MemoryError):
            raise _too_large(path) from None
        if isinstance(error, Exception) and not isinstance(error, LoadError):
            raise _damaged(path) from None
        raise


def _too_large(path: str) -> LoadError:
    return LoadError(Reason.TOO_LARGE, path, "there is not enough memory to read it", "use a shorter file")


def _damaged(path: str) -> LoadError:
    return LoadError(Reason.CORRUPT, path, "the header or the data is damaged", REMEDY)


class AudioScanner:
    """Checks every sample of an open file once, whoever reads it.

    What is read in order from the start is checked on its way; `finish` reads what is left. A file that is read for
    another purpose anyway need not be decoded twice.
    """

    def __init__(self, file: AudioFile) -> None:
        self._file = file
        self._checks = SampleChecks(file.info)
        self._refusal: LoadError | None = None
        file.listener = self._take

    def _take(self, start: int, block: npt.NDArray[np.float64]) -> None:
        new = self._checks.n_samples - start
        if not 0 <= new < len(block) or self._refusal is not None:
            return
        try:
            self._checks.feed(block[new:])
        except LoadError as refusal:
            # Whoever reads now did not ask: `finish` tells.
            self._refusal = refusal

    def finish(self, cancelled: Callable[[], bool] | None = None) -> AudioScan:
        """Read and check the rest; see `scan_audio` for arguments and errors."""
        try:
            return self._finish(cancelled)
        except MemoryError:
            raise _too_large(self._file.info.path) from None

    def _finish(self, cancelled: Callable[[], bool] | None) -> AudioScan:
        file, info, checks = self._file, self._file.info, self._checks
        step = max(1, min(BLOCK, 2 * BLOCK // info.channels))
        while checks.n_samples < info.n_samples and self._refusal is None:
            if cancelled is not None and cancelled():
                raise Cancelled(info.path)
            block = file.read(checks.n_samples, step)
            if len(block) < step:
                break
        if self._refusal is not None:
            raise self._refusal
        if not file.unchanged():
            detail, remedy = "the file changed while it was read", "wait until it is complete and open it again"
            raise LoadError(Reason.CORRUPT, info.path, detail, remedy)
        if checks.n_samples == 0:
            raise _damaged(info.path)
        if checks.n_samples < info.n_samples:
            file.remember_length(checks.n_samples)
        return checks.finish()


def scan_audio(path: str, cancelled: Callable[[], bool] | None = None) -> AudioScan:
    """Read a sound file once from start to end and check every sample.

    Raises what `open_audio` does, LoadError NONFINITE, CORRUPT when the file changes meanwhile, and Cancelled once
    `cancelled()` is true.
    """
    with open_audio(path) as file:
        return AudioScanner(file).finish(cancelled)
