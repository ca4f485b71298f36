import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from osisnr_gui.io.audio import AudioFile, scan_audio
from osisnr_gui.io.errors import LoadError, Reason

SaveBytes = Callable[[str, bytes], str]


def content(path: str) -> bytearray:
    return bytearray(Path(path).read_bytes())


def reason(path: str) -> Reason:
    with pytest.raises(LoadError) as caught:
        scan_audio(path)
    return caught.value.reason


@pytest.mark.parametrize(
    ("container", "coding"),
    [("AIFF", "PCM_16"), ("AIFF", "FLOAT"), ("CAF", "PCM_16"), ("AU", "PCM_16"), ("AU", "DOUBLE")],
)
def test_bytes_missing_at_the_end_are_counted(
    container: str, coding: str, noise: np.ndarray, save_sound: Callable[..., str], save_bytes: SaveBytes
) -> None:
    data = content(save_sound("whole", noise, container, coding))
    width = {"PCM_16": 2, "FLOAT": 4, "DOUBLE": 8}[coding]
    cut = save_bytes("cut", bytes(data[: -100 * width]))
    with AudioFile(cut) as file:
        assert [warning.code for warning in file.info.warnings] == ["TRUNCATED"]
        assert 5899 <= file.info.n_samples <= 5901
        assert len(file.read(0, 9999)) == file.info.n_samples


@pytest.mark.parametrize("container", ["AIFF", "CAF", "AU", "FLAC"])
def test_headers_cut_off_are_refused(
    container: str, noise: np.ndarray, save_sound: Callable[..., str], save_bytes: SaveBytes
) -> None:
    data = content(save_sound("whole", noise, container))
    assert reason(save_bytes("cut", bytes(data[:20]))) == Reason.CORRUPT


def test_the_rate_in_an_aiff_header_is_checked(
    noise: np.ndarray, save_sound: Callable[..., str], save_bytes: SaveBytes
) -> None:
    data = content(save_sound("a.aiff", noise, "AIFF"))
    at = data.index(b"COMM") + 16
    for exponent in (0x4005, 0x7FFF, 0xC00C):  # 64 to 127 Hz, infinite, negative
        data[at : at + 2] = struct.pack(">H", exponent)
        assert reason(save_bytes("b.aiff", bytes(data))) == Reason.BAD_RATE


def test_channels_in_an_aiff_header_are_checked(
    noise: np.ndarray, save_sound: Callable[..., str], save_bytes: SaveBytes
) -> None:
    data = content(save_sound("a.aiff", noise, "AIFF"))
    at = data.index(b"COMM") + 8
    data[at : at + 2] = b"\xff\xfe"
    assert reason(save_bytes("b.aiff", bytes(data))) == Reason.BAD_CHANNELS


def test_au_without_length_is_read_to_its_end(
    noise: np.ndarray, save_sound: Callable[..., str], save_bytes: SaveBytes
) -> None:
    data = content(save_sound("a.au", noise, "AU"))
    data[8:12] = b"\xff\xff\xff\xff"
    scan = scan_audio(save_bytes("b.au", bytes(data)))
    assert scan.n_samples == 6000
    assert [warning.code for warning in scan.warnings] == ["HEADER_SIZE"]


def test_cut_packets_are_noticed(noise: np.ndarray, save_sound: Callable[..., str], save_bytes: SaveBytes) -> None:
    data = content(save_sound("a.aifc", noise, "AIFF", "IMA_ADPCM"))
    scan = scan_audio(save_bytes("b.aifc", bytes(data[:-1000])))
    assert "TRUNCATED" in [warning.code for warning in scan.warnings]
    assert scan.n_samples < 6000


def test_flac_after_an_id3_tag_is_recognised(
    noise: np.ndarray, save_sound: Callable[..., str], save_bytes: SaveBytes
) -> None:
    data = content(save_sound("a.flac", noise, "FLAC"))
    tag = b"ID3\4\0\0" + bytes([0, 0, 0, 20]) + bytes(20)
    scan = scan_audio(save_bytes("b.flac", tag + bytes(data)))
    assert scan.n_samples == 6000
    assert scan.info.container == "FLAC"


def test_flac_without_a_count_is_decoded_to_find_it(
    noise: np.ndarray, save_sound: Callable[..., str], save_bytes: SaveBytes
) -> None:
    data = content(save_sound("a.flac", noise, "FLAC"))
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    with AudioFile(save_bytes("b.flac", bytes(data))) as file:
        assert file.info.n_samples == 6000
        assert [warning.code for warning in file.info.warnings] == ["HEADER_SIZE"]
