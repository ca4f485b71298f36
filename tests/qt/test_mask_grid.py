"""Masks in seconds and Hz through the real window: axes, suggestion by the mixture, marks on the old axis."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

from plot_kit import pixels
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from window_kit import open_demo, open_window, show_files, wait_final

from osisnr_gui.paths import resource_path
from osisnr_gui.session.session import MaskGrid


def test_the_demo_is_in_seconds_and_hz(qtbot: QtBot) -> None:
    with open_demo(qtbot, "masks") as window:
        plots = window.views.plots
        assert plots.link.unit == "s"
        assert plots.spectrograms[0].frequency_scale.unit == "Hz"
        assert plots.spectrograms[0].frequency_at(1.0) == 8000.0
        assert not window.actions_by_id.by_id["mixture_curve"].isEnabled()
        mapping = pixels(plots.spectrograms[0])
        window.commands.show_readout(1.0, (mapping.lo + mapping.hi) / 2, "reference")
        text = window.views.readout.text
        assert "t 1.000 s" in text
        assert "4.00 kHz" in text
        assert "ref 0." in text


def test_the_mixture_offers_the_grid_and_undo_takes_it_back(qtbot: QtBot, tmp_path: Path) -> None:
    names = ("4_masks_irm.npy", "4_masks_est.npy", "4_masks_noisy.flac")
    paths = [shutil.copy(resource_path("samples", name), tmp_path / name) for name in names]
    with open_window(qtbot) as window:
        show_files(qtbot, window, *paths)
        link, store = window.views.plots.link, window.views.store
        assert link.unit == "frames"
        assert store.session.mixture is not None
        link.set_cursor(400.0)
        link.select(100.0, 200.0)
        banner = next(b for b in window.views.banners.banners if b.notice.code == "mask_grid")
        QTest.mouseClick(banner.buttons[0], Qt.MouseButton.LeftButton)
        wait_final(qtbot, window)
        assert store.session.mask_grid == MaskGrid(16_000, 128)
        assert link.unit == "s"
        assert 5.4 < link.extent.stop < 5.6
        assert math.isnan(link.cursor)  # frame 400 is not second 400
        assert link.selection is None
        assert window.views.stft.mask_grid.hop.value() == 128
        store.undo()
        wait_final(qtbot, window)
        assert link.unit == "frames"
        assert link.extent.stop == 685.5
