"""Writes sound as FLAC in memory: 16 bits, one channel."""

import io
from collections.abc import Iterable

import numpy as np
import soundfile

from osisnr_gui.core.types import FloatArray


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
