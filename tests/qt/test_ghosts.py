"""Ghosts through the window: drawn, named, told of, kept and forgotten."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from window_kit import open_window, show_files, wait_final

from osisnr_gui.qt.commands import file_commands
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.plots.curve_plot import Curve
from osisnr_gui.session import edits
from osisnr_gui.session.session import Formula
from osisnr_gui.session.words import GHOST

RATE = 16_000


def _write(path: Path, noise: float, seconds: float = 1.0) -> None:
    """The reference with more or less noise."""
    voice, other = (0.1 * np.random.default_rng(seed).normal(size=2 * RATE) for seed in (1, 7))
    soundfile.write(path, (voice + noise * other)[: round(seconds * RATE)], RATE, subtype="FLOAT")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A reference and two estimates of a second, an hour old."""
    paths = tmp_path / "clean.wav", tmp_path / "a_est.wav", tmp_path / "b_est.wav"
    for path, noise in zip(paths, (0.0, 0.5, 0.3), strict=True):
        _write(path, noise)
        os.utime(path, (os.stat(path).st_mtime - 3600,) * 2)
    return paths


@pytest.fixture
def window(qtbot: QtBot, files: tuple[Path, Path, Path]) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        show_files(qtbot, window, *files)
        yield window


def _reload(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_id.by_id["reload"].trigger()
    wait_final(qtbot, window)


def _ghost_lines(window: MainWindow) -> list[Curve]:
    return [curve for curve in window.views.plots._osi.curves if curve.before]


def _enabled(window: MainWindow) -> list[bool]:
    return [window.actions_by_id.by_id[name].isEnabled() for name in ("keep_ghost", "forget_ghosts")]


def test_the_old_curve_stays_as_a_faint_line_with_its_name(
    qtbot: QtBot, window: MainWindow, files: tuple[Path, Path, Path]
) -> None:
    views, old = window.views, window.views.store.analysis.pairs[0].score
    assert _ghost_lines(window) == []
    assert _enabled(window) == [False, False]
    _write(files[1], 0.1)
    _reload(qtbot, window)
    (ghost,) = _ghost_lines(window)
    np.testing.assert_array_equal(ghost.values, old.osi_db)
    assert ghost.colour == 0
    assert ghost.before.startswith("A before ")
    assert [key.text for key in views.plots._osi.words.keys] == ["A", "B", ghost.before]
    new = views.store.analysis.pairs[0].score
    said = window.commands.ghosts.sentence()
    assert f"({old.exact.osi_db_median:.1f} → {new.exact.osi_db_median:.1f} dB, exact, {new.facts.n_active} " in said
    assert said in views.sentence.text()
    assert views.loss.change.text() == said
    assert views.loss.change.isVisible()
    views.selection.select(1, 2)
    wait_final(qtbot, window)
    assert window.commands.ghosts.sentence() == "", "B did not change"
    assert not views.loss.change.isVisible()
    assert len(_ghost_lines(window)) == 1
    np.testing.assert_array_equal(_ghost_lines(window)[0].values, old.facts.active_osi_db)
    views.store.edit(lambda session: edits.set_formula(session, Formula.LITERAL))
    np.testing.assert_array_equal(_ghost_lines(window)[0].values, old.facts.frames.literal_osi_db)


def test_the_readout_and_the_row_say_what_became_of_a_frame(
    qtbot: QtBot, window: MainWindow, files: tuple[Path, Path, Path]
) -> None:
    views, row = window.views, window.views.plots.differences.row
    old = views.store.analysis.pairs[0].score
    _write(files[1], 0.1)
    _reload(qtbot, window)
    new, link = views.store.analysis.pairs[0].score, views.plots.link
    link.set_cursor(new.facts.frames.first_time + 40 * new.facts.frames.grid.step)
    was, change = old.osi_db[40], new.osi_db[40] - old.osi_db[40]
    assert f"was {was:.1f} dB (+{change:.1f} dB)" in views.readout.text
    assert not row.isVisible(), "rows stay as the user has chosen them"
    QTest.keyClick(window, Qt.Key.Key_V)
    wait_final(qtbot, window)
    assert row.contest.partner == GHOST
    np.testing.assert_array_equal(row.curve.difference.values, new.osi_db - old.osi_db)
    assert "OSI-SNR, A minus before: median +" in row.button.toolTip()
    QTest.keyClick(window, Qt.Key.Key_V)
    wait_final(qtbot, window)
    assert "OSI-SNR, A minus B" in row.button.toolTip()
    names = dict(views.plots.differences.option_names())
    assert names[GHOST].startswith("A before ")
    window.actions_by_id.by_id["difference_loss"].trigger()
    views.plots.differences.choose(GHOST)
    wait_final(qtbot, window)
    assert "OSI-SNR, A minus before" in row.button.toolTip(), "no loss is known of a ghost"


def test_a_row_on_show_keeps_its_partner(qtbot: QtBot, window: MainWindow, files: tuple[Path, Path, Path]) -> None:
    row = window.views.plots.differences.row
    QTest.keyClick(window, Qt.Key.Key_V)
    wait_final(qtbot, window)
    before = row.contest
    _write(files[1], 0.1)
    _reload(qtbot, window)
    assert row.contest == before
    assert GHOST in window.views.plots.differences.options


def test_a_ghost_can_be_kept_and_all_forgotten(
    qtbot: QtBot, window: MainWindow, files: tuple[Path, Path, Path]
) -> None:
    first = window.views.store.analysis.pairs[0].score.osi_db
    _write(files[1], 0.2)
    _reload(qtbot, window)
    keep, forget = (window.actions_by_id.by_id[name] for name in ("keep_ghost", "forget_ghosts"))
    assert _enabled(window) == [True, True]
    keep.trigger()
    assert keep.isChecked()
    _write(files[1], 0.1)
    _write(files[2], 0.1)
    _reload(qtbot, window)
    assert [curve.colour for curve in _ghost_lines(window)] == [0, 1]
    np.testing.assert_array_equal(_ghost_lines(window)[0].values, first)
    window.views.selection.select(1, 2)
    assert not keep.isChecked()
    window.views.plots.link.set_cursor(0.5)
    assert "was " in window.views.readout.text
    forget.trigger()
    wait_final(qtbot, window)
    assert _ghost_lines(window) == []
    assert "was " not in window.views.readout.text
    assert _enabled(window) == [False, False]
    assert window.commands.ghosts.sentence() == ""


def test_a_broken_rewrite_says_so_and_the_old_curve_stays(
    qtbot: QtBot, window: MainWindow, files: tuple[Path, Path, Path]
) -> None:
    views, old = window.views, window.views.store.analysis.pairs[0].score.osi_db
    files[1].write_bytes(files[1].read_bytes()[:20])
    _reload(qtbot, window)
    pair = views.store.analysis.pairs[0]
    assert pair.error is not None
    assert views.sources.rows[1].problem.isVisible()
    np.testing.assert_array_equal(_ghost_lines(window)[0].values, old)
    assert window.commands.ghosts.sentence() == ""
    _write(files[1], 0.1)
    _reload(qtbot, window)
    assert views.store.analysis.pairs[0].error is None
    np.testing.assert_array_equal(_ghost_lines(window)[0].values, old)
    assert "median +" in window.commands.ghosts.sentence()


def test_a_file_that_may_not_be_read_any_more_leaves_its_ghost(
    qtbot: QtBot, window: MainWindow, files: tuple[Path, Path, Path]
) -> None:
    old = window.views.store.analysis.pairs[0].score.osi_db
    files[1].unlink()
    files[1].mkdir()  # like one without permission, for whoever may read everything
    _reload(qtbot, window)
    assert window.views.store.analysis.pairs[0].error is not None
    np.testing.assert_array_equal(_ghost_lines(window)[0].values, old)


@pytest.mark.parametrize("seconds", [0.6, 1.4])
def test_another_length_is_compared_where_both_are(
    qtbot: QtBot, window: MainWindow, files: tuple[Path, Path, Path], seconds: float
) -> None:
    old = window.views.store.analysis.pairs[0].score
    for path, noise in ((files[0], 0.0), (files[1], 0.1)):
        _write(path, noise, seconds)
    _reload(qtbot, window)
    new = window.views.store.analysis.pairs[0].score
    assert new.facts.frames.n_frames != old.facts.frames.n_frames
    shared = min(new.facts.frames.n_frames, old.facts.frames.n_frames)
    assert f"exact, {shared} frames active before and now" in window.commands.ghosts.sentence()
    # What B is compared on changed only where its reference is shorter now.
    assert [curve.colour for curve in _ghost_lines(window)] == ([0, 1] if seconds < 1 else [0])


def test_the_silence_limit_moves_the_ghost_too(
    qtbot: QtBot, window: MainWindow, files: tuple[Path, Path, Path]
) -> None:
    store = window.views.store
    store.edit(lambda session: edits.set_formula(session, Formula.EXACT))
    old = store.analysis.pairs[0].frames
    _write(files[1], 0.1)
    _reload(qtbot, window)
    store.edit(lambda session: edits.set_silence(session, 0.5))
    wait_final(qtbot, window)
    (ghost,) = _ghost_lines(window)
    known = ~np.isnan(ghost.values)
    assert 0 < known.sum() < old.n_frames
    np.testing.assert_array_equal(ghost.values[known], old.exact_osi_db[known])


def test_a_slider_works_nothing_out_anew(
    qtbot: QtBot, window: MainWindow, files: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(files[1], 0.1)
    _reload(qtbot, window)
    started: list[object] = []
    monkeypatch.setattr(file_commands, "find_change", lambda *facts: started.append(facts))
    for alpha in (0.2, 0.5):
        window.views.store.edit(lambda session, a=alpha: edits.set_alpha(session, a), "alpha")
    window.views.store.edit(lambda session: edits.set_gamma(session, 3.0))
    assert started == []
    assert len(_ghost_lines(window)) == 1
