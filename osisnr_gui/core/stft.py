"""Cutting audio into frames, putting frames together again, a mask applied to an STFT.

Frame i covers samples [i*hop, i*hop + n_fft); only frames that lie wholly inside the signal count, nothing is
padded. Columns are plain sums as `numpy.fft.rfft` gives them, in float64 / complex128.

A mask is applied by weighted overlap-add. What an STFT was padded with is not known, so near both ends of a mixture
fewer frames overlap than elsewhere, and there the sound fades in and out as the windows do.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from osisnr_gui.core.types import Columns, ComplexArray, FloatArray, ParameterError

# Cosine-sum windows: w[n] = sum_k (-1)^k a_k cos(2 pi k n / N), periodic. Coefficients: F. J. Harris, "On the use
# of windows for harmonic analysis with the discrete Fourier transform", Proc. IEEE 66 (1978).
_COSINE_SUMS: dict[str, tuple[float, ...]] = {
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman": (0.42, 0.50, 0.08),
    "blackmanharris": (0.35875, 0.48829, 0.14128, 0.01168),
    "boxcar": (1.0,),
}
WINDOWS = tuple(_COSINE_SUMS)
#: 0.7 s at 48 kHz. Painting three pictures of so many bins for the first time takes some 0.4 s.
MAX_N_FFT = 1 << 15
#: Frames of one file, 18 hours of 8 ms each: the window keeps some 500 bytes a frame, `osisnr score` 110.
MAX_FRAMES = 1 << 23
#: Frames times n_fft: 12 hours at 48 kHz and default settings, some minutes of two cores, 1.3 GB of pictures a pair.
MAX_POINTS = 1 << 33

DEFAULT_FRAME_SECONDS = 0.032
DEFAULT_HOP_SECONDS = 0.008
#: Of the numbers below 2**20 those divide this whose prime factors are at most 11.
_SMOOTH = (2 * 3 * 5 * 7 * 11) ** 20


def default_n_fft(sample_rate: float) -> int:
    """Even frame length nearest to 32 ms whose prime factors are at most 11 (512 at 16 kHz, 1408 at 44.1 kHz).

    A frame of exactly 32 ms at 44.1 kHz has the prime factor 353, which makes the FFT an order slower.
    """
    wanted = DEFAULT_FRAME_SECONDS * sample_rate
    candidates = [n for n in range(max(2, int(wanted * 0.94) // 2 * 2), int(wanted * 1.06) + 3, 2) if _SMOOTH % n == 0]
    if not candidates:
        return max(2, 2 * round(wanted / 2))
    return min(candidates, key=lambda n: abs(n - wanted))


def default_hop(sample_rate: float) -> int:
    """Samples in 8 ms (128 at 16 kHz), at least 1."""
    return max(1, round(DEFAULT_HOP_SECONDS * sample_rate))


@lru_cache(maxsize=16)
def window(name: str, n_fft: int) -> FloatArray:
    """Periodic window of `n_fft` values, read-only.

    Raises ParameterError for an unknown name.
    """
    if name not in _COSINE_SUMS:
        raise ParameterError(f"unknown window {name!r}; choose one of {', '.join(WINDOWS)}")
    phase = 2.0 * np.pi * np.arange(n_fft) / n_fft
    values = np.zeros(n_fft)
    for k, coefficient in enumerate(_COSINE_SUMS[name]):
        values += (-1) ** k * coefficient * np.cos(k * phase)
    values.setflags(write=False)
    return values


def frame_count(n_samples: int, n_fft: int, hop: int) -> int:
    """Frames that lie wholly inside `n_samples` samples: 1 + floor((n_samples - n_fft) / hop), or 0."""
    check_framing(n_fft, hop)
    return 0 if n_samples < n_fft else 1 + (n_samples - n_fft) // hop


def least_hop(n_samples: int, n_fft: int) -> int:
    """The smallest hop with which `n_samples` make no more than MAX_FRAMES frames and MAX_POINTS points."""
    most = min(MAX_FRAMES, MAX_POINTS // n_fft)
    return max(1, -(-max(0, n_samples - n_fft) // (most - 1)))


def check_framing(n_fft: int, hop: int) -> None:
    """Raise ParameterError unless 2 <= n_fft <= MAX_N_FFT and 1 <= hop <= n_fft."""
    if not 2 <= n_fft <= MAX_N_FFT:
        raise ParameterError(f"n_fft must be from 2 to {MAX_N_FFT}, not {n_fft}")
    if not 1 <= hop <= n_fft:
        raise ParameterError(f"hop must be from 1 to n_fft ({n_fft}), not {hop}")


def frames_of(samples: FloatArray, n_fft: int, hop: int) -> FloatArray:
    """View of contiguous `samples` (n,) as (n_frames, n_fft), one frame a row, read-only; others are copied first."""
    n_frames, samples = frame_count(samples.shape[0], n_fft, hop), np.ascontiguousarray(samples)
    if n_frames == 0:
        return np.empty((0, n_fft))
    # What sliding_window_view gives, whose checks take as long as multiplying by the window does.
    strides = hop * samples.itemsize, samples.itemsize
    frames: FloatArray = np.ndarray((n_frames, n_fft), samples.dtype, samples, strides=strides)
    frames.setflags(write=False)
    return frames


def stft(samples: FloatArray, n_fft: int, hop: int, name: str = "hann") -> ComplexArray:
    """Spectra of `frames_of` samples (n,) times the window called `name`: (n_frames, n_bins), one frame a row."""
    return np.asarray(np.fft.rfft(frames_of(samples, n_fft, hop) * window(name, n_fft), axis=1))


def overlap_add(frames: FloatArray, analysis: FloatArray, synthesis: FloatArray, hop: int) -> FloatArray:
    """Samples ((n_frames - 1)*hop + n_fft,) from frames (n_frames, n_fft), frame i from sample i*hop on.

    x[t] = sum_i synthesis*frame_i / sum_i synthesis*analysis, both taken at t: frames that were cut with the window
    `analysis` (n_fft,) and not changed give back the signal; 0 where no frame has a sample.
    """
    n_frames, n_fft = frames.shape
    total, weight = np.zeros((2, (n_frames - 1) * hop + n_fft))
    product = synthesis * analysis
    for index, frame in enumerate(frames * synthesis):
        part = slice(index * hop, index * hop + n_fft)
        total[part] += frame
        weight[part] += product
    return np.asarray(np.divide(total, weight, out=np.zeros_like(total), where=weight > 1e-9))


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
