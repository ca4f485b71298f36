"""Injured files end in a result or a LoadError: no crash, no hang, nothing else."""

import collections
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

WORKER = Path(__file__).with_name("fuzz_worker.py")
ROOT = Path(__file__).resolve().parents[2]
KINDS = ("wav", "flac", "ogg", "opus", "mp3", "aiff", "npy", "npz", "csv")
SEED = 20240


def _run(folder: Path, first: int, last: int, kinds: tuple[str, ...]) -> dict[int, str]:
    """Outcomes by index; a worker that dies is started again behind the file that killed it."""
    outcomes: dict[int, str] = {}
    while first < last:
        arguments = [str(folder), str(SEED), str(first), str(last), *kinds]
        done = subprocess.run(
            [sys.executable, str(WORKER), *arguments], capture_output=True, cwd=ROOT, text=True, timeout=900,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        outcomes |= {line["index"]: f"{line['kind']} {line['outcome']}" for line in lines if "index" in line}
        if done.returncode == 0:
            assert done.stderr == "", "a library printed on the terminal"
            break
        started = [line["start"] for line in lines if "start" in line]
        assert started, done.stderr
        outcomes[started[-1]] = f"FAULT worker ended with {done.returncode} {done.stderr[-300:]}"
        first = started[-1] + 1
    return outcomes


def _check(outcomes: dict[int, str], count: int) -> None:
    faults = {index: text for index, text in outcomes.items() if "FAULT" in text}
    assert not faults, f"replay with seed {SEED}: {faults}"
    assert len(outcomes) == count
    # A fuzzer whose mutants are all refused, or all accepted, tests nothing.
    seen = collections.Counter(text.split()[1] for text in outcomes.values())
    assert seen["accepted"] > count // 20
    assert seen["corrupt"] > count // 20


def test_mutated_files_are_answered(tmp_path: Path) -> None:
    _check(_run(tmp_path, 0, 315, KINDS), 315)


def test_mutated_matlab_files_are_answered(tmp_path: Path) -> None:
    outcomes = _run(tmp_path, 0, 12, ("mat",))
    assert len(outcomes) == 12
    assert not [text for text in outcomes.values() if "FAULT" in text]


@pytest.mark.slow
def test_many_mutated_files_are_answered(tmp_path: Path) -> None:
    _check(_run(tmp_path, 1000, 3000, KINDS), 2000)


@pytest.mark.slow
def test_many_mutated_matlab_files_are_answered(tmp_path: Path) -> None:
    _check(_run(tmp_path, 1000, 1200, ("mat",)), 200)
