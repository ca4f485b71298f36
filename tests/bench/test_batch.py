"""Pairs a second of `osisnr batch` against what a user would write: formulas on matrices, a pool of processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from bench_table import record
from long_files import RATE, SAMPLES

from osisnr_gui.batch.pairs import find_pairs
from osisnr_gui.batch.runner import BatchSettings, core_count, score_pair

ROOT = Path(__file__).resolve().parents[2]
N_PAIRS = 400
N_PROCESSES = 20
N_LOOP = 60
SCRIPT = """
import os
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
import multiprocessing, sys, numpy as np, soundfile
def magnitudes(path):
    x, _ = soundfile.read(path)
    cut = np.lib.stride_tricks.sliding_window_view(x, 512)[::128]
    return np.abs(np.fft.rfft(cut * np.hanning(513)[:-1], axis=1))
def score(line):
    s, e = map(magnitudes, line.rstrip("\\n").split("\\t"))
    with np.errstate(all="ignore"):
        target = (np.vecdot(e, e) / (np.vecdot(s, e) + 1e-10))[:, None] * s
        noise = e - target
        osi = 10 * np.log10(np.vecdot(target, target) / (np.vecdot(noise, noise) + 1e-8))
        return np.mean(osi), np.mean(1 / (osi + 1e-8)), np.mean((s**0.3 - e**0.3) ** 2)
with multiprocessing.get_context("fork").Pool(int(sys.argv[1])) as pool:
    for row in pool.imap(score, sys.stdin.readlines(), chunksize=4):
        print(*row)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 pairs of 4 s, cut from speech, no two alike."""
    folder = tmp_path_factory.mktemp("batch")
    names = {"ref": "2_enhancement_clean.flac", "est": "2_enhancement_est_dfn3.flac"}
    speech = {role: soundfile.read(SAMPLES / name)[0] for role, name in names.items()}
    random = np.random.default_rng(0)
    for role in names:
        (folder / role).mkdir()
    n = 4 * RATE
    for k in range(N_PAIRS):
        start = random.integers(0, min(map(len, speech.values())) - n)
        for role, samples in speech.items():
            part = samples[start : start + n] + 1e-4 * random.standard_normal(n)
            soundfile.write(folder / role / f"{k:04}.wav", part, RATE)
    return folder


def _command(*arguments: str, folder: Path, text: str | None = None) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, check=True, capture_output=True,
                   input=text, text=True)  # fmt: skip


def _measure(what: str, n_pairs: int, work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    rate = n_pairs / (time.perf_counter() - started)
    record("Many files, pairs of 4 s at 16 kHz", {"how": what, "pairs": n_pairs, "pairs/s": rate})
    return rate


def test_pairs_a_second(folder: Path) -> None:
    pairs = find_pairs(str(folder / "ref"), str(folder / "est"))
    lines = "".join(f"{pair.reference}\t{pair.estimate}\n" for pair in pairs)
    cores = core_count()
    module = "osisnr_gui.cli.main"

    def batch(jobs: int) -> None:
        _command("-m", module, "batch", "ref", "est", "-o", f"{jobs}.csv", "--jobs", str(jobs), folder=folder)

    def processes() -> None:
        for pair in pairs[:N_PROCESSES]:
            _command("-m", module, "score", pair.reference, pair.estimate, "--json", "out.json", folder=folder)

    def loop() -> None:
        for pair in pairs[:N_LOOP]:
            score_pair(pair, BatchSettings())

    one_process = _measure("`osisnr score` for every pair", N_PROCESSES, processes)
    _measure(f"script: formulas on matrices, {cores} processes, no checks, no delay", N_PAIRS,
             lambda: _command("-c", SCRIPT, str(cores), folder=folder, text=lines))  # fmt: skip
    _measure("the engine in a Python loop over files", N_LOOP, loop)
    alone = _measure("`osisnr batch --jobs 1`", N_PAIRS, lambda: batch(1))
    all_cores = _measure(f"`osisnr batch` on {cores} cores", N_PAIRS, lambda: batch(cores)) if cores > 1 else alone
    assert all_cores > 5 * one_process
