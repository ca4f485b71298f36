"""Two folders in the window: a list scored behind it, worst first, walked, filtered, stopped, gone on with, saved."""

from __future__ import annotations

import csv
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot
from window_kit import WAIT_MS, open_window, wait_final

from osisnr_gui.batch.pair_list import Phase, State
from osisnr_gui.batch.pool import BatchPool
from osisnr_gui.cli.main import main
from osisnr_gui.io.cache_folder import CacheFolder
from osisnr_gui.qt.commands import folder_mode
from osisnr_gui.qt.commands.action_table import has_rows
from osisnr_gui.qt.commands.folder_mode import Inputs
from osisnr_gui.qt.dialogs.file_dialogs import FolderDialog
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.panels.folder_model import COLUMNS
from osisnr_gui.session import edits
from osisnr_gui.session.result_cache import ResultCache
from osisnr_gui.session.session import Session

Write = Callable[..., str]
N_PAIRS = 12
BROKEN = {"03.wav": b"", "07.wav": b"RIFF, but not really"}
ALONE = "11.wav"


@pytest.fixture
def folders(tmp_path: Path, write_wav: Write) -> tuple[str, str]:
    """Twelve pairs: nine good ones, the later the noisier, two broken estimates, one without an estimate."""
    rng = np.random.default_rng(5)
    for name in ("clean", "enhanced"):
        (tmp_path / name).mkdir()
    for k in range(N_PAIRS):
        name = f"{k:02}.wav"
        s, noise = (signal - signal.mean() for signal in 0.1 * rng.standard_normal((2, 6000)))
        write_wav(f"clean/{name}", s)
        if name in BROKEN:
            (tmp_path / "enhanced" / name).write_bytes(BROKEN[name])
        elif name != ALONE:
            write_wav(f"enhanced/{name}", s + (k + 1) * 0.05 * noise)
    return str(tmp_path / "clean"), str(tmp_path / "enhanced")


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        yield window


@pytest.fixture
def listed(qtbot: QtBot, window: MainWindow, folders: tuple[str, str]) -> MainWindow:
    _open(qtbot, window, folders)
    return window


def _open(qtbot: QtBot, window: MainWindow, paths: tuple[str, ...]) -> None:
    window.commands.take_files(list(paths), add=False)
    _wait(qtbot, window)


def _wait(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.commands.folders.is_busy, timeout=3 * WAIT_MS)


def _names(window: MainWindow) -> list[str]:
    model = window.views.folders.model
    return [model.text(model.place(row), COLUMNS[0]) for row in range(model.rowCount())]


def _title(window: MainWindow) -> str:
    return window.windowTitle()


def test_every_pair_is_a_row_worst_first_and_what_failed_says_why(listed: MainWindow) -> None:
    panel = listed.views.folders
    assert listed.pages.currentWidget() is panel
    assert _names(listed) == [f"{k:02}.wav" for k in (10, 9, 8, 6, 5, 4, 2, 1, 0, 3, 7, 11)]
    pairs = panel.model.pairs
    assert [pairs.count(state) for state in State] == [9, 3, 0]
    assert panel.state.text() == "9 of 12 pairs scored, 3 refused"
    remarks = {name: panel.model.text(panel.model.place(row), COLUMNS[-1]) for row, name in enumerate(_names(listed))}
    assert remarks["10.wav"] == ""
    assert "no estimate" in remarks[ALONE]
    assert all(remarks[name] for name in BROKEN)
    values = [pairs.number("exact_osi_db_median", panel.model.place(row)) for row in range(9)]
    assert values == sorted(values)


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_the_saved_table_is_that_of_the_command_line(
    qtbot: QtBot,
    listed: MainWindow,
    folders: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
) -> None:
    saved, wanted = tmp_path / f"window.{ending}", tmp_path / f"wanted.{ending}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(saved), ""))
    listed.actions_by_id.by_id[f"export_list_{ending}"].trigger()
    qtbot.waitUntil(saved.exists, timeout=WAIT_MS)
    assert main(["batch", *folders, "-o", str(wanted), "--jobs", "2"]) == 1
    assert saved.read_bytes() == wanted.read_bytes()


def test_the_table_shows_the_numbers_that_are_saved(
    listed: MainWindow, folders: tuple[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "wanted.csv"
    main(["batch", *folders, "-o", str(path), "--jobs", "2"])
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    pairs = listed.views.folders.model.pairs
    for place, row in enumerate(csv.DictReader(lines)):
        for key in ("exact_osi_db_median", "exact_osi_db_p05", "literal_fused", "exact_fused", "whole_si_snr_db"):
            assert repr(pairs.number(key, place)) == (row[key] or "nan")


def test_enter_opens_the_pair_and_the_list_comes_back(qtbot: QtBot, listed: MainWindow) -> None:
    panel = listed.views.folders
    panel.focus_table()
    QTest.keyClick(panel.table, Qt.Key.Key_Down)
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    wait_final(qtbot, listed)
    assert listed.centre.currentWidget() is listed.views.plots
    assert _title(listed).startswith("09.wav")
    assert listed.views.folder_strip.isVisible()
    assert listed.views.folder_strip.place.text() == "2 of 12 · 09.wav"
    shown = listed.views.plots.pair
    assert shown is not None
    assert shown.score is not None
    place = panel.model.pairs.place_of("09.wav")
    assert shown.score.exact.osi_db_median == panel.model.pairs.number("exact_osi_db_median", place)  # type: ignore[arg-type]
    QTest.keySequence(listed, QKeySequence("Ctrl+L"))
    assert listed.pages.currentWidget() is panel
    assert panel.current_place == place
    assert not listed.views.folder_strip.isVisibleTo(listed)


def test_return_in_the_list_opens_its_pair_and_no_demo(qtbot: QtBot, listed: MainWindow) -> None:
    """The window is empty behind the list: its buttons must not take the key that opened the pair."""
    listed.activateWindow()
    qtbot.waitUntil(listed.isActiveWindow)
    demos = []
    listed.views.welcome.demo_requested.connect(demos.append)
    listed.views.welcome.open_requested.connect(demos.append)
    table = listed.views.folders.table
    for row in (2, 0):
        listed.commands.folders.show_list()
        listed.views.folders.set_current(listed.views.folders.model.place(row))
        chosen = listed.views.folders.model.pairs.pairs[listed.views.folders.current_place]
        assert table.hasFocus()
        QTest.keyClick(table, Qt.Key.Key_Return)
        assert listed.views.store.session.estimates[0].path == chosen.estimate
        assert not isinstance(listed.focusWidget(), QAbstractButton)
        QTest.keyClick(listed.focusWidget() or listed, Qt.Key.Key_Return)
        wait_final(qtbot, listed)
        assert listed.views.store.session.estimates[0].path == chosen.estimate
    assert not demos


def test_page_keys_walk_the_list_with_and_without_an_open_pair(qtbot: QtBot, listed: MainWindow) -> None:
    panel = listed.views.folders
    QTest.keySequence(listed, QKeySequence("Ctrl+PgDown"))
    assert listed.pages.currentWidget() is panel
    assert panel.current_place == panel.model.pairs.place_of("09.wav")
    panel.pair_activated.emit(panel.current_place)
    for key, name in (("Ctrl+PgDown", "08"), ("Ctrl+PgDown", "06"), ("Ctrl+PgUp", "08")):
        QTest.keySequence(listed, QKeySequence(key))
        wait_final(qtbot, listed)
        assert _title(listed).startswith(f"{name}.wav")
    for _ in range(3):
        QTest.keySequence(listed, QKeySequence("Ctrl+PgUp"))
    assert listed.statusBar().currentMessage() == "This is the first of the list."
    wait_final(qtbot, listed)


def test_a_refused_pair_opens_with_its_error(qtbot: QtBot, listed: MainWindow) -> None:
    pairs = listed.views.folders.model.pairs
    for name in ("03.wav", ALONE):
        listed.views.folders.pair_activated.emit(pairs.place_of(name))
        wait_final(qtbot, listed)
        assert listed.views.store.session.references[0].path.endswith(name)
    assert not listed.views.store.session.estimates


def test_the_filter_knows_names_and_errors(qtbot: QtBot, listed: MainWindow) -> None:
    panel = listed.views.folders
    QTest.keySequence(listed, QKeySequence("Ctrl+F"))
    qtbot.keyClicks(panel.filter, "1 WAV")
    assert _names(listed) == ["10.wav", "01.wav", "11.wav"]
    panel.only_errors.click()
    assert _names(listed) == ["11.wav"]
    panel.filter.setText("nowhere")
    assert _names(listed) == []
    assert panel.nothing.isVisible()
    assert panel.nothing.text() == "No pair has “nowhere” in its name."
    panel.filter.clear()
    assert _names(listed) == ["03.wav", "07.wav", "11.wav"]


def test_stopped_it_goes_on_without_scoring_anything_twice(
    qtbot: QtBot, window: MainWindow, folders: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mode, panel = window.commands.folders, window.views.folders
    monkeypatch.setattr(folder_mode, "SHOW_MS", 0)
    stop_at = iter([3])
    mode.changed.connect(lambda: mode.stop() if has_rows(window.commands) and next(stop_at, None) else None)
    window.commands.take_files(list(folders), add=False)
    _wait(qtbot, window)
    pairs = panel.model.pairs
    before = {row.pair.name: row for row in pairs.in_order() if row.error is None}
    assert pairs.count(State.WAITING)
    assert panel.state.text().startswith("Stopped: ")
    assert panel.go_on.isVisible()
    assert not panel.cancel.isVisible()
    panel.go_on.click()
    _wait(qtbot, window)
    after = {row.pair.name: row for row in panel.model.pairs.in_order()}
    assert len(after) == N_PAIRS
    assert panel.model.pairs.count(State.WAITING) == 0
    assert all(after[name].report is row.report for name, row in before.items())


def test_another_list_dropped_while_rows_wait_to_be_shown(
    qtbot: QtBot, window: MainWindow, folders: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = tmp_path / "clean2", tmp_path / "enhanced2"
    for folder, other in zip(folders, others, strict=True):
        other.mkdir()
        shutil.copy(os.path.join(folder, "00.wav"), other / "another.wav")
    monkeypatch.setattr(folder_mode, "SHOW_MS", 60_000)
    mode = window.commands.folders
    window.commands.take_files(list(folders), add=False)
    qtbot.waitUntil(lambda: mode.is_busy and len(mode._fresh) > 0, timeout=WAIT_MS)
    assert not has_rows(window.commands), "nothing is shown yet"
    _open(qtbot, window, tuple(map(str, others)))
    assert _names(window) == ["another.wav"]
    assert window.views.folders.model.pairs.count(State.SCORED) == 1


def test_a_cancelled_rescore_leaves_no_rows_of_other_settings(
    qtbot: QtBot, listed: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, mode = listed.views.folders, listed.commands.folders
    found, let_go = Inputs.find, threading.Event()
    monkeypatch.setattr(Inputs, "find", lambda inputs: (let_go.wait(10), found(inputs))[1])
    before = {row.pair.name: row.report for row in panel.model.pairs.in_order() if row.report}
    listed.views.store.edit(lambda session: edits.set_gamma(session, 3.0))
    panel.rescore.click()
    panel.cancel.click()
    assert panel.model.pairs.in_order() == [], "nothing is scored with these settings yet"
    assert not listed.actions_by_id.by_id["export_list_csv"].isEnabled()
    panel.go_on.click()
    let_go.set()
    _wait(qtbot, listed)
    after = {row.pair.name: row.report for row in panel.model.pairs.in_order() if row.report}
    assert mode.settings.session.loss.gamma == 3.0
    assert after.keys() == before.keys()
    for name, report in after.items():
        old, new = (found["estimate"]["exact"]["fused"] for found in (before[name], report))  # type: ignore[index,call-overload]
        assert new < old, "numbers with a gamma of 3"


@pytest.mark.parametrize("change", ["one more", "only one left"])
def test_the_open_pair_stays_the_same_when_files_come_and_go(
    qtbot: QtBot, listed: MainWindow, folders: tuple[str, str], change: str
) -> None:
    panel, mode = listed.views.folders, listed.commands.folders
    panel.pair_activated.emit(panel.model.pairs.place_of("08.wav"))
    wait_final(qtbot, listed)
    mode.show_list()
    for folder in folders:
        if change == "one more":
            shutil.copy(os.path.join(folder, "00.wav"), os.path.join(folder, "00a.wav"))
        else:
            for name in sorted(os.listdir(folder)):
                if name != "08.wav":
                    os.unlink(os.path.join(folder, name))
    listed.actions_by_id.by_id["reload"].trigger()
    _wait(qtbot, listed)
    assert len(panel.model.pairs) == (N_PAIRS + 1 if change == "one more" else 1)
    assert listed.views.folder_strip.place.text().endswith(" · 08.wav")
    mode.show_list()
    assert panel.current_place == panel.model.pairs.place_of("08.wav")


def test_a_list_opened_again_is_there_at_once(qtbot: QtBot, folders: tuple[str, str], tmp_path: Path) -> None:
    for path in Path(tmp_path).rglob("*.wav"):
        os.utime(path, (1e9, 1e9))
    for is_known in (False, True):
        with open_window(qtbot, cache=ResultCache(CacheFolder(str(tmp_path / "kept" / "results")))) as window:
            _open(qtbot, window, folders)
            rows = window.views.folders.model.pairs.in_order()
            assert {row.is_known for row in rows if row.error is None} == {is_known}
            assert len(rows) == N_PAIRS


def test_closing_the_window_ends_the_processes(qtbot: QtBot, folders: tuple[str, str]) -> None:
    with open_window(qtbot) as window:
        window.commands.take_files(list(folders), add=False)
        qtbot.waitUntil(lambda: has_rows(window.commands), timeout=3 * WAIT_MS)
    assert not window.commands.folders.is_busy


def test_processes_load_no_window(qtbot: QtBot) -> None:
    found = "[name for name in __import__('sys').modules if name.startswith(('PySide6', 'osisnr_gui.qt'))]"
    with BatchPool(1, leaves_none=True) as pool:
        assert pool.submit(eval, found).result() == []


def test_dropped_folders_take_their_roles_from_their_names(
    qtbot: QtBot, window: MainWindow, folders: tuple[str, str]
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in reversed(folders)])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(QPoint(9, 9)), copy, data, left, none))
    assert window.commands.folders.inputs == Inputs(folders)
    _wait(qtbot, window)


def test_a_list_of_pairs_is_known_by_its_headings(
    qtbot: QtBot, window: MainWindow, folders: tuple[str, str], tmp_path: Path
) -> None:
    table = tmp_path / "pairs.csv"
    table.write_text(
        "reference,estimate,name\nclean/00.wav,enhanced/01.wav,crossed\nclean/02.wav,enhanced/02.wav,same\n"
    )
    _open(qtbot, window, (str(table),))
    assert _names(window) == ["crossed", "same"]
    objects = tmp_path / "pairs.json"
    objects.write_text(json.dumps([{"reference": "clean/01.wav", "estimate": "enhanced/01.wav"}]))
    _open(qtbot, window, (str(objects),))
    assert _names(window) == ["enhanced/01.wav"]
    assert window.commands.folders.inputs == Inputs((str(objects),))


def test_folders_without_sound_say_so_and_others_can_be_chosen(
    qtbot: QtBot, window: MainWindow, folders: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    _open(qtbot, window, (str(tmp_path / "empty"), folders[1]))
    panel = window.views.folders
    assert "no sound and no matrix" in panel.state.text()
    assert panel.nothing.isVisible()
    assert not panel.export.isEnabled()

    def answer(dialog: FolderDialog) -> int:
        for field, path in zip(dialog.fields, folders, strict=True):
            field.setText(path)
        assert dialog.accept_button.isEnabled()
        dialog.accept_button.click()
        return dialog.result()

    monkeypatch.setattr(FolderDialog, "exec", answer)
    panel.choose.click()
    _wait(qtbot, window)
    assert panel.state.text() == "9 of 12 pairs scored, 3 refused"


def test_the_dialog_asks_for_the_second_folder_after_the_first(
    qtbot: QtBot, folders: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = FolderDialog("/")
    qtbot.addWidget(dialog)
    assert not dialog.accept_button.isEnabled()
    answers = iter(folders)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: next(answers))
    next(button for button in dialog.findChildren(QPushButton) if button.text() == "Choose…").click()
    assert [field.text() for field in dialog.fields] == list(folders)
    dialog.swap_button.click()
    dialog.accept_button.click()
    assert dialog.paths == folders[::-1]


def test_other_settings_of_the_window_are_offered(qtbot: QtBot, listed: MainWindow) -> None:
    panel, store = listed.views.folders, listed.views.store
    before = [row.report for row in panel.model.pairs.in_order() if row.report]
    assert not panel.rescore.isVisible()
    assert "γ = 15" in panel.settings.text()
    store.edit(lambda session: edits.set_gamma(session, 3.0))
    assert panel.rescore.isVisible()
    panel.rescore.click()
    _wait(qtbot, listed)
    assert "γ = 3" in panel.settings.text()
    assert not panel.rescore.isVisible()
    after = [row.report for row in panel.model.pairs.in_order() if row.report]
    assert before[0]["estimate"]["exact"]["fused"] > after[0]["estimate"]["exact"]["fused"]  # type: ignore[index,call-overload]


def test_closing_files_comes_back_to_the_list_and_closing_the_list_leaves_it(qtbot: QtBot, listed: MainWindow) -> None:
    listed.views.folders.pair_activated.emit(0)
    wait_final(qtbot, listed)
    listed.actions_by_id.by_id["close_files"].trigger()
    assert listed.pages.currentWidget() is listed.views.folders
    listed.actions_by_id.by_id["close_list"].trigger()
    assert listed.centre.currentWidget() is listed.views.welcome
    assert listed.pages.currentWidget() is listed.holder
    assert not listed.actions_by_id.by_id["next_pair"].isEnabled()
    assert listed.commands.folders.panel.phase is Phase.DONE
    QApplication.processEvents()


def test_more_estimates_than_the_plots_hold_are_a_list(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, write_wav: Write
) -> None:
    rng = np.random.default_rng(6)
    s, noise = 0.1 * rng.standard_normal((2, 4000))
    reference = write_wav("clean.wav", s)
    (tmp_path / "more").mkdir()
    many = [write_wav(f"est{k:02}.wav", s + (k + 1) * 0.02 * noise) for k in range(folder_mode.MOST_ON_PLOTS)]
    _open(qtbot, window, (reference, *many))
    wait_final(qtbot, window)
    assert window.views.count == len(many), "so many have room on the plots"
    one_more = write_wav("more/est00.wav", s + 0.9 * noise)
    window.commands.take_files([one_more], add=True)
    _wait(qtbot, window)
    assert window.commands.folders.shows_list
    assert len(_names(window)) == len(many) + 1
    assert _names(window)[:2] == ["est00.wav (2)", "est23.wav"], "worst first, under names of their own"
    assert "24" in window.statusBar().currentMessage()
    assert window.views.count == len(many), "what was open stays"
    window.commands.folders.open_pair(window.commands.folders.panel.model.place(0))
    wait_final(qtbot, window)
    (pair,) = window.views.store.analysis.pairs
    assert (pair.reference.source.path, pair.estimate.source.path) == (reference, one_more)
    session = edits.open_files(Session(), [reference, *many, one_more])
    levelled = replace(session, estimates=(replace(session.estimates[0], gain=2.0), *session.estimates[1:]))
    for kept in (levelled, replace(session, mixture=session.estimates[0])):
        assert not window.commands.folders.take_many(kept), "a list knows of neither"


@pytest.mark.parametrize(
    "names", [("est1", "ref1"), ("est/wav16k", "ref/wav16k"), ("model_v2", "target"), ("enh8k", "clean8k")]
)
def test_folders_take_roles_by_the_rules_for_files(window: MainWindow, tmp_path: Path, names: tuple[str, str]) -> None:
    estimates, references = (str(tmp_path / name) for name in names)
    os.makedirs(estimates)
    os.makedirs(references)
    for paths in ([estimates, references], [references, estimates]):
        assert window.commands.folders.take(paths)
        assert window.commands.folders.inputs == Inputs((references, estimates))
        window.commands.folders.close_list()
