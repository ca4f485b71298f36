"""The first step of the README's commands: it installs what is missing, and only that, without a question."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from osisnr_gui import platform_check

SCRIPT = Path(__file__).resolve().parent.parent / "resources" / "packaging" / "system_libraries.py"
ALL_PACKAGES = platform_check.APT_PACKAGES.split()
Commands = list[list[str]]


class Machine:
    """A Linux with some packages, programs and rights; what apt-get installs is there afterwards."""

    def __init__(self, there: list[str]) -> None:
        self.there, self.commands = set(there), Commands()
        self.programs = {"apt-get"}
        self.user, self.sudo_asks, self.apt_works = 1000, True, True

    def find_spec(self, name: str) -> object:
        return "found" if name == "ensurepip" and "python3-venv" in self.there else None

    def load(self, library: str) -> None:
        known = platform_check.NEEDED | platform_check.USEFUL
        if library not in {known[package] for package in self.there if package in known}:
            raise OSError(f"{library}: cannot open shared object file: No such file or directory")

    def run(self, command: list[str], **how: object) -> subprocess.CompletedProcess[bytes]:
        assert how["stdin"] == subprocess.DEVNULL, "nothing may ask"
        self.commands.append(command)
        if "true" in command:
            return subprocess.CompletedProcess(command, int(self.sudo_asks))
        if "install" in command and self.apt_works:
            self.there |= set(command)
        return subprocess.CompletedProcess(command, 0 if self.apt_works else 100)

    def which(self, program: str) -> str | None:
        return f"/usr/bin/{program}" if program in self.programs else None


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "dont_write_bytecode", sys.dont_write_bytecode)
    spec = importlib.util.spec_from_file_location("system_libraries", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def machine(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Machine:
    found = Machine(["python3-venv", *ALL_PACKAGES])
    monkeypatch.setattr(script.sys, "platform", "linux")
    monkeypatch.setattr(script.ctypes, "CDLL", found.load)
    monkeypatch.setattr(script.importlib.util, "find_spec", found.find_spec)
    monkeypatch.setattr(script.subprocess, "run", found.run)
    monkeypatch.setattr(script.shutil, "which", found.which)
    monkeypatch.setattr(script.os, "geteuid", lambda: found.user, raising=False)
    monkeypatch.setattr(script, "has_font", lambda: platform_check.FONT_PACKAGE in found.there)
    return found


def test_where_all_is_there_nothing_runs(
    script: ModuleType, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.user = 0
    assert script.main() == 0
    assert machine.commands == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("user", "prefix"), [(0, []), (1000, ["/usr/bin/sudo", "-n"])], ids=["root", "sudo without a password"]
)
def test_what_is_missing_is_installed_and_named(
    script: ModuleType, machine: Machine, capsys: pytest.CaptureFixture[str], user: int, prefix: list[str]
) -> None:
    lacks = ["python3-venv", "libegl1", "libxcb-cursor0", "fonts-dejavu-core"]
    machine.there -= set(lacks)
    machine.user, machine.sudo_asks = user, False
    machine.programs.add("sudo")
    assert script.main() == 0
    apt_get = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *script.APT_OPTIONS]
    expected = [[*apt_get, "update"], [*apt_get, "install", "-y", "--no-install-recommends", *lacks]]
    assert machine.commands == ([[*prefix, "true"]] if prefix else []) + expected
    assert capsys.readouterr() == (f"Installing {' '.join(lacks)}\n", "")


@pytest.mark.parametrize("programs", [{"apt-get"}, {"apt-get", "sudo"}, set()], ids=["user", "password", "no apt"])
@pytest.mark.parametrize(
    ("lacks", "code"), [("python3-venv", 1), ("libegl1", 1), ("libxcb-cursor0", 0), ("fonts-dejavu-core", 0)]
)
def test_what_cannot_be_installed_is_named(
    script: ModuleType,
    machine: Machine,
    capsys: pytest.CaptureFixture[str],
    programs: set[str],
    lacks: str,
    code: int,
) -> None:
    """Only what nothing can do without ends the README's command."""
    machine.there.discard(lacks)
    machine.programs = programs
    machine.user = 1000 if programs else 0
    assert script.main() == code
    assert not any("install" in command for command in machine.commands)
    out, said = capsys.readouterr()
    assert out == ""
    what = "Nothing can start" if code else "There is no window, no sound or no letters"
    command = f"apt-get install {lacks}" if programs else f"dnf install {platform_check.DNF_PACKAGES}  (Fedora)"
    assert said == f"{what} without {lacks}.\nInstall it with: sudo {command}\n"


def test_a_failed_installation_names_what_is_still_missing(
    script: ModuleType, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.there -= {"libglib2.0-0", "libpulse0"}
    machine.user, machine.apt_works = 0, False
    assert script.main() == 1
    needed, useful, command = capsys.readouterr().err.splitlines()
    assert needed == "Nothing can start without libglib2.0-0."
    assert useful.endswith("no letters without libpulse0.")
    assert command.endswith("apt-get install libglib2.0-0 libpulse0")


def test_other_systems_bring_their_libraries(
    script: ModuleType, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.there.clear()
    monkeypatch.setattr(script.sys, "platform", "darwin")
    assert script.main() == 0
    assert machine.commands == []


def test_fonts_are_looked_for_in_folders(script: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "truetype" / "any"
    folder.mkdir(parents=True)
    (folder / "README.txt").touch()
    assert not script.has_font([str(tmp_path), str(tmp_path / "absent")])
    (folder / "Any.TTF").touch()
    assert script.has_font([str(tmp_path)])


def test_it_runs_with_the_bare_interpreter_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """-S and -I: no site-packages, as before anything is installed."""
    package, packaging = tmp_path / "osisnr_gui", tmp_path / "resources" / "packaging"
    for folder in (package, packaging):
        folder.mkdir(parents=True)
    for name in ("__init__.py", "platform_check.py"):
        (package / name).write_bytes((SCRIPT.parents[2] / "osisnr_gui" / name).read_bytes())
    (packaging / SCRIPT.name).write_bytes(SCRIPT.read_bytes())
    before = sorted(tmp_path.rglob("*"))
    code = f"import runpy; runpy.run_path({str(packaging / SCRIPT.name)!r})['missing_packages']()"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(tmp_path.rglob("*")) == before
