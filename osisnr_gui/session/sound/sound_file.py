"""One of the sounds that can be heard as a WAV file, block by block: 32-bit float, so that nothing clips."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import closing

from osisnr_gui.io.errors import SaveError
from osisnr_gui.session.sound.listening import Listening, Recipe, Sound

BLOCK = 1 << 16
ITEM = 4
FLOAT_FORMAT = 3
# A WAV file says its length in 32 bits.
MOST_BYTES = (1 << 32) - 4096


def wav_parts(recipe: Recipe, sound: Sound) -> Iterator[bytes]:
    """The file piece by piece: mono, at the recipe's rate, as long as everything that can be heard.

    Raises LoadError for a file that cannot be read any more, SaveError for one too long for the format.
    """
    with closing(Listening(recipe)) as listening:
        row, n_samples = listening.sounds.index(sound), listening.n_samples
        if n_samples * ITEM > MOST_BYTES:
            path = next(source.path for _, source, _ in recipe.files)
            raise SaveError(path, "the sound is too long for a WAV file", "cut it first")
        yield _header(recipe.rate, n_samples)
        for start in range(0, n_samples, BLOCK):
            yield listening.read(start, min(BLOCK, n_samples - start))[row].astype("<f4").tobytes()


def _header(rate: int, n_samples: int) -> bytes:
    size = n_samples * ITEM
    form = struct.pack("<4sIHHIIHHH", b"fmt ", 18, FLOAT_FORMAT, 1, rate, rate * ITEM, ITEM, 8 * ITEM, 0)
    fact = struct.pack("<4sII", b"fact", 4, n_samples)
    data = struct.pack("<4sI", b"data", size)
    body = b"WAVE" + form + fact + data
    return struct.pack("<4sI", b"RIFF", len(body) + size) + body
