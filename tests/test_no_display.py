"""Without a display the window becomes a picture, and its numbers are printed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from osisnr_gui import platform_check
from osisnr_gui.session.demos import DEMOS, Demo

ROOT = Path(__file__).resolve().parent.parent
PNG = b"\x89PNG\r\n\x1a\n"
HIDDEN = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can lack a display"),
    pytest.mark.may_skip,
]


def _run(
    folder: Path, *arguments: str, module: str = "osisnr_gui", stdout: IO[str] | int = subprocess.PIPE, **more: str
) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in HIDDEN}
    environment |= {"PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(folder / "config"), **more}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(
        command, stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=120, env=environment, cwd=folder
    )


def _pictures(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file() and path.read_bytes().startswith(PNG))


@pytest.fixture
def pair(tmp_path: Path, samples: Path) -> tuple[str, str]:
    names = ("clean.flac", "an estimate: $1.flac")
    for source, name in zip(("2_enhancement_clean.flac", "2_enhancement_est_gate.flac"), names, strict=True):
        shutil.copy(samples / source, tmp_path / name)
    return names


DEAD: list[dict[str, str]] = [
    {"WAYLAND_DISPLAY": "gone", "DISPLAY": ":4711"},
    {"DISPLAY": ":4711"},
    {"WAYLAND_DISPLAY": "gone"},
    {"QT_QPA_PLATFORM": "wayland;xcb"},
    {"QT_QPA_PLATFORM": "Wayland-egl:option", "DISPLAY": ":4711"},
]


@pytest.mark.parametrize(("demo", "display"), [*zip(DEMOS, DEAD, strict=True)], ids=[demo.name for demo in DEMOS])
def test_a_demo_leaves_its_picture_and_its_numbers(tmp_path: Path, demo: Demo, display: dict[str, str]) -> None:
    done = _run(tmp_path, "--demo", demo.name, **display)
    assert done.returncode == 0, done.stderr
    assert _pictures(tmp_path) == [f"osisnr-{demo.name}.png"]
    assert (tmp_path / f"osisnr-{demo.name}.png").stat().st_size > 20_000
    assert all(name in done.stdout for name in demo.references), "every reference is named"
    assert f"./osisnr-{demo.name}.png" in done.stdout
    assert "ssh -X" in done.stdout


def test_files_print_what_score_prints(tmp_path: Path, pair: tuple[str, str]) -> None:
    done = _run(tmp_path, *pair)
    paths = [str(tmp_path / name) for name in pair]
    scored = _run(tmp_path, "score", *paths, module="osisnr_gui.cli.main")
    assert (done.returncode, scored.returncode) == (0, 0), done.stderr
    assert "fused loss" in scored.stdout
    assert done.stdout.startswith(scored.stdout)
    assert done.stderr == scored.stderr
    assert _pictures(tmp_path) == ["osisnr-an_estimate_1.png"]


def test_an_earlier_picture_is_replaced_and_nothing_else(tmp_path: Path, pair: tuple[str, str]) -> None:
    picture = tmp_path / "osisnr-an_estimate_1.png"
    picture.write_text("notes of mine")
    done = _run(tmp_path, *pair)
    assert done.returncode == 3
    assert done.stderr == "osisnr: ./osisnr-an_estimate_1.png: not saved: another file has this name; " + (
        "move it, or use --screenshot FILE\n"
    )
    assert picture.read_text() == "notes of mine"
    picture.write_bytes(PNG)
    assert _run(tmp_path, *pair).returncode == 0
    assert picture.stat().st_size > 20_000


def test_a_picture_that_cannot_be_saved_costs_the_numbers_nothing(tmp_path: Path, pair: tuple[str, str]) -> None:
    (tmp_path / "osisnr-an_estimate_1.png").mkdir()
    done = _run(tmp_path, *pair)
    assert done.returncode == 3
    what = "osisnr: ./osisnr-an_estimate_1.png: not saved: a folder has this name"
    assert f"{what}; give another name with --screenshot FILE\n" in done.stderr
    assert "fused loss" in done.stdout
    assert "The window, drawn" not in done.stdout


def test_numbers_that_stdout_does_not_take_leave_the_picture_named(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        done = _run(tmp_path, "--demo", "echo", stdout=full)
    assert done.returncode == 3
    said = done.stderr.splitlines()[-1]
    assert said == "osisnr: standard output: not written: No space left on device; see ./osisnr-echo.png"
    assert _pictures(tmp_path) == ["osisnr-echo.png"]


def test_a_refused_file_is_said_and_the_picture_is_left(tmp_path: Path, pair: tuple[str, str]) -> None:
    (tmp_path / "broken.wav").write_bytes(b"RIFF no sound")
    done = _run(tmp_path, pair[0], "broken.wav")
    assert done.returncode == 3
    assert "broken.wav: " in done.stderr
    assert "Traceback" not in done.stderr
    assert "There are no numbers" in done.stdout
    assert _pictures(tmp_path) == ["osisnr-broken.png"]


@pytest.mark.parametrize("refused", [False, True])
def test_folders_become_a_picture_of_their_list_and_its_summary(tmp_path: Path, samples: Path, refused: bool) -> None:
    for folder in ("clean", "enhanced"):
        (tmp_path / folder).mkdir()
        shutil.copy(samples / "2_enhancement_clean.flac", tmp_path / folder / "a.flac")
    if refused:
        (tmp_path / "enhanced" / "b.flac").touch()
    done = _run(tmp_path, "clean", "enhanced")
    assert done.returncode == refused
    assert ("b.flac: " in done.stderr) == refused
    assert done.stdout.startswith(f"1 of {1 + refused} pairs scored")
    assert "over all pairs with a finite number" in done.stdout
    assert _pictures(tmp_path) == ["osisnr-enhanced.png"]


def test_a_damaged_session_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "work.osisnr").write_text("{")
    done = _run(tmp_path, "work.osisnr")
    assert done.returncode == 3
    assert done.stderr.startswith("osisnr: ")
    assert len(done.stderr.splitlines()) == 1
    assert _pictures(tmp_path) == []


def test_a_screenshot_needs_no_display(tmp_path: Path) -> None:
    done = _run(tmp_path, "--demo", "masks", "--screenshot", "mine.png")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert _pictures(tmp_path) == ["mine.png"]


def test_wrong_usage_and_nothing_to_show_end_with_2(tmp_path: Path) -> None:
    wrong = _run(tmp_path, "--demo", "nothing")
    assert wrong.returncode == 2
    assert "there is no demo 'nothing'" in wrong.stderr
    empty = _run(tmp_path)
    assert empty.returncode == 2
    assert empty.stderr.startswith("osisnr: there is no display")
    assert _pictures(tmp_path) == []


def test_a_compositor_that_listens_is_a_display(tmp_path: Path) -> None:
    environment = {"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert platform_check.find_problem(environment, "linux") is not None
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "wayland-7"))
        compositor.listen()
        assert platform_check.find_problem(environment, "linux") is None
