"""Without a display the window becomes a picture, and its numbers are printed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from osisnr_gui import platform_check

ROOT = Path(__file__).resolve().parent.parent
PNG = b"\x89PNG\r\n\x1a\n"
HIDDEN = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can lack a display"),
    pytest.mark.may_skip,
]


def _run(folder: Path, *arguments: str, module: str = "osisnr_gui", **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in HIDDEN}
    environment |= {"PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(folder / "config"), **more}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, cwd=folder)


def _pictures(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file() and path.read_bytes().startswith(PNG))


@pytest.fixture
def pair(tmp_path: Path, samples: Path) -> tuple[str, str]:
    names = ("clean.flac", "an estimate: $1.flac")
    for source, name in zip(("2_enhancement_clean.flac", "2_enhancement_est_gate.flac"), names, strict=True):
        shutil.copy(samples / source, tmp_path / name)
    return names


@pytest.mark.parametrize("display", [{}, {"DISPLAY": ":4711"}])
def test_a_demo_leaves_its_picture_and_its_numbers(tmp_path: Path, display: dict[str, str]) -> None:
    done = _run(tmp_path, "--demo", "speakers", **display)
    assert done.returncode == 0, done.stderr
    assert _pictures(tmp_path) == ["osisnr-speakers.png"]
    assert (tmp_path / "osisnr-speakers.png").stat().st_size > 20_000
    assert "1_two_speakers_ref_a.flac" in done.stdout
    assert "1_two_speakers_ref_b.flac" in done.stdout, "every reference is named"
    assert "./osisnr-speakers.png" in done.stdout
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


def test_a_refused_file_is_said_and_the_picture_is_left(tmp_path: Path, pair: tuple[str, str]) -> None:
    (tmp_path / "broken.wav").write_bytes(b"RIFF no sound")
    done = _run(tmp_path, pair[0], "broken.wav")
    assert done.returncode == 3
    assert "broken.wav: " in done.stderr
    assert "Traceback" not in done.stderr
    assert "There are no numbers" in done.stdout
    assert _pictures(tmp_path) == ["osisnr-broken.png"]


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
    assert empty.stderr.startswith("osisnr-gui: there is no display")
    assert _pictures(tmp_path) == []


def test_libraries_that_only_a_window_needs_do_not_stop_the_picture() -> None:
    found = platform_check.find_problem({}, "linux")
    assert found is not None
    assert found.can_draw
