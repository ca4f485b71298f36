"""Masks heard on a mixture: against the mixture, against the whole STFT at once, wherever blocks begin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from osisnr_gui.core.stft import window
from osisnr_gui.core.types import ParameterError
from osisnr_gui.session.analysis import Analysis, analyse
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.masks import MaskedMixture, mask_frames
from osisnr_gui.session.readers import AudioSignal
from osisnr_gui.session.session import MaskGrid, Session, Source
from osisnr_gui.session.sound.listening import Listening, Sound, SoundKind, find_recipe
from osisnr_gui.session.sound.sound_feed import SoundFeed

Write = Callable[..., str]
Noise = Callable[..., np.ndarray]
N, N_FFT, HOP = 8000, 256, 64
REFERENCE, EST_A, MIXTURE = Sound(SoundKind.REFERENCE), Sound(SoundKind.ESTIMATE), Sound(SoundKind.MIXTURE)
GRIDS = [MaskGrid(16_000, HOP), MaskGrid(16_000, HOP, centred=True)]


def _n_frames(grid: MaskGrid) -> int:
    return 1 + N // HOP if grid.centred else 1 + (N - N_FFT) // HOP


@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize("start", [0, 1, 1000, 7000])
def test_ones_give_the_mixture_back(write: Write, noise: Noise, grid: MaskGrid, start: int) -> None:
    source = Source(write("mix.wav", noise(N, 1)))
    masked = MaskedMixture(source, grid, (np.ones((129, _n_frames(grid))),))
    with AudioSignal(source) as signal:
        expected = signal.read(start, 1000)
    (found,) = masked.read_all(start, 1000)
    inside = np.arange(start, start + 1000)
    full = (inside >= N_FFT) & (inside < N - N_FFT - HOP)
    np.testing.assert_allclose(found[full], expected[full], rtol=0, atol=1e-12)
    assert np.all(np.abs(found) <= np.abs(expected) + 1e-12)
    masked.close()


@pytest.mark.parametrize("grid", GRIDS)
def test_blocks_are_pieces_of_the_whole(write: Write, noise: Noise, grid: MaskGrid) -> None:
    rng = np.random.default_rng(0)
    n_frames = _n_frames(grid)
    masks = (
        rng.random((129, n_frames)),
        rng.random((129, n_frames - 20)) * np.exp(1j * rng.random((129, n_frames - 20))),
    )
    masked = MaskedMixture(Source(write("mix.wav", noise(N, 1))), grid, masks)
    whole = masked.read_all(-500, N + 1000)
    assert not whole[:, :500].any()
    assert not whole[:, 500 + N :].any()
    assert not whole[1, 500 + N - 19 * HOP + N_FFT :].any()  # beyond the shorter mask
    for size in (1, 37, 100, 1000):
        starts = range(-500, N + 500, size) if size > 1 else range(2000, 2050)
        for start in starts:
            count = min(size, N + 500 - start)
            part = masked.read_all(start, count)
            np.testing.assert_allclose(part, whole[:, start + 500 : start + 500 + count], rtol=0, atol=1e-14)
    masked.close()


def test_against_the_sum_over_all_frames(write: Write, noise: Noise) -> None:
    """Written down as in a textbook: every frame alone, every window in the sum."""
    rng = np.random.default_rng(3)
    grid, mask = GRIDS[1], rng.random((129, _n_frames(GRIDS[1])))
    source = Source(write("mix.wav", noise(N, 1)))
    with AudioSignal(source) as signal:
        x = signal.read(0, N)
    total, weight, hann = np.zeros(N), np.zeros(N + 2 * N_FFT), window("hann", N_FFT)
    for i in range(-10, mask.shape[1] + 10):
        begin = i * HOP - N_FFT // 2
        if -N_FFT <= begin < N:
            weight[begin + N_FFT : begin + 2 * N_FFT] += hann**2
        if 0 <= i < mask.shape[1] and begin >= 0 and begin + N_FFT <= N:
            spectrum = np.fft.rfft(hann * x[begin : begin + N_FFT]) * mask[:, i]
            total[begin : begin + N_FFT] += hann * np.fft.irfft(spectrum)
    masked = MaskedMixture(source, grid, (mask,))
    np.testing.assert_allclose(masked.read_all(0, N)[0], total / weight[N_FFT : N_FFT + N], rtol=0, atol=1e-13)
    masked.close()


def test_masks_that_do_not_fit_an_stft_are_refused() -> None:
    with pytest.raises(ParameterError, match="not known"):
        mask_frames(MaskGrid(hop=64), 129)
    with pytest.raises(ParameterError, match="n_fft 512 has 257 bins, the masks have 129"):
        mask_frames(MaskGrid(16_000, 64, 512), 129)
    with pytest.raises(ParameterError, match="gaps"):
        mask_frames(MaskGrid(16_000, 256), 129)


@pytest.fixture(scope="module")
def demo() -> Analysis:
    return analyse(demo_session("masks"))


def test_reference_estimate_and_mixture_can_be_heard(demo: Analysis) -> None:
    recipe = find_recipe(demo)
    assert recipe.sounds == (REFERENCE, EST_A, MIXTURE)
    assert recipe.rate == 16_000
    assert recipe == find_recipe(demo)
    listening = Listening(recipe)
    assert listening.n_samples == 88_000
    sounds = dict(zip(listening.sounds, listening.read(20_000, 30_000), strict=True))
    listening.close()
    with AudioSignal(demo.session.mixture) as signal:
        np.testing.assert_array_equal(sounds[MIXTURE], signal.read(20_000, 30_000))
    # The ideal mask leaves the voice: nearer to it than the mixture is.
    clean = demo.session.mixture.path.replace("noisy", "clean")
    with AudioSignal(Source(clean)) as signal:
        voice = signal.read(20_000, 30_000)
    errors = {sound: float(np.sum((x - voice) ** 2)) for sound, x in sounds.items()}
    assert errors[REFERENCE] < 0.25 * errors[MIXTURE]
    assert errors[REFERENCE] < errors[EST_A]


def test_without_a_grid_or_a_mixture_only_the_rest_can_be_heard(demo: Analysis) -> None:
    unknown = analyse(replace(demo.session, mask_grid=MaskGrid()), demo)
    assert find_recipe(unknown).sounds == (MIXTURE,)
    assert find_recipe(analyse(replace(demo.session, mixture=None), demo)).sounds == ()
    other = analyse(replace(demo.session, mask_grid=MaskGrid(16_000, 128, 512)), demo)
    assert find_recipe(other).masks == ()


def test_a_mixture_at_another_rate_is_resampled_to_that_of_the_masks(write: Write, noise: Noise) -> None:
    mix = write("mix.wav", noise(2 * N, 1), rate=32_000)
    masks = [Source(write(f"{name}.npy", np.ones((129, 1 + (N - N_FFT) // HOP)))) for name in "ab"]
    analysis = analyse(Session((masks[0],), (masks[1],), Source(mix), mask_grid=GRIDS[0]))
    recipe = find_recipe(analysis)
    assert recipe.rate == 16_000
    feed = SoundFeed(recipe, 16_000)
    assert feed.n_samples == N
    sounds = feed.read(1000, 2000)
    np.testing.assert_allclose(sounds[0], sounds[2], atol=1e-12)
    feed.close()
