"""The difference of two estimates through the window: what is held against what, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from plot_kit import title_box
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, system_font
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.plots.comparison_plots import DifferencePlot
from osisnr_gui.session import edits
from osisnr_gui.session.comparison.difference import Quantity
from osisnr_gui.session.session import Formula
from osisnr_gui.session.words import MIXTURE
from osisnr_gui.text.comparison import difference_text
from tests.kits.window_kit import open_demo, wait_final


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_demo(qtbot, "enhancement") as window:
        yield window


def minus(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """What is not there in both is nan: in silent frames the literal value is -inf."""
    with np.errstate(invalid="ignore"):
        return a - b


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> DifferencePlot:
    """Press a key, wait, and give the row."""
    QTest.keyClick(window, key)
    wait_final(qtbot, window)
    return window.views.plots.differences.row


def entries(window: MainWindow) -> dict[str, bool]:
    """What the menu of the row offers besides its fixed entries, and what is checked."""
    menu = window.views.plots.differences.row.button.menu()
    menu.aboutToShow.emit()
    return {a.text(): a.isChecked() for a in menu.actions() if a.text().startswith("Against")}


def test_v_shows_the_row_and_then_changes_the_partner(window: MainWindow, qtbot: QtBot):
    row = window.views.plots.differences.row
    assert not row.isVisible()
    assert row.curve is None
    window.resize(1900, 900)  # the whole title fits
    row = press(qtbot, window, Qt.Key.Key_V)
    assert row.isVisible()
    assert window.actions_by_id.by_id["row_delta"].isChecked()
    a, b = (pair.score for pair in window.views.store.analysis.pairs)
    np.testing.assert_array_equal(row.curve.difference.values, minus(a.osi_db, b.osi_db))
    assert row.words.title.startswith("OSI-SNR, A minus B: median ")
    assert row.words.title.endswith(" frames · exact, active frames")
    window.resize(1280, 900)
    row = press(qtbot, window, Qt.Key.Key_V)
    assert row.contest.partner == MIXTURE
    mixture = window.views.store.analysis.unprocessed[0].score
    np.testing.assert_array_equal(row.curve.difference.values, minus(a.osi_db, mixture.osi_db))
    assert row.words.title.startswith("OSI, A − mixture: median "), "in a narrow row"
    window.resize(1600, 900)
    wait_final(qtbot, window)
    assert row.words.title.startswith("OSI-SNR, A minus mixture: median ")
    assert entries(window) == {"Against B (est_gate)": False, "Against the unprocessed mixture": True}
    assert press(qtbot, window, Qt.Key.Key_V).contest.partner == 1


def test_each_estimate_remembers_its_partner(window: MainWindow, qtbot: QtBot):
    press(qtbot, window, Qt.Key.Key_V)
    press(qtbot, window, Qt.Key.Key_V)
    row = press(qtbot, window, Qt.Key.Key_2)
    assert (row.contest.place, row.contest.partner) == (1, 0)
    row = press(qtbot, window, Qt.Key.Key_1)
    assert (row.contest.place, row.contest.partner) == (0, MIXTURE)
    store = window.views.store
    estimate = store.session.estimates[0]
    store.edit(lambda session: edits.change_source(session, estimate, delay=16))
    wait_final(qtbot, window)
    assert row.contest.partner == MIXTURE
    store.edit(lambda session: edits.remove(session, session.mixture))
    wait_final(qtbot, window)
    assert row.contest.partner == 1
    store.undo()
    wait_final(qtbot, window)
    assert row.contest.partner == MIXTURE


def test_the_formula_and_the_measure_in_force(window: MainWindow, qtbot: QtBot):
    window.resize(1900, 900)
    press(qtbot, window, Qt.Key.Key_V)
    store, row = window.views.store, window.views.plots.differences.row
    store.edit(lambda session: edits.set_formula(session, Formula.LITERAL))
    wait_final(qtbot, window)
    a, b = (pair.score for pair in store.analysis.pairs)
    literal = [score.facts.frames.literal_osi_db for score in (a, b)]
    np.testing.assert_array_equal(row.curve.difference.values, minus(*literal))
    assert row.words.title.endswith(" frames · literal, all frames")
    store.edit(lambda session: edits.set_formula(session, Formula.EXACT))
    wait_final(qtbot, window)
    a, b = (pair.score for pair in store.analysis.pairs)
    np.testing.assert_array_equal(row.curve.difference.values, a.facts.active_osi_db - b.facts.active_osi_db)
    assert row.words.title.endswith("exact, active frames")
    drawn = row.curve
    store.edit(lambda session: edits.set_alpha(session, 0.5))
    wait_final(qtbot, window)
    assert row.curve is drawn, "OSI-SNR does not depend on alpha"
    window.actions_by_id.by_id["difference_loss"].trigger()
    window.views.plots.link.set_cursor(row.curve.difference.first_time + 300 * row.curve.difference.step)
    store.edit(lambda session: edits.set_gamma(session, 3.0))
    wait_final(qtbot, window)
    a, b = (pair.score for pair in store.analysis.pairs)
    np.testing.assert_array_equal(row.curve.difference.values, a.frame_loss() - b.frame_loss())
    told = difference_text(Quantity.LOSS, float(row.curve.difference.values[300]))
    assert f"A−B {told} ·" in window.views.readout.text, "the number at the cursor follows the curve"
    assert row.words.title.startswith("fused loss, A minus B")
    assert row.left.scale_of_values.title == "Δ loss"


def test_the_readout_tells_the_difference_under_the_pointer(window: MainWindow, qtbot: QtBot):
    row = press(qtbot, window, Qt.Key.Key_V)
    link, found = window.views.plots.link, row.curve.difference
    index = int(np.flatnonzero(np.isfinite(found.values))[50])
    link.set_hover(found.first_time + index * found.step, 0.0, row.row_id)
    sign = "+" if found.values[index] > 0 else ""
    number = f"{found.values[index]:.1f}".replace("-", "−")
    assert f"A−B {sign}{number} dB" in window.views.readout.text
    window.actions_by_id.by_id["row_delta"].trigger()
    assert "A−B" not in window.views.readout.text, "the row took its number with it"
    link.set_hover(found.first_time + index * found.step, 0.0, "osi")
    assert "A−B" not in window.views.readout.text
    window.actions_by_id.by_id["row_gain"].trigger()
    assert " · gain " in window.views.readout.text


def test_a_single_estimate_has_nothing_to_be_held_against(window: MainWindow, qtbot: QtBot):
    window.commands.open_demo("masks")
    wait_final(qtbot, window)
    row = window.views.plots.differences.row
    window.actions_by_id.by_id["row_delta"].trigger()
    wait_final(qtbot, window)
    assert row.curve is None
    assert row.words.message.startswith("Nothing to compare with")
    assert not window.actions_by_id.by_id["next_partner"].isEnabled()
    assert not row.button.isVisible()


def test_the_title_gets_shorter_where_it_also_says_that_it_is_of_means(window: MainWindow, qtbot: QtBot):
    window.resize(1600, 900)
    row = press(qtbot, window, Qt.Key.Key_V)
    metrics = QFontMetricsF(system_font(SMALL_FONT_PIXELS))
    assert row.words.title.startswith("OSI-SNR, A minus B")
    for width in (1600, 1280, 1100):
        window.resize(width, 900)
        wait_final(qtbot, window)
        shown = title_box(row)
        assert shown.right() < row.button.x()
        if window.width() >= 1280:
            assert metrics.horizontalAdvance(row.words.title) < shown.width(), "nothing is elided"
