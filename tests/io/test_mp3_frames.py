import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from osisnr_gui.io.audio import AudioFile, scan_audio
from osisnr_gui.io.files import OpenFile
from osisnr_gui.io.mp3_frames import find_frames, parse_frame, walk_frames

COUNT = 100_000


@pytest.fixture(params=[(1, 44100), (2, 44100), (1, 16000), (2, 24000)])
def stream(request: pytest.FixtureRequest, save_sound: Callable[..., str]) -> Path:
    channels, rate = request.param
    sound = np.random.default_rng(4).uniform(-0.3, 0.3, (COUNT, channels))
    return Path(save_sound("a.mp3", sound, "MP3", "MPEG_LAYER_III", rate))


def codes(path: Path) -> set[str]:
    return {warning.code for warning in scan_audio(str(path)).warnings} - {"MULTICHANNEL"}


def first_frame(data: bytes) -> int:
    frame = parse_frame(data)
    assert frame is not None
    return frame.size


def test_frame_headers_are_parsed() -> None:
    frame = parse_frame(bytes([0xFF, 0xFB, 0x90, 0xC0]))
    assert frame is not None
    assert (frame.rate, frame.channels, frame.size, frame.samples) == (44100, 1, 417, 1152)
    assert parse_frame(b"\xff\xfb\xf0\xc0") is None
    assert parse_frame(b"\xff\xfb\x00\xc0") is None
    assert parse_frame(b"\xff\xfb") is None


def test_a_whole_file_is_read_to_its_last_sample(stream: Path) -> None:
    assert scan_audio(str(stream)).n_samples == COUNT
    assert codes(stream) == set()


def test_without_an_information_frame_nothing_is_lost(stream: Path) -> None:
    data = stream.read_bytes()
    size = first_frame(data)
    assert data.index(b"Xing") < size
    stream.write_bytes(data[size:])
    with AudioFile(str(stream)) as file:
        # The encoder's delay is no longer cut away: up to two frames more than went in, never fewer.
        assert COUNT <= file.info.n_samples < COUNT + 3 * 1152
        assert len(file.read(0, 2 * COUNT)) == file.info.n_samples
    assert codes(stream) == set()


def test_files_joined_end_to_end_are_read_to_the_end(stream: Path) -> None:
    stream.write_bytes(stream.read_bytes() * 2)
    assert scan_audio(str(stream)).n_samples > 1.9 * COUNT


def test_a_cut_file_says_so(stream: Path) -> None:
    data = stream.read_bytes()
    stream.write_bytes(data[: len(data) // 2])
    with AudioFile(str(stream)) as file:
        assert 0.4 * COUNT < file.info.n_samples < 0.55 * COUNT
        assert len(file.read(0, COUNT)) == file.info.n_samples
    assert codes(stream) == {"TRUNCATED"}


@pytest.mark.parametrize("count", [1, 9])
def test_bytes_between_the_frames_are_found(count: int, stream: Path) -> None:
    data, at = stream.read_bytes(), 0
    frame = parse_frame(data)
    assert frame is not None
    for _ in range(count):
        at += first_frame(data[at:])
    stream.write_bytes(data[:at] + bytes(3000) + data[at:])
    with OpenFile(str(stream)) as source:
        assert walk_frames(source, 0)[1] == count
    with AudioFile(str(stream)) as file:
        (warning,) = (w for w in file.info.warnings if w.code == "DAMAGED")
        place = 0.0 if count == 1 else count * frame.samples / frame.rate
        assert warning.message.startswith(f"damaged at {place:.3f} s")


def test_the_decoder_prints_nothing(stream: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray(stream.read_bytes())
    stream.write_bytes(data[: len(data) * 2 // 3])
    scan_audio(str(stream))
    data[len(data) // 2 :: 97] = b"\xff" * len(data[len(data) // 2 :: 97])
    stream.write_bytes(data)
    scan_audio(str(stream))
    os.write(2, b"still there")
    assert capfd.readouterr().err == "still there"


def test_frames_are_found_behind_tags(stream: Path) -> None:
    data = stream.read_bytes()
    stream.write_bytes(b"ID3\3\0\0\0\0\1\0" + bytes(128) + data)
    with OpenFile(str(stream)) as source:
        found = find_frames(source)
    assert found is not None
    assert found[0] == 138
    assert scan_audio(str(stream)).n_samples == COUNT


def test_thousands_of_gaps_do_not_take_for_ever(save_bytes: Callable[[str, bytes], str]) -> None:
    frame = bytes([0xFF, 0xFB, 0x10, 0xC0]) + bytes(100)
    data = (frame * 4 + bytes(50)) * 20_000
    started = time.monotonic()
    with OpenFile(save_bytes("a.mp3", data)) as source:
        assert walk_frames(source, 0)[1]
    assert time.monotonic() - started < 5
