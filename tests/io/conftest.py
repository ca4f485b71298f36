"""Small sounds and matrices for the loaders, made anew for each test."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile as sf

Array = npt.NDArray[np.float64]
SaveSound = Callable[..., str]


@pytest.fixture
def noise() -> Array:
    """6000 samples of noise between -0.9 and 0.9."""
    return np.random.default_rng(1).uniform(-0.9, 0.9, 6000)


@pytest.fixture
def save_sound(tmp_path: Path) -> SaveSound:
    """`save_sound(name, samples, container, coding, rate=16000)` writes a file and gives its path."""

    def save(name: str, samples: Array, container: str = "WAV", coding: str = "PCM_16", rate: int = 16000) -> str:
        path = tmp_path / name
        sf.write(path, samples, rate, format=container, subtype=coding)
        return str(path)

    return save


@pytest.fixture
def save_bytes(tmp_path: Path) -> Callable[[str, bytes], str]:
    """`save_bytes(name, data)` writes a file and gives its path."""

    def save(name: str, data: bytes) -> str:
        path = tmp_path / name
        path.write_bytes(data)
        return str(path)

    return save
