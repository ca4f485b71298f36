"""Sound files as other programs write them: ffmpeg and sox, every container and coding, from known samples.

Standard library only at import; `.ci/run` asks this module for the packages before anything is installed.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

TOOLS = ("ffmpeg", "sox")
APT_PACKAGES = "ffmpeg sox libsox-fmt-all"
WAIT_SECONDS = 60


@dataclass(frozen=True)
class Case:
    """A file a writer can write: `options` before its name.

    `kind`: "exact" to `bits` bits, "scaled" (exact, but 2^31 times too large), "law", "adpcm", "lossy", "ordered"
    (lossy, channels stored in the order of Vorbis) or "refused". `unit`: bytes the sound is filled up to.
    """

    writer: str
    container: str
    coding: str
    options: tuple[str, ...]
    kind: str
    bits: int = 16
    channels: tuple[int, ...] = (1, 2, 6)
    unit: int = 1

    def write(self, path: Path, samples: np.ndarray, rate: int) -> None:
        """Write `samples` (n, channels) to `path`."""
        count = str(samples.shape[1])
        command = ["ffmpeg", "-v", "error", "-y", "-f", "f64le", "-ar", str(rate), "-ac", count, "-i", "pipe:0"]
        if self.writer == "sox":
            command = ["sox", "-D", "-V1", "-t", "f64", "-r", str(rate), "-c", count, "-"]
        data = samples.astype("<f8").tobytes()
        command += [*self.options, str(path)]
        done = subprocess.run(command, input=data, capture_output=True, timeout=WAIT_SECONDS, check=False)
        assert done.returncode == 0, (command, done.stderr.decode())


def missing_tools() -> str:
    """What is not installed and how to install it; empty when nothing is missing."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    return f"{', '.join(missing)} not found; install with: sudo apt-get install {APT_PACKAGES}" if missing else ""


_BITS = {"u8": 8, "s8": 8, "s16": 16, "s24": 24, "s32": 32, "f32": 24, "f64": 32}
_RIFF = "u8 s16le s24le s32le f32le f64le"
_FFMPEG_PCM = {
    "WAV": _RIFF, "RF64": _RIFF, "W64": _RIFF, "AIFF": "u8 s8 s16le s16be s24be s32be f32be f64be",
    "CAF": "s8 s16le s16be s24le s24be s32le s32be f32le f32be f64le f64be", "AU": "s8 s16be s24be s32be f32be f64be",
}  # fmt: skip
_FFMPEG_ADPCM = {
    "WAV": "adpcm_ms adpcm_ima_wav", "RF64": "adpcm_ms adpcm_ima_wav", "W64": "adpcm_ms adpcm_ima_wav",
    "AIFF": "adpcm_ima_qt", "CAF": "adpcm_ms adpcm_ima_wav adpcm_ima_qt",
}  # fmt: skip
_FFMPEG_OTHERS = (
    ("FLAC", "flac16", "-c:a flac -sample_fmt s16 -f flac", "exact", 16, (1, 2, 6)),
    ("FLAC", "flac24", "-c:a flac -sample_fmt s32 -f flac", "exact", 24, (1, 2, 6)),
    ("CAF", "alac16", "-c:a alac -sample_fmt s16p -f caf", "exact", 16, (1, 2)),
    ("CAF", "alac24", "-c:a alac -sample_fmt s32p -f caf", "exact", 24, (1, 2)),
    ("OGG", "flac", "-c:a flac -f ogg", "refused", 16, (1, 2)),
    ("OGG", "vorbis", "-c:a libvorbis -f ogg", "ordered", 16, (1, 2, 6)),
    ("OGG", "opus", "-c:a libopus -f ogg", "ordered", 16, (1, 2, 6)),
    ("MP3", "mp3", "-c:a libmp3lame -f mp3", "lossy", 16, (1, 2)),
    ("MP3", "mp2", "-c:a mp2 -f mp2", "lossy", 16, (1, 2)),
)


def ffmpeg_cases() -> Iterator[Case]:
    """All that ffmpeg writes in the containers read here."""
    for container, words in _FFMPEG_PCM.items():
        muxer = ("-f", container.lower()) if container != "RF64" else ("-f", "wav", "-rf64", "always")
        for word in words.split():
            # Without a count of samples in the header nothing tells the filling of W64 from sound.
            unit = 8 if container == "W64" and word[0] != "f" else 1
            options = ("-c:a", f"pcm_{word}", *muxer)
            yield Case("ffmpeg", container, word, options, "exact", _BITS[word[:3].rstrip("lb")], unit=unit)
        for word in ("pcm_alaw", "pcm_mulaw"):
            yield Case("ffmpeg", container, word, ("-c:a", word, *muxer), "law")
        kind = "refused" if container in ("RF64", "CAF") else "adpcm"
        for word in _FFMPEG_ADPCM.get(container, "").split():
            yield Case("ffmpeg", container, word, ("-c:a", word, *muxer), kind, channels=(1, 2))
    for container, coding, options, kind, bits, channels in _FFMPEG_OTHERS:
        yield Case("ffmpeg", container, coding, tuple(options.split()), kind, bits, channels)


_SOX_ORDERS = {"WAV": "LB", "WAVPCM": "LB", "W64": "LB", "CAF": "LB", "AIFF": "B", "AIFC": "B", "AU": "B"}
_SOX_NUMBERS = (
    ("signed-integer", 8, 8), ("unsigned-integer", 8, 8), ("signed-integer", 16, 16), ("signed-integer", 24, 24),
    ("signed-integer", 32, 32), ("floating-point", 32, 24), ("floating-point", 64, 32),
)  # fmt: skip
_SOX_OTHERS = (
    ("FLAC", "8", "-t flac -b 8", "exact", 8, (1, 2, 6)),
    ("FLAC", "16", "-t flac -b 16", "exact", 16, (1, 2, 6)),
    ("FLAC", "24", "-t flac -b 24", "exact", 24, (1, 2, 6)),
    ("OGG", "vorbis", "-t vorbis", "lossy", 16, (1, 2, 6)),
    ("MP3", "mp3", "-t mp3", "lossy", 16, (1, 2)),
    ("MP3", "mp2", "-t mp2", "lossy", 16, (1, 2)),
)


def sox_cases() -> Iterator[Case]:
    """All that sox writes in the containers read here."""
    for container, orders in _SOX_ORDERS.items():
        file_type = ("-t", container.lower())
        for order in orders:
            for encoding, width, bits in _SOX_NUMBERS:
                options = (*file_type, "-e", encoding, "-b", str(width), f"-{order}")
                kind = "scaled" if width == 64 and container in ("W64", "CAF") else "exact"
                if container == "AU" and encoding == "unsigned-integer":
                    kind = "law"  # sox takes mu-law instead
                yield Case("sox", container, f"{encoding}{width}{order}", options, kind, bits)
        if container not in ("AIFF", "AIFC"):
            for encoding in ("a-law", "mu-law"):
                yield Case("sox", container, encoding, (*file_type, "-e", encoding), "law")
        if container in ("WAV", "W64"):
            for encoding in ("ms-adpcm", "ima-adpcm"):
                options = (*file_type, "-e", encoding)
                yield Case("sox", container, encoding, options, "adpcm", channels=(1, 2))
                if container == "WAV":
                    yield Case("sox", container, encoding, options, "refused", channels=(6,))
    for container, coding, text, kind, bits, channels in _SOX_OTHERS:
        yield Case("sox", container, coding, tuple(text.split()), kind, bits, channels)
