import numpy as np
import pytest

from osisnr_gui.io.audio import SampleChecks
from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.io.headers import AudioInfo


def info(channels: int, n_samples: int, coding: str = "FLOAT") -> AudioInfo:
    return AudioInfo("x.wav", "WAV", coding, 16000, channels, n_samples, ())


def feed(samples: np.ndarray, block: int, coding: str = "FLOAT") -> tuple[SampleChecks, list[str]]:
    checks = SampleChecks(info(samples.shape[1], len(samples), coding))
    for start in range(0, len(samples), block):
        checks.feed(samples[start : start + block])
    scan = checks.finish()
    return scan, [warning.code for warning in scan.warnings]


@pytest.mark.parametrize("block", [1, 7, 64, 10_000])
def test_figures_do_not_depend_on_the_blocks(block: int) -> None:
    samples = np.random.default_rng(0).normal(0.1, 0.2, (1000, 3))
    scan, _ = feed(samples, block)
    assert scan.n_samples == 1000
    assert np.allclose(scan.rms, np.sqrt((samples**2).mean(axis=0)), rtol=1e-12)
    assert np.allclose(scan.mean, samples.mean(axis=0), rtol=1e-12)
    assert np.array_equal(scan.peak, np.abs(samples).max(axis=0))


def plain_runs(values: np.ndarray) -> list[tuple[int, int]]:
    """The same by hand, one sample at a time."""
    runs, length = [], 0
    for index, hot in enumerate([*(np.abs(values) >= 0.999), False]):
        if hot:
            length += 1
            continue
        if length >= 3:
            runs.append((index - length, length))
        length = 0
    return runs


@pytest.mark.parametrize("block", [1, 2, 3, 5, 17, 500])
def test_clipped_runs_are_found_across_blocks(block: int) -> None:
    rng = np.random.default_rng(block)
    samples = np.repeat(rng.choice([0.0, 1.0, -1.0, 0.5], (200, 2)), 2, axis=0)
    scan, _ = feed(samples, block)
    for channel in range(2):
        expected = plain_runs(samples[:, channel])
        assert expected
        assert [tuple(span) for span in scan.clip_spans[channel]] == expected
        assert scan.clipped_runs[channel] == len(expected)


def test_two_clipped_samples_are_no_run() -> None:
    scan, _ = feed(np.array([[0.0], [1.0], [-1.0], [0.0]]), 2)
    assert scan.clipped_runs[0] == 0


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e308])
def test_the_first_bad_sample_is_named(value: float) -> None:
    samples = np.zeros((300, 2))
    samples[250:, 1] = value
    with pytest.raises(LoadError, match="sample 250 of channel 2") as caught:
        feed(samples, 100)
    assert caught.value.reason == Reason.NONFINITE


def test_silence_is_told_per_channel() -> None:
    samples = np.zeros((100, 2))
    assert feed(samples, 50)[1] == ["SILENT"]
    assert feed(samples + 1e-310, 50)[1] == ["SILENT"]
    samples[3, 1] = 1e-4
    checks = SampleChecks(info(2, 100))
    checks.feed(samples)
    (warning,) = checks.finish().warnings
    assert (warning.code, warning.message) == ("SILENT", "only silence in channel 1")


def test_values_beyond_full_scale_are_told_unless_a_lossy_decoder_overshot() -> None:
    samples = np.full((100, 1), 1.2)
    assert feed(samples, 50)[1] == ["OUT_OF_RANGE"]
    assert feed(samples, 50, "VORBIS")[1] == []
    assert feed(samples * 2, 50, "VORBIS")[1] == ["OUT_OF_RANGE"]


def test_fewer_samples_than_expected_are_damage() -> None:
    checks = SampleChecks(info(1, 100))
    checks.feed(np.full((60, 1), 0.1))
    assert [warning.code for warning in checks.finish().warnings] == ["DAMAGED"]
