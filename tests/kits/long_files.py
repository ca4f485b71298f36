"""Long pairs for benchmarks: the speech samples end to end with a noise that never repeats, so no frame is a copy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"
RATE = 16_000


def make_pair(folder: Path, seconds: float, kind: str = "wav") -> tuple[Path, Path]:
    """reference and estimate of this length, 16 kHz mono PCM16; made once per folder."""
    paths = folder / f"ref_{seconds:g}.{kind}", folder / f"est_{seconds:g}.{kind}"
    if all(path.exists() for path in paths):
        return paths
    names = "2_enhancement_clean.flac", "2_enhancement_est_dfn3.flac"
    speech = [soundfile.read(SAMPLES / name)[0] for name in names]
    noise = np.random.default_rng(1)
    n_left = round(seconds * RATE)
    files = [soundfile.SoundFile(path, "w", RATE, 1, "PCM_16") for path in paths]
    while n_left > 0:
        n = min(n_left, len(speech[0]))
        for file, part in zip(files, speech, strict=True):
            file.write(part[:n] + 1e-4 * noise.standard_normal(n))
        n_left -= n
    for file in files:
        file.close()
    return paths
