"""The child of the program: started by Python where there is one, by the program itself in a bundle."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from osisnr_gui import app, paths
from osisnr_gui.io import mat_child, mat_files


def test_with_python_it_is_a_module() -> None:
    assert paths.mat_child_command() == (sys.executable, "-m", "osisnr_gui.io.mat_child")
    assert tuple(mat_files.CHILD) == paths.mat_child_command()


def test_a_bundle_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert paths.mat_child_command() == (sys.executable, "--read-mat")


def test_the_option_runs_the_child_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(mat_child, "main", lambda arguments: asked.append(arguments) or 5)
    monkeypatch.setattr(app, "window", lambda: pytest.fail("a window was opened"))
    monkeypatch.setattr(sys, "argv", ["osisnr-gui", paths.READ_MAT, "3", "key"])
    assert app.start_bundle() == 5
    assert asked == [["3", "key"]]


@pytest.mark.parametrize(
    ("executable", "code"), [("/opt/x/osisnr", 1), ("/opt/x/osisnr-gui", 2), ("osisnr-gui.exe", 2), ("osisnr.exe", 1)]
)
def test_the_name_of_the_executable_chooses_the_program(
    executable: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "command_line", lambda: 1)
    monkeypatch.setattr(app, "window", lambda: 2)
    monkeypatch.setattr(sys, "argv", ["any"])
    monkeypatch.setattr(sys, "executable", executable)
    assert app.start_bundle() == code


def test_nobody_starts_python_in_another_way() -> None:
    """In a bundle `sys.executable` is the program: `-m` would open a second window."""
    package = Path(paths.__file__).parent
    named = [path for path in package.rglob("*.py") if "sys.executable" in path.read_text("utf-8")]
    assert {path.relative_to(package).as_posix() for path in named} == {
        "app.py",
        "desktop_files.py",
        "paths.py",
        "qt/selftest.py",
    }
