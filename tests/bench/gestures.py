"""What gestures in the window cost, as JSON on stdout: python gestures.py MINUTES ESTIMATES [RESULT].

Runs with whatever package is on the path, so that two commits can be compared: see `against.py`. Milliseconds are CPU
time of the GUI thread from the event until all it asked for is painted.
RESULT is "literal" or "exact": either commit then draws the same curves, whichever leads in it.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
KITS = Path(__file__).resolve().parents[1] / "kits"
sys.path.insert(0, str(KITS))

import numpy as np  # noqa: E402
from long_files import make_pair  # noqa: E402
from PySide6.QtCore import QEvent, QPointF, Qt  # noqa: E402
from PySide6.QtGui import QMouseEvent  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

SIZE = (1600, 1000)
STEPS = 60
NONE, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton


def main() -> None:
    """Open a window, make every gesture, print what they cost."""
    minutes, n_estimates = float(sys.argv[1]), int(sys.argv[2])
    result = sys.argv[3] if len(sys.argv) > 3 else "literal"
    folder = Path(tempfile.gettempdir()) / "osisnr_gestures"
    folder.mkdir(exist_ok=True)
    reference, estimate = make_pair(folder, 60 * minutes)
    paths = [reference, *(_copy(estimate, k) for k in range(n_estimates))]
    try:
        from osisnr_gui.qt.look.theme import ThemeManager
    except ImportError:  # where earlier commits have it
        from osisnr_gui.qt.look.theme_manager import ThemeManager
    try:
        from osisnr_gui.qt.jobs import favour_window
    except ImportError:
        from osisnr_gui.qt.background import favour_window
    from osisnr_gui.qt.main_window import MainWindow
    from osisnr_gui.qt.settings import Settings
    from osisnr_gui.qt.store import Store
    from osisnr_gui.session import edits
    from osisnr_gui.session.session import Formula

    app = QApplication([])
    store = Store()
    window = MainWindow(store, ThemeManager("dark"), Settings())
    window.resize(*SIZE)
    window.show()
    favour_window()
    _paint()
    took = {}
    window.commands.take_files([str(path) for path in paths], add=False)
    _wait(window)
    store.edit(lambda session: edits.set_formula(session, Formula(result)))
    for name, steps in _gestures(window):
        _wait(window)
        took[name] = [_cost(step) for step in steps]
    print(json.dumps(took))
    window.close()
    del app


def _gestures(window: object) -> Iterator[tuple[str, Iterator[Callable[[], object]]]]:
    plots = window.views.plots  # type: ignore[attr-defined]
    link, osi, picture = plots.link, plots.stack.row("osi"), plots.stack.row("reference")
    extent = link.extent.length
    pixels = picture.box.width() if hasattr(picture, "box") else picture.mapping.width
    seconds = 0.04 * pixels  # 5 frames a pixel: either package crosses the same levels of detail while it zooms
    start = 0.4 * extent
    link.set_range(start, start + seconds)
    yield "pan", ((lambda k=k: link.pan(0.01 if k % 20 < 10 else -0.01)) for k in range(STEPS))
    yield "zoom", ((lambda k=k: link.zoom(0.95 if k % 20 < 10 else 1 / 0.95)) for k in range(STEPS))
    for name in ("alpha", "gamma"):
        slider = getattr(window.views.loss, name).slider  # type: ignore[attr-defined]
        yield name, ((lambda v=v, s=slider: s.setValue(int(v))) for v in np.linspace(4000, 9000, STEPS))
    yield "cursor", ((lambda k=k: link.set_cursor(start + seconds * k / STEPS)) for k in range(STEPS))
    yield "crosshair", ((lambda k=k: _send(picture, QEvent.Type.MouseMove, 0.2 + 0.01 * k, NONE)) for k in range(STEPS))
    yield "threshold", _drag_threshold(osi)
    yield "selection", _drag(picture, [(0.2 + 0.01 * k, 0.5) for k in range(STEPS)])


def _drag(row: QWidget, places: list[tuple[float, float]]) -> Iterator[Callable[[], object]]:
    _send(row, QEvent.Type.MouseMove, places[0][0], NONE, places[0][1])
    _send(row, QEvent.Type.MouseButtonPress, places[0][0], LEFT, places[0][1])
    for x, y in places[1:]:
        yield lambda x=x, y=y: _send(row, QEvent.Type.MouseMove, x, LEFT, y)
    _send(row, QEvent.Type.MouseButtonRelease, places[-1][0], NONE, places[-1][1])
    _paint()


def _drag_threshold(row: QWidget) -> Iterator[Callable[[], object]]:
    level = row.threshold if hasattr(row, "threshold") else row.threshold_line.level
    in_box = None if hasattr(row, "mapping") else QPointF(row.box.t0, level)
    y = row.mapping.y_of(level) if in_box is None else row.box.mapViewToScene(in_box).y()
    places = [(0.5, (y - k) / row.height()) for k in range(STEPS // 2)]
    yield from _drag(row, places + places[::-1])


def _send(row: QWidget, kind: QEvent.Type, x: float, held: Qt.MouseButton, y: float = 0.5) -> None:
    widget = row.viewport() if hasattr(row, "viewport") else row
    at = QPointF(widget.width() * x, widget.height() * y)
    button = NONE if kind is QEvent.Type.MouseMove else LEFT
    event = QMouseEvent(kind, at, widget.mapToGlobal(at), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def _cost(step: Callable[[], object]) -> float:
    before = time.thread_time()
    step()
    _paint()
    return 1000 * (time.thread_time() - before)


def _paint() -> None:
    for _ in range(2):
        QApplication.sendPostedEvents()
        QApplication.processEvents()


def _wait(window: object) -> None:
    settled = 0
    while settled < 20:
        QApplication.processEvents()
        time.sleep(0.005)
        settled = settled + 1 if window.is_final() else 0  # type: ignore[attr-defined]


def _copy(estimate: Path, k: int) -> Path:
    path = estimate.with_name(f"{estimate.stem}_{k}{estimate.suffix}")
    if not path.exists():
        os.link(estimate, path)
    return path


if __name__ == "__main__":
    main()
