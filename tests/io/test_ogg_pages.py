from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from osisnr_gui.io.audio import AudioFile, scan_audio
from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.io.stream_headers import page_crc


@pytest.fixture(params=["VORBIS", "OPUS"])
def stream(request: pytest.FixtureRequest, save_sound: Callable[..., str]) -> Path:
    sound = np.random.default_rng(3).uniform(-0.3, 0.3, 120_000)
    return Path(save_sound("a.ogg", sound, "OGG", request.param, 48000))


def test_the_checksum_is_that_of_the_pages_an_encoder_wrote(stream: Path) -> None:
    data = stream.read_bytes()
    end = data.index(b"OggS", 4)
    page = data[:22] + b"\0\0\0\0" + data[26:end]
    assert page_crc(page) == int.from_bytes(data[22:26], "little")


@pytest.mark.parametrize("share", [0.6, 0.8, 0.999])
def test_a_cut_stream_is_read_up_to_its_last_whole_page(share: float, stream: Path) -> None:
    with AudioFile(str(stream)) as file:
        whole = file.read(0, 200_000)
    data = stream.read_bytes()
    stream.write_bytes(data[: int(len(data) * share)])
    scan = scan_audio(str(stream))
    assert [warning.code for warning in scan.warnings] == ["TRUNCATED"]
    assert 0.1 * share * 120_000 < scan.n_samples < 120_000
    with AudioFile(str(stream)) as file:
        cut = file.read(0, 200_000)
    assert len(cut) == scan.n_samples
    settled = slice(0, len(cut) - 3000)  # the last block may lack the overlap of the next
    assert np.array_equal(cut[settled], whole[settled])


def test_bytes_after_the_last_page_do_not_matter(stream: Path) -> None:
    with stream.open("ab") as file:
        file.write(b"tail" * 100)
    scan = scan_audio(str(stream))
    assert scan.n_samples == 120_000
    assert scan.warnings == ()


def test_a_hole_in_the_stream_is_reported_now_and_at_the_next_open(stream: Path) -> None:
    data = bytearray(stream.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 64] = b"\xff" * 64
    stream.write_bytes(data)
    scan = scan_audio(str(stream))
    assert scan.n_samples < 120_000
    assert scan.info.n_samples == scan.n_samples
    assert "DAMAGED" in [warning.code for warning in scan.warnings]
    with AudioFile(str(stream)) as file:
        assert file.info.n_samples == scan.n_samples
        assert "DAMAGED" in [warning.code for warning in file.info.warnings]


def test_other_codecs_and_lost_beginnings_are_refused(stream: Path) -> None:
    data = stream.read_bytes()
    for cut, reason in ((data[:40], Reason.CORRUPT), (data[:2000], Reason.CORRUPT)):
        stream.write_bytes(cut)
        with pytest.raises(LoadError) as caught:
            AudioFile(str(stream))
        assert caught.value.reason == reason
    end = data.index(b"OggS", 4)
    other = data[:22] + bytes(4) + data[26:28] + b"\x01another" + data[36:end]
    stream.write_bytes(other[:22] + page_crc(other).to_bytes(4, "little") + other[26:] + data[end:])
    with pytest.raises(LoadError) as caught:
        AudioFile(str(stream))
    assert caught.value.reason == Reason.UNKNOWN_FORMAT


@pytest.mark.parametrize("second", ["VORBIS", "OPUS"])
def test_a_second_stream_behind_the_first_is_told(
    second: str, noise: np.ndarray, save_sound: Callable[..., str], save_bytes: Callable[[str, bytes], str]
) -> None:
    first = Path(save_sound("a.ogg", noise, "OGG", "VORBIS")).read_bytes()
    chained = save_bytes("c.ogg", first + Path(save_sound("b.ogg", noise, "OGG", second)).read_bytes())
    scan = scan_audio(chained)
    assert scan.n_samples == len(noise)
    assert [(w.code, w.message) for w in scan.warnings] == [
        ("CHAINED", "another stream follows at 0.375 s: only the first is read")
    ]
