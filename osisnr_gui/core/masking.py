"""A mask applied to the STFT of a mixture, and back to sound by weighted overlap-add.

Only frames that lie wholly inside the mixture are used: what an STFT was padded with is not known. Near both ends
fewer frames overlap than elsewhere, and there the sound fades in and out as the windows do.
"""

from dataclasses import dataclass

import numpy as np

from osisnr_gui.core.stft import check_framing, frames_of, window
from osisnr_gui.core.types import Columns, FloatArray, ParameterError

# Below this share of the largest weight a division by it would blow up what a mask has left there.
LEAST_WEIGHT = 0.01


@dataclass(frozen=True, slots=True)
class MaskFrames:
    """Framing of a mask: frame i holds the samples [offset + i*hop, offset + i*hop + n_fft) times the periodic window.

    Raises ParameterError where windows that far apart cannot be put together again, or for impossible numbers.
    """

    n_fft: int
    hop: int
    offset: int = 0
    window: str = "hann"

    def __post_init__(self) -> None:
        check_framing(self.n_fft, self.hop)
        weight = self.weight()
        if weight.min() < LEAST_WEIGHT * weight.max():
            raise ParameterError(f"{self.window} windows of {self.n_fft} samples every {self.hop} leave gaps")

    @property
    def n_bins(self) -> int:
        """Rows of a mask that fits."""
        return self.n_fft // 2 + 1

    def inside(self, start: int, stop: int) -> tuple[int, int]:
        """Numbers [first, stop) of the frames wholly inside the samples [start, stop), from frame 0 on."""
        first = max(0, -(-(start - self.offset) // self.hop))
        return first, max(first, (stop - self.n_fft - self.offset) // self.hop + 1)

    def touching(self, start: int, stop: int) -> tuple[int, int]:
        """Numbers [first, stop) of the frames with a sample in [start, stop), whether such frames are there or not."""
        return (start - self.n_fft - self.offset) // self.hop + 1, (stop - 1 - self.offset) // self.hop + 1

    def weight(self) -> FloatArray:
        """Sum of all squared windows over a sample, by its place after a frame's beginning: (hop,)."""
        square = np.zeros(-(-self.n_fft // self.hop) * self.hop)
        square[: self.n_fft] = window(self.window, self.n_fft) ** 2
        return np.asarray(square.reshape(-1, self.hop).sum(axis=0))

    def stft(self, samples: FloatArray) -> np.ndarray[tuple[int, int], np.dtype[np.complex128]]:
        """STFT of samples (n,) that begin with a frame: complex128 (n_frames, n_bins), one frame a row."""
        frames = frames_of(np.ascontiguousarray(samples, dtype=np.float64), self.n_fft, self.hop)
        return np.fft.rfft(frames * window(self.window, self.n_fft), axis=1)

    def istft(self, spectra: Columns) -> FloatArray:
        """Inverse STFT: samples (n,) from spectra (n_frames, n_bins), the first from the first frame's beginning.

        x[t] = sum_i w*frame_i / sum_i w**2, the lower sum over as many windows as overlap inside a long signal.
        """
        n_frames = len(spectra)
        parts = -(-self.n_fft // self.hop)
        frames = np.zeros((n_frames, parts * self.hop))
        frames[:, : self.n_fft] = np.fft.irfft(spectra, self.n_fft, axis=1) * window(self.window, self.n_fft)
        total = np.zeros((n_frames + parts - 1, self.hop))
        for part in range(parts):
            total[part : part + n_frames] += frames[:, part * self.hop : (part + 1) * self.hop]
        total /= self.weight()
        return total.ravel()[: (n_frames - 1) * self.hop + self.n_fft]
