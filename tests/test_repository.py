"""Rules about the repository itself, so that the one test command covers style, types and architecture too."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "osisnr_gui"
TOP_LEVEL = {"pyproject.toml", "README.md", "osisnr_gui", "resources", "tests"}
MOST_LINES = 400
QT_MODULES = {"PySide6", "shiboken6", "pyqtgraph", "superqt"}
# Written in two parts, so that this file does not find itself.
MACHINE_PATHS = ("/wo" + "rk/", "/ro" + "ot/", "../sha" + "red", "/ho" + "me/", "C:" + "\\Users")


def _files() -> list[Path]:
    """The files of the repository: tracked or about to be; without git, everything but dot folders."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
        return [path for name in os.fsdecode(listed).split("\0") if name and (path := ROOT / name).is_file()]
    except (OSError, subprocess.CalledProcessError):
        hidden = ("__pycache__",)
        everything = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
        shown = (path for path in everything if not any(part.startswith(".") or part in hidden for part in path.parts))
        return [ROOT / path for path in shown if (ROOT / path).is_file()]


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _tool(*command: str) -> None:
    """Run a tool of the environment the tests run in; its report is the failure."""
    name, *arguments = command
    done = subprocess.run(
        [str(Path(sys.executable).parent / name), *arguments], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    if done.returncode != 0:
        pytest.fail(f"{' '.join(command)} ended with {done.returncode}\n{done.stdout}{done.stderr}", pytrace=False)


def test_ruff_check() -> None:
    _tool("ruff", "check", "--no-cache", ".")


def test_ruff_format() -> None:
    _tool("ruff", "format", "--check", "--no-cache", ".")


def test_mypy(tmp_path: Path) -> None:
    _tool("mypy", "--cache-dir", str(tmp_path))


def test_architecture() -> None:
    _tool("lint-imports", "--no-cache")


def test_top_level_is_fixed() -> None:
    names = {path.relative_to(ROOT).parts[0] for path in _files()}
    assert {name for name in names if not name.startswith(".")} == TOP_LEVEL


def test_modules_are_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in _modules()}
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_modules_say_what_they_are_for() -> None:
    assert [str(path) for path in _modules() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))] == []


def test_qt_stays_in_its_folder() -> None:
    found = []
    for path in _modules():
        if path.is_relative_to(PACKAGE / "qt"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{path}: {name}" for name in names if name.split(".")[0] in QT_MODULES]
    assert found == []


def test_nothing_names_a_machine() -> None:
    found = []
    for path in _files():
        data = path.read_bytes()
        if b"\0" not in data:
            found += [f"{path.relative_to(ROOT)}: {text}" for text in MACHINE_PATHS if text.encode() in data]
    assert found == []


def test_every_demo_file_has_a_line_in_the_readme_of_the_samples(samples: Path) -> None:
    readme = (samples / "README.md").read_text("utf-8")
    short = readme.replace("…", "1_two_speakers")
    named = [path.name for path in samples.iterdir() if path.suffix in {".flac", ".npy"}]
    assert len(named) == 18
    assert [name for name in named if name not in short] == []


def test_benchmarks_do_not_run_by_default() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    assert "not bench" in options["addopts"]
    listed = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/bench"],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert "::" not in listed.stdout


def test_both_commands_of_the_readme_begin_with_the_system_libraries() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for heading in ("Run", "Test"):
        (command,) = re.findall(rf"^## {heading}\n\n```sh\n(.*?)\n```", text, re.MULTILINE | re.DOTALL)
        first, second, *_ = command.split(" && ")
        assert first == "python3 resources/packaging/system_libraries.py"
        assert second == "python3 -m venv .venv"
