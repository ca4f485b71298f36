import io
from collections.abc import Callable

import numpy as np
import pytest
import scipy.io

from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.io.sniff import is_misnamed, sniff_content, sniff_kind
from osisnr_gui.io.source import Source

SaveBytes = Callable[[str, bytes], str]


@pytest.mark.parametrize(
    ("container", "coding", "content"),
    [
        ("WAV", "PCM_16", "WAV"), ("RF64", "PCM_16", "WAV"), ("W64", "PCM_16", "W64"), ("FLAC", "PCM_16", "FLAC"),
        ("OGG", "VORBIS", "OGG"), ("OGG", "OPUS", "OGG"), ("MP3", "MPEG_LAYER_III", "MP3"),
        ("AIFF", "PCM_16", "AIFF"), ("CAF", "PCM_16", "CAF"), ("AU", "PCM_16", "AU"),
    ],
)  # fmt: skip
def test_sound_is_known_by_its_content(
    container: str, coding: str, content: str, noise: np.ndarray, save_sound: Callable[..., str]
) -> None:
    path = save_sound("name.says.nothing", noise, container, coding)
    with Source(path) as source:
        assert sniff_content(source) == content
    assert sniff_kind(path) == "audio"


def test_matrices_are_known_by_their_content(save_bytes: SaveBytes) -> None:
    matrix = np.ones((2, 3))
    for version in ("4", "5"):
        out = io.BytesIO()
        scipy.io.savemat(out, {"m": matrix}, format=version)
        assert sniff_kind(save_bytes(f"sound{version}.wav", out.getvalue())) == "mask"
    out = io.BytesIO()
    np.savez(out, m=matrix)
    assert sniff_kind(save_bytes("z.flac", out.getvalue())) == "mask"
    assert sniff_kind(save_bytes("h.bin", b"\x89HDF\r\n\x1a\n" + bytes(600))) == "mask"
    assert sniff_kind(save_bytes("p.bin", b"\x80\x04K\x01.")) == "mask"


def test_text_is_known_by_its_name(save_bytes: SaveBytes) -> None:
    assert sniff_kind(save_bytes("a.csv", b"1,2\n")) == "mask"
    with pytest.raises(LoadError) as caught:
        sniff_kind(save_bytes("a.wav", b"1,2\n"))
    assert caught.value.reason == Reason.UNKNOWN_FORMAT


@pytest.mark.parametrize("seed", range(8))
def test_chance_bytes_are_not_taken_for_sound(seed: int, save_bytes: SaveBytes) -> None:
    data = np.random.default_rng(seed).bytes(200_000)
    with Source(save_bytes("a.mp3", data)) as source:
        assert sniff_content(source) == "UNKNOWN"


def test_misnamed_means_the_name_of_another_known_format() -> None:
    assert is_misnamed("a.mp3", "WAV")
    assert is_misnamed("a.npy", "ZIP")
    assert not is_misnamed("a.WAV", "WAV")
    assert not is_misnamed("a.take2", "WAV")
    assert not is_misnamed("a", "FLAC")
