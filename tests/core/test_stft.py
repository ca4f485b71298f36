"""Frames, windows and columns against scipy and plain numpy."""

from __future__ import annotations

import numpy as np
import pytest
from measures import columns, spectra
from scipy.signal import ShortTimeFFT, get_window

from osisnr_gui.core.stft import (
    WINDOWS,
    check_framing,
    default_hop,
    default_n_fft,
    frame_count,
    frames_of,
    overlap_add,
    window,
)
from osisnr_gui.core.types import Framing, ParameterError, Representation

M, C, W = Representation.MAGNITUDE, Representation.COMPLEX, Representation.WAVEFORM


def test_nine_seconds_are_1122_frames() -> None:
    assert frame_count(9 * 16_000, 512, 128) == 1122


@pytest.mark.parametrize("n_fft", [2, 3, 5, 8, 9])
@pytest.mark.parametrize("hop", [1, 2, 3, 5])
def test_frame_count_by_counting(n_fft: int, hop: int) -> None:
    if hop > n_fft:
        return
    for n in range(40):
        starts = [a for a in range(0, n, hop) if a + n_fft <= n]
        assert frame_count(n, n_fft, hop) == len(starts)
        x = np.arange(n, dtype=float)
        by_hand = np.array([x[a : a + n_fft] for a in starts]).reshape(len(starts), n_fft)
        np.testing.assert_array_equal(frames_of(x, n_fft, hop), by_hand)
        np.testing.assert_array_equal(frames_of(np.repeat(x, 2)[::2], n_fft, hop), by_hand)
        assert not (len(by_hand) and frames_of(x, n_fft, hop).flags.writeable), "frames overlap"


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("n", [2, 3, 31, 512, 1408])
def test_windows_are_periodic_as_in_scipy(name: str, n: int) -> None:
    np.testing.assert_allclose(window(name, n), get_window(name, n, fftbins=True), rtol=0, atol=1e-15)
    assert not window(name, n).flags.writeable


def test_unknown_window() -> None:
    with pytest.raises(ParameterError, match="hann"):
        window("kaiser", 512)


@pytest.mark.parametrize("n_fft", [16, 17, 512])
@pytest.mark.parametrize("name", WINDOWS)
def test_columns_by_hand(n_fft: int, name: str) -> None:
    x = np.random.default_rng(0).normal(size=3000)
    hop = n_fft // 4
    w = get_window(name, n_fft)
    frames = [x[a : a + n_fft] for a in range(0, len(x) - n_fft + 1, hop)]
    wanted = np.array([np.fft.rfft(w * frame) for frame in frames]).T
    np.testing.assert_allclose(columns(x, Framing(C, n_fft, hop, name)), wanted, atol=1e-12)
    np.testing.assert_allclose(columns(x, Framing(M, n_fft, hop, name)), np.abs(wanted), atol=1e-12)
    np.testing.assert_allclose(spectra(x, Framing(W, n_fft, hop, name)), wanted, atol=1e-12)
    np.testing.assert_array_equal(columns(x, Framing(W, n_fft, hop, name)), np.array(frames).T)


def test_columns_against_scipy_stft() -> None:
    x = np.random.default_rng(1).normal(size=16_000)
    transform = ShortTimeFFT(get_window("hann", 512), 128, fs=1.0, scale_to=None, phase_shift=None)
    inner = range(2, 2 + frame_count(16_000, 512, 128))  # scipy also has slices that reach over the ends
    wanted = transform.stft(x, p0=inner.start, p1=inner.stop)
    np.testing.assert_allclose(columns(x, Framing(C, 512, 128)), wanted, atol=1e-11)


@pytest.mark.parametrize(("kind", "rows", "dtype"), [(M, 257, "f8"), (C, 257, "c16"), (W, 512, "f8")])
def test_shapes(kind: Representation, rows: int, dtype: str) -> None:
    framing = Framing(kind, 512, 128)
    found = columns(np.zeros(2000), framing)
    assert found.shape == (rows, 12) == (framing.n_bins, 12)
    assert found.dtype == np.dtype(dtype)
    assert columns(np.zeros(511), framing).shape[1] == 0
    assert columns(np.zeros(512), framing).shape[1] == 1


def test_a_mask_is_not_cut_from_audio() -> None:
    with pytest.raises(ParameterError):
        columns(np.zeros(2000), Framing(Representation.MASK, 512, 128))


@pytest.mark.parametrize(
    ("rate", "n_fft", "hop"),
    [(8000, 256, 64), (16_000, 512, 128), (11_025, 352, 88), (44_100, 1408, 353), (48_000, 1536, 384)],
)
def test_defaults(rate: int, n_fft: int, hop: int) -> None:
    assert (default_n_fft(rate), default_hop(rate)) == (n_fft, hop)


@pytest.mark.parametrize("rate", [1, 7, 50, 100, 333, 8000, 22_050, 96_000, 192_000, 768_000])
def test_defaults_can_be_used_at_any_rate(rate: int) -> None:
    n_fft, hop = default_n_fft(rate), default_hop(rate)
    check_framing(n_fft, hop)
    assert n_fft % 2 == 0
    assert n_fft == pytest.approx(0.032 * rate, rel=0.06, abs=2)


@pytest.mark.parametrize(("n_fft", "hop"), [(1, 1), (0, 1), (512, 0), (512, 513), (512, -1), (2**15 + 1, 1)])
def test_framing_out_of_range(n_fft: int, hop: int) -> None:
    with pytest.raises(ParameterError):
        check_framing(n_fft, hop)


def test_samples_of_any_type_and_layout() -> None:
    x = (np.random.default_rng(2).normal(size=4000) * 1000).astype(np.int16)
    wanted = columns(x.astype(np.float64), Framing(M, 64, 16))
    for same in (x, x.astype(">i2"), x.astype(np.float32), np.repeat(x, 2)[::2], x[::-1].copy()[::-1]):
        np.testing.assert_array_equal(columns(same, Framing(M, 64, 16)), wanted)


@pytest.mark.parametrize(("n_fft", "hop"), [(64, 16), (64, 17), (48, 24), (32, 1)])
def test_overlap_add_gives_back_what_was_cut(n_fft: int, hop: int) -> None:
    x = np.random.default_rng(3).standard_normal(1000)
    analysis, synthesis = window("hann", n_fft), window("hamming", n_fft)
    frames = frames_of(x, n_fft, hop) * analysis
    back = overlap_add(frames, analysis, synthesis, hop)
    assert back.shape == ((len(frames) - 1) * hop + n_fft,)
    np.testing.assert_allclose(back[n_fft:-n_fft], x[n_fft : len(back) - n_fft], atol=1e-12)
