"""Every container × coding × writer against the samples that were written.

The writers may add a padding byte to the sound (ffmpeg counts it in W64, libsndfile in AIFF), so a file may be a few
samples longer than what was written; it must begin with all of that.
"""

from __future__ import annotations

import itertools
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from osisnr_gui.io.audio import open_audio
from osisnr_gui.io.errors import LoadError, Reason

N, RATE = 4001, 16_000
MOST_PADDING = 7
W64_GUIDS = {
    name: head + bytes.fromhex("f3acd3118cd100c04f8edb8a") for name, head in (("fmt", b"fmt "), ("data", b"data"))
}
W64_HEAD = bytes.fromhex("726966662e91cf11a5d628db04c10000")
WAVE_GUID = b"wave" + bytes.fromhex("f3acd3118cd100c04f8edb8a")
SUB_FORMAT_TAIL = bytes.fromhex("000000001000800000aa00389b71")
#: One step of each coding, as a part of full scale.
STEPS = {
    "u8": 2**-7, "s8": 2**-7, "f32": 2**-24, "f64": 0.0, "16": 2**-15, "24": 2**-23, "32": 2**-31, "law": 2**-5,
}  # fmt: skip
FFMPEG = {
    "wav": "pcm_u8 pcm_s16le pcm_s24le pcm_s32le pcm_f32le pcm_f64le pcm_alaw pcm_mulaw",
    "w64": "pcm_u8 pcm_s16le pcm_s24le pcm_s32le pcm_f32le pcm_f64le pcm_alaw pcm_mulaw",
    "rf64": "pcm_u8 pcm_s16le pcm_s24le pcm_s32le pcm_f32le pcm_f64le",
    "aiff": "pcm_s8 pcm_s16be pcm_s16le pcm_s24be pcm_s32be pcm_f32be pcm_f64be pcm_alaw pcm_mulaw",
    "caf": "pcm_s8 pcm_s16be pcm_s16le pcm_s24be pcm_s24le pcm_s32be pcm_s32le pcm_f32be pcm_f32le pcm_f64be pcm_f64le "
    "pcm_alaw pcm_mulaw",
    "au": "pcm_s8 pcm_s16be pcm_s24be pcm_s32be pcm_f32be pcm_f64be pcm_alaw pcm_mulaw",
    "flac": "flac",
}
# Not sox's 64-bit floats: it writes integers up to 2**31 into them.
SOX = {
    "wav": "u8 s16 s24 s32 f32 a8 m8",
    "w64": "u8 s16 s24 s32 f32 a8 m8",
    "aiff": "s8 s16 s24 s32",
    "caf": "s8 s16 s24 s32 f32 a8 m8",
    "au": "s8 s16 s24 s32 f32 a8 m8",
    "flac": "s16 s24",
}
SOX_CODINGS = {"u": "unsigned-integer", "s": "signed-integer", "f": "floating-point", "a": "a-law", "m": "mu-law"}
SNDFILE = {"PCM_U8": "u8", "PCM_S8": "s8", "PCM_16": "16", "PCM_24": "24", "PCM_32": "32", "FLOAT": "f32",
           "DOUBLE": "f64", "ULAW": "law", "ALAW": "law", "ALAC_16": "16"}  # fmt: skip


def samples(n_channels: int) -> np.ndarray:
    return np.random.default_rng(n_channels).uniform(-0.5, 0.5, (N, n_channels))


def step_of(coding: str) -> float:
    return next(step for name, step in STEPS.items() if name in coding)


def assert_read(path: Path, wanted: np.ndarray, step: float) -> None:
    with open_audio(str(path)) as file:
        found = file.read(0, 2 * N)
    assert found.shape[1] == wanted.shape[1]
    assert N <= len(found) <= N + MOST_PADDING
    assert np.abs(found[:N] - wanted).max() <= 1.01 * step


def w64(tag: int, bits: int, body: bytes, n_channels: int) -> bytes:
    """A Wave64 file whose header is extensible, as ffmpeg writes it for floats and for more than two channels."""
    align = n_channels * bits // 8
    base = struct.pack("<HHIIHHHHI", 0xFFFE, n_channels, RATE, RATE * align, align, bits, 22, bits, 0)
    form = base + struct.pack("<H", tag) + SUB_FORMAT_TAIL
    chunks = b""
    for name, content in (("fmt", form), ("data", body)):
        size = 24 + len(content)
        chunks += W64_GUIDS[name] + struct.pack("<Q", size) + content + bytes(-size % 8)
    return W64_HEAD + struct.pack("<Q", 40 + len(chunks)) + WAVE_GUID + chunks


@pytest.mark.parametrize("n_channels", [1, 2, 6])
@pytest.mark.parametrize(("tag", "dtype"), [(1, "<i2"), (1, "<i4"), (3, "<f4"), (3, "<f8")])
def test_extensible_w64_is_read_as_what_it_names(tmp_path: Path, tag: int, dtype: str, n_channels: int) -> None:
    """Floats were taken for integers: 7.5 dB for the identical signal."""
    wanted = samples(n_channels)
    kind = np.dtype(dtype)
    scale = 2.0 ** (8 * kind.itemsize - 1) if tag == 1 else 1.0
    stored = (np.floor(wanted * scale) if tag == 1 else wanted).astype(kind)
    path = tmp_path / "x.w64"
    path.write_bytes(w64(tag, 8 * kind.itemsize, stored.tobytes(), n_channels))
    assert_read(path, stored.astype(np.float64) / scale, 0.0)


@pytest.mark.parametrize("subtype", sorted(SNDFILE))
@pytest.mark.parametrize("container", ["WAV", "WAVEX", "W64", "RF64", "AIFF", "CAF", "AU", "FLAC"])
def test_what_libsndfile_writes(tmp_path: Path, container: str, subtype: str) -> None:
    orders = [order for order in ("FILE", "LITTLE", "BIG") if soundfile.check_format(container, subtype, order)]
    for order, n_channels in itertools.product(orders, (1, 2, 6)):
        wanted = samples(n_channels)
        path = tmp_path / f"{order}{n_channels}.{container.lower()}"
        soundfile.write(path, wanted, RATE, subtype, order, container)
        assert_read(path, wanted, step_of(SNDFILE[subtype]))


@pytest.mark.slow
@pytest.mark.parametrize(("container", "codings"), FFMPEG.items())
def test_what_ffmpeg_writes(tmp_path: Path, container: str, codings: str) -> None:
    for coding, n_channels in itertools.product(codings.split(), (1, 2, 6)):
        source = _source(tmp_path, n_channels)
        path = tmp_path / f"{coding}{n_channels}.{'wav' if container == 'rf64' else container}"
        extra = ["-rf64", "always"] if container == "rf64" else []
        command = ["ffmpeg", "-v", "error", "-y", "-i", str(source), "-c:a", coding, *extra, str(path)]
        subprocess.run(command, check=True)
        assert_read(path, samples(n_channels), step_of("16" if coding == "flac" else coding.removeprefix("pcm_")))


@pytest.mark.slow
@pytest.mark.parametrize(("container", "codings"), SOX.items())
def test_what_sox_writes(tmp_path: Path, container: str, codings: str) -> None:
    for coding, n_channels in itertools.product(codings.split(), (1, 2, 6)):
        source = _source(tmp_path, n_channels)
        path = tmp_path / f"{coding}{n_channels}.{container}"
        kind, bits = SOX_CODINGS[coding[0]], coding[1:]
        subprocess.run(["sox", "-D", str(source), "-e", kind, "-b", bits, str(path)], check=True)
        assert_read(path, samples(n_channels), STEPS["law"] if coding[0] in "am" else step_of(coding))


def _source(folder: Path, n_channels: int) -> Path:
    path = folder / f"source{n_channels}.wav"
    soundfile.write(path, samples(n_channels), RATE, "DOUBLE")
    return path


def test_a_decoder_that_reads_another_coding_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.w64"
    path.write_bytes(w64(3, 32, samples(1).astype("<f4").tobytes(), 1))
    monkeypatch.setattr("osisnr_gui.io.wav_header._tag", lambda _source, _body: 3)  # nothing is put right
    with pytest.raises(
        LoadError, match="the header says FLOAT samples and the decoder would take them for PCM_32"
    ) as no:
        open_audio(str(path))
    assert no.value.reason is Reason.UNKNOWN_FORMAT
