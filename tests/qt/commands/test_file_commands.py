"""Files that change while they are open, through the real window."""

from __future__ import annotations

import hashlib
import html
import os
import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from plot_kit import pixels
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from window_kit import WAIT_MS, open_window, show_files, wait_final

from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.session import edits
from osisnr_gui.session.file_changes import Fate
from osisnr_gui.session.frame_pass import FramePass

RATE = 16_000


def _samples(seed: int, n: int = RATE) -> np.ndarray:
    return 0.1 * np.random.default_rng(seed).normal(size=n)


def _write(path: Path, noise: float, n: int = RATE) -> None:
    """The reference with more or less noise, in place."""
    soundfile.write(path, (_samples(1, 2 * RATE) + noise * _samples(7, 2 * RATE))[:n], RATE, subtype="FLOAT")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A reference and two estimates of a second, an hour old."""
    folder = tmp_path / "sound"
    folder.mkdir()
    paths = folder / "clean.wav", folder / "a_est.wav", folder / "b_est.wav"
    for path, noise in zip(paths, (0.0, 0.5, 0.3), strict=True):
        _write(path, noise)
        os.utime(path, (os.stat(path).st_mtime - 3600,) * 2)
    return paths


@pytest.fixture
def window(qtbot: QtBot, files: tuple[Path, Path, Path]) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        show_files(qtbot, window, *files)
        yield window


@pytest.fixture
def passes(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[FramePass]:
    """Every pass from now on."""
    runs: list[FramePass] = []
    run = FramePass.run

    def counted(self: FramePass, *args: Any, **kwargs: Any) -> Any:
        runs.append(self)
        return run(self, *args, **kwargs)

    monkeypatch.setattr(FramePass, "run", counted)
    return runs


@pytest.fixture
def reloads(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """An entry for each time files are read again from now on."""
    found: list[None] = []
    reload = window.views.store.reload

    def counted(**options: Any) -> None:
        found.append(None)
        reload(**options)

    monkeypatch.setattr(window.views.store, "reload", counted)
    return found


def _banner(window: MainWindow) -> Any:
    return window.views.banners.changes


def _wait_for(qtbot: QtBot, done: Callable[[], bool]) -> None:
    qtbot.waitUntil(done, timeout=WAIT_MS)


def _fates(window: MainWindow) -> list[Fate]:
    return [change.fate for change in window.commands.files.changes]


def _have_patience(window: MainWindow) -> None:
    """A machine that is busy may take a while between two writes."""
    window.commands.files._compared._quiet = 2.0


def _in_place(path: Path, beside: Path) -> None:
    shutil.copyfile(beside, path)


def _by_rename(path: Path, beside: Path) -> None:
    os.replace(beside, path)


@pytest.mark.parametrize("rewrite", [_in_place, _by_rename])
def test_a_rewritten_file_is_offered_and_read_again(
    qtbot: QtBot,
    window: MainWindow,
    files: tuple[Path, Path, Path],
    passes: list[FramePass],
    tmp_path: Path,
    rewrite: Callable[[Path, Path], None],
) -> None:
    banner, row = _banner(window), window.views.sources.rows[1]
    first, second = window.views.store.analysis.pairs
    assert not banner.isVisible()
    for noise in (0.1, 0.05):  # twice: what replaced a file is watched too
        _write(tmp_path / "beside.wav", noise)
        rewrite(files[1], tmp_path / "beside.wav")
        _wait_for(qtbot, banner.isVisible)
        assert banner.text.text().startswith("a_est.wav changed on disk ")
        assert row.change.text().startswith("changed on disk ")
        assert window.views.store.analysis.pairs[0].error is None
        passes.clear()
        banner.reload.click()
        wait_final(qtbot, window)
        pairs = window.views.store.analysis.pairs
        assert len(passes) == 1, "one file changed"
        assert pairs[1].frames is second.frames
        assert pairs[0].score.exact.osi_db_median > first.score.exact.osi_db_median + 5
        _wait_for(qtbot, lambda: not banner.isVisible())
        assert not row.change.isVisible()


def test_a_burst_of_rewrites_is_one_reload(
    qtbot: QtBot, window: MainWindow, files: tuple[Path, Path, Path], reloads: list[None]
) -> None:
    window.actions_by_id.by_id["reload_changed"].trigger()
    _have_patience(window)
    for k in range(20):
        _write(files[1], 0.4 - 0.01 * k)
        QApplication.processEvents()
    _wait_for(qtbot, lambda: bool(reloads))
    wait_final(qtbot, window)
    _wait_for(qtbot, lambda: _fates(window) == [])
    assert len(reloads) == 1
    assert not _banner(window).isVisible()


def test_a_half_written_file_is_no_error(
    qtbot: QtBot, window: MainWindow, files: tuple[Path, Path, Path], tmp_path: Path, reloads: list[None]
) -> None:
    window.actions_by_id.by_id["reload_changed"].trigger()
    errors: list[object] = []
    window.views.store.analysis_changed.connect(lambda a, _: errors.extend(p.error for p in a.pairs if p.error))
    _write(tmp_path / "beside.wav", 0.05)
    _have_patience(window)
    data, looked = (tmp_path / "beside.wav").read_bytes(), window.commands.files._looking.reported
    with files[1].open("wb") as file:
        for part in (data[:30], data[30:5000], data[5000:]):
            with qtbot.waitSignal(looked, timeout=WAIT_MS):
                file.write(part)
                file.flush()
            assert not reloads
    _wait_for(qtbot, lambda: bool(reloads))
    wait_final(qtbot, window)
    assert errors == []
    assert window.views.store.analysis.pairs[0].score.exact.osi_db_median > 20


def test_a_file_that_is_gone_keeps_its_results_and_is_offered_when_it_comes_back(
    qtbot: QtBot, window: MainWindow, files: tuple[Path, Path, Path], passes: list[FramePass]
) -> None:
    window.actions_by_id.by_id["reload_changed"].trigger()
    banner, row, frames = _banner(window), window.views.sources.rows[1], window.views.store.analysis.pairs[0].frames
    files[1].unlink()
    _wait_for(qtbot, banner.isVisible)
    assert "a_est.wav gone from the disk" in banner.text.text()
    assert "what was read of it stays" in banner.text.text()
    assert not banner.reload.isVisible()
    assert row.change.text().startswith("gone from the disk since ")
    window.actions_by_id.by_id["reload"].trigger()
    wait_final(qtbot, window)
    assert window.views.store.analysis.pairs[0].frames is frames
    assert passes == []
    window.actions_by_id.by_id["reload_changed"].trigger()
    _write(files[1], 0.05)
    _wait_for(qtbot, lambda: _fates(window) == [Fate.BACK])
    assert "back on disk" in banner.text.text()
    assert banner.reload.isVisible()
    banner.always.click()
    wait_final(qtbot, window)
    assert len(passes) == 1
    assert window.actions_by_id.by_id["reload_changed"].isChecked()
    _wait_for(qtbot, lambda: not banner.isVisible())


def test_a_banner_that_was_closed_comes_back_with_the_next_change(
    qtbot: QtBot, window: MainWindow, files: tuple[Path, Path, Path], reloads: list[None]
) -> None:
    banner = _banner(window)
    _write(files[1], 0.1)
    _wait_for(qtbot, banner.isVisible)
    banner.close_button.click()
    assert not banner.isVisible()
    _write(files[2], 0.1)
    _wait_for(qtbot, banner.isVisible)
    assert banner.text.text().startswith("b_est.wav changed")
    assert reloads == []


def test_reload_keeps_the_view_to_the_bit(qtbot: QtBot, window: MainWindow, files: tuple[Path, Path, Path]) -> None:
    views, by_id = window.views, window.actions_by_id.by_id
    link, plots = views.plots.link, views.plots
    by_id["row_gain"].trigger()
    by_id["row_delta"].trigger()
    by_id["row_difference"].trigger()
    views.selection.select(1, 2)
    views.store.edit(partial(edits.toggle_curve, place=0))
    link.set_range(0.21, 0.77)
    link.select(0.3, 0.4)
    link.set_loop(0.35, 0.6)
    link.set_cursor(0.5)
    plots.spectrograms[0].zoom_y(0.5, 2000.0)
    views.segments.table.sortByColumn(1, views.segments.table.horizontalHeader().sortIndicatorOrder())
    wait_final(qtbot, window)

    def view() -> list[object]:
        rows = [(pixels(row).lo, pixels(row).hi, row.isVisible()) for row in plots.stack.rows]
        scrolled = views.segments.table.verticalScrollBar().value(), views.sources.scroller.verticalScrollBar().value()
        around = (
            link.visible,
            link.selection,
            link.loop,
            link.cursor,
            views.selection.index,
            views.plots.draws_mixture,
        )
        return [*rows, scrolled, around, link._history]

    before = view()
    for path in files[1:]:
        _write(path, 0.02)
    by_id["reload"].trigger()
    wait_final(qtbot, window)
    assert view() == before
    assert views.store.analysis.pairs[1].score.exact.osi_db_median > 30
    by_id["fit"].trigger()
    wait_final(qtbot, window)
    assert pixels(plots._osi).hi > 30, "fits again when asked"


def test_the_choice_is_remembered(qtbot: QtBot, files: tuple[Path, Path, Path]) -> None:
    for expected in (False, True):
        with open_window(qtbot) as window:
            action = window.actions_by_id.by_id["reload_changed"]
            assert action.isChecked() is expected
            action.setChecked(True)


def test_ctrl_r_finds_what_changed_behind_size_and_time(
    qtbot: QtBot, window: MainWindow, files: tuple[Path, Path, Path], passes: list[FramePass]
) -> None:
    store, status = window.views.store, os.stat(files[1])
    row, second = window.views.sources.rows[1], store.analysis.pairs[1]
    before = row.details.text()
    _write(files[1], 0.01)
    os.utime(files[1], ns=(status.st_atime_ns, status.st_mtime_ns))
    assert os.stat(files[1]).st_size == status.st_size
    window.commands.files.reload()
    wait_final(qtbot, window)
    assert passes == [], "nothing seems to have changed"
    window.actions_by_id.by_id["reload"].trigger()
    wait_final(qtbot, window)
    assert len(passes) == 1
    assert store.analysis.pairs[0].score.exact.osi_db_median > 30
    assert store.analysis.pairs[1].frames is second.frames
    assert row.details.text() != before
    assert hashlib.sha256(files[1].read_bytes()).hexdigest()[:8] in row.details.text()


def test_rows_tell_time_and_hash_and_let_them_be_copied(
    qtbot: QtBot, window: MainWindow, files: tuple[Path, Path, Path]
) -> None:
    for row, path in zip(window.views.sources.rows, files, strict=True):
        full = hashlib.sha256(path.read_bytes()).hexdigest()
        written = os.stat(path).st_mtime
        assert row.details.text().endswith(f"·\xa0{full[:8]}") or row.details.text().endswith(f"· {full[:8]}")
        QApplication.sendEvent(row, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))
        tip = html.unescape(row.toolTip())
        assert full in tip
        assert time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(written)) in tip
        assert "60 min ago" in tip or "1 h ago" in tip
        menu = row.role_menu()
        entries = {action.text(): action for action in menu.actions()}
        entries["Copy SHA-256"].trigger()
        assert QApplication.clipboard().text() == full
        entries["Copy path"].trigger()
        assert QApplication.clipboard().text() == str(path)
        menu.close()


def test_reload_keeps_lists_where_they_were_scrolled_to(
    qtbot: QtBot, window: MainWindow, files: tuple[Path, Path, Path]
) -> None:
    views = window.views
    middle = views.store.analysis.pairs[0].score.exact.osi_db_median  # so that half of the frames are bad
    views.store.edit(lambda session: edits.set_bad(edits.set_threshold(session, middle), minimum_s=0.0, join_s=0.0))
    window.actions_by_id.by_id["bad_list"].trigger()
    wait_final(qtbot, window)
    table, bar = views.segments.table, views.segments.table.verticalScrollBar()
    assert bar.maximum() > 2
    bar.setValue(2)
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    bar.setValue(2)
    _write(files[1], 0.499)
    window.actions_by_id.by_id["reload"].trigger()
    wait_final(qtbot, window)
    assert bar.value() == 2
    assert table.horizontalHeader().sortIndicatorSection() == 1
