"""The pass over a pair: speed, memory, growth with length, and side by side with what people use instead.

Every figure comes from a process of its own (`bench_child.py`). `osisnr score` is timed as a user meets it, start-up,
checks of every sample and delay search included; the peers are given their imports.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from bench_child import MIB, measure
from bench_table import record
from long_files import RATE, make_pair
from peers import PEERS

HOUR = 3600.0
LENGTHS = {"10 min": 600.0, "1 h": HOUR, "4 h": 4 * HOUR}
HOP = 128

# The most that is kept of a frame, in bytes, at n_fft 512. Numbers of float64: 6 of its projection, 2 OSI-SNRs,
# MC-MSE or 25 nodes of the alpha table, 3 of its score, and some flags and copies on the way. Codes of 8 frames:
# 257 bins of 3 pictures, twice that with the coarser ones.
SCORE_BYTES = 8 * (6 + 2 + 1 + 3 + 12)
ANALYSIS_BYTES = 8 * (6 + 2 + 25 + 3 + 12) + 2 * 3 * 257 / 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp()


def _best(times: int, kind: str, *arguments: object) -> dict[str, float]:
    """The fastest of several runs: what the machine can do when nobody disturbs it."""
    return min((measure(kind, *arguments) for _ in range(times)), key=lambda found: found.get("seconds", found["wall"]))


def _exponent(lengths: list[float], values: list[float]) -> float:
    """k of values ~ lengths**k, fitted on logarithms."""
    return float(np.polyfit(np.log(lengths), np.log(values), 1)[0])


PAIRS = [
    ("10 min", 16_000, 1, "wav"),
    ("10 min", 16_000, 1, "flac"),
    ("1 h", 16_000, 1, "wav"),
    ("1 h", 16_000, 1, "flac"),
    ("10 min", 48_000, 2, "wav"),
    ("10 min", 48_000, 2, "flac"),
]


@pytest.mark.parametrize(("length", "rate", "channels", "kind"), PAIRS)
def test_osisnr_score(folder: Path, length: str, rate: int, channels: int, kind: str) -> None:
    seconds = LENGTHS[length]
    found = _best(2, "score", *make_pair(folder, seconds, kind, rate, channels))
    sound = f"{length}, {rate // 1000} kHz, {'stereo' if channels == 2 else 'mono'}, {kind.upper()}"
    row = {"pair": sound, "seconds": found["wall"], "× real time": seconds / found["wall"], "peak MiB": found["peak"]}
    record("osisnr score, whole process (n_fft 32 ms, hop 8 ms)", row)
    assert found["peak"] <= 150


@pytest.mark.parametrize("length", ["10 min", "1 h"])
def test_the_window(folder: Path, length: str) -> None:
    found = _best(2, "window", *make_pair(folder, LENGTHS[length]))
    above = found["peak_then"] - found["before"]
    row = {
        "pair": f"{length}, 16 kHz, mono, WAV",
        "first part of the curve, s": found["first"],
        "last frame, s": found["last"],
        "everything final, s": found["seconds"],
        "peak at the last frame above the empty window, MiB": above,
    }
    record("The same in the window, with alpha table and pictures", row)
    if length == "1 h":
        assert found["first"] < 0.2 * found["last"]
        assert above <= 300


@pytest.mark.parametrize(("kind", "bytes_a_frame"), [("score", SCORE_BYTES), ("analysis", ANALYSIS_BYTES)])
def test_growth(folder: Path, kind: str, bytes_a_frame: float) -> None:
    """Time in proportion to the length, once the time to start is taken off; memory for what is kept of frames."""
    start = _best(2, kind, *make_pair(folder, 2.0))
    found = [_best(2 if s <= HOUR else 1, kind, *make_pair(folder, s)) for s in LENGTHS.values()]
    grown = [f["peak"] - start["peak"] for f in found]
    lengths = list(LENGTHS.values())
    # Processor time: the clock would also tell what else the machine was doing during the longest run.
    time_exponent = _exponent(lengths, [f["cpu"] - start["cpu"] for f in found])
    frames = [s * RATE / HOP for s in lengths]
    slope = (grown[-1] - grown[0]) * MIB / (frames[-1] - frames[0])
    row = {"what": {"score": "osisnr score", "analysis": "the window's analysis: alpha table, pictures"}[kind]}
    row |= {f"{name}, s": f["wall"] for name, f in zip(LENGTHS, found, strict=True)}
    row |= {f"{name}, processor s": f["cpu"] for name, f in zip(LENGTHS, found, strict=True)}
    row |= {f"{name}, MiB": f["peak"] for name, f in zip(LENGTHS, found, strict=True)}
    row |= {
        "exponent of processor time": time_exponent,
        "exponent of memory": _exponent(lengths, grown),
        "bytes a frame": slope,
    }
    record("Growth with length, 16 kHz mono WAV; exponents without the start-up", row)
    assert time_exponent <= 1.05
    assert slope <= bytes_a_frame


def test_what_is_on_screen_comes_first(folder: Path) -> None:
    """New frames while zoomed into the end of four hours."""
    hours = LENGTHS["4 h"]
    found = measure("analysis", *make_pair(folder, hours), hours - 30)
    row = {"pair": "4 h, the last 30 s on screen", "their curve, s": found["first"], "all frames, s": found["seconds"]}
    record("What is on screen comes first", row)
    assert found["first"] < 0.1 * found["seconds"]


@pytest.mark.parametrize("name", PEERS)
def test_side_by_side(folder: Path, name: str) -> None:
    pair = make_pair(folder, LENGTHS["10 min"])
    found = _best(2, "peer", name, *pair)
    if "missing" in found:
        record(SIDE_BY_SIDE, {"pair": "10 min", "how": PEERS[name][0], "note": f"{found['missing']} is not installed"})
        return
    ours = _best(2, "score", *pair)
    _record_peer("10 min", name, found, ours)
    if found["fused"] is not None:
        assert found["fused"] == pytest.approx(ours["fused"], rel=1e-9)


@pytest.mark.parametrize(("name", "times"), [("textbook", 8), ("lean", 4)])
def test_an_hour_against_a_loop(folder: Path, name: str, times: int) -> None:
    pair = make_pair(folder, HOUR)
    ours = _best(3, "score", *pair)
    found = measure("peer", name, *pair)
    _record_peer("1 h", name, found, ours)
    assert found["fused"] == pytest.approx(ours["fused"], rel=1e-9)
    assert found["seconds"] >= times * ours["wall"]


SIDE_BY_SIDE = "Side by side (peers without their imports, osisnr score as a whole process), 16 kHz mono WAV"


def _record_peer(length: str, name: str, found: dict[str, float], ours: dict[str, float]) -> None:
    row = {
        "pair": length,
        "how": PEERS[name][0],
        "seconds": found["seconds"],
        "× real time": LENGTHS[length] / found["seconds"],
        "peak MiB": found["peak"],
        "osisnr score, s": ours["wall"],
        "its peak MiB": ours["peak"],
        "times as fast": found["seconds"] / ours["wall"],
    }
    record(SIDE_BY_SIDE, row)
