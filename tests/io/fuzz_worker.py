"""A process that loads mutated files: `fuzz_worker.py FOLDER SEED FIRST LAST KIND...`, one line of JSON per mutant.

Mutant i depends on SEED and i alone, so that a finding is replayed with FIRST = i, LAST = i + 1.
"""

import io
import json
import os
import random
import signal
import struct
import sys
import zipfile

import numpy as np
import scipy.io
import soundfile as sf

from osisnr_gui.io.audio import scan_audio
from osisnr_gui.io.errors import LoadError
from osisnr_gui.io.masks import load_mask
from osisnr_gui.io.stream_headers import page_crc

AUDIO = {
    "wav": ("WAV", "PCM_16"),
    "flac": ("FLAC", "PCM_16"),
    "ogg": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
    "aiff": ("AIFF", "PCM_24"),
}
SECONDS = 5.0


def _fixed_serial(data: bytes) -> bytes:
    """The same Ogg stream under serial number 1: the encoder draws a random one."""
    out, at = bytearray(), 0
    while at < len(data):
        end = at + 27 + data[at + 26] + sum(data[at + 27 : at + 27 + data[at + 26]])
        page = bytearray(data[at:end])
        page[14:18], page[22:26] = b"\1\0\0\0", b"\0\0\0\0"
        page[22:26] = struct.pack("<I", page_crc(bytes(page)))
        out += page
        at = end
    return bytes(out)


def seed_file(kind: str) -> bytes:
    """A small valid file of a kind."""
    rng = np.random.default_rng(5)
    matrix = np.round(rng.random((12, 20)), 3)
    out = io.BytesIO()
    if kind in AUDIO:
        container, coding = AUDIO[kind]
        sf.write(out, 0.2 * rng.standard_normal((9000, 2)), 16000, format=container, subtype=coding)
        return _fixed_serial(out.getvalue()) if container == "OGG" else out.getvalue()
    if kind == "npy":
        np.save(out, matrix)
    elif kind == "npz":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            member = io.BytesIO()
            np.save(member, matrix)
            archive.writestr(zipfile.ZipInfo("mask.npy"), member.getvalue(), zipfile.ZIP_DEFLATED)
    elif kind == "mat":
        scipy.io.savemat(out, {"mask": matrix}, do_compression=False)
        return b"MATLAB 5.0 MAT-file".ljust(116) + out.getvalue()[116:]
    else:
        return "\n".join(",".join(map(str, row)) for row in matrix.tolist()).encode()
    return out.getvalue()


def mutate(data: bytes, rng: random.Random) -> bytes:
    """One to three random injuries, more often near the front, where the headers are."""
    raw = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(min(len(raw), 256) if rng.random() < 0.6 else len(raw))
        n = rng.choice((1, 2, 4, 4, 16, 64))
        extreme = rng.choice((b"\0", b"\xff", b"\x7f", b"\x80", b"\xff\xff\xff\x7f"))
        match rng.randrange(7):
            case 0:
                raw[at] ^= 1 << rng.randrange(8)
            case 1:
                raw[at] = rng.randrange(256)
            case 2:
                raw[at : at + n] = (extreme * n)[:n]
            case 3:
                del raw[max(at, 1) :]
            case 4:
                del raw[at : at + n]
            case 5:
                raw[at:at] = rng.randbytes(n)
            case _:
                raw[at:at] = raw[at : at + 8 * n]
        raw = raw or bytearray(b"\0")
    return bytes(raw)


def outcome(path: str, kind: str) -> str:
    """`accepted`, the reason of a refusal, or `FAULT …` for what must never come out of a loader."""
    try:
        if kind in AUDIO:
            scan_audio(path)
        else:
            load_mask(path)
    except LoadError as error:
        text = str(error)
        good = len(text) <= 300 and os.path.basename(path) in text and text.isprintable()
        return str(error.reason) if good else f"FAULT message {text!r}"
    except BaseException as error:
        return f"FAULT {type(error).__name__}: {error}"
    return "accepted"


def main(folder: str, seed: str, first: str, last: str, *kinds: str) -> None:
    """Load the mutants from `first` up to `last`; a hang ends the process by its alarm signal."""
    seeds = {kind: seed_file(kind) for kind in kinds}
    for index in range(int(first), int(last)):
        rng = random.Random(f"{seed}:{index}")
        kind = kinds[index % len(kinds)]
        path = os.path.join(folder, f"mutant.{kind}")
        with open(path, "wb") as file:
            file.write(mutate(seeds[kind], rng))
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, SECONDS)
        print(json.dumps({"start": index, "kind": kind}), flush=True)
        print(json.dumps({"index": index, "kind": kind, "outcome": outcome(path, kind)}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
