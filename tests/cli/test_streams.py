"""stdout and stderr that are closed, full or read by nobody: said, the right exit code, and files still written."""

from __future__ import annotations

import errno
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from osisnr_gui.cli.output import ProgressLine

from .conftest import ROOT

# Words, exit code, the file that is written whatever becomes of the streams, whether stdout is needed.
COMMANDS = {
    "score": ("score m1.npy m2.npy", 0, None, True),
    "json": ("score m1.npy m2.npy --csv out.csv --json out.json", 0, "out.json", False),
    "both": ("score m1.npy m2.npy --csv out.csv --json -", 0, "out.csv", True),
    "version": ("--version", 0, None, True),
    "help": ("score --help", 0, None, True),
    "usage": ("frobnicate", 2, None, False),
    "batch": ("batch refs ests -o out.csv", 1, "out.csv", True),
    "batch usage": ("batch refs ests", 2, None, False),
}
WINDOW = {
    "not saved": ("m1.npy m2.npy --screenshot gone/out.png", 3, None, False),
    "one folder": ("refs", 2, None, False),
    "refused": ("m1.npy ests/b.npy", 3, "osisnr-b.png", True),
    "help": ("--help", 0, None, True),
    "version": ("--version", 0, None, True),
    "usage": ("--size 1", 2, None, False),
    "nothing": ("", 2, None, False),
}
HIDDEN = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "PYTHONUNBUFFERED"}
OUT = ["", ">&-", ">/dev/full", "| true"]
ERR = ["", "2>&-", "2>/dev/full"]
#: Each state of either once; all combinations are slow.
PAIRS = [(">&-", "2>/dev/full"), (">/dev/full", ""), ("| true", "2>&-")]
COMBINATIONS = [pytest.param(*pair) for pair in PAIRS] + [
    pytest.param(out, err, marks=pytest.mark.slow) for out in OUT for err in ERR if (out, err) not in PAIRS
]


def _run(module: str, words: str, out: str, err: str) -> tuple[int, str]:
    line = f'{{ "{sys.executable}" -m {module} {words} {err}; echo $? >code; }} {out}'
    environment = {name: value for name, value in os.environ.items() if name not in HIDDEN}
    environment |= {"PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": os.path.abspath("config")}
    done = subprocess.run(["sh", "-c", line], capture_output=True, env=environment, timeout=60, check=False)
    return int(Path("code").read_text()), done.stderr.decode()


def _check(module: str, command: tuple[str, int, str | None, bool], out: str, err: str) -> None:
    words, code, written, needs_stdout = command
    lost = out.startswith(">") and needs_stdout
    found, said = _run(module, words, out, err)
    assert found == (3 if lost else code), said
    assert "Traceback" not in said
    assert "report it" not in said
    if lost and not err:
        assert said.splitlines()[-1].startswith("osisnr: standard output: not written: ")
        assert ("it is closed; " in said) == (out == ">&-")
        assert ("; the results are in out.csv" in said) == words.startswith("batch")
        assert said.count("standard output") == 1
    elif code and not err:
        assert said
    if written is not None:
        assert Path(written).stat().st_size > 20


@pytest.fixture
def folders(folder: Path) -> None:
    """Two pairs of masks in refs and ests, one of them damaged."""
    for name in ("refs", "ests"):
        (folder / name).mkdir()
        for mask in ("a.npy", "b.npy"):
            shutil.copy("m1.npy", folder / name / mask)
    (folder / "ests" / "b.npy").write_bytes(b"no mask")


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("out", "err"), COMBINATIONS)
def test_a_stream_that_takes_nothing(command: str, out: str, err: str) -> None:
    _check("osisnr_gui.cli.main", COMMANDS[command], out, err)


@pytest.mark.usefixtures("folders")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can lack a display")
@pytest.mark.may_skip
@pytest.mark.parametrize("command", WINDOW)
@pytest.mark.parametrize(
    ("out", "err"), [COMBINATIONS[1], *(pytest.param(*p, marks=pytest.mark.slow) for p in PAIRS[::2])]
)
def test_a_stream_that_takes_nothing_from_the_window(command: str, out: str, err: str) -> None:
    _check("osisnr_gui", WINDOW[command], out, err)


class _GoneTerminal(io.StringIO):
    """What stderr is once the terminal it is on was closed."""

    tries = 0

    def isatty(self) -> bool:
        return True

    def write(self, _text: str) -> int:
        self.tries += 1
        raise OSError(errno.EIO, "Input/output error")


def test_progress_on_a_terminal_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = _GoneTerminal()
    monkeypatch.setattr(sys, "stderr", stderr)
    with ProgressLine() as line:
        line.show(0.5, "words")
    assert stderr.tries == 2
