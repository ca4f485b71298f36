"""What can be said of a frame before any score: silent, missed, false activity, degenerate."""

import numpy as np

from osisnr_gui.core.osi_snr import Projection
from osisnr_gui.core.types import BoolArray, FloatArray, FrameStatus, StatusArray

DEFAULT_SILENCE_DB = 60.0
ACTIVE = (FrameStatus.OK, FrameStatus.PROPORTIONAL, FrameStatus.ORTHOGONAL)


def frame_status(p: Projection, silence_db: float = DEFAULT_SILENCE_DB) -> StatusArray:
    """FrameStatus of every frame, uint8 (n_frames,).

    A frame of a signal is silent when it is all zero or `silence_db` or more below that signal's loudest frame;
    silence_db = inf leaves only all-zero frames silent.
    """
    silent_s = is_silent(p.reference_db, silence_db)
    silent_e = is_silent(p.estimate_db, silence_db)
    status = np.full(p.n_frames, FrameStatus.OK, dtype=np.uint8)
    status[p.proportional] = FrameStatus.PROPORTIONAL
    status[p.orthogonal] = FrameStatus.ORTHOGONAL
    status[silent_e] = FrameStatus.SILENT_ESTIMATE
    status[silent_s] = FrameStatus.SILENT_REFERENCE
    status[silent_s & silent_e] = FrameStatus.SILENT_BOTH
    status[~p.finite] = FrameStatus.NONFINITE
    return status


def is_silent(energy_db: FloatArray, silence_db: float) -> BoolArray:
    """True where a signal's frame is all zero or `silence_db` or more below its loudest one."""
    finite = energy_db[np.isfinite(energy_db)]
    loudest = finite.max() if finite.size else -np.inf
    return np.asarray((energy_db == -np.inf) | (energy_db <= loudest - silence_db))


def is_active(status: StatusArray) -> BoolArray:
    """True where neither signal is silent and every cell is finite."""
    return np.isin(status, ACTIVE)


def status_counts(status: StatusArray) -> dict[str, int]:
    """Frames of each status by its label, statuses that do not occur included."""
    counts = np.bincount(status, minlength=len(FrameStatus))
    return {kind.label: int(counts[kind]) for kind in FrameStatus}
