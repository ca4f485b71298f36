"""Where a sound file is clipped, on the time axis of the comparison."""

from __future__ import annotations

import numpy as np

from osisnr_gui.core.types import FloatArray
from osisnr_gui.session.tracks import Track


def clip_places(track: Track, reference_rate: int | None) -> FloatArray:
    """Start and stop of every clipped run that is known, in seconds: (n, 2), by their starts.

    The file's delay, which counts samples at `reference_rate` (None: the file's own), is taken out.
    """
    if not track.sample_rate:
        return np.empty((0, 2))
    starts, lengths = track.clips.astype(np.float64).T
    moved = track.source.delay / (reference_rate or track.sample_rate)
    return np.stack((starts, starts + lengths), axis=1) / track.sample_rate - moved
