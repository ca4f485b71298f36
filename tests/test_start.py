"""Starting: the command line never loads Qt, and a machine that cannot show a window gets one plain message."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import types
from pathlib import Path

import pytest

from osisnr_gui import __version__, app, platform_check
from osisnr_gui.cli import main
from osisnr_gui.paths import resource_path

# Runs the entry point, then writes the modules it loaded to a file, since stdout belongs to the program.
PROBE = """
import json, sys
from osisnr_gui.app import command_line
try:
    code = command_line()
except SystemExit as stop:
    code = stop.code or 0
with open({report!r}, "w") as file:
    json.dump([code, sorted(sys.modules)], file)
"""
LIBEGL = "libEGL.so.1: cannot open shared object file: No such file or directory"


def _modules_of(tmp_path: Path, *arguments: str) -> tuple[int, set[str], str]:
    """Exit code, loaded modules and stdout of `osisnr ARGUMENTS`."""
    report = tmp_path / "modules.json"
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(report=str(report)), *arguments],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    code, modules = json.loads(report.read_text())
    return code, set(modules), done.stdout


def _fake(monkeypatch: pytest.MonkeyPatch, name: str, **contents: object) -> None:
    module = types.ModuleType(name)
    module.__dict__.update(contents)
    monkeypatch.setitem(sys.modules, name, module)


def test_version_loads_neither_qt_nor_numpy(tmp_path: Path) -> None:
    code, modules, out = _modules_of(tmp_path, "--version")
    assert code == 0
    assert __version__ in out
    assert not modules & {"PySide6", "pyqtgraph", "numpy", "scipy", "soundfile"}


def test_score_never_loads_qt(tmp_path: Path, samples: Path) -> None:
    pair = (str(samples / "2_enhancement_clean.flac"), str(samples / "2_enhancement_est_dfn3.flac"))
    code, modules, out = _modules_of(tmp_path, "score", *pair)
    assert code == 0
    assert "_est_dfn3.flac" in out
    assert not modules & {"PySide6", "shiboken6", "pyqtgraph", "osisnr_gui.qt", "scipy.signal"}


def test_the_window_says_its_version_without_qt() -> None:
    code = "import sys\nfrom osisnr_gui.app import window\nwindow()\nprint('PySide6' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, "--version"], capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == (f"osisnr-gui {__version__}\nFalse\n", "")


def test_the_window_loads_nothing_it_does_not_show() -> None:
    """scipy, half a second and more, waits for the first mask file or resampling; sound output for the first Play."""
    code = "import sys, osisnr_gui.qt.main; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "PySide6.QtWidgets" in loaded
    assert not loaded & {"scipy", "PySide6.QtMultimedia", "matplotlib"}


def test_python_m_opens_the_window(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "osisnr_gui", "--version"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert __version__ in done.stdout


def test_one_blas_thread_unless_the_user_chose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    app.use_one_blas_thread()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
    assert os.environ["OMP_NUM_THREADS"] == "4"


def test_arguments_and_exit_code_pass_through(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    _fake(monkeypatch, "osisnr_gui.qt.main", run=lambda options: seen.append(options.files) or 7)
    monkeypatch.setattr(main, "main", lambda arguments: seen.append(arguments) or 7)
    monkeypatch.setattr(sys, "argv", ["osisnr", "a.wav", "b.wav"])
    assert (app.window(), app.command_line()) == (7, 7)
    assert seen == [["a.wav", "b.wav"]] * 2


def test_missing_library_is_one_message(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Loader:
        """Stands for the dynamic loader's refusal while Qt is imported."""

        def find_spec(self, name: str, *_: object) -> None:
            if name == "osisnr_gui.qt.main":
                raise ImportError(LIBEGL)

    monkeypatch.delitem(sys.modules, "osisnr_gui.qt.main", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Loader(), *sys.meta_path])
    monkeypatch.setattr(sys, "argv", ["osisnr-gui"])
    assert app.window() == 2
    said = capsys.readouterr().err
    assert said.startswith("osisnr: the system library libEGL.so.1 is missing")
    assert "apt-get install libegl1" in said
    assert "dnf install mesa-libEGL" in said


def test_other_import_errors_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    _fake(monkeypatch, "osisnr_gui.qt.main")
    monkeypatch.setattr(sys, "argv", ["osisnr-gui"])
    with pytest.raises(ImportError, match="cannot import name 'run'"):
        app.window()


@pytest.mark.parametrize(
    ("text", "library"),
    [
        (LIBEGL, "libEGL.so.1"),
        ("libxcb-cursor.so.0: cannot open shared object file: No such file", "libxcb-cursor.so.0"),
        ("Error loading shared library libGL.so.1: No such file or directory (needed by x)", "libGL.so.1"),
        ("No module named 'PySide6'", None),
        ("libQt6Core.so.6: undefined symbol: foo", None),
    ],
)
def test_library_names_are_found(text: str, library: str | None) -> None:
    assert platform_check.missing_library(text) == library


def test_missing_xcb_library_is_found_before_qt_aborts(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> None:
        raise OSError("libxcb-cursor.so.0: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(platform_check.ctypes, "CDLL", refuse)
    found = platform_check.find_problem({"DISPLAY": ":0"}, "linux")
    assert found is not None
    assert "libxcb-cursor.so.0" in found.text
    assert "libxcb-cursor0" in found.text
    assert not found.can_draw, "a window was asked for, and one package makes it possible"


@pytest.mark.parametrize(
    ("environment", "platform"),
    [
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux"),
        ({"QT_QPA_PLATFORM": "offscreen:enable_fonts", "DISPLAY": ":0"}, "linux"),
        ({"QT_QPA_PLATFORM": "wayland;xcb:x;Minimal"}, "linux"),
        ({}, "darwin"),
        ({}, "win32"),
    ],
)
def test_nothing_is_said_where_qt_can_start(environment: dict[str, str], platform: str) -> None:
    assert platform_check.find_problem(environment, platform) is None


def test_a_platform_that_qt_does_not_know_is_refused() -> None:
    found = platform_check.find_problem({"QT_QPA_PLATFORM": "frob;ulate", "DISPLAY": ":0"}, "linux")
    assert found is not None
    assert found.text.startswith("QT_QPA_PLATFORM is 'frob;ulate', which Qt does not know; unset it")
    assert not found.can_draw


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can lack a display")
@pytest.mark.may_skip
@pytest.mark.parametrize("display", [{}, {"DISPLAY": ":4711"}])
def test_no_display_is_said_without_an_abort(display: dict[str, str]) -> None:
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden} | display
    done = subprocess.run(
        [sys.executable, "-m", "osisnr_gui"], capture_output=True, text=True, timeout=60, env=environment
    )
    assert done.returncode == 2
    assert done.stderr.startswith("osisnr: ")
    assert "display" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_resources_are_found_and_named_when_missing() -> None:
    assert Path(resource_path("samples", "README.md")).is_file()
    with pytest.raises(FileNotFoundError, match=r"icons/no-such-icon\.svg is missing"):
        resource_path("icons", "no-such-icon.svg")


def test_version_is_quick() -> None:
    """Measured against a bare interpreter, because machines differ: it may cost as much again, and a bit."""

    def best(*command: str) -> float:
        def once() -> float:
            start = time.perf_counter()
            subprocess.run([sys.executable, *command], capture_output=True, check=True, timeout=60)
            return time.perf_counter() - start

        return min(once() for _ in range(5))

    start_up = "import sys; sys.argv[1:] = ['--version']; from osisnr_gui.app import command_line; command_line()"
    assert best("-c", start_up) < 3 * best("-c", "import argparse") + 0.1
