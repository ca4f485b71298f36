"""Fixtures that write files to analyse where the test may do with them what it likes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write samples (n,) or (n, channels) as WAV, or a matrix as .npy, and give the path."""

    def _write(name: str, values: np.ndarray, rate: int = 16_000, subtype: str = "DOUBLE") -> str:
        path = tmp_path / name
        if path.suffix == ".npy":
            np.save(path, values)
        else:
            soundfile.write(path, values, rate, subtype=subtype)
        return str(path)

    return _write


@pytest.fixture
def noise() -> Callable[..., np.ndarray]:
    """Repeatable noise: `noise(n, seed)`, RMS 0.1, with pauses when `talk` is set."""

    def _noise(n: int = 16_000, seed: int = 0, talk: bool = False) -> np.ndarray:
        x = 0.1 * np.random.default_rng(seed).normal(size=n)
        return x * (np.sin(np.arange(n) / 1500 + seed) > -0.3) if talk else x

    return _noise
