"""The program as a script sees it: exit codes, one line on stderr, nothing loaded without need."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import osisnr_gui
from osisnr_gui.cli import main as main_module
from osisnr_gui.cli.main import main

from .conftest import ROOT, Run


def test_version_and_help(run: Run) -> None:
    assert "batch REF_DIR EST_DIR -o FILE" in run("--help").out
    version = run("--version")
    assert (version.code, version.out, version.err) == (0, f"osisnr {osisnr_gui.__version__}\n", "")
    for arguments in (["--help"], ["-h"], ["score", "--help"]):
        shown = run(*arguments)
        assert shown.code == 0
        assert shown.err == ""
        assert "REFERENCE ESTIMATE [ESTIMATE ...]" in shown.out


def test_score_help_names_every_option(run: Run) -> None:
    shown = run("score", "--help").out
    options = "alpha gamma method n-fft hop window representation channel key transpose align silence-db threshold"
    for name in (*options.split(), "strict", "frames", "json", "csv"):
        assert f"--{name}" in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "no command was given; see osisnr --help"),
        (["frobnicate"], "frobnicate: there is no such command; see osisnr --help"),
        (["--frob"], "--frob: there is no such option; see osisnr --help"),
        (["a\nb"], r"a\x0ab: there is no such command; see osisnr --help"),
    ],
)
def test_wrong_commands(run: Run, arguments: list[str], words: str) -> None:
    result = run(*arguments)
    assert (result.code, result.out, result.err) == (2, "", f"osisnr: {words}\n")


def test_version_loads_neither_numpy_nor_qt() -> None:
    code = (
        "import sys\n"
        "from osisnr_gui.cli.main import main\n"
        "assert main(['--version']) == 0\n"
        "print([name for name in ('numpy', 'scipy', 'soundfile', 'argparse', 'PySide6') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_score_loads_neither_qt_nor_scipy_signal(folder: Path) -> None:
    code = (
        "import sys\n"
        "from osisnr_gui.cli.main import main\n"
        "main(['score', 'ref.wav', 'est.wav'])\n"
        "print([name for name in sys.modules if name in ('scipy.signal', 'pyqtgraph') or name.startswith('PySide')])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_unexpected_error_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> Any:
        raise KeyError("first\nsecond")

    monkeypatch.setattr(main_module, "import_module", fail)
    result = run("score")
    assert result.code == 3
    assert result.err.startswith("osisnr: unexpected KeyError: ")
    assert len(result.lines) == 1


@pytest.mark.parametrize(("error", "code"), [(MemoryError, 3), (KeyboardInterrupt, 130), (SystemExit, 0)])
def test_other_ways_out(run: Run, monkeypatch: pytest.MonkeyPatch, error: type[BaseException], code: int) -> None:
    def fail(name: str) -> Any:
        raise error

    monkeypatch.setattr(main_module, "import_module", fail)
    result = run("score")
    assert result.code == code
    assert len(result.lines) == (error is MemoryError)


def test_exit_codes_of_the_process(process: Run, folder: Path) -> None:
    done = process("score", "m1.npy", "m2.npy", "--json", "-")
    assert done.code == 0
    assert done.json["schema"] == "osisnr.score/1"
    refused = process("score", "ref.wav", "missing.wav")
    assert refused.code == 3
    assert refused.err == "osisnr: missing.wav: there is no such file; check the name and the folder\n"
    assert refused.out == ""
    assert process("score", "ref.wav").code == 2


def test_a_reader_that_leaves_is_no_error(folder: Path) -> None:
    # `| head`: the CSV is far larger than a pipe's buffer, so that the pipe breaks while it is written.
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "osisnr_gui.cli.main", "score", "ref.wav", "est.wav", "--hop", "8", "--csv", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline().startswith(b"# osisnr ")
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(timeout=30) == 0


def test_stdout_that_cannot_show_a_name(process: Run, folder: Path) -> None:
    os.rename("est.wav", "日本.wav")
    shown = process("score", "ref.wav", "日本.wav", env={"PYTHONIOENCODING": "ascii"})
    assert shown.code == 0
    assert "\\u65e5\\u672c.wav" in shown.out


@pytest.mark.may_skip
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent in another way there")
def test_ctrl_c(folder: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    code = (
        "import sys, time, osisnr_gui.cli.main as m\n"
        "m._run = lambda arguments: (print('ready', flush=True), time.sleep(30))\n"
        "sys.exit(m.main(['score']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        started = time.monotonic()
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=20) == 130
        assert time.monotonic() - started < 10
        assert running.stderr.read() == b""


def test_arguments_default_to_those_of_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["osisnr", "--version"])
    assert main() == 0
    assert capsys.readouterr().out.startswith("osisnr ")
