"""Cutting audio into frames, and putting frames together again.

Frame i covers samples [i*hop, i*hop + n_fft); only frames that lie wholly inside the signal count, nothing is
padded. Columns are plain sums as `numpy.fft.rfft` gives them, in float64 / complex128.
"""

from functools import lru_cache

import numpy as np

from osisnr_gui.core.types import FloatArray, ParameterError

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


def default_n_fft(sample_rate: float) -> int:
    """Even frame length nearest to 32 ms whose prime factors are at most 11 (512 at 16 kHz, 1408 at 44.1 kHz).

    A frame of exactly 32 ms at 44.1 kHz has the prime factor 353, which makes the FFT an order slower.
    """
    wanted = DEFAULT_FRAME_SECONDS * sample_rate
    candidates = [n for n in range(max(2, int(wanted * 0.94) // 2 * 2), int(wanted * 1.06) + 3, 2) if _is_smooth(n)]
    if not candidates:
        return max(2, 2 * round(wanted / 2))
    return min(candidates, key=lambda n: abs(n - wanted))


def default_hop(sample_rate: float) -> int:
    """Samples in 8 ms (128 at 16 kHz), at least 1."""
    return max(1, round(DEFAULT_HOP_SECONDS * sample_rate))


def _is_smooth(n: int) -> bool:
    for prime in (2, 3, 5, 7, 11):
        while n % prime == 0:
            n //= prime
    return n == 1


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
    """View of `samples` (n,) as (n_frames, n_fft), one frame a row, without a copy."""
    n = frame_count(samples.shape[0], n_fft, hop)
    if n == 0:
        return np.empty((0, n_fft))
    stride = samples.strides[0]
    return np.lib.stride_tricks.as_strided(samples, (n, n_fft), (stride * hop, stride), writeable=False)


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
