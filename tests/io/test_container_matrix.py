"""Every container, coding and writer against the samples that were written."""

import dataclasses
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from sound_kit import smooth_noise
from sound_writers import Case, ffmpeg_cases, missing_tools, sox_cases

from osisnr_gui.io import formats
from osisnr_gui.io.audio import AudioFile, scan_audio
from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.io.formats import FORMATS
from osisnr_gui.io.stream_headers import read_flac

SaveBytes = Callable[[str, bytes], str]
RATE, LENGTH = 48_000, 12_345
EXACT_BITS = {"PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32, "FLOAT": 24, "DOUBLE": 32}
EXACT_BITS |= {"ALAC_16": 16, "ALAC_20": 20, "ALAC_24": 24, "ALAC_32": 32}
KINDS = {"ULAW": "law", "ALAW": "law", "IMA_ADPCM": "adpcm", "MS_ADPCM": "adpcm"}
KINDS |= dict.fromkeys(("VORBIS", "OPUS", "MPEG_LAYER_III"), "lossy")
LEAST_DB = {"law": 35, "adpcm": 25, "lossy": 12, "ordered": 12}
MOST_PADDING = {"law": 0, "adpcm": 4096, "lossy": 1152, "ordered": 0}
# What libsndfile names as possible and then cannot write.
UNWRITABLE = {"MPEG_LAYER_I", "MPEG_LAYER_II", "DWVW_12"}
# The last packet of 20-bit Apple Lossless in several channels is broken by libsndfile; ffmpeg drops it, too.
BEFORE_BROKEN_PACKET = 12_288
VORBIS_ORDER = [0, 2, 1, 4, 5, 3]
LOW_CHANNEL = 5  # the place of the bass in what Vorbis and Opus store; it loses all but the bass


def sounds(channels: int, bits: int) -> np.ndarray:
    """(LENGTH, channels), each channel another, that `bits` bits hold exactly."""
    values = np.stack([smooth_noise(LENGTH, k + 1, RATE, 0.9) for k in range(channels)], axis=1)
    return np.round(values * 2.0 ** (bits - 1)) / 2.0 ** (bits - 1)


def read_all(path: Path | str) -> np.ndarray:
    """What the program reads, through and in pieces, which must be the same."""
    scan_audio(str(path))
    with AudioFile(str(path)) as file:
        values = file.read(0, 1 << 40)
        assert len(values) == file.info.n_samples
        assert np.allclose(file.read(5001, 777), values[5001:5778], rtol=0, atol=1e-6)
    return values


def delay(found: np.ndarray, written: np.ndarray) -> int:
    """Samples by which the encoder and decoder of a lossy coding delay the sound."""
    lags = np.correlate(found[2000:8000], written[3000:7000], "valid")
    return int(np.argmax(lags)) - 1000


def problem(found: np.ndarray, written: np.ndarray, kind: str, unit: int = 1, width: int = 1) -> str:
    """What is wrong with samples `found` for those `written`; empty when nothing is."""
    n, channels = written.shape
    if found.shape[1] != channels:
        return f"{found.shape[1]} channels"
    extra = len(found) - n
    if kind in ("exact", "scaled"):
        if not 0 <= extra * channels * width < unit:
            return f"{extra} samples too many"
        scale = 2.0**31 if kind == "scaled" else 1.0
        return "" if np.array_equal(found[:n], written * scale) else "other samples"
    if not 0 <= extra <= MOST_PADDING[kind]:
        return f"{extra} samples too many"
    if kind == "ordered" and channels == 6:
        written = written[:, VORBIS_ORDER]
    late = delay(found[:, 0], written[:, 0]) if kind == "lossy" else 0
    for channel in range(channels):
        if channels == 6 and channel == LOW_CHANNEL and kind in ("lossy", "ordered"):
            continue
        wanted, got = written[1000 : n - 1000, channel], found[1000 + late : n - 1000 + late, channel]
        level = 10 * np.log10(np.sum(wanted**2) / np.sum((got - wanted) ** 2))
        if level < LEAST_DB[kind]:
            return f"channel {channel + 1}: {level:.1f} dB"
    return ""


def by_libsndfile() -> list[tuple[str, str, str]]:
    """Container, coding and byte order of all that libsndfile writes in the containers read here."""
    return [
        (container, coding, order)
        for container in ("WAV", "WAVEX", "RF64", "W64", "AIFF", "CAF", "AU", "FLAC", "OGG", "MP3")
        for coding in sf.available_subtypes(container)
        for order in ("FILE", "LITTLE", "BIG")
        if sf.check_format(container, coding, order)
        and coding not in UNWRITABLE
        and (coding != "MPEG_LAYER_III" or container == "MP3")
    ]


@pytest.mark.parametrize(("container", "coding", "order"), by_libsndfile())
def test_what_libsndfile_writes_is_read_as_written(container: str, coding: str, order: str, tmp_path: Path) -> None:
    path, read = tmp_path / "a", 0
    for channels in (1, 2, 6):
        written = sounds(channels, EXACT_BITS.get(coding, 16))
        try:
            sf.write(path, written, RATE, coding, order, container)
        except (sf.SoundFileError, TypeError, ValueError):
            continue  # not with so many channels
        read += 1
        if coding not in EXACT_BITS and coding not in KINDS:
            with pytest.raises(LoadError) as caught:
                AudioFile(str(path))
            assert caught.value.reason in (Reason.CORRUPT, Reason.UNKNOWN_FORMAT)
            continue
        found = read_all(path)
        if coding == "ALAC_20":
            assert found.shape == written.shape
            found, written = found[:BEFORE_BROKEN_PACKET], written[:BEFORE_BROKEN_PACKET]
        if container == "AIFF" and len(found) == LENGTH + 1:  # libsndfile counts the byte that fills an odd chunk
            assert (channels, coding) in {(1, name) for name in ("PCM_S8", "PCM_U8", "ULAW", "ALAW")}
            found = found[:LENGTH]
        assert problem(found, written, KINDS.get(coding, "exact")) == "", channels
    assert read > 0


def extensible(tag: int, bits: int, channels: int, order: str = "<", sox: bool = False) -> bytes:
    """The body of an extended format header; `sox`: the tag as sox writes it in the other byte order."""
    align = channels * bits // 8
    plain = struct.pack(order + "HHIIHH", 0xFFFE, channels, RATE, RATE * align, align, bits)
    field = struct.pack(order + ("HHHH" if sox else "IHH"), *((tag, 0, 0, 0x1000) if sox else (tag, 0, 0x10)))
    return plain + struct.pack(order + "HHI", 22, bits, 0) + field + bytes.fromhex("800000aa00389b71")


def w64_chunk(name: bytes, body: bytes, size: int | None = None) -> bytes:
    tail = bytes.fromhex("2e91cf11a5d628db04c10000" if name == b"riff" else "f3acd3118cd100c04f8edb8a")
    return name + tail + struct.pack("<Q", 24 + (len(body) if size is None else size)) + body + bytes(-len(body) % 8)


def w64(form: bytes, sound: bytes, fact: bytes = b"") -> bytes:
    """A Wave64 file that counts what fills it up as sound, as ffmpeg does."""
    data = w64_chunk(b"data", sound, len(sound) + -len(sound) % 8)
    body = b"wave" + bytes.fromhex("f3acd3118cd100c04f8edb8a") + w64_chunk(b"fmt ", form) + fact + data
    return w64_chunk(b"riff", body)


NUMBERS = [
    (3, 32, "<f4", 1.0, "FLOAT"), (3, 64, "<f8", 1.0, "DOUBLE"), (1, 16, "<i2", 2.0**15, "PCM_16"),
    (1, 32, "<i4", 2.0**31, "PCM_32"), (1, 8, "u1", 2.0**7, "PCM_U8"),
]  # fmt: skip


@pytest.mark.parametrize(("tag", "bits", "kind", "scale", "coding"), NUMBERS)
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_wave64_with_an_extended_header_is_read_as_its_tag_says(
    tag: int, bits: int, kind: str, scale: float, coding: str, channels: int, save_bytes: SaveBytes
) -> None:
    written = sounds(channels, min(bits, 24))
    sound = (written * scale + (128 if kind == "u1" else 0)).astype(kind).tobytes()
    fact = w64_chunk(b"fact", struct.pack("<Q", LENGTH))
    path = save_bytes("a.w64", w64(extensible(tag, bits, channels), sound, fact))
    assert problem(read_all(path), written, "exact") == ""
    with AudioFile(path) as file:
        assert file.info.coding == coding
        assert (file.info.container, file.info.sample_rate) == ("W64", RATE)


@pytest.mark.parametrize(("tag", "coding"), [(6, "ALAW"), (7, "ULAW")])
def test_companded_sound_with_an_extended_header_is_read(
    tag: int, coding: str, save_bytes: SaveBytes, tmp_path: Path
) -> None:
    written = sounds(6, 16)
    sf.write(tmp_path / "a.raw", written, RATE, coding, "FILE", "RAW")
    path = save_bytes("a.w64", w64(extensible(tag, 8, 6), (tmp_path / "a.raw").read_bytes()))
    assert problem(read_all(path), written, "law") == ""


def test_a_cut_wave64_file_whose_samples_the_decoder_mistakes_is_read_to_the_cut(save_bytes: SaveBytes) -> None:
    written = sounds(1, 24)
    data = w64(extensible(3, 32, 1), written.astype("<f4").tobytes())
    path = save_bytes("a.w64", data[:-4004])
    scan = scan_audio(path)
    assert [warning.code for warning in scan.warnings] == ["TRUNCATED"]
    assert scan.n_samples == LENGTH + 1 - 1001
    with AudioFile(path) as file:
        assert np.array_equal(file.read(0, LENGTH), written[: LENGTH - 1000])


@pytest.mark.parametrize("sox", [False, True])
@pytest.mark.parametrize(("tag", "bits", "kind", "scale"), [(3, 32, ">f4", 1.0), (1, 16, ">i2", 2.0**15)])
def test_riff_in_the_other_byte_order_with_an_extended_header_is_read(
    tag: int, bits: int, kind: str, scale: float, sox: bool, save_bytes: SaveBytes
) -> None:
    written = sounds(2, 16)
    form, sound = extensible(tag, bits, 2, ">", sox), (written * scale).astype(kind).tobytes()
    body = b"WAVEfmt " + struct.pack(">I", len(form)) + form + b"data" + struct.pack(">I", len(sound)) + sound
    path = save_bytes("a.wav", b"RIFX" + struct.pack(">I", len(body)) + body)
    assert problem(read_all(path), written, "exact") == ""


def test_rf64_that_counts_its_last_filling_byte_has_as_many_samples_as_it_says(save_bytes: SaveBytes) -> None:
    written = sounds(1, 8)
    sound = (written[:, 0] * 128 + 128).astype("u1").tobytes() + b"\0"
    form = struct.pack("<HHIIHH", 1, 1, RATE, RATE, 1, 8)
    long_sizes = b"ds64" + struct.pack("<IQQQI", 28, 68 + len(sound), len(sound), LENGTH, 0)
    head = b"RF64\xff\xff\xff\xffWAVE" + long_sizes + b"fmt " + struct.pack("<I", 16) + form
    path = save_bytes("a.rf64", head + b"data\xff\xff\xff\xff" + sound)
    assert problem(read_all(path), written, "exact") == ""


def test_an_identifier_that_is_no_format_tag_is_refused(save_bytes: SaveBytes) -> None:
    form = extensible(1, 16, 1)[:-1] + b"\0"
    with pytest.raises(LoadError, match="unknown coding") as caught:
        AudioFile(save_bytes("a.w64", w64(form, bytes(1000))))
    assert caught.value.reason == Reason.CORRUPT


@pytest.mark.parametrize("bits", [12, 20, 32])
def test_flac_of_other_widths_is_refused_by_its_name(bits: int, save_bytes: SaveBytes, tmp_path: Path) -> None:
    sf.write(tmp_path / "a.flac", sounds(1, 16), RATE)
    data = bytearray((tmp_path / "a.flac").read_bytes())
    packed = int.from_bytes(data[18:26], "big") & ~(31 << 36) | (bits - 1) << 36
    data[18:26] = packed.to_bytes(8, "big")
    with pytest.raises(LoadError, match=f"{bits} bits per sample") as caught:
        AudioFile(save_bytes("b.flac", bytes(data)))
    assert caught.value.reason == Reason.UNKNOWN_FORMAT


@pytest.mark.parametrize(
    ("kind", "flags", "packet", "bits", "reason"),
    [
        (b"ima4", 0, 34, 0, Reason.UNKNOWN_FORMAT), (b"alac", 0, 0, 0, Reason.UNKNOWN_FORMAT),
        (b"lpcm", 2, 4, 24, Reason.CORRUPT), (b"lpcm", 1, 2, 16, Reason.UNKNOWN_FORMAT),
    ],
)  # fmt: skip
def test_core_audio_codings_that_are_not_read_are_refused(
    kind: bytes, flags: int, packet: int, bits: int, reason: Reason, save_bytes: SaveBytes
) -> None:
    form = struct.pack(">d4sIIIII", RATE, kind, flags, packet, 1, 1, bits)
    data = b"caff\0\1\0\0desc" + struct.pack(">q", 32) + form + b"data" + struct.pack(">qI", 4004, 0) + bytes(4000)
    with pytest.raises(LoadError) as caught:
        AudioFile(save_bytes("a.caf", data))
    assert caught.value.reason == reason


@pytest.mark.parametrize("atoms", [b"", b"\0\0\0\x0cfrmaalac\0\0\0$alac\0\0\0\0"])
def test_apple_lossless_names_its_bits_in_the_configuration_too(atoms: bytes, tmp_path: Path) -> None:
    path, written = tmp_path / "a.caf", sounds(2, 16)
    sf.write(path, written, RATE, "ALAC_16")
    data = bytearray(path.read_bytes())
    data[32:36] = bytes(4)  # the flags
    at = data.index(b"kuki")
    size = struct.unpack_from(">q", data, at + 4)[0]
    plain = data[at + 12 : at + 12 + size]
    plain = plain[24:] if plain[4:8] == b"frma" else plain
    data[at + 4 : at + 12 + size] = struct.pack(">q", len(atoms + plain)) + atoms + plain
    path.write_bytes(data)
    assert np.array_equal(read_all(path)[: len(written)], written)


def test_a_decoder_that_contradicts_the_header_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sf.write(tmp_path / "a.flac", sounds(1, 16), RATE)
    flac = next(known for known in FORMATS if known.title == "FLAC")
    wrong = dataclasses.replace(flac, read=lambda source: dataclasses.replace(read_flac(source), coding="PCM_24"))
    monkeypatch.setattr(formats, "FORMATS", (wrong,))
    with pytest.raises(LoadError, match="says PCM_24, the sound inside is PCM_16") as caught:
        AudioFile(str(tmp_path / "a.flac"))
    assert caught.value.reason == Reason.CORRUPT


CASES = [*ffmpeg_cases(), *sox_cases()]
PAIRS = sorted({(case.writer, case.container) for case in CASES})


def outcome(case: Case, path: Path, channels: int) -> str:
    """What is wrong with a file that another program writes; empty when nothing is."""
    written = sounds(channels, case.bits)
    case.write(path, written, RATE)
    if case.kind != "refused":
        return problem(read_all(path), written, case.kind, case.unit, (case.bits + 7) // 8)
    try:
        AudioFile(str(path)).close()
    except LoadError as error:
        return "" if error.reason == Reason.UNKNOWN_FORMAT else f"refused: {error}"
    return "not refused"


@pytest.mark.slow
@pytest.mark.parametrize(("writer", "container"), PAIRS)
def test_what_other_programs_write_is_read_as_written(writer: str, container: str, tmp_path: Path) -> None:
    if missing := missing_tools():
        pytest.fail(missing, pytrace=False)
    wrong = {
        (case.coding, channels): text
        for case in CASES
        if (case.writer, case.container) == (writer, container)
        for channels in case.channels
        if (text := outcome(case, tmp_path / f"a.{container.lower()}", channels))
    }
    assert wrong == {}
