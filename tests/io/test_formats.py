import io
import re
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import scipy.io

from osisnr_gui.io.audio import AudioFile
from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.io.files import OpenFile
from osisnr_gui.io.formats import FORMATS, MatrixFormat, SoundFormat, extensions_of, find_format, find_kind, is_misnamed

SaveBytes = Callable[[str, bytes], str]


@pytest.mark.parametrize(
    ("container", "coding", "content"),
    [
        ("WAV", "PCM_16", "WAV, RF64"), ("RF64", "PCM_16", "WAV, RF64"), ("W64", "PCM_16", "W64"),
        ("FLAC", "PCM_16", "FLAC"), ("OGG", "VORBIS", "Ogg Vorbis, Opus"), ("OGG", "OPUS", "Ogg Vorbis, Opus"),
        ("MP3", "MPEG_LAYER_III", "MP3"),
        ("AIFF", "PCM_16", "AIFF"), ("CAF", "PCM_16", "CAF"), ("AU", "PCM_16", "AU"),
    ],
)  # fmt: skip
def test_sound_is_known_by_its_content(
    container: str, coding: str, content: str, noise: np.ndarray, save_sound: Callable[..., str]
) -> None:
    path = save_sound("name.says.nothing", noise, container, coding)
    with OpenFile(path) as source:
        found = find_format(source)
        assert found is not None
        assert found.title == content
    assert find_kind(path) == "audio"


def test_matrices_are_known_by_their_content(save_bytes: SaveBytes) -> None:
    matrix = np.ones((2, 3))
    for version in ("4", "5"):
        out = io.BytesIO()
        scipy.io.savemat(out, {"m": matrix}, format=version)
        assert find_kind(save_bytes(f"sound{version}.wav", out.getvalue())) == "mask"
    out = io.BytesIO()
    np.savez(out, m=matrix)
    assert find_kind(save_bytes("z.flac", out.getvalue())) == "mask"
    assert find_kind(save_bytes("h.bin", b"\x89HDF\r\n\x1a\n" + bytes(600))) == "mask"
    assert find_kind(save_bytes("p.bin", b"\x80\x04K\x01.")) == "mask"


def test_text_is_known_by_its_name(save_bytes: SaveBytes) -> None:
    assert find_kind(save_bytes("a.csv", b"1,2\n")) == "mask"
    with pytest.raises(LoadError) as caught:
        find_kind(save_bytes("a.wav", b"1,2\n"))
    assert caught.value.reason == Reason.UNKNOWN_FORMAT


@pytest.mark.parametrize("seed", range(8))
def test_chance_bytes_are_not_taken_for_sound(seed: int, save_bytes: SaveBytes) -> None:
    data = np.random.default_rng(seed).bytes(200_000)
    with OpenFile(save_bytes("a.mp3", data)) as source:
        assert find_format(source) is None


def test_misnamed_means_the_name_of_another_known_format() -> None:
    wav, flac, archive = (next(f for f in FORMATS if f.title.startswith(name)) for name in ("WAV", "FLAC", "NumPy arc"))
    assert is_misnamed("a.mp3", wav)
    assert is_misnamed("a.npy", archive)
    assert not is_misnamed("a.WAV", wav)
    assert not is_misnamed("a.take2", wav)
    assert not is_misnamed("a", flac)


def test_the_readme_lists_every_format() -> None:
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
    shown = {known.extensions: known.title for known in reversed(FORMATS) if known.extensions}
    rows = [f"{title} | {' '.join(f'`{name}`' for name in names)} |" for names, title in shown.items()]
    assert [row for row in rows if f"| {row}" not in readme] == []
    assert len(rows) == sum(line.count(" `.") > 0 for line in re.findall(r"\| ([^|\n]+ \| `\.[^|\n]+) ", readme))


def test_what_is_wanted_is_named_in_messages_and_dialogs(save_bytes: SaveBytes) -> None:
    with pytest.raises(LoadError) as caught:
        find_kind(save_bytes("a.bin", b"nothing that is known"))
    named = [known.title for known in FORMATS if isinstance(known, SoundFormat)]
    assert [name for name in (*named, *extensions_of(MatrixFormat)) if name not in caught.value.remedy] == []
    assert extensions_of(SoundFormat)[0] == ".wav"
    assert extensions_of(MatrixFormat) == (".npy", ".npz", ".mat", ".csv", ".tsv", ".txt")


@pytest.mark.parametrize(("container", "coding"), [("WAV", "PCM_16"), ("RF64", "FLOAT")])
def test_a_wav_behind_a_tag_is_read(
    container: str, coding: str, noise: np.ndarray, save_sound: Callable[..., str], save_bytes: SaveBytes
) -> None:
    plain = save_sound("a.wav", noise, container, coding)
    data = b"ID3\4\0\0\0\0\0\x0a" + bytes(10) + Path(plain).read_bytes()
    tagged = save_bytes("b.wav", data)
    endless = save_bytes("c.wav", data.replace(b"data" + struct.pack("<I", 12000), b"data\0\0\0\0"))
    with AudioFile(plain) as expected, AudioFile(tagged) as file, AudioFile(endless) as open_ended:
        assert np.array_equal(file.read(0, 9000), expected.read(0, 9000))
        assert np.array_equal(open_ended.read(0, 9000), expected.read(0, 9000))
        assert file.info.warnings == ()
