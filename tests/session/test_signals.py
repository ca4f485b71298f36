"""Reading any stretch of a signal must equal slicing the whole of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import gcd
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.signal import resample_poly

from osisnr_gui.core.stft import MAX_FRAMES, MAX_POINTS
from osisnr_gui.core.types import Framing, Representation
from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.session import readers
from osisnr_gui.session.readers import AudioColumns, AudioSignal
from osisnr_gui.session.session import DOWNMIX, Source

Write = Callable[..., str]
Noise = Callable[..., np.ndarray]


def _sliced(x: np.ndarray, start: int, count: int) -> np.ndarray:
    out = np.zeros(count)
    a, b = max(start, 0), min(start + count, len(x))
    if a < b:
        out[a - start : b - start] = x[a:b]
    return out


STRETCHES = [
    (0, 10),
    (0, 5000),
    (4999, 1),
    (4990, 30),
    (-7, 20),
    (-50, 20),
    (5000, 10),
    (9000, 3),
    (-10, 6000),
    (17, 0),
]


@pytest.mark.parametrize("delay", [0, 137, -137, 4999, 6000, -6000])
def test_any_stretch(write: Write, noise: Noise, delay: int) -> None:
    x = noise(5000)
    with AudioSignal(Source(write("a.wav", x), delay=delay)) as signal:
        assert signal.first_sample == max(0, -delay)
        assert signal.n_samples == max(0, 5000 - delay)
        for start, count in STRETCHES:
            np.testing.assert_array_equal(signal.read(start, count), _sliced(x, start + delay, count))


def test_neighbouring_reads_in_any_order(write: Write, noise: Noise) -> None:
    """The last read is kept: overlapping, repeated, backward, shorter and longer reads must not show it."""
    x = noise(5000)
    rng = np.random.default_rng(0)
    with AudioSignal(Source(write("a.wav", x))) as signal:
        start = 0
        for _ in range(300):
            start = int(np.clip(start + rng.integers(-400, 600), -300, 5200))
            count = int(rng.integers(0, 700))
            np.testing.assert_array_equal(signal.read(start, count), _sliced(x, start, count))


@pytest.mark.parametrize("overlap", [0, 63, 64, 65, 250])
def test_reads_that_overlap_by_more_or_less_than_is_kept(
    write: Write, noise: Noise, monkeypatch: pytest.MonkeyPatch, overlap: int
) -> None:
    monkeypatch.setattr(readers, "KEPT_SAMPLES", 64)
    x = noise(3000)
    with AudioSignal(Source(write("a.wav", x))) as signal:
        for start in range(0, 3300, 300 - overlap):
            np.testing.assert_array_equal(signal.read(start, 300), _sliced(x, start, 300))


def test_what_was_read_can_be_written_to(write: Write, noise: Noise) -> None:
    x = noise(2000)
    with AudioSignal(Source(write("a.wav", x))) as signal:
        signal.read(0, 1000)[:] = 7.0
        np.testing.assert_array_equal(signal.read(500, 1000), x[500:1500])


@pytest.mark.parametrize("rate", [8000, 11_025, 44_100, 48_000, 16_001])
@pytest.mark.parametrize("delay", [0, 91, -91])
def test_resampled_equals_resampling_the_whole(write: Write, noise: Noise, rate: int, delay: int) -> None:
    x = noise(rate // 2)
    common = gcd(rate, 16_000)
    whole = resample_poly(x, 16_000 // common, rate // common)
    with AudioSignal(Source(write("a.wav", x, rate), delay=delay), 16_000) as signal:
        assert signal.rate == 16_000
        assert signal.n_samples == len(whole) - delay
        rng = np.random.default_rng(1)
        stretches = [(0, 600), (1, 1), (len(whole) - 40, 40), *(tuple(rng.integers(0, 7000, 2)) for _ in range(12))]
        for start, count in [(0, len(whole)), *stretches]:
            found = signal.read(int(start), int(count))
            np.testing.assert_allclose(found, _sliced(whole, start + delay, count), rtol=0, atol=1e-14)


@pytest.mark.parametrize("rate", [8000, 48_000])
def test_a_resampled_signal_is_zero_outside_too(write: Write, rate: int) -> None:
    """The filter rings beyond both ends; a file padded with zeros must not begin before it begins."""
    with AudioSignal(Source(write("a.wav", np.full(rate, 0.5), rate)), 16_000) as signal:
        assert not np.any(signal.read(-100, 100))
        assert not np.any(signal.read(16_000, 100))
        assert np.all(signal.read(-3, 6)[3:] != 0)


def test_channels(write: Write, noise: Noise) -> None:
    x = np.stack([noise(3000, k) for k in range(3)], axis=1)
    path = write("a.wav", x)
    for channel, wanted in ((None, x[:, 0]), (1, x[:, 0]), (3, x[:, 2]), (DOWNMIX, x.mean(axis=1))):
        with AudioSignal(Source(path, channel)) as signal:
            np.testing.assert_allclose(signal.read(100, 500), wanted[100:600], atol=1e-15)


def test_pcm_is_scaled_to_one(write: Write) -> None:
    with AudioSignal(Source(write("a.wav", np.array([-1.0, 0.5, 0.0]), subtype="PCM_16"))) as signal:
        np.testing.assert_array_equal(signal.read(0, 3), [-1.0, 0.5, 0.0])


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(LoadError):
        AudioSignal(Source("/nowhere/at/all.wav"))


@pytest.mark.parametrize("rate", [16_000, 48_000, 8000])
def test_offset_and_gain_are_of_the_file_and_not_of_the_silence_round_it(write: Write, noise: Noise, rate: int) -> None:
    x = noise(5000)
    plain = Source(write("a.wav", 0.25 * x), delay=40)
    changed = Source(write("b.wav", x + 0.125), delay=40, offset=0.125, gain=0.25)
    upside_down = Source(write("c.wav", x + 0.125), delay=40, offset=0.125, gain=0.25, flip=True)
    with AudioSignal(plain, rate) as a, AudioSignal(changed, rate) as b, AudioSignal(upside_down, rate) as c:
        for start, count in ((-100, 300), (0, 5000), (200, 60), (240, 60), (4000, 9000)):
            np.testing.assert_allclose(b.read(start, count), a.read(start, count), atol=1e-15)
            np.testing.assert_array_equal(c.read(start, count), -b.read(start, count))


def test_rates_without_a_common_divisor_are_refused_in_words(write_wav: Write) -> None:
    path = write_wav("odd.wav", np.zeros(2000), rate=767_999)
    with pytest.raises(
        LoadError, match=r"odd\.wav: 767999 Hz to 1009 Hz is a.*resample the file to 1009 Hz"
    ) as refused:
        AudioSignal(Source(path), 1009)
    assert refused.value.reason is Reason.BAD_RATE
    with AudioSignal(Source(write_wav("near.wav", np.zeros(2000), rate=44_101)), 48_000) as signal:
        assert signal.n_samples == -(-2000 * 48_000 // 44_101)


@pytest.mark.parametrize(("n_fft", "hop", "fits"), [(512, 128, True), (32_768, 1, False), (32_768, 20, True)])
def test_more_frames_than_can_be_kept_are_refused_in_words(write_wav: Write, n_fft: int, hop: int, fits: bool) -> None:
    path = write_wav("long.wav", np.zeros(2_000_000))
    framing = Framing(Representation.MAGNITUDE, n_fft, hop)
    if fits:
        with AudioSignal(Source(path)) as signal:
            assert AudioColumns(signal, framing).n_frames == 1 + (2_000_000 - n_fft) // hop
        return
    refused = pytest.raises(LoadError, match=r"n_fft 32768 and hop 1 make 1967233 frames.*choose a hop of 8 or more")
    with AudioSignal(Source(path)) as signal, refused as no:
        AudioColumns(signal, framing)
    assert no.value.reason is Reason.TOO_LARGE
    with AudioSignal(Source(path)) as signal:
        assert AudioColumns(signal, replace(framing, hop=8)).n_frames * n_fft <= MAX_POINTS


def test_frames_that_are_too_short_for_a_file_are_said_with_those_that_fit() -> None:
    signal: Any = SimpleNamespace(path="day.wav", n_samples=6 * 3600 * 48_000, first_sample=0, close=lambda: None)
    with pytest.raises(LoadError, match="choose n_fft 124 and hop 124, or cut the file"):
        AudioColumns(signal, Framing(Representation.MAGNITUDE, 64, 64))
    assert AudioColumns(signal, Framing(Representation.MAGNITUDE, 124, 124)).n_frames <= MAX_FRAMES


def test_a_delay_beyond_all_bounds_is_refused(write_wav: Write) -> None:
    signal = AudioSignal(Source(write_wav("early.wav", np.zeros(2000)), delay=-(1 << 40)))
    with pytest.raises(LoadError, match=r"with a delay of -1099511627776 samples; set a delay nearer to 0"):
        AudioColumns(signal, Framing(Representation.MAGNITUDE, 512, 128))
