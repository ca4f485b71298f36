"""All estimates one above the other, through the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from plot_kit import drag, pixels, title_box
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.plots.plot_stack import LEAST_ROW
from osisnr_gui.qt.plots.spectrogram_plot import SpectrogramPlot
from osisnr_gui.qt.presenters.estimate_rows import MOST_ROWS
from osisnr_gui.session import edits
from tests.kits.window_kit import open_demo, open_window, show_files, wait_final


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        yield window


@pytest.fixture
def demo(window: MainWindow, qtbot: QtBot) -> MainWindow:
    window.commands.open_demo("enhancement")
    wait_final(qtbot, window)
    press(qtbot, window, Qt.Key.Key_A)
    return window


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    QTest.keyClick(window, key)
    wait_final(qtbot, window)


def rows(window: MainWindow) -> tuple[SpectrogramPlot, ...]:
    """The rows of estimates from top to bottom."""
    return window.views.plots.estimates.pane.shown


def titles(window: MainWindow) -> list[str]:
    return [row.words.title for row in rows(window)]


def open_many(qtbot: QtBot, window: MainWindow, folder: Path, count: int) -> None:
    """A reference and estimates with more and more noise."""
    rng = np.random.default_rng(3)
    clean = 0.2 * rng.standard_normal(16000) * np.hanning(16000)
    paths = [folder / "ref.wav", *(folder / f"est_{k}.wav" for k in range(count))]
    for k, path in enumerate(paths):
        soundfile.write(path, clean + 0.002 * k * rng.standard_normal(16000), 16000)
    show_files(qtbot, window, *paths)


def test_a_stacks_the_pictures_of_all_estimates(demo: MainWindow, qtbot: QtBot):
    plots, pairs = demo.views.plots, demo.views.store.analysis.pairs
    assert titles(demo) == ["A · 2_enhancement_est_dfn3.flac", "B · 2_enhancement_est_gate.flac"]
    assert [row._item.sources[0] for row in rows(demo)] == [pair.pictures.estimate for pair in pairs]
    assert all(row.isVisible() for row in rows(demo))
    assert rows(demo)[0].words.marked
    reference = plots.spectrograms[0]
    assert {pixels(row).left for row in (*rows(demo), reference)} == {pixels(reference).left}
    assert {row.width() for row in (*rows(demo), reference)} == {reference.width()}
    assert {row.levels for row in rows(demo)} == {reference.levels}
    press(qtbot, demo, Qt.Key.Key_A)
    assert rows(demo) == (plots.spectrograms[1],)
    assert not rows(demo)[0].words.marked


def test_the_order_stays_whichever_is_in_view(demo: MainWindow, qtbot: QtBot):
    before = titles(demo)
    press(qtbot, demo, Qt.Key.Key_2)
    assert titles(demo) == before
    assert rows(demo)[1] is demo.views.plots.spectrograms[1]
    assert [row.words.marked for row in rows(demo)] == [False, True]
    assert demo.views.plots.maps.blame is not None


def test_a_click_on_a_title_brings_the_estimate_into_view(demo: MainWindow, qtbot: QtBot):
    row, link = rows(demo)[1], demo.views.plots.link
    title = title_box(row).center().toPoint()
    drag(row, QPoint(row.width() // 2, row.height() // 2))
    assert demo.views.selection.index == 0, "elsewhere a click seeks"
    assert np.isfinite(link.cursor)
    drag(row, title, QPoint(row.width() // 2, title.y()))
    assert demo.views.selection.index == 0, "let go elsewhere"
    drag(row, title)
    wait_final(qtbot, demo)
    assert demo.views.selection.index == 1


def test_a_shut_eye_leaves_an_estimate_out_unless_it_is_in_view(demo: MainWindow, qtbot: QtBot):
    press(qtbot, demo, Qt.Key.Key_H)
    assert len(rows(demo)) == 2
    press(qtbot, demo, Qt.Key.Key_2)
    assert len(rows(demo)) == 1
    assert rows(demo)[0].words.title.startswith("B")
    press(qtbot, demo, Qt.Key.Key_1)
    assert len(rows(demo)) == 2


def test_every_row_has_the_shading_of_its_own_estimate(demo: MainWindow):
    bad = demo.views.store.analysis.pairs[1].score.bad
    shader = demo.views.plots.estimates._shaders[1]
    assert shader._bad is bad
    demo.views.store.edit(lambda session: edits.set_threshold(session, 8.0))
    assert shader._bad is demo.views.store.analysis.pairs[1].score.bad
    assert shader._bad is not bad


def test_the_readout_is_of_the_row_under_the_pointer(demo: MainWindow):
    link, row = demo.views.plots.link, rows(demo)[1]
    link.set_hover(1.0, 0.1, row.row_id)
    text = demo.views.readout.text
    score = demo.views.store.analysis.pairs[1].score
    index = round((1.0 - score.facts.frames.first_time) / score.facts.frames.grid.step)
    assert text.startswith("B · ")
    assert f"OSI {score.osi_db[index]:.1f} dB" in text
    level = f"{row.value_at(1.0, row.frequency_at(0.1)):.1f}".replace("-", "−")
    assert f"est {level} dB" in text


def test_frequencies_zoomed_in_one_row_are_zoomed_in_all(demo: MainWindow, qtbot: QtBot):
    rows(demo)[1].set_y_range(0.1, 0.4)
    wait_final(qtbot, demo)
    assert {(pixels(row).lo, pixels(row).hi) for row in (*rows(demo), demo.views.plots.spectrograms[0])} == {(0.1, 0.4)}
    press(qtbot, demo, Qt.Key.Key_A)
    press(qtbot, demo, Qt.Key.Key_A)
    assert {(pixels(row).lo, pixels(row).hi) for row in rows(demo)} == {(0.1, 0.4)}


def test_eight_estimates_and_more(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    open_many(qtbot, window, tmp_path, MOST_ROWS + 2)
    press(qtbot, window, Qt.Key.Key_A)
    assert [title[0] for title in titles(window)] == list("ABCDEFGH")
    assert titles(window)[-1].endswith(" · 2 more not shown")
    assert all(row.height() >= LEAST_ROW for row in rows(window))
    assert all(not title_box(row).isEmpty() for row in rows(window))
    for row in rows(window):
        box = title_box(row)
        assert pixels(row).top <= box.top() + 1
        assert box.bottom() <= pixels(row).bottom + 1
    window.views.selection.select(9, 10)
    wait_final(qtbot, window)
    assert [title[0] for title in titles(window)] == list("ABCDEFGJ")
    assert window.views.plots.tiles._cache.size <= 64 * 2**20


def test_rows_scroll_where_they_would_be_too_low(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    window.resize(1280, 700)
    open_many(qtbot, window, tmp_path, MOST_ROWS)
    press(qtbot, window, Qt.Key.Key_A)
    pane = window.views.plots.estimates.pane
    for row_id in ("row_bands", "row_gain", "row_delta"):
        window.actions_by_id.by_id[row_id].trigger()
    wait_final(qtbot, window)
    assert pane.bar.isVisible()
    assert pane.bar.x() >= pixels(rows(window)[0]).right, "the bar lies beside the plots"
    assert rows(window)[0].isVisible()
    assert not rows(window)[-1].isVisible()
    press(qtbot, window, Qt.Key.Key_8)
    assert rows(window)[-1].isVisible()
    assert rows(window)[-1].geometry().bottom() <= pane.height()


def test_the_choice_is_remembered(qtbot: QtBot):
    with open_window(qtbot) as window:
        assert not window.views.plots.estimates.stacked
        window.commands.open_demo("enhancement")
        wait_final(qtbot, window)
        press(qtbot, window, Qt.Key.Key_A)
    with open_demo(qtbot, "enhancement") as window:
        assert len(rows(window)) == 2
        assert window.actions_by_id.by_id["all_estimates"].isChecked()


def test_borders_moved_by_hand_keep_their_proportions(demo: MainWindow, qtbot: QtBot):
    stack, pane = demo.views.plots.stack, demo.views.plots.estimates.pane
    stack._splitter.moveSplitter(stack._splitter.widget(1).y() - 30, 1)
    stack._remember_move()
    height = pane.height()
    press(qtbot, demo, Qt.Key.Key_A)
    assert pane.height() < height
    press(qtbot, demo, Qt.Key.Key_A)
    assert abs(pane.height() - height) < 25


def test_several_speakers_say_whose_they_are(window: MainWindow, qtbot: QtBot):
    window.commands.open_demo("speakers")
    wait_final(qtbot, window)
    assert rows(window)[0].words.title.startswith("A · ")
    press(qtbot, window, Qt.Key.Key_A)
    assert [title.partition(" · ")[0] for title in titles(window)] == ["A → 1", "B → 2"]
