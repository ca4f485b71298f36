"""Which frames carry the loss: how much of method 1 the worst frames hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from osisnr_gui.core.bad_frames import limit_of_worst
from osisnr_gui.core.types import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class LossShares:
    """Active frames from worst to best.

    osi_db : their exact OSI-SNR, rising, float64 (n,). share : part of the sum of 1/osi_db that the frames up to and
    including this one hold, rising to 1, float64 (n,).
    """

    osi_db: FloatArray
    share: FloatArray

    @classmethod
    def of(cls, exact_osi_db: FloatArray, active: BoolArray) -> LossShares:
        """Shares in loss_osi method 1, exact: every active frame weighs 1/osi_db.

        A proportional one (infinite dB) weighs nothing. A frame of 0 dB weighs infinitely: such frames share the whole
        loss among themselves.
        """
        osi_db = np.sort(exact_osi_db[active])
        with np.errstate(divide="ignore"):
            weights = 1.0 / np.maximum(osi_db, 0.0)
        if osi_db.size and np.isinf(weights[0]):
            weights = np.isinf(weights).astype(np.float64)
        held = np.cumsum(weights)
        whole = held[-1] if held.size else 0.0
        return cls(osi_db, held / whole if whole > 0 else np.full(osi_db.shape, np.nan))

    def __len__(self) -> int:
        return int(self.osi_db.size)

    def held_by(self, n_frames: int) -> float:
        """Part of the loss that the worst `n_frames` hold."""
        return 0.0 if n_frames <= 0 or not len(self) else float(self.share[min(n_frames, len(self)) - 1])

    def frames_for(self, share: float) -> int:
        """The fewest frames that hold this part of the loss."""
        return min(int(np.searchsorted(self.share, share * (1 - 1e-12))) + 1, len(self))

    def threshold_for(self, n_frames: int) -> float:
        """An OSI-SNR (dB) under which the worst `n_frames` lie; nan for none."""
        return limit_of_worst(self.osi_db, n_frames)
