"""What can be heard, sample by sample, against the files and the analysis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from measures import spectra
from scipy.signal import resample_poly

from osisnr_gui.core.stft import frames_of
from osisnr_gui.core.types import Framing, Representation
from osisnr_gui.session.analysis import Analysis, analyse
from osisnr_gui.session.session import FramingChoice, Lengths, Session, Source
from osisnr_gui.session.sound.listening import (
    Listening,
    Recipe,
    ResidualScale,
    Sound,
    SoundKind,
    find_recipe,
    frame_residual,
    measure_gain,
)
from osisnr_gui.session.sound.sound_feed import Band, SoundFeed

Write = Callable[..., str]
Noise = Callable[..., np.ndarray]

REFERENCE, MIXTURE = Sound(SoundKind.REFERENCE), Sound(SoundKind.MIXTURE)
ESTIMATES = Sound(SoundKind.ESTIMATE, 0), Sound(SoundKind.ESTIMATE, 1)
RESIDUALS = Sound(SoundKind.RESIDUAL, 0), Sound(SoundKind.RESIDUAL, 1)
N = 16_000


@contextmanager
def _heard(recipe: Recipe) -> Iterator[Callable[[int, int], dict[Sound, np.ndarray]]]:
    listening = Listening(recipe)
    yield lambda start, count: dict(zip(listening.sounds, listening.read(start, count), strict=True))
    listening.close()


def _session(write: Write, noise: Noise, **changes: object) -> Session:
    s, v = noise(N, 1), noise(N, 2)
    files = [Source(write(f"{k}.wav", x)) for k, x in enumerate((s, 0.5 * s + 0.1 * v, -0.8 * s + 0.3 * v, s + v))]
    return Session((files[0],), (files[1], files[2]), files[3], **changes)  # type: ignore[arg-type]


@pytest.fixture
def analysis(write: Write, noise: Noise) -> Analysis:
    return analyse(_session(write, noise))


def test_everything_is_there_in_order_and_as_the_files_have_it(analysis: Analysis, noise: Noise) -> None:
    recipe = find_recipe(analysis)
    assert recipe.sounds == (REFERENCE, *ESTIMATES, MIXTURE, *RESIDUALS)
    assert recipe.rate == 16_000
    s, v = noise(N, 1), noise(N, 2)
    with _heard(recipe) as heard:
        sounds = heard(-10, N + 20)
        np.testing.assert_array_equal(sounds[REFERENCE][10:-10], s)
        np.testing.assert_allclose(sounds[ESTIMATES[1]][10:-10], -0.8 * s + 0.3 * v, atol=1e-15)
        np.testing.assert_array_equal(sounds[MIXTURE][10:-10], s + v)
        assert not any(sound[:10].any() or sound[-10:].any() for sound in sounds.values())
        np.testing.assert_array_equal(heard(5000, 100)[MIXTURE], sounds[MIXTURE][5010:5110])


def test_the_residual_has_nothing_of_the_reference_left(analysis: Analysis) -> None:
    recipe = find_recipe(analysis)
    with _heard(recipe) as heard:
        sounds = heard(0, N)
    s = sounds[REFERENCE]
    for e, r, gain in zip(ESTIMATES, RESIDUALS, recipe.gains, strict=True):
        assert gain == pytest.approx(float(s @ sounds[e] / (s @ s)), rel=1e-12)
        np.testing.assert_allclose(sounds[r], sounds[e] - gain * s, atol=1e-14)
        assert abs(s @ sounds[r]) < 1e-9 * (s @ s)
        osi = 10 * np.log10(np.sum(sounds[e] ** 2) / np.sum(sounds[r] ** 2))
        whole = analysis.pairs[e.index].whole
        assert whole is not None
        assert osi == pytest.approx(whole.osi_db, abs=1e-9)


@pytest.mark.parametrize("representation", ["complex", "waveform", "magnitude"])
def test_the_residual_of_every_frame_is_the_pictures(write: Write, noise: Noise, representation: str) -> None:
    framing = FramingChoice(Representation(representation), 256, 64)
    analysis = analyse(_session(write, noise, framing=framing))
    recipe = find_recipe(analysis, ResidualScale.FRAME)
    with _heard(recipe) as heard:
        sounds = heard(0, N)
        part = heard(4321, 777)
    np.testing.assert_allclose(part[RESIDUALS[0]], sounds[RESIDUALS[0]][4321:5098], atol=1e-12)
    s, v = noise(N, 1), noise(N, 2)
    expected = 0.1 * v  # the gain differs a little from frame to frame
    rest = sounds[RESIDUALS[0]][1000:-1000]
    if representation != "magnitude":
        assert np.corrcoef(rest, expected[1000:-1000])[0, 1] > 0.99
        return
    # Its own magnitudes are close to the picture's; the phase of the estimate cannot carry all of them.
    own = np.abs(spectra(sounds[RESIDUALS[0]], Framing(Representation.MAGNITUDE, 256, 64)))
    picture = analysis.pairs[0].pictures.residual
    assert picture is not None
    shown = picture.magnitudes(20, 200).T
    assert np.corrcoef(own[:, 20:200].ravel(), shown.ravel())[0, 1] > 0.7
    assert s.size == N


def test_a_frame_without_an_error_leaves_silence() -> None:
    s = np.random.default_rng(0).standard_normal(4000)
    gain = np.repeat([0.5, 0.5, 2.0, 2.0], 1000)
    for representation in (Representation.MAGNITUDE, Representation.COMPLEX, Representation.WAVEFORM):
        rest = frame_residual(s, gain * s, 7, Framing(representation, 128, 32))
        level = np.sqrt(np.mean(rest[200:1800] ** 2)), np.sqrt(np.mean(rest[1900:2100] ** 2))
        assert level[0] < 1e-12 < 0.05 < level[1]


def test_what_is_not_overlapped_is_cut_closer() -> None:
    e = np.random.default_rng(0).standard_normal(2000)
    rest = frame_residual(np.zeros(2000), e, 0, Framing(Representation.COMPLEX, 128, 128))
    np.testing.assert_allclose(rest[128:-128], e[128:-128], atol=1e-12)
    assert not frame_residual(e[:100], e[:100], 0, Framing(Representation.COMPLEX, 128, 128)).any()


def test_delay_channel_and_rate_are_taken_as_the_analysis_takes_them(write: Write, noise: Noise) -> None:
    s = noise(3 * N, 1)
    late = np.concatenate((np.zeros(200), resample_poly(s, 2, 1)[: 2 * N]))
    reference = Source(write("s.wav", np.stack((noise(3 * N, 9), s), axis=1)), channel=2)
    estimate = Source(write("e.wav", late, 32_000), delay=100)
    analysis = analyse(Session((reference,), (estimate,)))
    with _heard(find_recipe(analysis)) as heard:
        sounds = heard(0, 3 * N)
    np.testing.assert_array_equal(sounds[REFERENCE], s)
    expected = resample_poly(late, 1, 2)[100:]
    np.testing.assert_allclose(sounds[ESTIMATES[0]][: N - 200], expected[: N - 200], atol=1e-13)
    assert not sounds[ESTIMATES[0]][N:].any()


def test_it_lasts_as_long_as_the_reference_or_as_everything(write: Write, noise: Noise) -> None:
    files = (Source(write("s.wav", noise(5000))),), (Source(write("e.wav", noise(8000))),)
    for lengths, expected in ((Lengths.COMMON, 5000), (Lengths.PAD, 8000)):
        listening = Listening(find_recipe(analyse(Session(*files, lengths=lengths))))
        assert listening.n_samples == expected
        listening.close()


def test_what_cannot_be_heard_is_left_out(write: Write, noise: Noise, tmp_path: object) -> None:
    good = Source(write("s.wav", noise()))
    assert find_recipe(Analysis(Session())).sounds == ()
    analysis = analyse(Session((good,), (Source("/nowhere.wav"), good)))
    assert find_recipe(analysis).sounds == (REFERENCE, ESTIMATES[1], RESIDUALS[1])
    alone = analyse(Session((), (good,)))
    assert find_recipe(alone).sounds == (ESTIMATES[0],)
    mask = Source(write("m.npy", np.ones((5, 6))))
    assert find_recipe(analyse(Session((mask,), (mask,)))).sounds == ()
    silence = Source(write("z.wav", np.zeros(N)))
    assert find_recipe(analyse(Session((silence,), (good,)))).sounds == (REFERENCE, ESTIMATES[0])


def test_equal_recipes_sound_the_same(analysis: Analysis) -> None:
    assert find_recipe(analysis) == find_recipe(analyse(analysis.session))
    assert find_recipe(analysis) != find_recipe(analysis, ResidualScale.FRAME)


def test_measured_gain(write: Write, noise: Noise) -> None:
    s, x = noise(200_000, 1), noise(200_000, 2) + 0.3 * noise(200_000, 1)
    files = [Source(write(f"{k}.wav", y)) for k, y in enumerate((s, x, np.zeros(100)))]
    assert measure_gain(files[0], files[1], 16_000) == pytest.approx(float(s @ x / (s @ s)), rel=1e-12)
    assert measure_gain(files[2], files[0], 16_000) is None


def test_a_sound_card_gets_its_rate_and_the_samples_stay(analysis: Analysis) -> None:
    recipe = find_recipe(analysis)
    plain, fine, odd = SoundFeed(recipe, 16_000), SoundFeed(recipe, 48_000), SoundFeed(recipe, 44_100)
    assert (plain.n_samples, fine.n_samples, odd.n_samples) == (N, 3 * N, 44_100)
    whole = plain.read(0, N)
    np.testing.assert_array_equal(fine.read(0, 3 * N)[:, ::3], whole)
    np.testing.assert_array_equal(fine.read(-2, 5)[:, :2], 0.0)
    np.testing.assert_allclose(fine.read(12_345, 67), fine.read(0, 3 * N)[:, 12_345:12_412], atol=1e-12)
    np.testing.assert_allclose(odd.read(0, 44_100)[0], resample_poly(whole[0], 441, 160), atol=1e-10)
    for feed in (plain, fine, odd):
        feed.close()


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_only_a_band_is_heard(analysis: Analysis, rate: int) -> None:
    recipe = find_recipe(analysis)
    feed = SoundFeed(recipe, rate, Band(1000.0, 3000.0))
    x = feed.read(0, feed.n_samples)
    power = np.mean(np.abs(np.fft.rfft(frames_of(x[0], 2048, 512) * np.hanning(2048), axis=1)) ** 2, axis=0)
    frequencies = np.fft.rfftfreq(2048, 1 / rate)
    inside = (frequencies > 1100) & (frequencies < 2900)
    outside = (frequencies < 880) | (frequencies > 3120)
    assert np.mean(power[inside]) > 1e4 * np.mean(power[outside])
    np.testing.assert_allclose(feed.read(4000, 100), x[:, 4000:4100], atol=1e-12)
    feed.close()
