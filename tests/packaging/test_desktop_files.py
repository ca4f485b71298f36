"""Desktop files: what a desktop reads of the program, and `--install-desktop`, which writes it for one user."""

from __future__ import annotations

import configparser
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from osisnr_gui import app, desktop_files
from osisnr_gui.io.formats import MatrixFormat, extensions_of
from osisnr_gui.paths import resource_path

ENTRY = Path(resource_path("packaging", "osisnr_gui.desktop")).read_text("utf-8")
#: Not offered for every table and text file of the desktop.
COMMON = {".csv", ".tsv", ".txt"}
NAMESPACE = "{http://www.freedesktop.org/standards/shared-mime-info}"


def _read(text: str) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return parser["Desktop Entry"]


@pytest.fixture
def share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "a b"))
    monkeypatch.setattr(sys, "platform", "linux")
    return tmp_path / "a b"


def test_the_entry_opens_several_files_at_once() -> None:
    entry = _read(ENTRY)
    assert entry["Exec"] == "osisnr-gui %F"
    assert entry["Icon"] == desktop_files.NAME
    assert "application/x-osisnr-session" in entry["MimeType"].split(";")


def test_every_type_of_the_list_is_offered() -> None:
    types = ElementTree.parse(resource_path("packaging", "osisnr_gui.xml")).getroot()
    patterns = {glob.get("pattern"): kind.get("type") for kind in types for glob in kind.iter(f"{NAMESPACE}glob")}
    assert "*.osisnr" in patterns
    assert {f"*{name}" for name in extensions_of(MatrixFormat) if name not in COMMON} <= patterns.keys()
    assert set(patterns.values()) <= set(_read(ENTRY)["MimeType"].split(";"))


@pytest.mark.parametrize("path", ["/opt/x/osisnr-gui", '/home of/a $b/c`d"e\\f/100%/osisnr-gui'])
def test_the_path_of_the_program_is_quoted(path: str) -> None:
    line = _read(desktop_files.with_program(ENTRY, path))["Exec"]
    quoted = re.fullmatch(r'"((?:[^"`$\\]|\\.)*)" %F', line.replace("\\\\", "\\"))
    assert quoted is not None
    assert re.sub(r"\\(.)", r"\1", quoted[1]).replace("%%", "%") == path


def test_installed_and_removed(
    share: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["osisnr-gui", "--install-desktop"])
    assert app.window() == 0
    written = {path.relative_to(share).as_posix() for path in share.rglob("*") if path.is_file()}
    assert desktop_files.SHARED.keys() <= written
    entry = _read((share / "applications" / "osisnr_gui.desktop").read_text("utf-8"))
    assert entry["Exec"] == f'"{Path(sys.executable).with_name("osisnr-gui")}" %F'
    assert "osisnr-gui" in capsys.readouterr().out

    monkeypatch.setattr(sys, "argv", ["osisnr-gui", "--remove-desktop"])
    assert app.window() == 0
    assert list(share.rglob("*osisnr*")) == []


def test_a_bundle_names_itself(share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "osisnr"))
    assert desktop_files.program() == str(tmp_path / "osisnr-gui")


@pytest.mark.parametrize("install", [True, False])
def test_elsewhere_nothing_is_written_or_removed(share: Path, monkeypatch: pytest.MonkeyPatch, install: bool) -> None:
    place = share / "applications" / "osisnr_gui.desktop"
    place.parent.mkdir(parents=True)
    place.write_text("of another program")
    monkeypatch.setattr(sys, "platform", "win32")
    assert desktop_files.change(install=install) == 2
    assert [path for path in share.rglob("*") if path.is_file()] == [place]
    assert place.read_text() == "of another program"


@pytest.mark.parametrize("install", [True, False])
def test_a_folder_that_cannot_be_written_is_a_sentence(
    share: Path, capsys: pytest.CaptureFixture[str], install: bool
) -> None:
    in_the_way = share if install else share / "applications" / "osisnr_gui.desktop"
    in_the_way.parent.mkdir(parents=True, exist_ok=True)
    in_the_way.write_text("no folder") if install else in_the_way.mkdir()
    assert desktop_files.change(install=install) == 3
    assert "The menu entry could not be changed: " in capsys.readouterr().err
