"""Late and early estimates of a demo on the command line: delays, what aligning does, and the words for both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from scipy import signal

from .conftest import RATE, Run


@pytest.fixture
def pair(samples: Path) -> tuple[np.ndarray, np.ndarray]:
    """Reference and an estimate of the enhancement demo."""
    clean, estimate = (sf.read(samples / f"2_enhancement_{name}.flac")[0] for name in ("clean", "est_dfn3"))
    return clean, estimate


def _save(folder: Path, s: np.ndarray, e: np.ndarray, late: int, rate: int = RATE) -> tuple[str, str]:
    e = np.concatenate((np.zeros(late), e)) if late >= 0 else e[-late:]
    e = e if rate == RATE else signal.resample_poly(e, rate, RATE)
    paths = str(folder / "clean.wav"), str(folder / "est.wav")
    sf.write(paths[0], s, RATE, subtype="DOUBLE")
    sf.write(paths[1], e, rate, subtype="DOUBLE")
    return paths


def _estimate(run: Run, *arguments: str) -> dict[str, Any]:
    result = run("score", *arguments, "--json", "-")
    assert result.code == 0, result.err
    (found,) = result.json["estimates"]
    assert all(f": {message.partition(': ')[2]}" in result.err for message in _messages(found).values())
    return dict(found)


def _messages(estimate: dict[str, Any]) -> dict[str, str]:
    return {warning["code"]: warning["message"] for warning in estimate["warnings"]}


def _db(value: float) -> str:
    return f"{value:.1f} dB".replace("-", "\u2212")


@pytest.mark.parametrize("late", [137, -1600, 0])
@pytest.mark.parametrize("rate", [RATE, 8000])
def test_a_delayed_demo(run: Run, tmp_path: Path, pair: tuple[np.ndarray, np.ndarray], late: int, rate: int) -> None:
    paths = _save(tmp_path, *pair, late, rate)
    as_is, aligned = _estimate(run, *paths), _estimate(run, *paths, "--align")
    assert (as_is["delay_samples"], as_is["aligned"]) == (late, False)
    assert (aligned["delay_samples"], aligned["aligned"]) == (late, late != 0)
    before, after = (found["whole_signal"]["si_snr_db"] for found in (as_is, aligned))
    if late == 0:
        assert before == after
        assert not {"delay", "aligned"} & set(_messages(as_is) | _messages(aligned))
        return
    assert before < 0 < after
    where = "137 samples (8.56 ms) late" if late > 0 else "1600 samples (100.00 ms) early"
    moved = "137 samples (8.56 ms) earlier" if late > 0 else "1600 samples (100.00 ms) later"
    delay, done = _messages(as_is)["delay"], _messages(aligned)["aligned"]
    assert delay.startswith(f"est.wav: {where} (correlation 0.9")
    assert delay.endswith(f"; whole-signal SI-SNR {_db(before)}, {_db(after)} once aligned; nothing was shifted")
    assert done.startswith(f"est.wav: moved {moved}; whole-signal SI-SNR {_db(before)} \u2192 {_db(after)}")


@pytest.mark.parametrize("late", [137, -1600, 0])
def test_ten_decibels_under_the_noise(run: Run, tmp_path: Path, pair: tuple[np.ndarray, np.ndarray], late: int) -> None:
    """The lag is right; whether it is taken out depends on the correlation, which is about 0.3 there."""
    s, e = pair
    noise = np.random.default_rng(0).normal(size=len(e)) * np.sqrt(10 * (e @ e) / len(e))
    found = _estimate(run, *_save(tmp_path, s, e + noise, late), "--align")
    certain = abs(found["delay_peak"]) > 0.3
    assert found["delay_samples"] == late
    assert found["aligned"] == (late != 0 and certain)
    assert ("aligned" in _messages(found)) == found["aligned"]
    assert "delay" not in _messages(found)
