"""Makes the files of `resources/selftest` again: `python resources/packaging/selftest_files.py`.

One small file of every format, with the same content: a tone of a quarter of a second, or a matrix of 4 × 6 numbers.
Beside them a golden set: some of the cases of `tests/golden/golden.json`, as they are.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import scipy.io
import soundfile

RESOURCES = Path(__file__).resolve().parent.parent
FOLDER = RESOURCES / "selftest"
GOLDEN = RESOURCES.parent / "tests" / "golden" / "golden.json"
RATE, SECONDS, HERTZ, PEAK = 16_000, 0.25, 440.0, 0.5
SOUNDS = {
    "wav": ("WAV", "PCM_16"), "w64": ("W64", "PCM_16"), "flac": ("FLAC", "PCM_16"), "ogg": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"), "aiff": ("AIFF", "PCM_16"), "caf": ("CAF", "PCM_16"), "au": ("AU", "PCM_16"),
    "mp3": ("MP3", "MPEG_LAYER_III"), "rf64": ("RF64", "FLOAT"),
}  # fmt: skip
#: The published pair, another polarity, silence, one silent frame, integers, huge numbers.
CASES = ("g01", "g03", "g11", "g14", "g25", "g38")


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    tone = PEAK * np.sin(2 * np.pi * HERTZ * np.arange(round(SECONDS * RATE)) / RATE)
    for ending, (container, coding) in SOUNDS.items():
        soundfile.write(FOLDER / f"tone.{ending}", tone, RATE, format=container, subtype=coding)
    matrix = np.arange(24.0).reshape(4, 6) / 24
    np.save(FOLDER / "matrix.npy", matrix)
    np.savez(FOLDER / "matrix.npz", matrix=matrix)
    scipy.io.savemat(FOLDER / "matrix.mat", {"matrix": matrix}, do_compression=True)
    scipy.io.savemat(FOLDER / "matrix_4.mat", {"matrix": matrix}, format="4")
    np.savetxt(FOLDER / "matrix.csv", matrix, delimiter=",", fmt="%.17g")
    cases = {case["id"]: case for case in json.loads(GOLDEN.read_text("utf-8"))["vectors"]}
    golden = json.dumps([cases[name] for name in CASES], indent=None, ensure_ascii=False)
    (FOLDER / "golden.json").write_text(golden.replace('{"id"', '\n{"id"') + "\n", "utf-8")


if __name__ == "__main__":
    main()
