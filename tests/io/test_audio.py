import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from osisnr_gui.io.audio import AudioFile, AudioScanner, SampleChecks, scan_audio
from osisnr_gui.io.errors import Cancelled, LoadError, Reason

Save = Callable[..., str]
EXACT = [
    ("WAV", "PCM_U8", 2**-7), ("WAV", "PCM_16", 2**-15), ("WAV", "PCM_24", 2**-23), ("WAV", "PCM_32", 2**-31),
    ("WAV", "FLOAT", 2**-24), ("WAV", "DOUBLE", 1e-300), ("WAVEX", "PCM_16", 2**-15), ("RF64", "PCM_24", 2**-23),
    ("W64", "PCM_16", 2**-15), ("FLAC", "PCM_16", 2**-15), ("FLAC", "PCM_24", 2**-23), ("AIFF", "PCM_S8", 2**-7),
    ("AIFF", "PCM_16", 2**-15), ("AIFF", "FLOAT", 2**-24), ("CAF", "PCM_24", 2**-23), ("CAF", "ALAC_16", 2**-15),
    ("AU", "PCM_16", 2**-15), ("AU", "FLOAT", 2**-24),
]  # fmt: skip
REFUSED = (21, 45, 46)  # offsets in a FLAC file whose damage leaves nothing that could be trusted
COARSE = [
    ("WAV", "ULAW", 0.02), ("WAV", "ALAW", 0.02), ("WAV", "IMA_ADPCM", 0.1), ("WAV", "MS_ADPCM", 0.1),
    ("AIFF", "ULAW", 0.02), ("OGG", "VORBIS", 0.1), ("OGG", "OPUS", 0.25), ("MP3", "MPEG_LAYER_III", 0.1),
]  # fmt: skip


@pytest.mark.parametrize(("container", "coding", "step"), EXACT)
@pytest.mark.parametrize("channels", [1, 2])
def test_every_lossless_coding_is_read_to_its_step(
    container: str, coding: str, step: float, channels: int, noise: np.ndarray, save_sound: Save
) -> None:
    sound = noise.reshape(-1, channels)
    with AudioFile(save_sound("a", sound, container, coding)) as file:
        info = file.info
        assert (info.container, info.coding) == (container.replace("WAVEX", "WAV"), coding)
        assert (info.sample_rate, info.channels, info.n_samples) == (16000, channels, len(sound))
        assert (info.n_samples, info.sample_rate) == (len(sound), 16000)
        values = file.read(0, len(sound) + 10)
        assert values.dtype == np.float64
        assert values.shape == sound.shape
        assert np.abs(values - sound).max() <= step


@pytest.mark.parametrize(("container", "coding", "share"), COARSE)
def test_every_lossy_coding_is_read(container: str, coding: str, share: float, save_sound: Save) -> None:
    sound = 0.5 * np.sin(np.arange(40_000) * 0.05)
    with AudioFile(save_sound("a", sound, container, coding)) as file:
        values = file.read(0, file.info.n_samples)[:, 0]
    assert len(sound) <= len(values) < len(sound) + 1100
    middle = slice(5000, 35_000)
    assert np.linalg.norm(values[middle] - sound[middle]) <= share * np.linalg.norm(sound[middle])


def test_sixteen_bits_are_divided_by_32768(save_bytes: Callable[[str, bytes], str], tmp_path: Path) -> None:
    path = str(tmp_path / "a.wav")
    sf.write(path, np.array([-32768, -1, 0, 1, 32767] * 5, dtype=np.int16), 8000)
    with AudioFile(path) as file:
        assert file.read(0, 5)[:, 0].tolist() == [-1.0, -1 / 32768, 0.0, 1 / 32768, 32767 / 32768]


@pytest.mark.parametrize(
    ("container", "coding"),
    [("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III")],
)
def test_reading_anywhere_gives_what_reading_through_gives(container: str, coding: str, save_sound: Save) -> None:
    rng = np.random.default_rng(6)
    sound = np.convolve(rng.normal(0, 0.2, 150_000), np.ones(6) / 6, "same")
    with AudioFile(save_sound("a", sound, container, coding, 48000)) as file:
        whole = file.read(0, 1 << 40)
        for start, count in zip(rng.integers(0, len(whole), 40), rng.integers(1, 5000, 40), strict=True):
            part = file.read(int(start), int(count))
            assert len(part) == min(count, len(whole) - start)
            assert np.abs(part - whole[start : start + count]).max() < 1e-6
        blocks = [file.read(start, 4099) for start in range(0, len(whole), 4099)]
    assert np.abs(np.concatenate(blocks) - whole).max() < 1e-6


def test_channels_count_from_one_and_zero_is_their_mean(noise: np.ndarray, save_sound: Save) -> None:
    path = save_sound("a.wav", noise.reshape(-1, 3), "WAV", "DOUBLE")
    with AudioFile(path) as file:
        whole = file.read(0, 2000)
        assert np.array_equal(file.read_channel(10, 50, 1), whole[10:60, 0])
        assert np.array_equal(file.read_channel(10, 50, 3), whole[10:60, 2])
        assert np.allclose(file.read_channel(10, 50, 0), whole[10:60].mean(axis=1), rtol=1e-15)
        for channel in (-1, 4):
            with pytest.raises(ValueError, match="channel"):
                file.read_channel(0, 1, channel)
        with pytest.raises(ValueError, match="negative"):
            file.read(-1, 1)
        assert file.read(5000, 10).shape == (0, 3)
        assert [warning.code for warning in file.info.warnings] == ["MULTICHANNEL"]


def test_several_files_on_one_path_in_several_threads(save_sound: Save) -> None:
    sound = np.random.default_rng(8).uniform(-0.5, 0.5, 60_000)
    path = save_sound("a.flac", sound, "FLAC")
    expected = np.round(sound * 32768) / 32768
    wrong: list[int] = []

    def read_all(step: int) -> None:
        with AudioFile(path) as file:
            for start in range(0, 60_000, step):
                block = file.read_channel(start, step, 1)
                if np.abs(block - expected[start : start + step]).max() > 2**-15:
                    wrong.append(start)

    threads = [threading.Thread(target=read_all, args=(1000 + 77 * k,)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_damaged_flac_is_read_up_to_the_damage(save_sound: Save) -> None:
    sound = np.random.default_rng(8).uniform(-0.5, 0.5, 60_000)
    path = Path(save_sound("a.flac", sound, "FLAC"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 64] = b"\xff" * 64
    path.write_bytes(data)
    scan = scan_audio(str(path))
    assert "DAMAGED" in {warning.code for warning in scan.warnings}
    assert 20_000 < scan.n_samples < 31_000
    with AudioFile(str(path)) as file:
        block = file.read(0, 60_000)
    assert len(block) == scan.n_samples
    assert np.abs(block[:, 0] - sound[: len(block)]).max() <= 2**-15


def test_a_cut_flac_is_read_up_to_the_cut(save_sound: Save) -> None:
    sound = np.random.default_rng(8).uniform(-0.5, 0.5, 60_000)
    path = Path(save_sound("a.flac", sound, "FLAC"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    scan = scan_audio(str(path))
    assert [warning.code for warning in scan.warnings] == ["TRUNCATED"]
    assert 20_000 < scan.n_samples == scan.info.n_samples < 31_000


def test_a_scan_tells_levels(noise: np.ndarray, save_sound: Save) -> None:
    path = save_sound("a.wav", noise, "WAV", "DOUBLE")
    scan = scan_audio(path)
    assert scan.n_samples == 6000
    assert scan.rms[0] == pytest.approx(np.sqrt((noise**2).mean()), rel=1e-12)
    assert scan.mean[0] == pytest.approx(noise.mean(), rel=1e-9)
    assert scan.peak[0] == np.abs(noise).max()
    assert (scan.clipped_runs, scan.clip_spans[0].shape) == ((0,), (0, 2))


def test_a_scan_can_be_cancelled(noise: np.ndarray, save_sound: Save) -> None:
    path = save_sound("a.wav", noise)
    with pytest.raises(Cancelled):
        scan_audio(path, cancelled=lambda: True)


def test_a_scan_refuses_what_is_not_finite(noise: np.ndarray, save_sound: Save) -> None:
    noise[77] = np.nan
    with pytest.raises(LoadError, match="sample 77 ") as caught:
        scan_audio(save_sound("b.wav", noise, "WAV", "FLOAT"))
    assert caught.value.reason == Reason.NONFINITE


def test_a_file_that_changes_while_it_is_read_is_refused(noise: np.ndarray, save_sound: Save) -> None:
    path = save_sound("a.wav", noise)

    def shorten() -> bool:
        os.truncate(path, 2000)
        return False

    with pytest.raises(LoadError, match="changed while it was read") as caught:
        scan_audio(path, cancelled=shorten)
    assert caught.value.reason == Reason.CORRUPT


def _figures(scan: SampleChecks) -> tuple[object, ...]:
    return scan.n_samples, scan.peak.tolist(), scan.clipped_runs, [s.tolist() for s in scan.clip_spans], scan.warnings


@pytest.mark.parametrize(
    "reads",
    [
        [],
        [(0, 6000)],
        [(0, 100), (100, 4000), (4100, 9000)],
        [(0, 3000), (2500, 1000), (3000, 100)],
        [(4000, 500), (0, 2000), (3000, 3000)],
        [(10, 6000)],
    ],
)
def test_a_scan_takes_what_others_read(noise: np.ndarray, save_sound: Save, reads: list[tuple[int, int]]) -> None:
    """In order, twice, or leaving something out: every sample counts once."""
    noise[[1998, 1999, 2000, 2001, 2002, 5999]] = 0.9995
    path = save_sound("a.wav", np.stack([noise, noise[::-1]], axis=1), "WAV", "DOUBLE")
    wanted = scan_audio(path)
    with AudioFile(path) as file:
        scanner = AudioScanner(file)
        for start, count in reads:
            file.read_channel(start, count, 2)
        found = scanner.finish()
    assert _figures(found) == _figures(wanted)
    np.testing.assert_allclose((found.rms, found.mean), (wanted.rms, wanted.mean), rtol=1e-12)
    assert found.clipped_runs == (1, 1)


def test_a_scan_does_not_read_again_what_others_read(noise: np.ndarray, save_sound: Save) -> None:
    with AudioFile(save_sound("a.flac", noise, "FLAC")) as file:
        scanner = AudioScanner(file)
        file.read(0, 5000)
        first = []
        file.listener = lambda start, block, take=file.listener: (first.append(start), take(start, block))
        scanner.finish()
    assert first == [5000]


def test_a_scan_keeps_its_refusal_to_itself_until_it_is_asked(noise: np.ndarray, save_sound: Save) -> None:
    noise[77] = np.inf
    with AudioFile(save_sound("a.wav", noise, "WAV", "FLOAT")) as file:
        scanner = AudioScanner(file)
        assert np.isinf(file.read(0, 100)).any()
        assert len(file.read(100, 6000)) == 5900
        with pytest.raises(LoadError, match="sample 77 "):
            scanner.finish()


def test_the_content_decides_and_a_wrong_name_is_told(noise: np.ndarray, save_sound: Save) -> None:
    scan = scan_audio(save_sound("a.mp3", noise, "FLAC"))
    assert (scan.info.container, scan.n_samples) == ("FLAC", 6000)
    assert [warning.code for warning in scan.warnings] == ["EXTENSION"]


def test_formats_the_library_would_guess_are_refused(noise: np.ndarray, save_sound: Save) -> None:
    for container in ("MAT5", "VOC", "NIST", "IRCAM", "PVF"):
        with pytest.raises(LoadError) as caught:
            AudioFile(save_sound("a.wav", noise, container))
        assert caught.value.reason == Reason.UNKNOWN_FORMAT
    with pytest.raises(LoadError) as caught:
        AudioFile(save_sound("b.wav", noise, "WAV", "GSM610"))
    assert caught.value.reason == Reason.CORRUPT


def test_descriptors_are_given_back(noise: np.ndarray, save_sound: Save) -> None:
    good, bad = save_sound("a.flac", noise, "FLAC"), save_sound("b.wav", noise, "VOC")
    before = os.dup(0)
    os.close(before)
    for _ in range(5):
        scan_audio(good)
        with pytest.raises(LoadError):
            scan_audio(bad)
    after = os.dup(0)
    os.close(after)
    assert before == after


def test_trouble_in_a_library_becomes_a_refusal(
    noise: np.ndarray, save_sound: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_sound("a.wav", noise)
    for error, reason in ((MemoryError(), Reason.TOO_LARGE), (ZeroDivisionError("x"), Reason.CORRUPT)):

        def fail(*_: object, error: BaseException = error, **__: object) -> None:
            raise error

        monkeypatch.setattr("osisnr_gui.io.audio.find_format", fail)
        with pytest.raises(LoadError) as caught:
            AudioFile(path)
        assert caught.value.reason == reason


def test_importing_stays_light() -> None:
    code = "import sys, osisnr_gui.io.audio; print([m for m in ('scipy', 'PySide6') if m in sys.modules])"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("rate", [8000, 16_000, 22_050])
@pytest.mark.parametrize(("container", "subtype"), [("OGG", "VORBIS"), ("OGG", "OPUS"), ("FLAC", "PCM_16")])
def test_any_jump_gives_what_was_written(tmp_path: Path, container: str, subtype: str | None, rate: int) -> None:
    """From within the first block of a Vorbis file the decoder jumped 128 samples too short."""
    path = tmp_path / f"x.{container.lower()}"
    rate = 48_000 if subtype == "OPUS" else rate
    rng = np.random.default_rng(rate)
    signal = 0.1 * np.cumsum(rng.standard_normal(7 * rate)) / np.sqrt(rate)
    sf.write(path, signal, rate, subtype, None, container)
    whole = sf.read(path)[0][:, None]
    assert whole.shape == (len(signal), 1)
    assert np.corrcoef(np.diff(whole[:, 0]), np.diff(signal))[0, 1] > 0.5  # of white noise: next to nothing where moved
    for first in (0, 30, 150, 700, 5000):
        for start in (*rng.integers(0, len(whole), 8), len(whole) - 900, len(whole) - 9000):
            with AudioFile(str(path)) as file:
                file.read(first, 20)
                np.testing.assert_allclose(file.read(int(start), 3000), whole[start : start + 3000], atol=1e-6)


@pytest.mark.parametrize("at", [8, 18, 21, 22, 23, 24, 25, 26, 30, 41, 42, 45, 46])
def test_a_flac_that_cannot_be_jumped_in_gives_what_was_written_or_is_refused(tmp_path: Path, at: int) -> None:
    """A damaged metadata block: the jump failed, and zeros were scored in place of samples."""
    path = tmp_path / "x.flac"
    sf.write(path, 0.1 * np.random.default_rng(0).standard_normal(100_000), 16_000)
    written = sf.read(path)[0]
    content = bytearray(path.read_bytes())
    content[at] ^= 0x15
    path.write_bytes(content)
    if at in REFUSED:
        with pytest.raises(LoadError) as caught:
            AudioFile(str(path))
        assert caught.value.reason in (Reason.CORRUPT, Reason.UNKNOWN_FORMAT)
        return
    with AudioFile(str(path)) as file:
        assert file.info.n_samples == len(written)
        for start in (90_000, 50_000, 1000, 60_000):
            np.testing.assert_array_equal(file.read(start, 5000)[:, 0], written[start : start + 5000])
