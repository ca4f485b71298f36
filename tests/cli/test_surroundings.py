"""Languages of the system that write 0,5, Python's warnings as errors, and files of another user."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.may_skip]
LOCALES = ("de_DE.UTF-8", "zh_CN.UTF-8")
SET = "import locale, sys; locale.setlocale(locale.LC_ALL, sys.argv.pop(1)); "
SCORE = SET + "from osisnr_gui.cli.main import main; sys.exit(main(sys.argv[1:]))"
FIELDS = (
    SET
    + """
import os
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from osisnr_gui.qt.panels.value_slider import ALPHA, ValueSlider
from PySide6.QtCore import QLocale
app = QApplication([])
print(QLocale().name(), QLocale().decimalPoint())
slider = ValueSlider(ALPHA)
slider.show()
for typed in sys.argv[1:]:
    slider.field.lineEdit().selectAll()
    QTest.keyClicks(slider.field.lineEdit(), typed)
    slider.field.interpretText()
    print(typed, slider.field.value(), slider.field.text())
"""
)
AS_NOBODY = """
import contextlib, io, os, sys
from osisnr_gui.cli.main import main
files = sys.argv[1:]
with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())):  # what is imported late may lie where only root reads
    assert main(["ref.wav" if each == "est.wav" else each for each in files]) == 0
for path in os.listdir("out"):
    os.unlink(os.path.join("out", path))
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
sys.exit(main(files))
"""


def _python(code: str, *arguments: str, name: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LC_") and key != "LANGUAGE"}
    environment |= {"LANG": name, "LC_ALL": name, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, name, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)


@pytest.fixture(params=LOCALES)
def name(request: pytest.FixtureRequest) -> str:
    """A locale that is installed."""
    name = str(request.param)
    if _python(SET, name=name).returncode:
        pytest.skip(f"the locale {name} is not installed (package locales, localedef)")
    return name


def test_files_are_equal_in_every_locale(folder: Path, name: str) -> None:
    found = {}
    for each in ("C.UTF-8", name):
        for inputs in (["ref.wav", "est.wav"], ["m1.npy", "m2.npy"]):
            arguments = [*inputs, "--alpha", "0.5", "--csv", "a.csv", "--json", "a.json", "--frames"]
            done = _python(SCORE, "score", *arguments, name=each)
            assert done.returncode == 0, done.stderr
            found[each, inputs[0]] = Path("a.csv").read_bytes(), Path("a.json").read_bytes()
    for first in ("ref.wav", "m1.npy"):
        assert found[name, first] == found["C.UTF-8", first]


def test_a_number_field_takes_a_point_and_a_comma_in_every_locale(name: str) -> None:
    done = _python(FIELDS, "0.5", "0,25", name=name)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == ["0.5 0.5 0.50", "0,25 0.25 0.25"], done.stdout
    assert done.stdout.startswith(name[:5])


@pytest.mark.parametrize("demo", ["1_two_speakers_ref_a 1_two_speakers_est_a", "4_masks_irm 4_masks_est"])
def test_no_warning_of_python_is_left(samples: Path, tmp_path: Path, demo: str) -> None:
    ending = ".npy" if "masks" in demo else ".flac"
    pair = [str(samples / f"{name}{ending}") for name in demo.split()]
    table = tmp_path / "pairs.csv"
    table.write_text(f"reference,estimate\n{pair[0]},{pair[1]}\n")
    for command in (
        ["score", *pair, "--align", "--json", "a.json", "--csv", "a.csv", "--frames"],
        ["batch", str(table), "-o", "b.csv", "--jobs", "2"],
        ["batch", str(table), "-o", "b.json", "--jobs", "1"],
        ["report", *pair, "-o", "a.html"],
    ):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-X", "dev", "-m", "osisnr_gui.cli.main", *command],
            cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert done.returncode == 0, (command, done.stderr)
        assert all(line.startswith("osisnr: warning: ") for line in done.stderr.splitlines()), (command, done.stderr)


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("command", ["score ref.wav est.wav", "report ref.wav est.wav -o out/a.html"])
def test_a_file_of_another_user(folder: Path, command: str) -> None:
    out = folder / "out"
    out.mkdir()
    out.chmod(0o777)
    os.chmod("est.wav", 0o600)
    folder.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, *command.split()],
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert done.stderr.splitlines() == [
        "osisnr: est.wav: you may not read this file; change its permissions or copy it"
    ]
    assert not list(out.iterdir())
