import struct
from collections.abc import Callable

import numpy as np
import pytest

from osisnr_gui.io.audio import AudioFile
from osisnr_gui.io.errors import LoadError, Reason

SaveBytes = Callable[[str, bytes], str]
SOUND = np.arange(-500, 500, dtype="<i2").tobytes()


def fmt(tag: int = 1, channels: int = 1, rate: int = 16000, bits: int = 16, align: int | None = None) -> bytes:
    align = channels * bits // 8 if align is None else align
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * align % 2**32, align, bits))


def chunk(name: bytes, body: bytes, size: int | None = None) -> bytes:
    return name + struct.pack("<I", len(body) if size is None else size) + body + b"\0" * (len(body) % 2)


def riff(*chunks: bytes, size: int | None = None) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body


def codes(path: str) -> list[str]:
    with AudioFile(path) as file:
        return [warning.code for warning in file.info.warnings]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (riff(), Reason.CORRUPT),
        (riff(fmt()), Reason.CORRUPT),
        (riff(chunk(b"data", SOUND)), Reason.CORRUPT),
        (riff(fmt(channels=0, align=2), chunk(b"data", SOUND)), Reason.BAD_CHANNELS),
        (riff(fmt(channels=65), chunk(b"data", SOUND)), Reason.BAD_CHANNELS),
        (riff(fmt(rate=999), chunk(b"data", SOUND)), Reason.BAD_RATE),
        (riff(fmt(rate=768_001), chunk(b"data", SOUND)), Reason.BAD_RATE),
        (riff(fmt(bits=0, align=2), chunk(b"data", SOUND)), Reason.CORRUPT),
        (riff(fmt(tag=0xFFFD), chunk(b"data", SOUND)), Reason.CORRUPT),
        (riff(fmt(align=7), chunk(b"data", SOUND)), Reason.CORRUPT),
        (riff(fmt(tag=0x11, bits=4, align=256), chunk(b"data", SOUND)), Reason.CORRUPT),
        (riff(fmt(), chunk(b"data", b"")), Reason.NO_FRAMES),
        (riff(fmt(), chunk(b"data", b""), chunk(b"LIST", b"INFO")), Reason.NO_FRAMES),
    ],
)
def test_impossible_headers_are_refused(data: bytes, reason: Reason, save_bytes: SaveBytes) -> None:
    with pytest.raises(LoadError) as caught:
        AudioFile(save_bytes("bad.wav", data))
    assert caught.value.reason == reason


def test_odd_chunks_and_bytes_after_the_sound_are_legal(save_bytes: SaveBytes) -> None:
    data = riff(chunk(b"junk", b"abc"), fmt(), chunk(b"data", SOUND), chunk(b"LIST", b"odd")) + b"tail"
    path = save_bytes("a.wav", data)
    with AudioFile(path) as file:
        assert file.info.warnings == ()
        assert file.info.n_samples == 1000
        assert np.array_equal(file.read(0, 1000)[:, 0], np.arange(-500, 500) / 32768)


@pytest.mark.parametrize("cut", [1, 2, 777, 1500])
def test_missing_bytes_are_counted(cut: int, save_bytes: SaveBytes) -> None:
    path = save_bytes("cut.wav", riff(fmt(), chunk(b"data", SOUND))[:-cut])
    with AudioFile(path) as file:
        assert file.info.n_samples == (2000 - cut) // 2
        assert len(file.read(0, 2000)) == (2000 - cut) // 2
    assert codes(path) == ["TRUNCATED"]


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_a_streamed_file_without_length_is_read_to_its_end(size: int, save_bytes: SaveBytes) -> None:
    path = save_bytes("stream.wav", riff(fmt(), chunk(b"data", SOUND, size), size=size))
    assert codes(path) == ["HEADER_SIZE"]
    with AudioFile(path) as file:
        assert np.array_equal(file.read(0, 5000)[:, 0], np.arange(-500, 500) / 32768)


def test_a_size_larger_than_the_file_is_a_truncation(save_bytes: SaveBytes) -> None:
    path = save_bytes("huge.wav", riff(fmt(), chunk(b"data", SOUND, 0xFFFFFFF0)))
    assert codes(path) == ["TRUNCATED"]


def test_a_cut_wave64_file_is_noticed(noise: np.ndarray, save_sound: Callable[..., str], save_bytes: SaveBytes) -> None:
    with open(save_sound("a.w64", noise, "W64"), "rb") as file:
        data = file.read()
    path = save_bytes("cut.w64", data[:-2000])
    with AudioFile(path) as sound:
        assert sound.info.n_samples == 5000
    assert codes(path) == ["TRUNCATED"]
    with pytest.raises(LoadError) as caught:
        AudioFile(save_bytes("nodata.w64", data[:60]))
    assert caught.value.reason == Reason.CORRUPT
