"""Real and imaginary parts along the last axis: offered in the banner, undone there, never assumed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from window_kit import open_window, show_files, wait_final

from osisnr_gui.qt.main_window import MainWindow


def _press(qtbot: QtBot, window: MainWindow, label: str) -> None:
    button = next(b for banner in window.views.banners.banners for b in banner.buttons if b.text() == label)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    wait_final(qtbot, window)


def test_pairs_are_offered_and_can_be_undone(qtbot: QtBot, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(9, 40)) + 1j * rng.normal(size=(9, 40))
    np.save(tmp_path / "ref.npy", values)
    np.savez(tmp_path / "est.npz", mask=np.stack((values.real, values.imag), axis=-1))
    with open_window(qtbot) as window:
        show_files(qtbot, window, tmp_path / "ref.npy", tmp_path / "est.npz")
        store = window.views.store
        assert store.analysis.pairs[0].score is None
        _press(qtbot, window, "Read as re + i·im")
        assert store.session.estimates[0].pair_axis
        assert not store.session.references[0].pair_axis
        assert np.isinf(store.analysis.pairs[0].score.exact.osi_db_mean)
        assert "complex mask" in window.views.sources.rows[1].details.text().replace("\u00a0", " ")
        if window.views.banners.more.isVisible():
            window.views.banners.more.click()
        paired = [b for b in window.views.banners.banners if b.notice.code == "paired"]
        QTest.mouseClick(paired[0].buttons[0], Qt.MouseButton.LeftButton)
        wait_final(qtbot, window)
        assert not store.session.estimates[0].pair_axis
        assert store.analysis.pairs[0].score is None
