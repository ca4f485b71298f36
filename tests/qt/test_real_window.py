"""The window on a real X server, seen and handled from outside only: mouse, keys, clipboard, pictures of the screen."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from real_display import Display, missing_tools, open_display, running, wait_for

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = ["--demo", "enhancement", "--size", "1280x720", "--theme", "dark"]
TITLE = "against .* osisnr_gui$"
FUSED = "fused L"
STILL = 3  # looks at the screen that must agree
DEFAULT_ALPHA, FAR_ALPHA = 0.3, 0.9
SCORE = "import sys; from osisnr_gui.app import command_line; sys.exit(command_line())"
# The same window without a screen, to learn where things are: nothing of it is looked at but places.
PLACES = """
import json, sys
from PySide6.QtCore import QPoint, QRect, QTimer
from PySide6.QtWidgets import QApplication
from osisnr_gui.cli.scoring_options import window_options
from osisnr_gui.qt import main
from osisnr_gui.qt.main_window import MainWindow

app = QApplication(["osisnr-gui"])
seen = 0

def look():
    global seen
    (window,) = (widget for widget in app.topLevelWidgets() if isinstance(widget, MainWindow))
    seen = seen + 1 if window.is_final() and window.views.plots.pair is not None else 0
    if seen < 3:
        return
    timer.stop()
    loss = window.views.loss
    rect = lambda widget: QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).getRect()
    left, span = loss.alpha.slider._span()
    print(json.dumps({
        "slider": rect(loss.alpha.slider), "left": left, "span": span,
        "field": rect(loss.alpha.field), "headline": rect(loss.headline),
    }))
    window.close()

timer = QTimer(interval=100)
timer.timeout.connect(look)
timer.start()
sys.exit(main.run(window_options(sys.argv[1:])))
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.may_skip,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux shows windows on X"),
]


@dataclass(frozen=True)
class Places:
    """Where things are in the window, in its own coordinates."""

    slider: QRect
    left: float
    span: float
    field: QRect
    headline: QRect

    def at(self, alpha: float) -> tuple[int, int]:
        """The place of a value on the alpha slider."""
        return round(self.slider.x() + self.left + self.span * (alpha - 0.01) / 0.99), self.slider.center().y()


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    home = tmp_path_factory.mktemp("places")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    environment |= {"HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", PLACES, *ARGUMENTS]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    rects = {name: QRect(*found[name]) for name in ("slider", "field", "headline")}
    return Places(left=found["left"], span=found["span"], **rects)


@pytest.fixture
def display(tmp_path: Path) -> Iterator[Display]:
    if missing := missing_tools():
        pytest.fail(missing, pytrace=False)
    with open_display(tmp_path / "home") as display:
        yield display


@pytest.fixture
def managed(display: Display, tmp_path: Path) -> Iterator[Display]:
    """With a window manager, and so with frames and focus."""
    with running(["openbox"], display.environment, tmp_path / "openbox.log"):
        wait_for("the window manager", lambda: display.is_managed() or None)
        yield display


@contextmanager
def _program(display: Display, log: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "osisnr_gui", *arguments]
    with running(command, {**display.environment, "PYTHONPATH": str(ROOT)}, log) as process:
        yield process


def _wait_final(display: Display, folder: Path) -> str:
    """The window's id, once it is complete."""
    display.point(1399, 899)  # away from the plots, which follow the pointer
    window = wait_for("the window", lambda: display.find_window(TITLE))
    _wait_still(display, folder)
    return window


def _wait_still(display: Display, folder: Path) -> QImage:
    """The screen, once it does not change any more."""
    looks: list[QImage] = []

    def still() -> QImage | None:
        looks.append(QImage(str(display.screenshot(folder / "still.png"))))
        return looks[-1] if len(looks) > STILL and all(look == looks[-1] for look in looks[-STILL:]) else None

    return wait_for("a screen that stands still", still)


def _fused(table: str) -> dict[str, float]:
    """Estimate -> fused loss, from the table as it was copied."""
    rows = list(csv.reader(io.StringIO(table), delimiter="\t"))
    column = rows[0].index(FUSED)
    return {row[0]: float(row[column]) for row in rows[1:]}


def _scored(alpha: float) -> list[float]:
    """The same from the command line."""
    samples = ROOT / "resources" / "samples"
    files = [str(samples / f"2_enhancement_{name}.flac") for name in ("clean", "est_dfn3", "est_gate")]
    command = [sys.executable, "-c", SCORE, "score", *files, "--alpha", repr(alpha), "--json", "-"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return [estimate["exact"]["fused"] for estimate in json.loads(done.stdout)["estimates"]]


def _ended_well(process: subprocess.Popen[bytes], log: Path, home: Path) -> None:
    assert process.wait(30) == 0
    assert log.read_text() == ""
    assert list(home.rglob("osisnr_gui.log")) == []


def test_a_drag_moves_the_number_the_command_line_prints(display: Display, places: Places, tmp_path: Path) -> None:
    log = tmp_path / "window.log"
    shots: dict[str, QImage] = {}

    def shoot(name: str) -> None:
        shots[name] = QImage(str(display.screenshot(tmp_path / f"{name}.png")))

    with _program(display, log, *ARGUMENTS) as process:
        window = _wait_final(display, tmp_path)
        x, y, *size = display.geometry(window)
        assert size == [1280, 720]
        display.call("xdotool", "windowfocus", "--sync", window)  # a window manager's task, and there is none
        before_table = display.copied()
        before = _fused(before_table)
        assert list(before) == ["A (est_dfn3)", "B (est_gate)"]
        assert list(before.values()) == pytest.approx(_scored(DEFAULT_ALPHA), rel=1e-9)
        shoot("before")

        way = [places.at(DEFAULT_ALPHA + (FAR_ALPHA - DEFAULT_ALPHA) * step / 12) for step in range(13)]
        display.drag(window, way, halfway=lambda: shoot("halfway"))
        after = _fused(display.copied())
        shoot("after")
        # What alpha is now is not in the table; the field beside the slider says so, and can be copied, too.
        display.point(places.field.center().x(), places.field.center().y(), window)
        display.click()
        display.press("ctrl+a")
        alpha = float(display.copied())
        assert alpha == pytest.approx(FAR_ALPHA, abs=2 / places.span)
        assert list(after.values()) == pytest.approx(_scored(alpha), rel=1e-9)
        assert all(abs(after[name] - before[name]) > 0.01 for name in before)

        display.point(*places.at(FAR_ALPHA), window)
        display.click(times=2)
        assert display.copied() == before_table
        display.press("ctrl+q")
        _ended_well(process, log, tmp_path / "home")

    numbers = [shots[name].copy(places.headline.translated(x, y)) for name in ("before", "halfway", "after")]
    assert numbers[0] != numbers[1]
    assert numbers[1] != numbers[2]
    # The same place by the window's own count: a picture of one colour would be beside the headline.
    assert all(len({number.pixel(px, 20) for px in range(number.width())}) > 3 for number in numbers)


def test_nothing_on_screen_is_out_of_date(managed: Display, tmp_path: Path) -> None:
    log = tmp_path / "window.log"
    with _program(managed, log, *ARGUMENTS):
        window = _wait_final(managed, tmp_path)
        shown = _wait_still(managed, tmp_path)
        managed.screenshot(tmp_path / "shown.png")
        # Large and back: every part of the window is painted again.
        managed.maximize(window, True)
        wait_for("a large window", lambda: managed.geometry(window)[2] > 1280 or None)
        _wait_still(managed, tmp_path)
        managed.maximize(window, False)
        wait_for("the old size", lambda: managed.geometry(window)[2] == 1280 or None)
        painted = _wait_still(managed, tmp_path)
        managed.screenshot(tmp_path / "painted.png")
    changed = _difference(shown, painted)
    assert changed.isNull(), f"only right after a new paint: {changed.getRect()} (shown.png, painted.png in {tmp_path})"


def _difference(one: QImage, other: QImage) -> QRect:
    """The smallest rectangle around all pixels that differ; null when there are none."""
    found = QRect()
    for y in range(one.height()):
        if one.copy(0, y, one.width(), 1) == other.copy(0, y, one.width(), 1):
            continue
        columns = [x for x in range(one.width()) if one.pixel(x, y) != other.pixel(x, y)]
        found |= QRect(columns[0], y, columns[-1] - columns[0] + 1, 1)
    return found


def test_a_window_manager_closes_it_and_it_comes_back_as_it_was(managed: Display, tmp_path: Path) -> None:
    places = []
    for start, arguments in enumerate((ARGUMENTS, ["--demo", "enhancement"])):
        log = tmp_path / f"window_{start}.log"
        with _program(managed, log, *arguments) as process:
            window = _wait_final(managed, tmp_path)
            managed.screenshot(tmp_path / f"start_{start}.png")
            places.append(managed.geometry(window))
            managed.close(window)
            _ended_well(process, log, tmp_path / "home")
    assert places[0][2:] == (1280, 720)
    assert places[1] == places[0]
