"""Small signals in a fresh folder, and two ways to run the program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from osisnr_gui.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
RATE = 16000


@dataclass(frozen=True)
class Result:
    """What one run gave."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """Lines on stderr."""
        return self.err.splitlines()

    @property
    def json(self) -> dict[str, Any]:
        """Strictly parsed stdout."""

        def refuse(constant: str) -> None:
            raise AssertionError(f"{constant} is no JSON")

        report = json.loads(self.out, parse_constant=refuse)
        assert isinstance(report, dict)
        return report


Run = Callable[..., Result]


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """`run("score", …)` inside this process."""

    def call(*arguments: str) -> Result:
        code = main([*arguments])
        out, err = capsysbinary.readouterr()
        return Result(code, out.decode(), err.decode())

    return call


@pytest.fixture
def process() -> Run:
    """`process("score", …)` in a process of its own."""

    def call(*arguments: str | bytes, **options: Any) -> Result:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
        command = [sys.executable, "-m", "osisnr_gui.cli.main", *arguments]
        done = subprocess.run(command, capture_output=True, env=environment, timeout=60, check=False, **options)
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


def speech_like(n: int, seed: int = 0) -> np.ndarray:
    """Noise whose level swells and sinks, zero mean, peak 0.4."""
    noise = np.random.default_rng(seed).standard_normal(n)
    noise *= 0.2 + np.abs(np.sin(np.arange(n) / 3000))
    noise -= noise.mean()
    return np.asarray(0.4 * noise / np.abs(noise).max())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with ref.wav, est.wav, m1.npy and m2.npy."""
    monkeypatch.chdir(tmp_path)
    reference = speech_like(RATE)
    estimate = reference + 0.05 * speech_like(RATE, seed=1)
    wav("ref.wav", reference)
    wav("est.wav", estimate)
    mask = np.array([[0.5, 0.6, 0.7], [0.8, 0.9, 1.0], [1.1, 1.2, 1.3]])
    np.save("m1.npy", mask)
    np.save("m2.npy", mask - 0.1)
    return tmp_path


def wav(name: str, samples: np.ndarray, rate: int = RATE) -> None:
    """Write samples exactly (float64)."""
    sf.write(name, samples, rate, subtype="DOUBLE", format="WAV")
