"""`osisnr --selftest`: a table, 0 when nothing is wrong and 1 otherwise, and nothing left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from osisnr_gui import app
from osisnr_gui.io.formats import FORMATS
from osisnr_gui.paths import resource_path
from osisnr_gui.qt import selftest
from osisnr_gui.qt.selftest import CheckError, Stage

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "import sys; from osisnr_gui.app import command_line; sys.exit(command_line())"


def test_the_golden_set_is_that_of_the_tests() -> None:
    shipped = json.loads(Path(resource_path("selftest", "golden.json")).read_text("utf-8"))
    kept = json.loads((ROOT / "tests" / "golden" / "golden.json").read_text("utf-8"))["vectors"]
    assert "g01" in [case["id"] for case in shipped]
    assert [case for case in shipped if case not in kept] == []


def test_quick_checks_hold(tmp_path: Path, qapp: QApplication) -> None:
    for check in (selftest.check_golden, selftest.check_published, selftest.check_formats):
        assert check(Stage(tmp_path))


def test_a_wrong_number_is_found(tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "PUBLISHED", (*selftest.PUBLISHED[:1], (*selftest.PUBLISHED[1][:3], 0.7, 0.001)))
    with pytest.raises(CheckError, match=r"fused 0\.60"):
        selftest.check_published(Stage(tmp_path))


def test_a_format_without_a_file_is_found(tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    other = next(known for known in FORMATS if known.title == "FLAC")
    monkeypatch.setattr(selftest, "FORMATS", [known for known in FORMATS if known is not other])
    selftest.check_formats(Stage(tmp_path))
    monkeypatch.setattr(selftest, "find_format", lambda _source: None)
    with pytest.raises(CheckError, match="AIFF, AU"):
        selftest.check_formats(Stage(tmp_path))


@pytest.mark.parametrize(("what", "code"), [(None, 0), (CheckError("no sound"), 1), (OSError("broken"), 1)])
def test_table_and_exit_code(
    what: Exception | None, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    qapp: QApplication,
) -> None:  # fmt: skip
    def run(_stage: Stage) -> str:
        if what is not None:
            raise what
        return "seen"

    monkeypatch.setattr(selftest, "CHECKS", (("first", lambda _stage: "fine"), ("x", run)))
    assert selftest.main() == code
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("osisnr ")
    assert lines[3].split() == ["ok", "first", "0.0", "s", "fine"]
    assert lines[4].startswith("FAILED  x" if code else "ok      x")
    assert (str(what) if code else "seen") in lines[4]
    assert lines[-1] == ("1 of 2 checks failed" if code else "nothing is wrong")


def test_both_programs_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "main", lambda: 7)
    monkeypatch.setattr(sys, "argv", ["osisnr", "--selftest"])
    assert (app.command_line(), app.window()) == (7, 7)


@pytest.mark.slow
def test_all_of_it_holds_and_leaves_nothing(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "QT_"))}
    environment |= {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "--selftest"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert done.stdout.count("\nok ") == len(selftest.CHECKS)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []
