"""Seeks are compared with what reading straight on gave."""

import io
import random
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from osisnr_gui.io.audio import open_audio, scan_audio
from osisnr_gui.io.errors import LoadError
from osisnr_gui.io.ogg_pages import page_crc
from osisnr_gui.io.trail import STEP, WIDTH, Trail

Save = Callable[..., str]
KINDS = {
    "flac": ("FLAC", "PCM_16"),
    "ogg": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
}


def sound(n: int = 60_000) -> np.ndarray:
    return np.convolve(np.random.default_rng(5).normal(0, 0.2, n), np.ones(6) / 6, "same")


def differing_reads(path: str, seed: int, scanned: bool = True) -> tuple[int, list[tuple[int, int]]]:
    """How many reads anywhere were compared, and (start, count) of those that are not what reading through gives."""
    rng, wrong = np.random.default_rng(seed), []
    with open_audio(path) as file:
        n = file.info.n_samples
        starts = [*rng.integers(0, n, 9).tolist(), max(0, n - 1500)]
        if not scanned:  # nothing is known of the file yet but what its own reads leave
            parts = {start: file.read(start, 2000) for start in starts}
    with open_audio(path) as file:
        whole = file.read(0, n)
        assert len(whole) == n
    with open_audio(path) as file:
        for start in starts:
            part = file.read(start, 2000) if scanned else parts[start]
            wanted = whole[start : start + 2000]
            if part.shape != wanted.shape or np.abs(part - wanted).max() > 1e-5:
                wrong.append((start, len(part)))
    return len(starts), wrong


def mutant(data: bytes, rng: random.Random) -> bytes:
    raw = bytearray(data)
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(256) if rng.random() < 0.4 else rng.randrange(len(raw))
        raw[at : at + 1] = rng.randbytes(1)
        if rng.random() < 0.3:
            raw[at : at + 64] = rng.randbytes(len(raw[at : at + 64]))
    if rng.random() < 0.3:
        del raw[len(raw) - rng.randrange(1, len(raw) // 2) :]
    return bytes(raw)


def check_mutants(folder: Path, first: int, last: int) -> None:
    seeds = {}
    for kind in ("flac", "ogg", "opus"):
        out = io.BytesIO()
        container, coding = KINDS[kind]
        sf.write(out, sound(), 48000, format=container, subtype=coding)
        seeds[kind] = out.getvalue()
    compared, faults = 0, {}
    for index in range(first, last):
        kind = tuple(seeds)[index % len(seeds)]
        path = folder / f"{index}.{kind}"
        path.write_bytes(mutant(seeds[kind], random.Random(index)))
        try:
            scan_audio(str(path))
        except LoadError:
            continue
        count, wrong = differing_reads(str(path), index)
        compared += count
        if wrong:
            faults[index, kind] = wrong
        path.unlink()
    assert not faults
    assert compared > 2 * (last - first)


def test_reads_in_damaged_files_are_what_reading_through_gives(tmp_path: Path) -> None:
    check_mutants(tmp_path, 0, 240)


@pytest.mark.slow
def test_reads_in_thousands_of_damaged_files_are_what_reading_through_gives(tmp_path: Path) -> None:
    check_mutants(tmp_path, 1000, 7000)


def seek_table(*points: tuple[int, int]) -> bytes:
    """A FLAC block of type 3 that claims sample numbers to be at byte offsets."""
    body = b"".join(struct.pack(">QQH", sample, offset, 4096) for sample, offset in points)
    return b"\x03" + len(body).to_bytes(3, "big") + body


def flac_injuries(data: bytes) -> dict[str, bytes]:
    """FLAC files whose frames are whole and whose blocks before them are not."""
    table = seek_table((0, 0), (20_000, 90_000), (40_000, 7), (50_000, 1 << 40))
    vendor = data.index(b"reference")
    return {
        "smaller blocks": data[:8] + struct.pack(">HH", 256, 256) + data[12:],
        "other digest": data[:26] + bytes(16) + data[42:],
        "bogus points": data[:42] + table + data[42:],
        "no end of blocks": data[:42] + bytes([data[42] & 0x7F]) + data[43:],
        "block too long": data[:43] + (len(data) - 60).to_bytes(3, "big") + data[46:],
        "block too short": data[:43] + (5).to_bytes(3, "big") + data[46:],
        "other text": data[:vendor] + b"\xff" * 9 + data[vendor + 9 :],
    }


@pytest.mark.parametrize("scanned", [True, False])
def test_flac_with_damaged_blocks_before_its_frames(scanned: bool, save_sound: Save, tmp_path: Path) -> None:
    samples = sound(200_000)
    data = Path(save_sound("a.flac", samples, "FLAC", "PCM_16", 48000)).read_bytes()
    heard, wrong = 0, {}
    for name, injured in flac_injuries(data).items():
        path = tmp_path / f"{name}.flac"
        path.write_bytes(injured)
        try:
            _, faults = differing_reads(str(path), 3, scanned)
        except LoadError:
            continue
        heard += 1
        if faults:
            wrong[name] = faults
    assert not wrong
    assert heard >= 4


def with_cut_last_page(data: bytes, n_samples: int) -> bytes:
    """An Ogg stream whose last page says that the sound ends long before its last block, as ffmpeg's do."""
    at = data.rfind(b"OggS")
    page = bytearray(data[at:])
    page[6:14] = struct.pack("<q", n_samples)
    page[22:26] = bytes(4)
    page[22:26] = struct.pack("<I", page_crc(bytes(page)))
    return data[:at] + bytes(page)


@pytest.mark.parametrize("scanned", [True, False])
def test_the_last_page_of_a_vorbis_file_may_hold_more_than_it_counts(
    scanned: bool, save_sound: Save, tmp_path: Path
) -> None:
    data = Path(save_sound("a.ogg", sound(230_000), "OGG", "VORBIS", 48000)).read_bytes()
    path = tmp_path / "cut.ogg"
    path.write_bytes(with_cut_last_page(data, 228_000))
    for start in range(190_000, 228_000, 1900):
        with open_audio(str(path)) as file:
            part = file.read(start, 1 << 20)
        with open_audio(str(path)) as file:
            whole = file.read(0, 1 << 20)
        assert len(whole) == 228_000
        assert np.abs(part - whole[start:]).max() < 1e-5
        path.touch()  # what was learned of it before is forgotten
        if scanned:
            scan_audio(str(path))


def test_a_trail_leaves_marks_where_the_sound_is_like_no_other() -> None:
    trail, block = Trail(), np.random.default_rng(1).normal(0, 0.1, (3 * STEP + WIDTH, 2))
    block[2 * STEP : 2 * STEP + WIDTH] = 0.25  # could be anywhere
    trail.record(0, block[: STEP + 5])  # ends within a mark
    trail.record(STEP + 5, block[STEP + 5 :])
    assert trail.stop == len(block)
    assert [trail.mark_before(place) for place in (0, STEP, 3 * STEP, 1 << 20)] == [0, 0, 0, 3 * STEP]
    found = block[3 * STEP :]
    assert trail.fits(3 * STEP, found + 1e-7)
    assert trail.seekable
    assert not trail.fits(3 * STEP, block[3 * STEP - 1 : -1])
    assert not trail.seekable


def test_healthy_files_are_sought_not_decoded_from_their_start(
    save_sound: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind, (container, coding) in KINDS.items():
        path = save_sound(f"a.{kind}", sound(900_000), container, coding, 48000)
        for _ in range(2):  # not read yet, and read whole
            with open_audio(path) as file:
                file.read(0, 3 * STEP)
                restarts: list[int] = []
                monkeypatch.setattr(file, "_restart", restarts.append)
                for start in (800_000, 30_000, 400_000, 850_000):
                    assert len(file.read(start, 5000)) == 5000
                assert restarts == []
            scan_audio(path)
