"""The window as its users meet it: files in, numbers and pictures out, every control on the one path."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from window_kit import open_window, save_published_pair, show_files, show_parts, wait_final

from osisnr_gui.core.mc_mse import mc_mse_per_frame
from osisnr_gui.qt.commands.action_table import ACTIONS
from osisnr_gui.qt.dialogs.figure_dialog import PlotDialog
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.session import analysis as analysis_module
from osisnr_gui.session import edits, frame_pass, pairs
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, analyse
from osisnr_gui.session.session import Formula, LossChoice


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        yield window


def _drop(window: MainWindow, *paths: Path, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(QPointF(200, 200), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, modifiers)
    window.dropEvent(event)


def test_an_empty_window_welcomes(window: MainWindow) -> None:
    assert window.centre.currentWidget() is window.views.welcome
    assert not window.actions_by_id.by_id["export_csv"].isEnabled()
    assert window.actions_by_id.by_id["open"].isEnabled()


def test_the_published_pair_shows_the_published_numbers(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    show_files(qtbot, window, *save_published_pair(tmp_path))
    score = window.views.plots.pair.score  # type: ignore[union-attr]
    assert score.literal.fused == pytest.approx(0.05373708198223013, rel=1e-9)
    assert "0.0537" in window.views.loss.headline.text
    assert "exact, 3 active frames, method 1" in window.views.loss.headline.text
    window.actions_by_id.by_id["literal"].trigger()
    assert "0.0537" in window.views.loss.headline.text
    assert "literal, all 3 frames, method 1" in window.views.loss.headline.text
    shown = window.views.plots._osi._shown[0][1].values
    assert shown == pytest.approx([28.07307793, 30.06463945, 31.86671312], abs=1e-8)


def test_dropped_files_get_their_roles_and_swap_and_undo(qtbot: QtBot, window: MainWindow, samples: Path) -> None:
    _drop(window, samples / "2_enhancement_est_dfn3.flac", samples / "2_enhancement_clean.flac")
    wait_final(qtbot, window)
    store = window.views.store
    assert store.session.reference.path.endswith("clean.flac")  # type: ignore[union-attr]
    before = store.session
    window.actions_by_id.by_id["swap"].trigger()
    wait_final(qtbot, window)
    assert store.session.reference.path.endswith("est_dfn3.flac")  # type: ignore[union-attr]
    window.actions_by_id.by_id["undo"].trigger()
    assert store.session == before
    wait_final(qtbot, window)
    assert store.analysis.session == before


@pytest.mark.parametrize("way", ["files", "demo"])
def test_a_new_comparison_begins_with_the_default_alpha_and_an_added_estimate_keeps_what_was_typed(
    qtbot: QtBot, window: MainWindow, samples: Path, way: str
) -> None:
    pair = [samples / f"2_enhancement_{name}.flac" for name in ("clean", "est_dfn3", "est_gate")]
    show_files(qtbot, window, *pair[:2])
    window.views.store.edit(lambda session: edits.set_alpha(session, 0.52))
    window.commands.take_files([str(pair[2])], add=True)
    assert window.views.store.session.loss.alpha == 0.52
    if way == "demo":
        window.commands.open_demo("masks")
    else:
        show_files(qtbot, window, *(samples / f"3_echo_{name}.flac" for name in ("nearend", "est")))
    assert window.views.store.session.loss == LossChoice()
    wait_final(qtbot, window)
    assert window.views.loss.alpha.value == LossChoice().alpha


def test_a_second_drop_adds_an_estimate_and_keeps_the_first_result(
    qtbot: QtBot, window: MainWindow, samples: Path
) -> None:
    show_files(qtbot, window, samples / "2_enhancement_clean.flac", samples / "2_enhancement_est_dfn3.flac")
    first = window.views.store.analysis.pairs[0].frames
    _drop(window, samples / "2_enhancement_est_gate.flac")
    wait_final(qtbot, window)
    pairs = window.views.store.analysis.pairs
    assert len(pairs) == 2
    assert pairs[0].frames is first
    QTest.keySequence(window, QKeySequence("2"))
    assert window.views.selection.index == 1
    assert window.views.plots.pair is pairs[1]


def test_dragging_alpha_moves_number_curve_and_bar_without_a_new_pass(
    qtbot: QtBot, window: MainWindow, samples: Path
) -> None:
    show_files(qtbot, window, samples / "4_masks_irm.npy", samples / "4_masks_est.npy")
    frames = window.views.store.analysis.pairs[0].frames
    s, e = (np.load(samples / name).astype(float) for name in ("4_masks_irm.npy", "4_masks_est.npy"))
    seen = set()
    for alpha in (0.05, 0.35, 0.7, 1.0):
        window.views.loss.alpha.slider.setValue(round(alpha * 10_000))
        qtbot.waitUntil(lambda a=alpha: abs(window.views.store.session.loss.alpha - a) < 0.01)
        loss = window.views.store.session.loss
        score = window.views.plots.pair.score  # type: ignore[union-attr]
        assert window.views.store.analysis.pairs[0].frames is frames
        assert score.loss == loss
        assert score.mc_mse() == pytest.approx(mc_mse_per_frame(s, e, loss.alpha), rel=1e-6)
        areas = window.views.plots._loss._areas
        shown = areas.drawn(areas.curve, window.views.plots._loss.box)
        assert np.nanmax(shown.peak) == pytest.approx(np.nanmax(np.add(*score.terms())), rel=1e-4)
        shares = np.array(score.shares)
        assert window.views.loss.bar.shares == pytest.approx(shares / shares.sum())
        seen.add(window.views.loss.headline.text)
    assert len(seen) == 4


def test_a_slider_drag_is_one_undo_step(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    show_files(qtbot, window, *save_published_pair(tmp_path))
    store = window.views.store
    before = store.session
    for alpha in (0.4, 0.5, 0.6):
        window.views.loss.edit_requested.emit(lambda s, a=alpha: edits.set_alpha(s, a), "alpha")
    assert store.session.loss.alpha == 0.6
    store.undo()
    assert store.session == before
    store.redo()
    assert store.session.loss.alpha == 0.6


def test_the_banner_switches_the_headline(qtbot: QtBot, window: MainWindow, samples: Path) -> None:
    show_files(qtbot, window, samples / "3_echo_nearend.flac", samples / "3_echo_est.flac")
    assert "exact, 556 active frames" in window.views.loss.headline.text
    assert "literal_not_meaningful" not in {notice.code for notice in window.views.store.analysis.notices}
    window.actions_by_id.by_id["literal"].trigger()
    assert "literal, all 997 frames" in window.views.loss.headline.text
    notices = {notice.code: notice for notice in window.views.store.analysis.notices}
    assert "426 of 997" in notices["literal_not_meaningful"].message
    window.views.store.edit(notices["literal_not_meaningful"].remedies[0].edit)
    assert window.views.store.session.loss.formula is Formula.EXACT
    assert "exact, 556 active frames" in window.views.loss.headline.text
    assert "literal_not_meaningful" not in {notice.code for notice in window.views.store.analysis.notices}


def test_a_refused_file_says_why_and_the_others_stay(
    qtbot: QtBot, window: MainWindow, samples: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "<img src=x>_est.wav"
    broken.write_bytes(b"RIFF\0\0\0\0WAVE")
    good = samples / "2_enhancement_est_dfn3.flac"
    show_files(qtbot, window, samples / "2_enhancement_clean.flac", broken, good)
    broken_pair, good_pair = window.views.store.analysis.pairs
    assert broken_pair.error is not None
    assert "<img src=x>_est.wav" in str(broken_pair.error)
    assert good_pair.score is not None
    assert "<img src=x>_est.wav" in window.views.plots._estimate.words.message


@pytest.mark.parametrize("name", ["2_enhancement_clean.flac", "4_masks_irm.npy"])
def test_a_reference_alone_is_shown(qtbot: QtBot, window: MainWindow, samples: Path, tmp_path: Path, name: str) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF\0\0\0\0WAVE")
    show_files(qtbot, window, broken)
    assert "broken.wav" in window.views.plots._reference.words.message
    show_files(qtbot, window, samples / name)
    plots = window.views.plots
    assert plots._reference.words.message == ""
    assert "add an estimate" in plots._estimate.words.message
    assert tuple(plots.link.extent) == ((0.0, 6.6) if name.endswith("flac") else (-0.5, 685.5))
    assert plots._reference.value_at(3.3 if name.endswith("flac") else 100.0, 1.0) is not None


def test_zoom_and_cursor_keys(qtbot: QtBot, window: MainWindow, samples: Path) -> None:
    show_files(qtbot, window, samples / "2_enhancement_clean.flac", samples / "2_enhancement_est_dfn3.flac")
    link = window.views.plots.link
    whole = link.visible
    assert tuple(whole) == (0.0, 6.6)
    QTest.keySequence(window, QKeySequence("Up"))
    assert link.visible.length == pytest.approx(whole.length / 2)
    QTest.keySequence(window, QKeySequence("Backspace"))
    assert link.visible == whole
    link.select(1.0, 2.0)
    QTest.keySequence(window, QKeySequence("Z"))
    assert tuple(link.visible) == (1.0, 2.0)
    QTest.keySequence(window, QKeySequence("F"))
    assert link.visible == whole
    QTest.keySequence(window, QKeySequence("Home"))
    QTest.keySequence(window, QKeySequence("Right"))
    assert link.cursor == 1.0
    QTest.keySequence(window, QKeySequence("Alt+Right"))
    assert link.cursor == pytest.approx(0.016 + 124 * 0.008)


def test_the_readout_says_what_is_under_the_pointer(qtbot: QtBot, window: MainWindow, samples: Path) -> None:
    show_files(qtbot, window, samples / "2_enhancement_clean.flac", samples / "2_enhancement_est_dfn3.flac")
    plots, pair = window.views.plots, window.views.plots.pair
    assert pair is not None
    frame = 300
    plots.link.set_hover(pair.frames.first_time + frame * pair.frames.grid.step, 0.25, "reference")  # type: ignore[union-attr]
    text = window.views.readout.text
    assert "frame 300" in text
    assert f"{pair.score.osi_db[frame]:.1f}".replace("-", "−") in text  # type: ignore[union-attr]
    assert "kHz" in text


def test_new_frames_settings_run_a_new_pass(qtbot: QtBot, window: MainWindow, samples: Path) -> None:
    show_files(qtbot, window, samples / "2_enhancement_clean.flac", samples / "2_enhancement_est_dfn3.flac")
    assert window.views.store.analysis.pairs[0].frames.n_frames == 822  # type: ignore[union-attr]
    window.views.store.edit(lambda s: edits.set_framing(s, hop=256))
    wait_final(qtbot, window)
    assert window.views.store.analysis.framing.hop == 256  # type: ignore[union-attr]
    assert window.views.store.analysis.pairs[0].frames.n_frames == 411  # type: ignore[union-attr]


def test_what_is_not_analysed_yet_is_a_gap(
    qtbot: QtBot, window: MainWindow, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pass that begins where the user looks: every part stands at its own time, and nothing else moves."""
    monkeypatch.setattr(pairs, "SOON_FRAMES", 8)
    monkeypatch.setattr(frame_pass, "CHUNK_CELLS", 257 * 64)
    monkeypatch.setattr(frame_pass, "BLOCK_CELLS", 257 * 8)
    monkeypatch.setattr(analysis_module, "PARTIAL_SECONDS", 0.0)
    show_files(qtbot, window, samples / "2_enhancement_clean.flac", samples / "2_enhancement_est_dfn3.flac")
    plots, session = window.views.plots, window.views.store.session
    whole, extent = plots._osi.curves[0], plots.link.extent
    parts: list[Analysis] = []
    wanted = AnalysisOptions(around=4.0)
    analyse(session, wanted=wanted, progress=lambda p: p.analysis is not None and parts.append(p.analysis))
    shown = 0
    for part in parts:
        frames = part.pairs[0].frames
        if frames is None or frames.complete:
            continue
        show_parts(plots, part, 0)
        assert plots.link.extent == extent
        curve = plots._osi.curves[0]
        first = round((curve.t0 - whole.t0) / whole.dt)
        assert first == frames.missing_before
        np.testing.assert_array_equal(curve.values, whole.values[first : first + len(curve.values)])
        shown += first > 0
    assert shown > 2


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_theme_reaches_the_plots(qtbot: QtBot, window: MainWindow, samples: Path, mode: str) -> None:
    show_files(qtbot, window, samples / "2_enhancement_clean.flac", samples / "2_enhancement_est_dfn3.flac")
    window.actions_by_id.by_id[f"theme_{mode}"].trigger()
    wait_final(qtbot, window)
    background = window.views.plots.grab().toImage().pixelColor(2, 300).lightness()
    assert (background > 200) if mode == "light" else (background < 60)


def test_exports_hold_what_is_on_screen(
    qtbot: QtBot, window: MainWindow, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_files(qtbot, window, samples / "2_enhancement_clean.flac", samples / "2_enhancement_est_dfn3.flac")
    table, figure = tmp_path / "frames.csv", tmp_path / "figure.png"
    answers = iter([str(table), str(figure)])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (next(answers), ""))
    monkeypatch.setattr(PlotDialog, "exec", lambda _dialog: PlotDialog.DialogCode.Accepted)
    window.actions_by_id.by_id["export_csv"].trigger()
    qtbot.waitUntil(table.exists, timeout=10_000)
    window.actions_by_id.by_id["export_png"].trigger()
    qtbot.waitUntil(figure.exists, timeout=10_000)
    text = table.read_text(encoding="utf-8")
    assert "2_enhancement_clean.flac" in text
    assert "alpha" in text
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    score = window.views.plots.pair.score  # type: ignore[union-attr]
    assert len(rows) == 822
    assert float(rows[300]["mc_mse"]) == pytest.approx(score.mc_mse()[300], rel=1e-8)
    assert float(rows[300]["literal_osi_db"]) == score.facts.frames.literal_osi_db[300]
    picture = QImage(str(figure))
    assert picture.width() == window.views.plots.width() * round(picture.devicePixelRatio())


def test_closing_while_busy_leaves_no_thread(qtbot: QtBot, samples: Path) -> None:
    before = threading.active_count()
    with open_window(qtbot) as window:
        window.commands.take_files(
            [str(samples / "1_two_speakers_ref_a.flac"), str(samples / "1_two_speakers_est_a.flac")], add=False
        )
    assert threading.active_count() <= before


def test_every_key_is_used_once_and_is_on_the_keys_page(window: MainWindow) -> None:
    keys = [key for spec in ACTIONS for key in spec.keys]
    assert len(keys) == len(set(keys))
    shown = " ".join(entry.keys for entry in window.commands.finding.key_entries())
    assert all(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) in shown for key in keys)
    assert len({spec.id for spec in ACTIONS}) == len(ACTIONS)
