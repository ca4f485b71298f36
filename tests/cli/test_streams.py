"""stdout and stderr that are closed or full: a line that says so, the right exit code, and files still written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT

COMMANDS = {
    "score": ("score m1.npy m2.npy", 0),
    "json": ("score m1.npy m2.npy --csv out.csv --json out.json", 0),
    "both": ("score m1.npy m2.npy --csv out.csv --json -", 0),
    "version": ("--version", 0),
    "help": ("score --help", 0),
    "usage": ("frobnicate", 2),
}


def _run(words: str, redirection: str) -> tuple[int, str]:
    line = f'"{sys.executable}" -m osisnr_gui.cli.main {words} {redirection}'
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-c", line], capture_output=True, env=environment, timeout=60, check=False)
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("out", ["", ">&-", ">/dev/full"])
@pytest.mark.parametrize("err", ["", "2>&-", "2>/dev/full"])
def test_a_stream_that_takes_nothing(folder: Path, command: str, out: str, err: str) -> None:
    words, code = COMMANDS[command]
    lost = bool(out) and command not in ("json", "usage")
    found, said = _run(words, f"{out} {err}")
    assert found == (3 if lost else code)
    if err:
        assert said == ""
    elif lost:
        last = said.splitlines()[-1]
        assert last.startswith("osisnr: standard output: not written: ")
        assert said.count("standard output") == 1
    if command in ("json", "both"):
        assert (folder / "out.csv").stat().st_size > 20
    if command == "json":
        assert (folder / "out.json").stat().st_size > 100
