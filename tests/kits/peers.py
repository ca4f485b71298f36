"""What people use instead: the same numbers, or the nearest thing, from whole files in memory.

Every function takes the two signals and gives the fused loss (literal, method 1, alpha 0.3, gamma 15), or None where
the tool at hand computes something else. Each imports what it needs itself, so that the others run without it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Signal = np.ndarray
N_FFT, HOP, ALPHA, GAMMA = 512, 128, 0.3, 15.0


def textbook_loop(s: Signal, e: Signal) -> float:
    """As the formulas are written down: one frame after the other, from spectrograms in memory."""
    reference, estimate = _scipy_magnitudes(s), _scipy_magnitudes(e)
    inverses, errors = [], []
    for k in range(reference.shape[1]):
        osi_db, error = _frame(reference[:, k], estimate[:, k])
        inverses.append(1 / (osi_db + 1e-10))
        errors.append(error)
    return float(np.mean(inverses) + GAMMA * np.mean(errors))


def lean_loop(s: Signal, e: Signal) -> float:
    """The same without spectrograms: each frame is cut, transformed and forgotten."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)
    inverses, errors = [], []
    for start in range(0, len(s) - N_FFT + 1, HOP):
        cut = slice(start, start + N_FFT)
        osi_db, error = _frame(np.abs(np.fft.rfft(window * s[cut])), np.abs(np.fft.rfft(window * e[cut])))
        inverses.append(1 / (osi_db + 1e-10))
        errors.append(error)
    return float(np.mean(inverses) + GAMMA * np.mean(errors))


def _frame(s: Signal, e: Signal) -> tuple[float, float]:
    """OSI-SNR in dB and MC-MSE of one frame."""
    lam = np.sum(e * e) / (np.sum(s * e) + 1e-10)
    target = lam * s
    noise = e - target
    osi_db = 10 * np.log10(np.sum(target**2) / (np.sum(noise**2) + 1e-8))
    return osi_db, np.mean((np.sign(s) * np.abs(s) ** ALPHA - np.sign(e) * np.abs(e) ** ALPHA) ** 2)


def scipy_stft(s: Signal, e: Signal) -> float:
    """scipy's STFT, then the formulas on whole matrices."""
    return _vectorised(_scipy_magnitudes(s), _scipy_magnitudes(e))


def _scipy_magnitudes(x: Signal) -> Signal:
    # The older of scipy's two functions is several times as fast as ShortTimeFFT here.
    from scipy.signal import stft

    spectrum = stft(x, window="hann", nperseg=N_FFT, noverlap=N_FFT - HOP, boundary=None, padded=False)[2]
    return N_FFT / 2 * np.abs(spectrum)  # it divides by the sum of the window


def librosa_stft(s: Signal, e: Signal) -> float:
    """librosa's STFT, then the formulas on whole matrices."""
    import librosa

    return _vectorised(*(np.abs(librosa.stft(x, n_fft=N_FFT, hop_length=HOP, center=False)) for x in (s, e)))


def torchmetrics_frames(s: Signal, e: Signal) -> None:
    """SI-SDR of every frame of samples: no spectrum, no MC-MSE."""
    import torch
    from torchmetrics.functional.audio import scale_invariant_signal_distortion_ratio

    frames = [torch.from_numpy(x).unfold(0, N_FFT, HOP) for x in (s, e)]
    scale_invariant_signal_distortion_ratio(frames[1], frames[0])


def fast_bss_eval_frames(s: Signal, e: Signal) -> None:
    """SI-SDR of every frame of samples: no spectrum, no MC-MSE."""
    import fast_bss_eval

    frames = [np.lib.stride_tricks.sliding_window_view(x, N_FFT)[::HOP, None, :] for x in (s, e)]
    fast_bss_eval.si_sdr(*frames)


def _vectorised(s: Signal, e: Signal) -> float:
    lam = np.sum(e * e, axis=0) / (np.sum(s * e, axis=0) + 1e-10)
    target = lam * s
    noise = e - target
    osi_db = 10 * np.log10(np.sum(target**2, axis=0) / (np.sum(noise**2, axis=0) + 1e-8))
    return float(np.mean(1 / (osi_db + 1e-10)) + GAMMA * np.mean((s**ALPHA - e**ALPHA) ** 2))


PEERS: dict[str, tuple[str, Callable[[Signal, Signal], float | None]]] = {
    "textbook": ("textbook loop over the frames of an STFT in memory", textbook_loop),
    "lean": ("the same loop, frames cut and transformed one by one", lean_loop),
    "scipy": ("scipy STFT + formulas on matrices", scipy_stft),
    "librosa": ("librosa STFT + formulas on matrices", librosa_stft),
    "torchmetrics": ("torchmetrics SI-SDR of frames (no STFT, no MC-MSE)", torchmetrics_frames),
    "fast_bss_eval": ("fast_bss_eval SI-SDR of frames (no STFT, no MC-MSE)", fast_bss_eval_frames),
}
