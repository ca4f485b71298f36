"""The inspector shows the frame it is told of, and only while somebody can see it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pyqtgraph as pg
import pytest
from plot_kit import hover
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.qt.jobs import is_busy
from osisnr_gui.qt.look.theme import DARK, LIGHT, set_theme_inside
from osisnr_gui.qt.panels.frame_inspector import HINT, FrameInspector
from osisnr_gui.qt.plots.charts.frame_charts import tip_of
from osisnr_gui.qt.plots.time_link import TimeSpan
from osisnr_gui.session.analysis import Analysis, rescore
from osisnr_gui.session.inspection import inspector as session_inspector
from osisnr_gui.session.inspection.inspector import Inspector, measure_file
from osisnr_gui.session.session import LossChoice, Session

Show = Callable[..., None]


@pytest.fixture
def panel(shown) -> Iterator[FrameInspector]:
    panel = shown(FrameInspector(DARK), 304, 700)
    yield panel
    panel.close_files()


@pytest.fixture
def settle(qtbot: QtBot, panel: FrameInspector) -> Show:
    def wait() -> None:
        qtbot.waitUntil(lambda: not is_busy(panel))

    return wait


def _frame(panel: FrameInspector) -> int | None:
    return None if panel.inspection is None else panel.inspection.columns.frame


def test_it_says_what_to_do(panel: FrameInspector, sound: Analysis) -> None:
    assert panel.message.text() == HINT
    panel.show_analysis(sound, 0)
    assert panel.message.isVisible()
    assert panel.message.text() == HINT
    QApplication.sendEvent(panel, QFocusEvent(QEvent.Type.FocusIn))
    assert panel.message.isVisible()
    assert not panel.page.isVisible(), "there is no frame that it could show"


def test_the_frame_at_the_cursor(panel: FrameInspector, settle: Show, sound: Analysis) -> None:
    panel.show_analysis(sound, 1)
    panel.show_time(2.936)
    settle()
    assert _frame(panel) == 365
    assert panel.page.mark.name.text() == "B · frame 365 · 2.936 s"
    assert not panel.message.isVisible()
    x = panel.inspection
    assert x is not None
    assert sound.pairs[1].frames is not None
    assert x.exact.osi_db == sound.pairs[1].frames.exact_osi_db[365]
    assert f"{x.exact.osi_db:.1f} dB exact OSI-SNR" in panel.page.sentences.text()
    assert panel.page.status.text() == "active"
    panel.show_analysis(sound, 0)
    settle()
    assert panel.page.mark.name.text().startswith("A · frame 365")


def test_whatever_was_set_last_counts(panel: FrameInspector, settle: Show, sound: Analysis) -> None:
    panel.show_analysis(sound, 0)
    panel.show_time(1.0)
    panel.show_selection(TimeSpan(3.0, 3.4))
    settle()
    worst = session_inspector.find_worst(sound.pairs[0], 3.0, 3.4)
    assert _frame(panel) == worst
    assert panel.page.status.text().startswith("highest loss of the selection · ")
    panel.show_selection(None)
    settle()
    assert _frame(panel) == worst
    panel.show_time(1.0)
    settle()
    assert _frame(panel) == 123
    panel.show_time(float("nan"))
    assert panel.message.text() == HINT
    panel.show_time(100.0)
    assert panel.message.text() == "No frame was compared here."
    assert _frame(panel) is None


def test_masks_and_missing_pairs(panel: FrameInspector, settle: Show, masks: Analysis, mixed: Analysis) -> None:
    panel.show_analysis(masks, 0)
    panel.show_time(285.0)
    settle()
    assert panel.page.mark.name.text() == "A · frame 285"
    panel.show_analysis(mixed, 0)
    assert "broken.wav" in panel.message.text()
    panel.show_analysis(Analysis(Session()), 0)


def test_it_follows_alpha_without_reading_again(
    panel: FrameInspector, settle: Show, sound: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel.show_analysis(sound, 0)
    panel.show_time(1.0)
    settle()
    before = panel.inspection
    panel.show_analysis(replace(sound, complete=True), 0)
    settle()
    assert panel.inspection is before
    changed = rescore(replace(sound.session, loss=LossChoice(alpha=0.9)), sound)
    assert changed is not None
    panel.show_analysis(changed, 0)
    settle()
    after = panel.inspection
    assert before is not None
    assert after is not None
    assert after.score.loss.alpha == 0.9
    assert after.mc_mse != before.mc_mse
    assert after.exact.osi_db == before.exact.osi_db


def test_out_of_sight_nothing_is_read(panel: FrameInspector, settle: Show, sound: Analysis) -> None:
    panel.hide()
    panel.show_analysis(sound, 0)
    panel.show_time(1.0)
    assert not is_busy(panel)
    assert panel.inspection is None
    panel.show()
    settle()
    assert _frame(panel) == 123


def test_a_moving_cursor_never_queues_up_work(
    qtbot: QtBot, panel: FrameInspector, settle: Show, sound: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, asked = threading.Event(), []
    inspect = Inspector.inspect

    def slow(self, pair, frame):
        asked.append(frame)
        assert go.wait(5)
        return inspect(self, pair, frame)

    monkeypatch.setattr(Inspector, "inspect", slow)
    panel.show_analysis(sound, 0)
    panel.show_time(0.016 + 0.008 * 100)
    qtbot.waitUntil(lambda: len(asked) == 1)
    for frame in range(101, 200):
        panel.show_time(0.016 + 0.008 * frame)
    go.set()
    settle()
    assert asked == [100, 199]
    assert _frame(panel) == 199


def test_late_frames_of_another_pair_are_dropped(
    qtbot: QtBot, panel: FrameInspector, settle: Show, sound: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, names = threading.Event(), []
    inspect = Inspector.inspect

    def slow(self, pair, frame):
        if pair is sound.pairs[0]:
            assert go.wait(5)
        return inspect(self, pair, frame)

    monkeypatch.setattr(Inspector, "inspect", slow)
    show_frame = panel.page.show_frame

    def note(*frame: Any) -> None:
        show_frame(*frame)
        names.append(panel.page.mark.name.text()[0])

    monkeypatch.setattr(panel.page, "show_frame", note)
    panel.show_analysis(sound, 0)
    panel.show_time(1.0)
    panel.show_analysis(sound, 1)
    go.set()
    settle()
    assert names == ["B"]
    assert panel.inspection is not None
    assert panel.inspection.score is sound.pairs[1].score


def test_a_frame_that_cannot_be_read_is_said(
    panel: FrameInspector, settle: Show, sound: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("osisnr_gui.session.inspection.inspector.stamp_of", lambda _path: (0, 0))
    panel.show_analysis(sound, 0)
    panel.show_time(1.0)
    settle()
    assert panel.inspection is None
    assert "changed after it was compared" in panel.message.text()
    monkeypatch.undo()
    panel.show_time(1.1)
    settle()
    assert panel.inspection is not None


def test_keys_step_and_copy(panel: FrameInspector, settle: Show, sound: Analysis) -> None:
    wanted: list[int] = []
    panel.frame_requested.connect(wanted.append)
    panel.show_analysis(sound, 0)
    QTest.keyClick(panel, Qt.Key.Key_Right)
    panel.show_time(2.936)
    settle()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        QTest.keyClick(panel, key)
        QTest.keyClick(panel, key, Qt.KeyboardModifier.ShiftModifier)
    assert wanted == [364, 355, 366, 375]
    QTest.keyClick(panel, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    values = dict(line.split("\t") for line in lines)
    assert panel.inspection is not None
    assert float(values["exact_osi_db"]) == panel.inspection.exact.osi_db
    panel.copy_columns()
    assert QGuiApplication.clipboard().text().startswith("frequency_hz\treference\testimate")


def test_the_whole_file_is_measured_once_for_every_pair(
    qtbot: QtBot, panel: FrameInspector, settle: Show, sound: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured, go = [], threading.Event()

    def slow(pair, cancelled):
        measured.append(pair)
        assert go.wait(5)
        return measure_file(pair, cancelled)

    monkeypatch.setattr("osisnr_gui.qt.panels.frame_inspector.measure_file", slow)
    panel.show_analysis(sound, 0)
    panel.show_time(1.0)
    qtbot.waitUntil(lambda: panel.inspection is not None)
    assert f"log-spectral {panel.inspection.lsd_db:.1f} dB …" in panel.page.companions.accessibleName()
    of_a = panel.inspection
    panel.show_analysis(sound, 1)  # what A's file amounts to does not matter any more
    qtbot.waitUntil(lambda: panel.inspection is not None and panel.inspection is not of_a)
    go.set()
    settle()
    expected = measure_file(sound.pairs[1])
    assert panel.measures_of(sound.pairs[1]) == expected
    assert panel.measures_of(sound.pairs[0]) is None
    assert f" {expected.lsd_db:.1f} dB; correlation" in panel.page.companions.accessibleName()
    panel.show_time(1.1)
    settle()
    panel.show_analysis(sound, 0)
    settle()
    panel.show_analysis(sound, 1)
    settle()
    assert measured == [sound.pairs[0], sound.pairs[1], sound.pairs[0]]
    panel.show_analysis(replace(sound, pairs=sound.pairs[:1]), 0)
    settle()
    assert panel.measures_of(sound.pairs[1]) is None


def test_a_file_that_cannot_be_measured_is_tried_once(
    panel: FrameInspector, settle: Show, sound: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def broken(pair, _cancelled):
        tried.append(pair)
        raise LoadError(Reason.CORRUPT, "x.wav", "it broke", "mend it")

    monkeypatch.setattr("osisnr_gui.qt.panels.frame_inspector.measure_file", broken)
    panel.show_analysis(sound, 0)
    for time in (1.0, 1.1):
        panel.show_time(time)
        settle()
    assert len(tried) == 1
    assert panel.inspection is not None


def test_every_view_in_both_looks(panel: FrameInspector, settle: Show, sound: Analysis) -> None:
    panel.show_analysis(sound, 0)
    pictures = set()
    for theme in (DARK, LIGHT):
        set_theme_inside(panel, theme)
        for frame in (365, 300, 700):  # one of them is silent
            panel.show_time(0.016 + 0.008 * frame)
            settle()
            for view in range(3):
                panel.page.view._choose(view)
                picture = panel.grab().toImage()
                pictures.add(bytes(picture.constBits())[::97])
    assert len(pictures) == 18


def test_the_values_under_the_pointer(qtbot: QtBot, panel: FrameInspector, settle: Show, sound: Analysis) -> None:
    panel.show_analysis(sound, 0)
    panel.show_time(2.936)
    settle()
    plot = panel.page.spectrum
    (line,) = (item for item in plot.plotItem.items if isinstance(item, pg.InfiniteLine))
    hover(plot, 2000.0)
    assert line.value() / 31.25 == 64
    assert line.isVisible()
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert not line.isVisible()


def test_what_stands_below_the_sentences_does_not_jump(panel: FrameInspector, settle: Show, sound: Analysis) -> None:
    panel.show_analysis(sound, 0)
    places = []
    for frame in (*range(350, 380), *range(350, 380)):
        panel.show_time(0.016 + 0.008 * frame)
        settle()
        QGuiApplication.processEvents()
        places.append(panel.page.formulas.y())
    assert len(set(places[30:])) == 1
    assert panel.page.sentences.height() >= panel.page.sentences.heightForWidth(panel.page.sentences.width())


@pytest.mark.parametrize("angle", [0.0, 1.0, 30.0, 45.0, 89.0, 90.0])
def test_the_triangle_is_right_angled(angle: float) -> None:
    x, y = tip_of(angle)
    estimate, noise = np.array([x, y]), np.array([x - 1.0, y])
    assert estimate @ noise == pytest.approx(0.0, abs=1e-15)
    assert estimate @ estimate + noise @ noise == pytest.approx(1.0)
    assert np.linalg.norm(noise) == pytest.approx(np.sin(np.radians(angle)), abs=1e-15)
