"""The matrix of speakers through the window: the swap is offered, chosen by hand or as a whole, applied on a click."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.dialogs.estimate_dialogs import SpeakersDialog
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.session.analysis import analyse
from osisnr_gui.session.session import Session
from tests.kits.window_kit import open_demo, wait_final


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_demo(qtbot, "speakers") as window:
        yield window


def opened(window: MainWindow) -> SpeakersDialog:
    (dialog,) = (widget for widget in window.findChildren(SpeakersDialog) if widget.isVisible())
    return dialog


def assignment(window: MainWindow):
    return [banner for banner in window.views.banners.banners if banner.notice.code == "assignment"]


def spoken(dialog: SpeakersDialog, row: int, column: int) -> str:
    return dialog.matrix.item(row, column).data(Qt.ItemDataRole.AccessibleTextRole)


def click(dialog: SpeakersDialog, row: int, column: int) -> None:
    box = dialog.matrix.visualRect(dialog.matrix.model().index(row, column))
    QTest.mouseClick(dialog.matrix.viewport(), Qt.MouseButton.LeftButton, pos=box.center())


def close(dialog: SpeakersDialog) -> None:
    dialog.reject()
    QApplication.processEvents()


def test_the_swap_is_offered_with_its_margin_and_gives_the_direct_numbers(qtbot: QtBot, window: MainWindow) -> None:
    store = window.views.store
    matching = store.analysis.matching
    before = store.analysis
    (banner,) = assignment(window)
    assert f"margin to the next order {matching.best.margin_db:.1f} dB" in banner.accessibleName()
    next(button for button in banner.findChildren(QPushButton) if button.text() == "Matrix…").click()
    dialog = opened(window)
    for row in range(2):
        for column in range(2):
            assert f"{matching.si_snr_db[row, column]:.1f} dB".replace("-", "−") in spoken(dialog, row, column)
    assert "in force" in spoken(dialog, 0, 0)
    assert "best, chosen" in spoken(dialog, 1, 0)
    assert f"next-best order is {matching.best.margin_db:.1f} dB below" in " ".join(
        label.text() for label in dialog.findChildren(type(dialog.chosen))
    )
    assert store.session == before.session, "looking changes nothing"
    dialog.assign_button.click()
    assert store.session.partners == (1, 0)
    wait_final(qtbot, window)
    assert not assignment(window)
    for index, pair in enumerate(store.analysis.pairs):
        direct = analyse(Session((store.session.references[1 - index],), (pair.source,))).pairs[0]
        assert pair.score.literal == direct.score.literal
        assert pair.score.exact == direct.score.exact
        assert pair.whole == direct.whole
    window.actions_by_id.by_id["undo"].trigger()
    wait_final(qtbot, window)
    assert store.session == before.session
    for pair, old in zip(store.analysis.pairs, before.pairs, strict=True):
        assert (pair.score.literal, pair.score.exact, pair.whole) == (old.score.literal, old.score.exact, old.whole)
        np.testing.assert_array_equal(pair.frames.exact_osi_db, old.frames.exact_osi_db)
    assert assignment(window)


def test_cells_are_chosen_by_mouse_and_by_key(window: MainWindow) -> None:
    window.actions_by_id.by_id["speakers"].trigger()
    dialog = opened(window)
    assert dialog.places == (1, 0)
    click(dialog, 0, 0)
    assert dialog.places == (0, 0)
    assert dialog.doubts.text() == "Mind: reference 1 has A and B, reference 2 has no estimate."
    assert "chosen" in spoken(dialog, 0, 0)
    assert "chosen" not in spoken(dialog, 1, 0)
    dialog.matrix.setCurrentCell(0, 1)
    dialog.matrix.setFocus()
    QTest.keyClick(dialog.matrix, Qt.Key.Key_Down)
    QTest.keyClick(dialog.matrix, Qt.Key.Key_Space)
    assert dialog.places == (0, 1)
    assert not dialog.assign_button.isEnabled()
    assert "as it is now" in dialog.chosen.text()
    QTest.keyClick(dialog.matrix, Qt.Key.Key_Up)
    QTest.keyClick(dialog.matrix, Qt.Key.Key_Return)
    assert dialog.places == (0, 0)
    dialog.best_button.click()
    assert dialog.places == (1, 0)
    dialog.present_button.click()
    assert dialog.places == (0, 1)
    close(dialog)
    assert window.views.store.session.partners == (0, 1)


def test_one_reference_has_no_matrix(qtbot: QtBot, window: MainWindow) -> None:
    assert window.actions_by_id.by_id["speakers"].isEnabled()
    window.commands.open_demo("enhancement")
    wait_final(qtbot, window)
    assert not window.actions_by_id.by_id["speakers"].isEnabled()


@pytest.mark.usefixtures("dressed")
def test_nothing_is_cut(window: MainWindow) -> None:
    window.actions_by_id.by_id["speakers"].trigger()
    dialog = opened(window)
    assert dialog.matrix.viewport().height() >= dialog.matrix.verticalHeader().length()
    assert dialog.matrix.viewport().width() >= dialog.matrix.horizontalHeader().length()
    assert not dialog.matrix.horizontalScrollBar().isVisible()
    assert not dialog.matrix.verticalScrollBar().isVisible()
    close(dialog)
