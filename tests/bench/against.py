"""Compares what gestures cost with an earlier commit: python tests/bench/against.py [COMMIT] [--minutes 10 60].

Checks the commit out beside this checkout, runs `start.py` and `gestures.py` with either package in turn, with the same
libraries, and prints a table of both and their ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
#: Before the plots were pyqtgraph's.
COMMIT = "6b017c5"
STARTS = 10


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commit", nargs="?", default=COMMIT)
    parser.add_argument("--minutes", type=float, nargs="+", default=[10.0])
    parser.add_argument("--estimates", type=int, nargs="+", default=[2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--result", choices=["literal", "exact"], default="literal", help="whose curves are drawn")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder) / "before"
        subprocess.run(["git", "-C", ROOT, "worktree", "add", "--detach", before, chosen.commit], check=True)
        try:
            print("a command to the first paint of its window, modules compiled (ms, best / median)")
            _print_row("start (wall)", *_compare_starts(before, Path(folder)))
            for minutes in chosen.minutes:
                for n_estimates in chosen.estimates:
                    print(f"\n{minutes:g} min, {n_estimates} estimates, {chosen.result} (ms, p50 / p95)", flush=True)
                    _compare(before, [f"{minutes:g}", str(n_estimates), chosen.result], chosen.rounds)
        finally:
            subprocess.run(["git", "-C", ROOT, "worktree", "remove", "--force", before], check=True)


def _compare(before: Path, arguments: list[str], rounds: int) -> None:
    runs: dict[Path, list[dict[str, list[float]]]] = {before: [], ROOT: []}
    for k in range(rounds):
        for package in (before, ROOT) if k % 2 == 0 else (ROOT, before):
            runs[package].append(_measure(package, arguments))
    for name in runs[ROOT][0]:
        old, new = (np.concatenate([run[name] for run in runs[package]]) for package in (before, ROOT))
        _print_row(name, np.percentile(old, [50, 95]), np.percentile(new, [50, 95]))


def _print_row(name: str, old: np.ndarray, new: np.ndarray) -> None:
    ratio = new / old
    both = "".join(f"{a:9.2f} /{b:7.2f}" for a, b in (old, new))
    print(f"{name:22}{both}   ×{ratio[0]:.2f} / ×{ratio[1]:.2f}", flush=True)


def _compare_starts(before: Path, folder: Path) -> list[np.ndarray]:
    took: dict[Path, list[float]] = {before: [], ROOT: []}
    for k in range(STARTS + 1):  # the first one compiles
        for package in (before, ROOT) if k % 2 == 0 else (ROOT, before):
            environment = {
                **os.environ,
                "PYTHONPATH": str(package),
                "HOME": str(folder),
                "QT_QPA_PLATFORM": "offscreen",
            }
            environment |= {
                "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
                "XDG_CONFIG_HOME": str(folder / f"settings {package.name}"),
            }
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            began = time.monotonic()
            command = [sys.executable, Path(__file__).with_name("start.py")]
            done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, cwd=folder)
            took[package].append(1000 * (float(done.stdout.split()[0]) - began))
    return [np.array([min(times[1:]), np.median(times[1:])]) for times in (took[before], took[ROOT])]


def _measure(package: Path, arguments: list[str]) -> dict[str, list[float]]:
    command = [sys.executable, Path(__file__).with_name("gestures.py"), *arguments]
    with tempfile.TemporaryDirectory() as settings:  # as at the first start: neither package finds what the other left
        environment = {**os.environ, "PYTHONPATH": str(package), "XDG_CONFIG_HOME": settings}
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
