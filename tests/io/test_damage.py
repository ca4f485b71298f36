"""Whatever a damaged file gives is what was written into it, and where it ends is told."""

import io
import random
import re
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from osisnr_gui.io.audio import AudioFile, scan_audio
from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.io.stream_headers import page_crc

Save = Callable[..., str]
RATE = 48_000
CODINGS = {"flac": ("FLAC", "PCM_16"), "ogg": ("OGG", "VORBIS"), "opus": ("OGG", "OPUS")}
UNSETTLED = 3000  # the last block before a gap lacks the overlap of the next, in codings that lose something


def sound(n: int = 60_000) -> np.ndarray:
    return np.convolve(np.random.default_rng(5).normal(0, 0.2, n), np.ones(6) / 6, "same")


def encode(kind: str, samples: np.ndarray) -> tuple[bytes, np.ndarray]:
    """A file, and the samples that were written into it: to the last bit, or as the codec itself keeps them."""
    out, (container, coding) = io.BytesIO(), CODINGS[kind]
    sf.write(out, samples, RATE, format=container, subtype=coding)
    kept = sf.read(io.BytesIO(out.getvalue()))[0]
    assert len(kept) == len(samples)
    assert np.linalg.norm(kept - samples) < 0.5 * np.linalg.norm(samples)  # neither moved nor cut by the codec
    return out.getvalue(), kept


def faults(path: str, written: np.ndarray, seed: int = 1) -> list[object]:
    """What is not as it was written, or missing without a word, in reads of all of it and anywhere."""
    rng, wrong = np.random.default_rng(seed), list[object]()
    with AudioFile(path) as file:
        n = file.info.n_samples
        settled = n if n == len(written) or file.info.container == "FLAC" else n - UNSETTLED
        parts = {start: file.read(start, 2000) for start in (*rng.integers(0, n, 6).tolist(), max(0, n - 1500))}
    scan = scan_audio(path)
    with AudioFile(path) as file:
        parts[0] = file.read(0, 1 << 30)
    for start, part in parts.items():
        end = min(start + len(part), settled)
        if np.abs(part[: max(end - start, 0), 0] - written[start:end]).max(initial=0) > 1e-5:
            wrong.append((start, len(part)))
    if len(parts[0]) != scan.n_samples:
        wrong.append(("count", scan.n_samples, len(parts[0])))
    if scan.n_samples < len(written) and not {w.code for w in scan.warnings} & {"DAMAGED", "TRUNCATED"}:
        wrong.append(("not told", scan.n_samples))
    return wrong


def place_told(path: str) -> float:
    """The place of the damage, in seconds, in the only notice there is."""
    (warning,) = scan_audio(path).warnings
    assert warning.code == "DAMAGED"
    found = re.match(r"damaged at ([\d.]+) s", warning.message)
    assert found is not None
    return float(found[1])


def flac_frames(data: bytes) -> tuple[bytes, list[bytes]]:
    """All before the first frame, and the frames, found by the numbers (up to 127) of blocks of 4096 samples."""
    places = [0]
    while (at := data.find(b"\xff\xf8", places[-1] + 1)) >= 0:
        while at >= 0 and data[at + 4] != len(places) - 1:
            at = data.find(b"\xff\xf8", at + 1)
        places += [at] if at >= 0 else []
        if at < 0:
            break
    parts = [data[a:b] for a, b in zip(places, [*places[1:], len(data)], strict=True)]
    return parts[0], parts[1:]


def frame_injuries(frames: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """Whole frames at the wrong place; the first ten are where they were."""
    yield "cut out", frames[:10] + frames[13:]
    yield "one cut out", frames[:10] + frames[11:]
    yield "swapped", [*frames[:10], frames[11], frames[10], *frames[12:]]
    yield "twice", frames[:10] + frames[9:]
    yield "from before", [*frames[:10], frames[4], *frames[11:]]


@pytest.mark.parametrize("coding", ["PCM_S8", "PCM_16", "PCM_24"])
@pytest.mark.parametrize("channels", [1, 2])
def test_flac_frames_out_of_order_are_no_sound(coding: str, channels: int, save_sound: Save, tmp_path: Path) -> None:
    samples = np.stack([sound(90_000), sound(90_000)[::-1]], axis=1)[:, :channels]
    data = Path(save_sound("a.flac", samples, "FLAC", coding, RATE)).read_bytes()
    head, frames = flac_frames(data)
    assert len(frames) == 22
    for name, injured in frame_injuries(frames):
        path = tmp_path / f"{name}.flac"
        path.write_bytes(head + b"".join(injured))
        with AudioFile(str(path)) as file:
            assert file.info.n_samples == 10 * 4096, name
            late = file.read(30_000, 90_000)[:, 0]
            found = file.read(0, 90_000)[:, 0]
        np.testing.assert_array_equal(found, sf.read(io.BytesIO(data))[0].reshape(-1, channels)[: len(found), 0])
        np.testing.assert_array_equal(late, found[30_000:])
        with AudioFile(str(path)) as file:
            assert "damaged at 0.853 s: only 40960 of 90000 samples" in file.info.warnings[0].message
    path = tmp_path / "first.flac"
    path.write_bytes(head + b"".join(frames[1:]))
    with pytest.raises(LoadError, match="first frame") as caught:
        AudioFile(str(path))
    assert caught.value.reason == Reason.CORRUPT


def test_a_flac_that_ends_with_a_whole_frame_is_cut_off(tmp_path: Path) -> None:
    data, written = encode("flac", sound(90_000))
    head, frames = flac_frames(data)
    for name, parts in {"between": frames[:7], "within": [*frames[:7], frames[7][:-1]]}.items():
        path = tmp_path / f"{name}.flac"
        path.write_bytes(head + b"".join(parts))
        assert faults(str(path), written) == []
        scan = scan_audio(str(path))
        assert scan.n_samples == 7 * 4096
        assert [w.message[:21] for w in scan.warnings] == ["cut off at 0.597 s: 2"]


@pytest.mark.parametrize("tail", [b"TAG" + bytes(125), b"something else" * 999, None])
def test_what_follows_the_last_flac_frame_does_not_matter(tail: bytes | None, tmp_path: Path) -> None:
    data, written = encode("flac", sound())
    path = tmp_path / "a.flac"
    path.write_bytes(data + (data if tail is None else tail))
    assert faults(str(path), written) == []
    assert scan_audio(str(path)).warnings == ()


@pytest.mark.parametrize("kind", ["ogg", "opus"])
def test_one_wrong_bit_in_any_ogg_page(kind: str, tmp_path: Path) -> None:
    data, written = encode(kind, sound(300_000))
    places = [match.start() for match in re.finditer(b"OggS", data)]
    assert len(places) > 8
    told = []
    for index, at in enumerate(places):
        path = tmp_path / f"{index}.{kind}"
        path.write_bytes(data[: at + 40] + bytes([data[at + 40] ^ 4]) + data[at + 41 :])
        if index <= 2:  # the codec's own data, and the first page of sound
            with pytest.raises(LoadError) as caught:
                AudioFile(str(path))
            assert caught.value.reason == Reason.CORRUPT
            continue
        assert faults(str(path), written) == []
        if index < len(places) - 1:
            told.append(place_told(str(path)))
            assert told[-1] == pytest.approx(scan_audio(str(path)).n_samples / RATE, abs=0.001)
    assert told == sorted(set(told))
    assert 0 < told[0] < told[-1] < len(written) / RATE


@pytest.mark.parametrize("kind", ["ogg", "opus"])
def test_ogg_pages_that_are_missing_or_out_of_order(kind: str, tmp_path: Path) -> None:
    data, written = encode(kind, sound(300_000))
    places = [match.start() for match in re.finditer(b"OggS", data)]
    pages = [data[a:b] for a, b in zip(places, [*places[1:], len(data)], strict=True)]
    for name, injured in {
        "missing": pages[:5] + pages[6:],
        "swapped": [*pages[:5], pages[6], pages[5], *pages[7:]],
        "twice": pages[:5] + pages[4:],
        "apart": [*pages[:5], b"no page, OggS neither" * 9, *pages[5:]],
    }.items():
        path = tmp_path / f"{name}.{kind}"
        path.write_bytes(b"".join(injured))
        assert faults(str(path), written) == []
        place_told(str(path))


@pytest.mark.parametrize("steps", [(1, 64), (300, 4099), (0, 90_000)])
def test_how_much_can_be_read_does_not_depend_on_how(steps: tuple[int, int], tmp_path: Path) -> None:
    data, written = encode("flac", sound(90_000))
    head, frames = flac_frames(data)
    frames[13] = frames[13][:200] + bytes(9) + frames[13][209:]
    path = tmp_path / "a.flac"
    path.write_bytes(head + b"".join(frames))
    start, step = steps
    with AudioFile(str(path)) as file:
        assert file.info.n_samples == 90_000
        while len(part := file.read(start, step)):
            np.testing.assert_array_equal(part[:, 0], written[start : start + len(part)])
            start += len(part)
        assert start == 13 * 4096
        assert "damaged at 1.109 s" in str(file.broken_off(start))
    assert scan_audio(str(path)).n_samples == 13 * 4096


def mutant(data: bytes, rng: random.Random) -> bytes:
    raw = bytearray(data)
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(256) if rng.random() < 0.4 else rng.randrange(len(raw))
        raw[at : at + 1] = rng.randbytes(1)
        if rng.random() < 0.3:
            raw[at : at + 64] = rng.randbytes(len(raw[at : at + 64]))
        if rng.random() < 0.2:
            del raw[at : at + rng.randrange(len(raw) // 3)]
    if rng.random() < 0.3:
        del raw[len(raw) - rng.randrange(1, len(raw) // 2) :]
    return bytes(raw)


def check_mutants(folder: Path, first: int, last: int) -> None:
    seeds = {kind: encode(kind, sound()) for kind in CODINGS}
    compared, wrong = 0, {}
    for index in range(first, last):
        kind = tuple(seeds)[index % len(seeds)]
        path = folder / f"{index}.{kind}"
        path.write_bytes(mutant(seeds[kind][0], random.Random(index)))
        with suppress(LoadError):
            found = faults(str(path), seeds[kind][1], index)
            compared += 1
            if found:
                wrong[index, kind] = found
        path.unlink()
    assert not wrong
    assert compared > (last - first) / 4


def test_reads_in_damaged_files_are_what_was_written(tmp_path: Path) -> None:
    check_mutants(tmp_path, 0, 240)


@pytest.mark.slow
def test_reads_in_thousands_of_damaged_files_are_what_was_written(tmp_path: Path) -> None:
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
        "fewer samples": data[:22] + (150_000).to_bytes(4, "big") + data[26:],
        "more samples": data[:22] + (1_500_000).to_bytes(4, "big") + data[26:],
        "unknown samples": data[:22] + bytes(4) + data[26:],
    }


def test_flac_with_damaged_blocks_before_its_frames(tmp_path: Path) -> None:
    data, written = encode("flac", sound(200_000))
    heard, wrong = 0, {}
    for name, injured in flac_injuries(data).items():
        path = tmp_path / f"{name}.flac"
        path.write_bytes(injured)
        with suppress(LoadError):
            wrong[name] = faults(str(path), written, 3)
            with AudioFile(str(path)) as file:
                heard += file.info.n_samples == len(written)
    assert not any(wrong.values()), wrong
    assert heard >= 7


def with_cut_last_page(data: bytes, n_samples: int) -> bytes:
    """An Ogg stream whose last page says that the sound ends long before its last block, as ffmpeg's do."""
    at = data.rfind(b"OggS")
    page = bytearray(data[at:])
    page[6:14] = struct.pack("<q", n_samples)
    page[22:26] = bytes(4)
    page[22:26] = struct.pack("<I", page_crc(bytes(page)))
    return data[:at] + bytes(page)


def test_the_last_page_of_a_vorbis_file_may_hold_more_than_it_counts(tmp_path: Path) -> None:
    data, written = encode("ogg", sound(230_000))
    path = tmp_path / "cut.ogg"
    path.write_bytes(with_cut_last_page(data, 228_000))
    for start in range(190_000, 228_000, 1900):
        with AudioFile(str(path)) as file:
            part = file.read(start, 1 << 20)
        assert len(part) == 228_000 - start
        assert np.abs(part[:, 0] - written[start:228_000]).max() < 1e-5


@pytest.mark.parametrize("kind", CODINGS)
def test_reads_here_and_there_are_what_was_written(kind: str, tmp_path: Path) -> None:
    """Vorbis: a seek from where other reads had left the decoder arrived up to 448 samples beside its place."""
    samples = sound(130_000)
    samples[40_000:90_000] = 0.0  # long and short blocks next to each other
    data, written = encode(kind, samples)
    path, rng = tmp_path / f"a.{kind}", np.random.default_rng(3)
    path.write_bytes(data)
    for _ in range(15):
        with AudioFile(str(path)) as file:
            for start, count in zip(rng.integers(0, 130_000, 5), rng.integers(1, 8000, 5), strict=True):
                part = file.read(int(start), int(count))[:, 0]
                wanted = written[start : start + count]
                assert part.shape == wanted.shape
                assert np.abs(part - wanted).max() < 1e-5


def test_healthy_files_are_sought_not_decoded_from_their_start(
    save_sound: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind, (container, coding) in (CODINGS | {"mp3": ("MP3", "MPEG_LAYER_III")}).items():
        path = save_sound(f"a.{kind}", sound(900_000), container, coding, RATE)
        with AudioFile(path) as file:
            skipped: list[int] = []
            skip = file._reader._skip

            def count(here: int, start: int, skip: Callable[[int, int], None] = skip) -> None:
                skipped.append(start - here)  # noqa: B023 - called within the loop
                skip(here, start)

            monkeypatch.setattr(file._reader, "_skip", count)
            for start in (800_000, 30_000, 400_000, 850_000):
                assert len(file.read(start, 5000)) == 5000
            assert sum(skipped) <= 100_000, kind


def test_a_file_shorter_than_a_tag_is_read(tmp_path: Path) -> None:
    sf.write(tmp_path / "one.flac", np.zeros(1), 16_000)
    assert scan_audio(str(tmp_path / "one.flac")).n_samples == 1
