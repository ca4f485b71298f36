"""What is installed is what was tested: the wheel holds the resources, and works without the source tree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from osisnr_gui import __version__

ROOT = Path(__file__).resolve().parent.parent
BIN = "Scripts" if sys.platform == "win32" else "bin"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, built in the environment of the tests (nothing is downloaded)."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs' folder of a fresh environment that holds the wheel and what it asks for, nothing else."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(folder, with_pip=True)
    programs = folder / BIN
    command = [str(programs / "python"), "-m", "pip", "install", "--quiet", str(wheel)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1200, env=_clean_environment())
    assert done.returncode == 0, done.stdout + done.stderr
    return programs


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: nothing in it, and far from the source tree."""
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def _clean_environment() -> dict[str, str]:
    hidden = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    return {name: value for name, value in os.environ.items() if name not in hidden}


def _run(program: Path, *arguments: str) -> str:
    done = subprocess.run(
        [str(program), *arguments], capture_output=True, text=True, timeout=180, env=_clean_environment()
    )
    assert done.returncode == 0, f"{done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


def _contents(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_wheel_holds_code_and_every_resource(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    resources = (path.relative_to(ROOT / "resources") for path in (ROOT / "resources").rglob("*") if path.is_file())
    expected = {f"osisnr_gui/_resources/{path.as_posix()}" for path in resources if "__pycache__" not in path.parts}
    assert expected - names == set()
    for folder in ("samples", "icons", "help", "licenses"):
        assert any(name.startswith(f"osisnr_gui/_resources/{folder}/") for name in names)
    code = {path.relative_to(ROOT).as_posix() for path in (ROOT / "osisnr_gui").rglob("*.py")}
    assert code - names == set()


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"osisnr_gui", f"osisnr_gui-{__version__}.dist-info"}
    assert [name for name in names if "__pycache__" in name or name.endswith(".pyc")] == []


def test_wheel_names_both_programs_and_the_licence(wheel: Path) -> None:
    info = f"osisnr_gui-{__version__}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        programs = archive.read(f"{info}/entry_points.txt").decode()
        metadata = archive.read(f"{info}/METADATA").decode()
        assert any(name.startswith(f"{info}/licenses/") for name in archive.namelist())
    assert "[console_scripts]\nosisnr = osisnr_gui.app:command_line" in programs
    assert "[gui_scripts]\nosisnr-gui = osisnr_gui.app:window" in programs
    assert "License-Expression: MIT" in metadata
    assert f"Version: {__version__}" in metadata


@pytest.mark.slow
def test_installed_resources_lie_in_site_packages(installed: Path, empty_folder: Path) -> None:
    script = "from osisnr_gui.session.demos import demo_session; print(demo_session('masks').reference.path)"
    path = Path(_run(installed / "python", "-c", script).strip())
    assert path.is_file()
    assert path.is_relative_to(installed.parent)
    assert path.parts[-4:] == ("osisnr_gui", "_resources", "samples", "4_masks_irm.npy")


@pytest.mark.slow
def test_installed_resources_are_those_of_the_tree(installed: Path, empty_folder: Path) -> None:
    script = "from osisnr_gui.paths import resource_path; print(resource_path())"
    folder = Path(_run(installed / "python", "-c", script).strip())
    kept, shipped = _contents(ROOT / "resources"), _contents(folder)
    assert {name.split("/")[0] for name in shipped} >= {"samples", "icons", "help", "licenses"}
    assert shipped.keys() == kept.keys()
    assert [name for name in kept if shipped[name] != kept[name]] == []


@pytest.mark.slow
def test_installed_command_line_scores_a_sample(installed: Path, empty_folder: Path) -> None:
    assert __version__ in _run(installed / "osisnr", "--version")
    script = "from osisnr_gui.paths import resource_path; print(resource_path('samples'))"
    folder = Path(_run(installed / "python", "-c", script).strip())
    pair = (str(folder / "2_enhancement_clean.flac"), str(folder / "2_enhancement_est_dfn3.flac"))
    scores = json.loads(_run(installed / "osisnr", "score", *pair, "--json", "-"))
    (estimate,) = scores["estimates"]
    # The same pair as measured when the samples were made, with another implementation.
    assert estimate["exact"]["osi_db_mean"] == pytest.approx(10.88, abs=0.01)
    assert estimate["exact"]["mc_mse"] == pytest.approx(0.0255, abs=0.0002)


@pytest.mark.slow
def test_installed_program_passes_its_own_test(installed: Path, empty_folder: Path) -> None:
    assert _run(installed / "osisnr", "--selftest").endswith("nothing is wrong\n")


@pytest.mark.slow
def test_installed_window_opens_a_demo(installed: Path, empty_folder: Path) -> None:
    assert __version__ in _run(installed / "osisnr-gui", "--version")
    _run(installed / "osisnr-gui", "--demo", "--screenshot", "picture.png")
    assert (empty_folder / "picture.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in empty_folder.iterdir()] == ["picture.png"]
