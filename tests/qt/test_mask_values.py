"""The values of masks through the real window: panel, row button, colours of signed masks."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from plot_kit import hover
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot
from window_kit import open_demo, open_window, show_files, wait_final

from osisnr_gui.qt.look.theme import DARK, LIGHT
from osisnr_gui.qt.plots.scales import DIFFERENCE_MAP
from osisnr_gui.session import edits


def _save(folder: Path, **masks: np.ndarray) -> list[Path]:
    paths = []
    for name, values in masks.items():
        paths.append(folder / f"{name}.npy")
        np.save(paths[-1], values)
    return paths


def test_the_panel_counts_every_cell_of_both_masks_once_it_is_seen(qtbot: QtBot) -> None:
    with open_demo(qtbot, "masks") as window:
        panel = window.views.mask_values
        assert panel.plot._outlines == ()  # not seen, not counted
        QTest.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ShiftModifier)
        wait_final(qtbot, window)
        assert [int(outline.counts.sum()) for outline in panel.plot._outlines] == [129 * 686] * 2
        assert window.actions_by_id.by_id["mask_values"].isChecked()
        assert "ratio; 0.0" in panel.about.text()
        hover(panel.plot, 0.005)
        qtbot.waitUntil(lambda: panel.point.text().startswith("0.000 to 0.013: reference "))
        assert "A " in panel.point.text()
        for theme in (LIGHT, DARK):
            panel.set_theme(theme)
            for linear in (1, 0):
                panel.scale.chosen.emit(linear)
                assert not panel.plot.grab().isNull()


def test_the_button_of_a_row_brings_the_panel(qtbot: QtBot) -> None:
    with open_demo(qtbot, "masks") as window:
        QTest.mouseClick(window.views.sources.rows[1].values, Qt.MouseButton.LeftButton)
        assert window.views.docks["mask_values"].is_in_front
        window.commands.open_demo("damaged")
        wait_final(qtbot, window)
        assert "Open masks" in window.views.mask_values.about.text()
        assert window.views.sources.rows[0].values.isHidden()


def test_signed_masks_have_a_colour_for_each_side_of_0(qtbot: QtBot, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    signed, positive = rng.normal(0, 1, (9, 40)), 4 * rng.random((9, 40))
    with open_window(qtbot) as window:
        show_files(qtbot, window, *_save(tmp_path, ref=signed, est=positive))
        plot = window.views.plots.spectrograms[0]
        most = max(-signed.min(), signed.max(), positive.max())
        assert plot.levels == (-most, most)
        assert plot._item.look.colours == DIFFERENCE_MAP
        assert plot._bar.labels[1].startswith("+")
        window.views.view_bar._values.setCurrentIndex(1)
        assert plot.levels == (-1.0, 1.0)
        assert not window.views.view_bar._low.isVisible()


def test_masks_above_1_can_be_shown_from_0_to_1(qtbot: QtBot, tmp_path: Path) -> None:
    values = 5 * np.random.default_rng(0).random((9, 40))
    with open_window(qtbot) as window:
        show_files(qtbot, window, *_save(tmp_path, ref=values, est=values / 5))
        plot = window.views.plots.spectrograms[1]
        assert plot.levels == (0.0, values.max())
        assert plot._item.look.colours == "viridis"
        window.views.view_bar._values.setCurrentIndex(1)
        assert plot.levels == (0.0, 1.0)


def test_a_mask_file_with_nine_arrays_offers_all_of_them_in_its_row(qtbot: QtBot, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    arrays = {f"m{k}": rng.random((9, 40)) for k in range(9)}
    np.savez(tmp_path / "ref.npz", **arrays)
    np.save(tmp_path / "est.npy", arrays["m7"])
    with open_window(qtbot) as window:
        show_files(qtbot, window, tmp_path / "ref.npz", tmp_path / "est.npy")
        row = window.views.sources.rows[0]
        names = [row.key.itemText(index) for index in range(row.key.count())]
        assert names == ["choose an array…", *sorted(arrays)]
        row.key.activated.emit(0)  # a wrong choice is no choice
        row.key.setCurrentIndex(names.index("m7"))
        row.key.activated.emit(names.index("m7"))
        wait_final(qtbot, window)
        assert window.views.store.analysis.references[0].mask.key == "m7"
        assert np.isinf(window.views.store.analysis.pairs[0].score.exact.osi_db_mean)
        assert not row.transpose.isHidden()


def test_masks_are_compared_as_sound_once_the_panel_is_seen(qtbot: QtBot) -> None:
    with open_demo(qtbot, "masks") as window:
        label = window.views.mask_values.sound
        assert label.text() == ""
        window.views.docks["mask_values"].toggle()
        wait_final(qtbot, window)
        before = label.text()
        assert before.startswith("As sound, on the mixture 4_masks_noisy.flac")
        assert "\n\nA: exact OSI-SNR" in before
        window.views.store.edit(partial(edits.set_gamma, gamma=0.0))
        assert window.is_final()  # nothing was compared again
        assert label.text() != before
        window.views.store.edit(partial(edits.set_mask_grid, n_bins=129, hop=None))
        wait_final(qtbot, window)
        assert label.text().startswith("To hear the masks")


def test_masks_are_opened_as_sound_and_undo_comes_back(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: str(tmp_path))
    with open_window(qtbot) as window:
        action, store = window.actions_by_id.by_id["compare_masked"], window.views.store
        assert not action.isEnabled()
        window.commands.open_demo("masks")
        wait_final(qtbot, window)
        masks = store.session
        action.trigger()
        qtbot.waitUntil(lambda: store.session != masks)
        wait_final(qtbot, window)
        assert sorted(path.name for path in tmp_path.glob("*.wav")) == [
            "4_masks_est_on_mixture.wav",
            "4_masks_irm_on_mixture.wav",
        ]
        assert store.analysis.pairs[0].whole is not None
        assert store.analysis.unprocessed[0].score is not None
        assert not action.isEnabled()
        store.undo()
        wait_final(qtbot, window)
        assert store.session == masks
        assert action.isEnabled()


def test_a_folder_that_cannot_be_written_to_is_said(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: str(tmp_path / "gone"))
    with open_demo(qtbot, "masks") as window:
        masks = window.views.store.session
        window.actions_by_id.by_id["compare_masked"].trigger()
        qtbot.waitUntil(lambda: any(box.isVisible() for box in window.findChildren(QMessageBox)))
        (box,) = window.findChildren(QMessageBox)
        assert "its folder does not exist" in box.text()
        box.close()
        assert window.views.store.session == masks
