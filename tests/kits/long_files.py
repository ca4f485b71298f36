"""Long pairs for benchmarks: the speech samples end to end with a noise that never repeats, so no frame is a copy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"
RATE = 16_000


def make_pair(
    folder: Path, seconds: float, kind: str = "wav", rate: int = RATE, channels: int = 1
) -> tuple[Path, Path]:
    """reference and estimate of this length, 16 kHz mono PCM16 unless told otherwise; made once per folder."""
    name = f"{seconds:g}" if (rate, channels) == (RATE, 1) else f"{seconds:g}_{rate}_{channels}"
    paths = folder / f"ref_{name}.{kind}", folder / f"est_{name}.{kind}"
    if all(path.exists() for path in paths):
        return paths
    names = "2_enhancement_clean.flac", "2_enhancement_est_dfn3.flac"
    speech = [resample_poly(soundfile.read(SAMPLES / name)[0], rate, RATE) for name in names]
    noise = np.random.default_rng(1)
    n_left = round(seconds * rate)
    files = [soundfile.SoundFile(path, "w", rate, channels, "PCM_16") for path in paths]
    while n_left > 0:
        n = min(n_left, len(speech[0]))
        for file, part in zip(files, speech, strict=True):
            file.write(part[:n, None] + 1e-4 * noise.standard_normal((n, channels)))
        n_left -= n
    for file in files:
        file.close()
    return paths
